import { DomainError } from '@outlay/domain/errors'
import { RowIds } from '@outlay/domain/csv-import/row-id'
import { type Item, rowItem } from '@outlay/domain/csv-import/row-item'
import { type Mapping, mapProblem } from '@outlay/domain/csv-import/field-map'
import { parseInvocation } from '@outlay/domain/invocation/parse-invocation'
import { CsvError, parse } from 'csv-parse/browser/esm/sync'
import { csvText } from './csv.ts'
import { sha256Base64Url } from './sha256.ts'

/** A CSV file with a line of headings; each row carries the line it ends on. */
export interface UsageFile {
  columns: string[]
  rows: { line: number; values: string[] }[]
}

/** Why a row is no event: the column where that can be said. */
export interface RowProblem {
  line: number
  column: string | null
  code: string
  message: string
}

export type ReadRow = { line: number; item: Item } | { line: number; problem: RowProblem }

/** The server takes 256 KB from a person; this keeps below it. */
const BATCH_BYTES_MAX = 200_000
/** Most items of one mutation. */
const BATCH_ITEMS_MAX = 1_000

/** Reads a file as `outlay import` does, or says why it is none. */
export function readUsageFile(text: string): UsageFile | { problem: string } {
  try {
    const records = parse(text, {
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: 1024 * 1024,
    }) as unknown as { record: string[]; info: { lines: number } }[]
    const [first, ...rest] = records
    if (first === undefined) return { problem: 'The file is empty; its first line must name the columns.' }
    const columns = first.record.map((name) => name.trim())
    const twice = columns.find((name, at) => columns.indexOf(name) !== at)
    if (twice !== undefined) return { problem: `Two columns are called "${twice}"; give each its own name.` }
    return { columns, rows: rest.map(({ record, info }) => ({ line: info.lines, values: record })) }
  } catch (error) {
    if (error instanceof CsvError) return { problem: `This is not valid CSV: ${error.message}.` }
    throw error
  }
}

const MAP_PROBLEMS = {
  NO_TIME: 'Say which column holds the time of each row.',
  NO_QUANTITY: 'Say which column holds a quantity, such as the input tokens.',
  HALF_A_COST: 'A reported cost needs both its amount and its currency.',
  TOO_MANY_QUANTITIES: 'These are more quantities than one event may have.',
} as const

/** What the columns do not say yet, as a sentence; null when rows can become events. */
export function mapText(mappings: readonly Mapping[]): string | null {
  const problem = mapProblem(mappings)
  return problem === null ? null : MAP_PROBLEMS[problem]
}

/**
 * Every row with its event, or the reason why it is none: judged by the rules of the server, so that nothing is sent that it would refuse.
 * Ids are those of `outlay import`: a row that was imported by either is known to both. `now`: our clock in milliseconds.
 */
export function* readRows(
  file: UsageFile,
  { mappings, source, now }: { mappings: readonly Mapping[]; source: string; now: number },
): Generator<ReadRow> {
  const { columns } = file
  const ids = new RowIds(columns, { source, digest: sha256Base64Url })
  for (const { line, values } of file.rows) {
    // Counted before anything can be refused: a row that is mended later must not move the number of its twins.
    const id = ids.next(values)
    const item = rowItem(values, { columns, mappings, id })
    const error = item instanceof DomainError ? item : refusalOf(item, now)
    if (error === null) yield { line, item: item as Item }
    else yield { line, problem: problemOf(error, { line, item, mappings }) }
  }
}

function refusalOf(item: Item, now: number): DomainError | null {
  try {
    parseInvocation(item, { now: now * 1_000 })
    return null
  } catch (error) {
    if (error instanceof DomainError) return error
    throw error
  }
}

function problemOf(
  { code, message, field }: DomainError,
  { line, item, mappings }: { line: number; item: Item | DomainError; mappings: readonly Mapping[] },
): RowProblem {
  const named = item instanceof DomainError ? field : usageField(item, field)
  const source = mappings.find((mapping) => mapping.field === named)?.source
  if (source?.kind !== 'column') return { line, column: null, code, message }
  // The column says it in words of the file.
  const prefix = `${field}: `
  const plain = message.startsWith(prefix) ? message.slice(prefix.length) : message
  return { line, column: source.column, code, message: plain }
}

/** `usage.1.quantity` says which quantity of the event; the mapping is named by its meter. */
function usageField(item: Item, field: string | undefined): string | undefined {
  const index = /^usage\.(\d+)/.exec(field ?? '')?.[1]
  const meter = index === undefined ? undefined : item.usage[Number.parseInt(index, 10)]?.meter
  return meter === undefined ? field : `usage.${meter}`
}

export interface Batch {
  lines: number[]
  items: Item[]
}

/** Events in requests that the server takes: at most 1,000 in each, and well below its bytes. */
export function batchesOf(events: readonly { line: number; item: Item }[]): Batch[] {
  const batches: Batch[] = []
  let bytes = 0
  for (const { line, item } of events) {
    const size = new TextEncoder().encode(JSON.stringify(item)).length + 1
    const last = batches.at(-1)
    if (last === undefined || last.items.length === BATCH_ITEMS_MAX || bytes + size > BATCH_BYTES_MAX) {
      batches.push({ lines: [line], items: [item] })
      bytes = size
    } else {
      last.lines.push(line)
      last.items.push(item)
      bytes += size
    }
  }
  return batches
}

/** What became of the rows so far. `unpriced` are among the accepted. */
export interface ImportTotals {
  accepted: number
  duplicates: number
  unpriced: number
  rejected: readonly RowProblem[]
}

export const NOTHING_YET: ImportTotals = { accepted: 0, duplicates: 0, unpriced: 0, rejected: [] }

/** Adds the server's answer about one batch; its indices become lines. */
export function addAnswer(
  totals: ImportTotals,
  { lines }: Batch,
  answer: {
    accepted: number
    duplicates: number
    unpriced: number
    rejected: readonly { index: number; code: string; message: string }[]
  },
): ImportTotals {
  const rejected = answer.rejected.map(({ index, code, message }) => ({
    line: lines[index] ?? 0,
    column: null,
    code,
    message,
  }))
  return {
    accepted: totals.accepted + answer.accepted,
    duplicates: totals.duplicates + answer.duplicates,
    unpriced: totals.unpriced + answer.unpriced,
    rejected: [...totals.rejected, ...rejected],
  }
}

/** The rejected rows with their reasons, by line, as a file. */
export function rejectedCsv(rejected: readonly RowProblem[]): string {
  const rows = [...rejected].sort((a, b) => a.line - b.line)
  return csvText([
    ['line', 'column', 'code', 'reason'],
    ...rows.map(({ line, column, code, message }) => [{ number: String(line) }, column, code, message]),
  ])
}
