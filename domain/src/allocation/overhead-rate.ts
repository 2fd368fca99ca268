import { divideHalfEven } from '../money/half-even.ts'
import { FIXED18_ONE, FIXED18_SCALE, type Fixed18 } from '../money/fixed18.ts'
import { powerOfTen } from '../money/scaled-decimal.ts'

/**
 * What OVERHEAD_RATE allocates of a pool, in minor units (law L16): rate × direct cost, rounded half-even once on the total. It does not
 * follow the pool's amount; a credit only turns the sign. `direct` is Σ of the eligible agents' direct cost × multiplier, scaled 10^24.
 *
 *     rate 0.20, direct 1,234.56 → 246.91 of a pool of 300.00: under-absorbed 53.09
 *     rate 0.20, direct 1,234.56 → 246.91 of a pool of 200.00: over-absorbed 46.91
 */
export function overheadTotal(input: { rate: Fixed18; direct: bigint; isCredit: boolean; minorUnits: number }): bigint {
  const { rate, direct, isCredit, minorUnits } = input
  const scaled = rate * direct * powerOfTen(minorUnits)
  const total = divideHalfEven(scaled, FIXED18_ONE * powerOfTen(FIXED18_SCALE + 6))
  return isCredit ? -total : total
}
