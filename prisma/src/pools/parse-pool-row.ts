import {
  ALLOCATION_METHODS,
  POOL_CATEGORIES,
  USAGE_BASES,
  type AllocationMethod,
  type UsageBasis,
} from '@outlay/domain/allocation/policy'
import { DomainError, quoted } from '@outlay/domain/errors'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import { parsePool, type ParsedPool } from './parse-pool.ts'

/** The columns of a file of pools; a heading that is none of them is refused, because a misspelt one would lose what it says. */
export const POOL_COLUMNS = [
  'name',
  'category',
  'month',
  'last_month',
  'recurrence',
  'amount',
  'currency',
  'method',
  'basis',
  'rate',
  'scope',
  'resource_provider',
  'resource',
  'capacity',
  'note',
] as const
export type PoolColumn = (typeof POOL_COLUMNS)[number]

/** Without these a row says nothing. */
const REQUIRED: readonly PoolColumn[] = ['name', 'category', 'month', 'amount', 'currency']

/** A row as it stands in the file: the line it begins on, and its cells in the order of the headings. */
export interface FileRow {
  line: number
  cells: readonly string[]
}

/** A row that says something sound. What a cell leaves empty is not said: `null`, and a default where the pool is new. */
export interface PoolRow {
  pool: ParsedPool
  /** What the row says beside the name, the month, the amount and what identifies a pool. */
  said: {
    recurrence: ParsedPool['recurrence'] | null
    lastMonth: CalendarDate | null
    method: AllocationMethod | null
    basis: UsageBasis | null
    rate: string | null
    scope: readonly string[] | null
  }
}

/** The headings in their order. Throws DomainError UNKNOWN_COLUMN, DUPLICATE_COLUMN or MISSING_COLUMN naming the column. */
export function checkColumns(headings: readonly string[]): PoolColumn[] {
  const columns = headings.map((heading) => {
    const name = heading.trim().toLowerCase()
    const column = POOL_COLUMNS.find((known) => known === name)
    if (column === undefined) {
      const message = `There is no column ${quoted(heading.trim())}; there is ${POOL_COLUMNS.join(', ')}.`
      throw new DomainError('UNKNOWN_COLUMN', message, 'csv')
    }
    return column
  })
  const twice = columns.find((column, at) => columns.indexOf(column) !== at)
  if (twice !== undefined) throw new DomainError('DUPLICATE_COLUMN', `The column ${twice} is there twice.`, 'csv')
  const missing = REQUIRED.find((column) => !columns.includes(column))
  if (missing !== undefined) {
    const message = `The file has no column ${missing}; it needs ${REQUIRED.join(', ')}.`
    throw new DomainError('MISSING_COLUMN', message, 'csv')
  }
  return columns
}

/** The first months, `2026-03`, are written so in spreadsheets. */
const MONTH = /^[0-9]{4}-[0-9]{2}$/

/** Reads a row. Throws DomainError whose field is the column at fault. */
export function parsePoolRow({ cells }: FileRow, columns: readonly PoolColumn[]): PoolRow {
  if (cells.length !== columns.length) {
    throw new DomainError('COLUMN_COUNT', `The row has ${cells.length} columns, the headings ${columns.length}.`)
  }
  const cell = (column: PoolColumn): string | null => cells[columns.indexOf(column)]?.trim() || null
  for (const column of REQUIRED) {
    if (cell(column) === null) throw new DomainError('MISSING_FIELD', `The column ${column} is empty.`, column)
  }
  const month = (column: PoolColumn): CalendarDate | null => {
    const text = cell(column)
    return text !== null && MONTH.test(text) ? `${text}-01` : text
  }
  const said = {
    recurrence: oneOf(['ONCE', 'MONTHLY'], cell('recurrence'), 'recurrence'),
    lastMonth: month('last_month'),
    method: oneOf(ALLOCATION_METHODS, cell('method'), 'method'),
    basis: oneOf(USAGE_BASES, cell('basis'), 'basis'),
    rate: cell('rate'),
    scope: cell('scope') === null ? null : listOf(cell('scope') ?? ''),
  }
  const resource = cell('resource')
  if (resource === null && cell('resource_provider') !== null) {
    throw new DomainError('MISSING_FIELD', 'A resource_provider needs the resource beside it.', 'resource')
  }
  const pool = parsePool({
    name: cell('name') ?? '',
    category: oneOf(POOL_CATEGORIES, cell('category'), 'category') ?? 'OTHER',
    recurrence: said.recurrence ?? 'ONCE',
    month: month('month') ?? '',
    lastMonth: said.lastMonth,
    amount: { amount: cell('amount') ?? '', currency: cell('currency') ?? '' },
    resource: resource === null ? null : { provider: cell('resource_provider'), name: resource },
    capacity: cell('capacity'),
    note: cell('note'),
    policy: {
      method: said.method ?? 'USAGE',
      basis: said.basis,
      rate: said.rate,
      scope: said.scope ?? [],
      fallback: null,
      idle: null,
      multipliers: [],
      exemptions: [],
      feeds: [],
    },
  })
  return { pool, said }
}

function oneOf<const T extends string>(known: readonly T[], text: string | null, column: PoolColumn): T | null {
  if (text === null) return null
  const found = known.find((one) => one === text.toUpperCase())
  if (found === undefined) {
    throw new DomainError('INVALID_FIELD', `${quoted(text)} is none of ${known.join(', ')}.`, column)
  }
  return found
}

function listOf(text: string): string[] {
  return text
    .split(';')
    .map((key) => key.trim())
    .filter((key) => key !== '')
}

/** The columns that hold the fields of the domain. */
const COLUMN_OF: Readonly<Record<string, PoolColumn>> = {
  'amount.currency': 'currency',
  'resource.name': 'resource',
  'resource.provider': 'resource_provider',
  lastMonth: 'last_month',
  fromMonth: 'month',
}

/** The column that a field of an error stands in; null: the row as a whole. */
export function columnOf(field: string | undefined): PoolColumn | null {
  if (field === undefined) return null
  const [head = ''] = field.split('.')
  return COLUMN_OF[field] ?? COLUMN_OF[head] ?? POOL_COLUMNS.find((column) => column === head) ?? null
}
