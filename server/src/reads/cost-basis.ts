import { attributedOf, totalOf, type CellSums } from '@outlay/db/sql/cell-sums'
import type { CostBasis } from '@outlay/domain/billing/terms'
import type { Fixed18 } from '@outlay/domain/money/fixed18'

export type { CostBasis } from '@outlay/domain/billing/terms'

/** A cost on a basis: of £2 direct, £1 chain-shared and £0.50 allocated, DIRECT is £2, ATTRIBUTED £3 and FULLY_LOADED £3.50. */
export function costOn(basis: CostBasis, cost: CellSums): Fixed18 {
  switch (basis) {
    case 'DIRECT':
      return cost.direct
    case 'ATTRIBUTED':
      return attributedOf(cost)
    case 'FULLY_LOADED':
      return totalOf(cost)
    default:
      return basis satisfies never
  }
}
