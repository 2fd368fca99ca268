import { multiplyFixed18HalfEven, parseFixed18, type Fixed18 } from '../money/fixed18.ts'

/**
 * What a share of an amount comes to. Exact for an amount in minor units, since a threshold has at most 6 decimals; of one that an FX rate
 * has given more than 12 decimals, half-even at scale 18 (law L7).
 *
 *     thresholdAmount(100.00, '0.8') // 80.00
 */
export function thresholdAmount(amount: Fixed18, threshold: string): Fixed18 {
  return multiplyFixed18HalfEven(amount, parseFixed18(threshold))
}

/**
 * The thresholds that a sum has reached, in the order they are given (ascending). Reaching is enough: 80.00 of 100.00 crosses 0.8.
 *
 *     crossings({ amount: 100.00, spent: 91.00, thresholds: ['0.8', '0.9', '1'] }) // ['0.8', '0.9']
 */
export function crossings(input: { amount: Fixed18; spent: Fixed18; thresholds: readonly string[] }): string[] {
  const { amount, spent, thresholds } = input
  return thresholds.filter((threshold) => spent >= thresholdAmount(amount, threshold))
}
