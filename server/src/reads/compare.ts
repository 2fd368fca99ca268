import { attributedOf, totalOf, type CellSums } from '@outlay/db/sql/cell-sums'
import type { Fixed18 } from '@outlay/domain/money/fixed18'

/** For sort: the cheaper by attributed cost first, and of equals the one with the smaller share of pools. */
export function compareCosts(x: CellSums, y: CellSums): number {
  return compareAmounts(attributedOf(x), attributedOf(y)) || compareAmounts(totalOf(x), totalOf(y))
}

/** For sort: the smaller first. */
export function compareAmounts(x: Fixed18, y: Fixed18): number {
  return x === y ? 0 : x > y ? 1 : -1
}

/** For sort: by code units, the same everywhere. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
