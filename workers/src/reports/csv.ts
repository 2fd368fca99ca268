import { zip, type ZipEntry } from '@outlay/db/exports/zip'
import { CSV_START, csvLine, type TableCell } from '@outlay/domain/export/csv-line'
import type { ReportCell, ReportDocument, ReportTable } from '@outlay/domain/reports/document'
import { aboutRows } from './about.ts'
import type { EditionMark } from './render.ts'

/** An archive of one CSV file for each table, named for its section and itself, and About.csv. Numbers are exact; what is not known says why. */
export async function csvReport(document: ReportDocument, mark: EditionMark): Promise<Uint8Array> {
  const about: ZipEntry = { name: 'About.csv', content: [CSV_START, ...aboutRows(document, mark).map(csvLine)] }
  const tables = document.sections.flatMap(({ id, blocks }) =>
    blocks.flatMap((block): ZipEntry[] =>
      block.kind === 'table' ? [{ name: `${id}_${block.table.id}.csv`, content: [tableText(block.table)] }] : [],
    ),
  )
  const pieces: Buffer[] = []
  for await (const piece of zip([about, ...tables])) pieces.push(piece)
  return Buffer.concat(pieces)
}

function tableText({ columns, rows, total }: ReportTable): string {
  const lines = [columns.map(({ label }) => label), ...rows.map((row) => row.map(cellOf))]
  if (total !== null) lines.push(total.map(cellOf))
  return CSV_START + lines.map(csvLine).join('')
}

function cellOf(cell: ReportCell): TableCell {
  switch (cell.kind) {
    case 'text':
      return cell.text
    case 'date':
      return cell.date
    case 'unknown':
      return cell.reason
    case 'money':
    case 'quantity':
    case 'percent':
      return { number: cell.exact }
    default:
      return cell satisfies never
  }
}
