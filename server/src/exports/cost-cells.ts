import { attributedOf, totalOf, type CellSums } from '@outlay/db/sql/cell-sums'
import type { TableCell } from '@outlay/domain/export/csv-line'
import { formatFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import type { Amount } from '../modules/money/money.schema.ts'
import type { ExportColumn, ExportRow } from '@outlay/domain/export/table'

/** An exact amount as plain decimal text. */
export function amountCell(amount: Fixed18): TableCell {
  return { number: formatFixed18(amount) }
}

export function moneyCell(money: Amount | null): TableCell {
  return money === null ? null : amountCell(money.amount)
}

export function countCell(count: bigint | number): TableCell {
  return { number: String(count) }
}

export function ratioCell(ratio: string | null): TableCell {
  return ratio === null ? null : { number: ratio }
}

/** The parts of a cost, as every export has them. Each column adds up by itself, and the first three to the last. */
export const COST_COLUMNS: readonly ExportColumn[] = [
  { label: 'Direct', kind: 'amount' },
  { label: 'Chain-shared', kind: 'amount' },
  { label: 'Allocated', kind: 'amount' },
  { label: 'Attributed', kind: 'amount' },
  { label: 'Fully loaded', kind: 'amount' },
]

export function costCells(cost: CellSums): ExportRow {
  return [cost.direct, cost.shared, cost.allocated, attributedOf(cost), totalOf(cost)].map(amountCell)
}

/** How much was used, and what of it is in no amount. */
export const USE_COLUMNS: readonly ExportColumn[] = [
  { label: 'Invocations', kind: 'count' },
  { label: 'Unpriced invocations', kind: 'count' },
  { label: 'Unconverted invocations', kind: 'count' },
]

export function useCells(cost: CellSums): ExportRow {
  return [cost.invocations, cost.unpriced, cost.unconverted].map(countCell)
}
