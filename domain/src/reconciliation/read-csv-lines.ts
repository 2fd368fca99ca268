import { DomainError, quoted } from '../errors.ts'
import type { Mapping } from '../csv-import/field-map.ts'
import { rowInstant } from '../csv-import/row-instant.ts'
import { parseQuantity, type Quantity6 } from '../usage/quantity.ts'
import { BLANK_LINE, currencyOf, dayOfPeriod, instantMs, LineBuilder, textOrNull, utcDay } from './line-builder.ts'
import { isLineField, lineMapProblem, type LineField } from './line-map.ts'
import { meterOf, providerName } from './names.ts'
import { LINE_KINDS, type LineKind, type ProviderLine, type ReadStatement } from './provider-line.ts'
import { readAmount } from './read-number.ts'

/** A CSV that was split into cells; `line` is where a row ends in the file, the headings being line 1. */
export interface CsvTable {
  columns: readonly string[]
  rows: readonly { line: number; cells: readonly string[] }[]
}

type Line = Omit<ProviderLine, 'reference'>
type CellOf<Name> = (name: Name) => string | null

const FOCUS_NEEDED = ['BilledCost', 'BillingCurrency', 'ChargeCategory', 'ChargePeriodStart']

const KIND_OF_CATEGORY: ReadonlyMap<string, LineKind> = new Map([
  ['usage', 'USAGE'],
  ['tax', 'TAX'],
  ['credit', 'CREDIT'],
  ['purchase', 'ADJUSTMENT'],
  ['adjustment', 'ADJUSTMENT'],
])

/**
 * Reads a FOCUS 1.x cost and usage file (https://focus.finops.org/focus-specification/). `BilledCost` is what the invoice says, so
 * `EffectiveCost` with its spread-out commitments is left aside. A usage row must lie within one UTC day; a row of ChargeClass
 * `Correction` corrects an earlier invoice and is an adjustment, as a purchase is. The provider is `ServiceProviderName` (1.3), before it
 * `ProviderName`; the meter is that of `SkuMeter`, `ConsumedUnit` or `ChargeDescription`, with `1K` and `1M` units counted out.
 *
 * Throws DomainError UNKNOWN_SHAPE where a needed column is missing.
 */
export function readFocusLines(table: CsvTable): ReadStatement {
  const missing = FOCUS_NEEDED.filter((name) => !table.columns.includes(name))
  if (missing.length > 0) {
    throw new DomainError('UNKNOWN_SHAPE', `This is no FOCUS file: it has no column ${missing.join(', ')}.`)
  }
  return readRows(table, (cells) => {
    const cellOf = (name: string) => cells[table.columns.indexOf(name)]
    return focusLine((name) => textOrNull(cellOf(name)), cellOf('ChargeDescription') ?? null)
  })
}

/** `described`: free text of any length, in which a meter may be named. */
function focusLine(cell: CellOf<string>, described: string | null): Line {
  const kind = focusKind(cell)
  const provider = cell('ServiceProviderName') ?? cell('ProviderName') ?? cell('InvoiceIssuerName')
  const unit = unitOf(cell('ConsumedUnit') ?? '')
  const consumed = kind === 'USAGE' ? cell('ConsumedQuantity') : null
  const words = [cell('SkuMeter'), unit.words, described]
  const meter = firstMeter(words)
  return {
    ...BLANK_LINE,
    provider: providerName(needed(provider, 'ServiceProviderName')),
    day: focusDay(cell, kind),
    account: cell('SubAccountId'),
    resource: cell('ResourceId') ?? cell('SkuId'),
    meter: kind === 'USAGE' ? meter : null,
    tier: /batch/i.test(words.join(' ')) ? 'batch' : null,
    quantity: consumed === null ? null : parseQuantity(consumed) * unit.size,
    amount: readAmount(needed(cell('BilledCost'), 'BilledCost')),
    currency: currencyOf(needed(cell('BillingCurrency'), 'BillingCurrency')),
    kind,
  }
}

function focusKind(cell: CellOf<string>): LineKind {
  const category = needed(cell('ChargeCategory'), 'ChargeCategory')
  const kind = KIND_OF_CATEGORY.get(category.toLowerCase())
  if (kind === undefined) throw new DomainError('INVALID_KIND', `${quoted(category)} is no ChargeCategory of FOCUS.`)
  return kind === 'USAGE' && cell('ChargeClass')?.toLowerCase() === 'correction' ? 'ADJUSTMENT' : kind
}

