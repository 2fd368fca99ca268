import type { FileRow } from '@outlay/db/pools/parse-pool-row'
import { CsvError, parse } from 'csv-parse/sync'

/** A CSV text with a line of headings, or what keeps it from being one. Each row carries the line it ends on. */
export function readCsv(text: string): { headings: string[]; rows: FileRow[] } | { problem: string } {
  try {
    // Two characters for the end of a line would count twice within quotes.
    const records = parse(text.replaceAll('\r\n', '\n'), {
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown
    const [first, ...rest] = records as { record: string[]; info: { lines: number } }[]
    if (first === undefined) return { problem: 'The file is empty; its first line must name the columns.' }
    return { headings: first.record, rows: rest.map(({ record, info }) => ({ line: info.lines, cells: record })) }
  } catch (error) {
    if (error instanceof CsvError) return { problem: `This is not valid CSV: ${error.message}.` }
    throw error
  }
}
