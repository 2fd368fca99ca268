import { CSV_START, csvLine } from '@outlay/domain/export/csv-line'
import type { ExportColumn, ExportRow } from '@outlay/domain/export/table'

/** A table as the pieces of a CSV file, one a page; `isPlain`: without the mark of UTF-8. Nothing is kept of what has been sent. */
export async function* csvFile({
  columns,
  pages,
  isPlain = false,
}: {
  columns: readonly ExportColumn[]
  pages: AsyncIterable<readonly ExportRow[]>
  isPlain?: boolean
}): AsyncGenerator<string> {
  yield (isPlain ? '' : CSV_START) + csvLine(columns.map(({ label }) => label))
  for await (const rows of pages) yield rows.map(csvLine).join('')
}