function focusDay(cell: CellOf<string>, kind: LineKind): string {
  const startMs = instantMs(rowInstant(needed(cell('ChargePeriodStart'), 'ChargePeriodStart')))
  const end = cell('ChargePeriodEnd')
  return kind === 'USAGE' && end !== null
    ? dayOfPeriod({ startMs, endMs: instantMs(rowInstant(end)) })
    : utcDay(startMs)
}

const UNIT = /^(?:1\s?)?(k|m|1000|1000000|thousand|million)\b\s*(.*)$/i

/** `1M Tokens` are a million of what `Tokens` says. */
function unitOf(text: string): { size: bigint; words: string } {
  const [, size = '', words = ''] = UNIT.exec(text.trim()) ?? []
  if (size === '') return { size: 1n, words: text }
  return { size: /^(k|1000|thousand)$/i.test(size) ? 1000n : 1_000_000n, words }
}

/** `tokens` alone says nothing of which, so only what is more than the bare word names a meter. */
function firstMeter(words: readonly (string | null)[]): string | null {
  for (const text of words) {
    const meter = text === null || /^tokens?$/i.test(text.trim()) ? null : meterOf(text)
    if (meter !== null) return meter
  }
  return null
}

/**
 * Reads any CSV with a map of its columns. An amount below zero of a row that states no kind is a credit. A meter that is none of ours in
 * other words is refused unless it can be a meter's name.
 *
 * Throws DomainError INVALID_MAP naming what the map lacks.
 */
export function readMappedLines(table: CsvTable, mappings: readonly Mapping[]): ReadStatement {
  const problem = lineMapProblem(mappings, table.columns)
  if (problem !== null) throw new DomainError('INVALID_MAP', problem)
  const sources = new Map<LineField, Mapping['source']>()
  for (const { field, source } of mappings) if (isLineField(field)) sources.set(field, source)
  return readRows(table, (cells) => {
    const cell: CellOf<LineField> = (field) => {
      const source = sources.get(field)
      if (source === undefined) return null
      return textOrNull(source.kind === 'constant' ? source.text : cells[table.columns.indexOf(source.column)])
    }
    return mappedLine(cell)
  })
}

function mappedLine(cell: CellOf<LineField>): Line {
  const amountText = cell('amount')
  const amount = amountText === null ? null : readAmount(amountText)
  const kind = mappedKind(cell('kind'), amount)
  const quantity = kind === 'USAGE' ? quantityOf(cell('quantity')) : null
  if (amount === null && quantity === null) {
    throw new DomainError('MISSING_FIELD', 'It states neither an amount nor a quantity.')
  }
  const words = cell('meter')
  const meter = words === null ? null : meterOf(words)
  if (words !== null && meter === null) throw new DomainError('INVALID_METER', `${quoted(words)} names no meter.`)
  const fxRate = cell('fxRate')
  return {
    ...BLANK_LINE,
    provider: providerName(needed(cell('provider'), 'provider')),
    day: utcDay(instantMs(rowInstant(needed(cell('day'), 'day')))),
    account: cell('account'),
    resource: cell('resource'),
    meter: kind === 'USAGE' ? meter : null,
    tier: cell('tier'),
    quantity,
    amount,
    currency: amount === null ? null : currencyOf(needed(cell('currency'), 'currency')),
    kind,
    fxRate: fxRate === null ? null : positive(readAmount(fxRate)),
  }
}

function mappedKind(text: string | null, amount: bigint | null): LineKind {
  if (text === null) return amount !== null && amount < 0n ? 'CREDIT' : 'USAGE'
  const kind = LINE_KINDS.find((known) => known === text.toUpperCase()) ?? KIND_OF_CATEGORY.get(text.toLowerCase())
  if (kind === undefined) throw new DomainError('INVALID_KIND', `${quoted(text)} is none of ${LINE_KINDS.join(', ')}.`)
  return kind
}

function quantityOf(text: string | null): Quantity6 | null {
  return text === null ? null : parseQuantity(text)
}

function positive(rate: bigint): bigint {
  if (rate <= 0n) throw new DomainError('INVALID_DECIMAL', 'An FX rate is above zero.')
  return rate
}

function readRows({ columns, rows }: CsvTable, read: (cells: readonly string[]) => Line): ReadStatement {
  const builder = new LineBuilder()
  for (const { line, cells } of rows) {
    builder.add(`line ${line}`, () => {
      if (cells.length !== columns.length) {
        throw new DomainError('COLUMN_COUNT', `The row has ${cells.length} columns, the headings ${columns.length}.`)
      }
      return [read(cells)]
    })
  }
  return builder.done()
}

function needed(text: string | null, field: string): string {
  if (text === null) throw new DomainError('MISSING_FIELD', `It states no ${field}.`)
  return text
}
