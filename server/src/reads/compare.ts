import { attributedOf, totalOf, type CellSums } from '@outlay/db/sql/cell-sums'

/** For sort: the cheaper by attributed cost first, and of equals the one with the smaller share of pools. */
export function compareCosts(x: CellSums, y: CellSums): number {
  const attributed = attributedOf(x) - attributedOf(y)
  const difference = attributed === 0n ? totalOf(x) - totalOf(y) : attributed
  return difference === 0n ? 0 : difference > 0n ? 1 : -1
}

/** For sort: by code units, the same everywhere. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
