import { CSV_START, csvLine } from '@outlay/domain/export/csv-line'
import type { ExportColumn, ExportRow } from '@outlay/domain/export/table'

/** A table as the pieces of a CSV file, one a page. Nothing is kept of what has been sent. */
export async function* csvFile({
  columns,
  pages,
}: {
  columns: readonly ExportColumn[]
  pages: AsyncIterable<readonly ExportRow[]>
}): AsyncGenerator<string> {
  yield CSV_START + csvLine(columns.map(({ label }) => label))
  for await (const rows of pages) yield rows.map(csvLine).join('')
}
