import { CSV_START, csvLine, type TableCell } from '@outlay/domain/export/csv-line'

export type CsvCell = TableCell

/** RFC 4180 text with a byte order mark, so that spreadsheets read it as UTF-8. */
export function csvText(rows: readonly (readonly CsvCell[])[]): string {
  return CSV_START + rows.map(csvLine).join('')
}
