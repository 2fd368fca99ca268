import { invariant } from '../errors.ts'
import { FIXED18_LIMIT, type Fixed18 } from '../money/fixed18.ts'

/** 10^18 ÷ 10^6: estimates of amounts have six decimals, more would be pretence. */
const SIXTH_DECIMAL = 10n ** 12n

/**
 * An amount as a statistician's number: 53 bits of it. Only for estimating; nothing that is paid, billed or summed is made from it.
 *
 *     toEstimate(parseFixed18('12.5')) // 12.5
 */
export function toEstimate(amount: Fixed18): number {
  return Number(amount) / 1e18
}

/**
 * An estimated amount, rounded to six decimals: what a person sees, and what exact costs are compared with. Estimates beyond what an
 * amount can hold are cut there, below as above.
 *
 *     fromEstimate(12.34567891) // '12.345679'
 */
export function fromEstimate(value: number): Fixed18 {
  invariant(!Number.isNaN(value), 'fromEstimate: the estimate is not a number')
  if (Math.abs(value) >= 1e20) return value > 0 ? FIXED18_LIMIT - SIXTH_DECIMAL : SIXTH_DECIMAL - FIXED18_LIMIT
  return BigInt(Math.round(value * 1e6)) * SIXTH_DECIMAL
}
