import { FIXED18_ONE, FIXED18_SCALE, ratio, type Fixed18 } from '../money/fixed18.ts'
import { powerOfTen } from '../money/scaled-decimal.ts'
import { DomainError } from '../errors.ts'

/** What to charge so that a margin is reached. */
export interface PriceProposal {
  /** Of all that was done, up to the next whole minor unit. */
  price: Fixed18
  /** Of each completed task; null without any. Times the tasks it is at least `price`. */
  pricePerTask: Fixed18 | null
  /** The markup that comes to the same, price = cost × (1 + markup), half-even at 18 decimals: a margin of 40 % is a markup of 66.67 %. */
  markup: string
}

/**
 * The least price in whole minor units at which margin ÷ price is at least `margin`: cost ÷ (1 − margin), rounded up, because a price
 * rounded down misses its margin. What cost nothing, or less, needs no price.
 *
 * Throws DomainError INVALID_FIELD on `margin` unless 0 ≤ margin < 1.
 *
 *     proposePrice({ cost: 4.41, margin: 0.4, tasks: 1, decimals: 2 }) // 7.35: 7.35 − 4.41 = 2.94, and 2.94 ÷ 7.35 = 40 %
 */
export function proposePrice(asked: {
  cost: Fixed18
  margin: Fixed18
  tasks: number
  decimals: number
}): PriceProposal {
  const { cost, margin, tasks, decimals } = asked
  if (margin < 0n || margin >= FIXED18_ONE) {
    throw new DomainError('INVALID_FIELD', 'A margin is 0 or more and below 1, the whole price.', 'margin')
  }
  const keep = FIXED18_ONE - margin
  const unit = powerOfTen(FIXED18_SCALE - decimals)
  const pays = cost > 0n ? cost : 0n
  const price = ceilDivide(pays * FIXED18_ONE, keep * unit) * unit
  return {
    price,
    pricePerTask: tasks === 0 ? null : ceilDivide(pays * FIXED18_ONE, keep * unit * BigInt(tasks)) * unit,
    markup: ratio(margin, keep) ?? '0',
  }
}

function ceilDivide(numerator: bigint, denominator: bigint): bigint {
  return (numerator + denominator - 1n) / denominator
}
