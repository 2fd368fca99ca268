import { CSV_START, csvLine } from '@outlay/domain/export/csv-line'
import type { ExportRow, ExportTable } from './export-table.ts'

/** A table as the pieces of a CSV file, one a page. Nothing is kept of what has been sent. */
export async function* csvFile({
  columns,
  pages,
}: Pick<ExportTable, 'columns'> & { pages: AsyncIterable<readonly ExportRow[]> }): AsyncGenerator<string> {
  yield CSV_START + csvLine(columns.map(({ label }) => label))
  for await (const rows of pages) yield rows.map(csvLine).join('')
}
