import { totalOf, type CellSums } from '@outlay/db/sql/cell-sums'

/** For sort: the cheaper first. */
export function compareCosts(x: CellSums, y: CellSums): number {
  const difference = totalOf(x) - totalOf(y)
  return difference === 0n ? 0 : difference > 0n ? 1 : -1
}

/** For sort: by code units, the same everywhere. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
