import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { CsvError, parse } from 'csv-parse'
import { CommandFailure } from './failure.ts'

/** One data row: the line it ends on, its cells, and how many bytes of the file are read up to its end. */
export type Row = { line: number; values: string[]; bytes: number }

export type RowFile = { columns: string[]; sizeBytes: number; rows: AsyncIterable<Row> }

type ParsedRecord = { record: string[]; info: { lines: number; bytes: number } }

/** Opens a CSV file with a line of headings; rows are read as they are asked for, never all at once. */
export async function openRows(path: string): Promise<RowFile> {
  const sizeBytes = await readableSize(path)
  const parser = createReadStream(path).pipe(
    parse({ bom: true, info: true, relax_column_count: true, skip_empty_lines: true, max_record_size: 1024 * 1024 }),
  )
  const records = (parser as AsyncIterable<ParsedRecord>)[Symbol.asyncIterator]()
  const first = await nextRecord(records, path)
  if (first === null) throw new CommandFailure(`${path} is empty; its first line must name the columns.`)
  return { columns: first.record.map((name) => name.trim()), sizeBytes, rows: remaining(records, path) }
}

/** The bytes of a file that can be read. Throws CommandFailure. */
export async function readableSize(path: string): Promise<number> {
  try {
    const found = await stat(path)
    if (!found.isFile()) throw new CommandFailure(`${path} is not a file.`)
    return found.size
  } catch (error) {
    if (error instanceof CommandFailure) throw error
    throw new CommandFailure(`${path} cannot be read: ${reason(error)}.`)
  }
}

async function* remaining(records: AsyncIterator<ParsedRecord>, path: string): AsyncGenerator<Row> {
  for (;;) {
    const next = await nextRecord(records, path)
    if (next === null) return
    yield { line: next.info.lines, values: next.record, bytes: next.info.bytes }
  }
}

async function nextRecord(records: AsyncIterator<ParsedRecord>, path: string): Promise<ParsedRecord | null> {
  try {
    const next = await records.next()
    return next.done === true ? null : next.value
  } catch (error) {
    if (error instanceof CsvError) throw new CommandFailure(`${path} is not valid CSV: ${error.message}.`)
    throw new CommandFailure(`${path} cannot be read: ${reason(error)}.`)
  }
}

/** Why a file cannot be read, in words. */
export function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOENT') return 'there is no such file'
  if (code === 'EACCES') return 'permission is denied'
  return error instanceof Error ? error.message : String(error)
}
