import writeXlsxFile, { type Cell, type Row } from 'write-excel-file/node'
import { HttpError } from '../http/http-error.ts'
import type { ExportColumn, ExportRow } from './export-table.ts'
import { textCell, workbookRow, type WorkbookCell } from './workbook-cells.ts'

/** A workbook is made as a whole, in memory. What is longer goes as CSV, which is not. */
const ROWS_MAX = 20_000

const HEAD = { fontWeight: 'bold' } as const

/**
 * A table as a workbook: its rows under a head that stays in sight, and a sheet About. Numbers are numbers where a spreadsheet holds them
 * exactly; where it would round them they are text, and the last column says so. Throws HttpError TOO_MANY_ROWS.
 */
export async function workbookFile({
  columns,
  pages,
  about,
}: {
  columns: readonly ExportColumn[]
  pages: AsyncIterable<readonly ExportRow[]>
  about: readonly (readonly [string, string])[]
}): Promise<Buffer> {
  const heads: ExportColumn[] = [...columns, { label: 'Note', kind: 'text' }]
  const rows: Row[] = [heads.map(({ label }) => head(label))]
  for await (const page of pages) {
    rows.push(...page.map((row) => workbookRow(columns, row).map(written)))
    if (rows.length > ROWS_MAX) {
      const message = `A workbook has at most ${ROWS_MAX} rows; ask for the CSV, which has no end, or for fewer days.`
      throw new HttpError(400, 'TOO_MANY_ROWS', message)
    }
  }
  const facts = about.map(([name, value]): Row => [written(textCell(name)), written(textCell(value))])
  return writeXlsxFile([
    {
      sheet: 'Rows',
      data: rows,
      stickyRowsCount: 1,
      columns: heads.map(({ kind, label }) => ({ width: kind === 'text' ? 26 : Math.max(14, label.length + 2) })),
    },
    {
      sheet: 'About',
      data: [[head('What'), head('Value')], ...facts, [written(textCell('Exact amounts')), written(textCell(EXACT))]],
      stickyRowsCount: 1,
      columns: [{ width: 34 }, { width: 90 }],
    },
  ]).toBuffer()
}

const EXACT =
  'Spreadsheets keep 15 digits of a number. A number with more is text here, with all of them, and the column Note names it.'

function head(label: string): Cell {
  return { ...HEAD, value: label, type: String }
}

function written(cell: WorkbookCell): Cell {
  if (cell === null) return null
  if (cell.type === 'text') return { value: cell.text, type: String }
  return { value: cell.number, type: Number, format: cell.format }
}
