import { workbookOfTables, type WorkbookTable } from '@outlay/db/exports/workbook-file'
import type { TableCell } from '@outlay/domain/export/csv-line'
import type { ColumnKind } from '@outlay/domain/export/table'
import { formatFixed18, parseFixed18 } from '@outlay/domain/money/fixed18'
import { dayNumber } from '@outlay/domain/periods/calendar-date'
import type { ReportCell, ReportCellKind, ReportDocument, ReportTable } from '@outlay/domain/reports/document'
import { aboutRows } from './about.ts'
import type { EditionMark } from './render.ts'

/** A workbook with a sheet for each table, its cells numbers, dates and texts, and a sheet About. */
export async function workbookReport(document: ReportDocument, mark: EditionMark): Promise<Uint8Array> {
  const names = new Set<string>()
  const tables = document.sections.flatMap(({ id, blocks }) =>
    blocks.flatMap((block) =>
      block.kind === 'table' ? [sheetOf(named(`${id} ${block.table.id}`, names), block.table)] : [],
    ),
  )
  const pieces: Buffer[] = []
  for await (const piece of workbookOfTables({ tables, about: aboutRows(document, mark) })) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** What a spreadsheet takes as the name of a sheet. */
const NAME_MAX = 31

function named(wanted: string, taken: Set<string>): string {
  let name = wanted.slice(0, NAME_MAX)
  for (let n = 2; taken.has(name); n += 1) name = `${wanted.slice(0, NAME_MAX - 4)} ${n}`
  taken.add(name)
  return name
}

const KINDS: Record<ReportCellKind, ColumnKind> = {
  text: 'text',
  money: 'amount',
  quantity: 'amount',
  percent: 'ratio',
  date: 'date',
}

function sheetOf(name: string, { columns, rows, total }: ReportTable): WorkbookTable {
  return {
    name,
    columns: columns.map(({ label, kind }, i) => {
      const isWhole = kind === 'quantity' && rows.every((row) => isInteger(row[i]))
      return { label, kind: isWhole ? 'count' : KINDS[kind] }
    }),
    rows: (total === null ? rows : [...rows, total]).map((row) => row.map(cellOf)),
  }
}

function isInteger(cell: ReportCell | undefined): boolean {
  return cell === undefined || !('exact' in cell) || !cell.exact.includes('.')
}

/** The day that a spreadsheet counts as 0: it takes 1900 for a leap year, which no day of ours is before. */
const DAY_ZERO = dayNumber('1899-12-30')

function cellOf(cell: ReportCell): TableCell {
  switch (cell.kind) {
    case 'text':
      return cell.text
    case 'unknown':
      return cell.reason
    case 'date':
      return { number: String(dayNumber(cell.date) - DAY_ZERO) }
    case 'percent':
      // 96.8 percent is 0.968 in a cell that prints as a percentage; ratios have few decimals, so nothing is cut.
      return { number: formatFixed18(parseFixed18(cell.exact) / 100n) }
    case 'money':
    case 'quantity':
      return { number: cell.exact }
    default:
      return cell satisfies never
  }
}
