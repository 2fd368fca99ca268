import { invariant } from '../errors.ts'
import { formatScaledDecimal, parseScaledDecimal } from '../money/scaled-decimal.ts'
import type { ReportCell, ReportChart, ReportDocument, ReportTable } from './document.ts'

/** Wider than any sum of a report: quantities have 6 decimals, amounts 18. */
const NUMBER = { what: 'number of a report', decimals: 18, integerDigits: 60, allowNegative: true } as const

/**
 * A document whose every table adds up: the amounts and quantities above a line are, to the last decimal, what stands under it. Cells are
 * of the kind of their column, or say why they are unknown. Names of sections, and of tables within one, are given once: files are named
 * for them. Throws InvariantError otherwise, because a report whose rows do not add up must not be made.
 */
export function checkedDocument(document: ReportDocument): ReportDocument {
  const sections = new Set<string>()
  for (const section of document.sections) {
    invariant(NAME.test(section.id) && !sections.has(section.id), `report: no or no other section ${section.id}`)
    sections.add(section.id)
    const tables = new Set<string>()
    for (const block of section.blocks) {
      if (block.kind === 'chart') checkChart(section.id, block.chart)
      if (block.kind !== 'table') continue
      const { table } = block
      invariant(NAME.test(table.id) && !tables.has(table.id), `report: no or no other table ${section.id}/${table.id}`)
      tables.add(table.id)
      checkTable(section.id, table)
    }
  }
  return document
}

const NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/

function checkTable(section: string, { id, columns, rows, total }: ReportTable): void {
  for (const row of total === null ? rows : [...rows, total]) {
    invariant(row.length === columns.length, `report: ${section}/${id} has a row of another width`)
    for (const [i, cell] of row.entries()) {
      const fits = cell.kind === columns[i]?.kind || cell.kind === 'unknown' || cell.kind === 'text'
      invariant(fits, `report: ${section}/${id} has a ${cell.kind} under ${columns[i]?.label}`)
    }
  }
  if (total === null) return
  for (const [i, { kind, label }] of columns.entries()) {
    const stated = total[i]
    if (stated === undefined || !('exact' in stated) || kind === 'percent') continue
    const sum = rows.reduce((added, row) => added + valueOf(row[i]), 0n)
    invariant(
      sum === valueOf(stated),
      `report: the rows of ${section}/${id} make ${formatScaledDecimal(sum, NUMBER.decimals)} under ${label}, not ${stated.exact}`,
    )
  }
}

function checkChart(section: string, { id, labels, series }: ReportChart): void {
  for (const { name, values } of series) {
    invariant(values.length === labels.length, `report: ${section}/${id} has no place for a value of ${name}`)
  }
}

function valueOf(cell: ReportCell | undefined): bigint {
  return cell !== undefined && 'exact' in cell ? parseScaledDecimal(cell.exact, NUMBER) : 0n
}
