import type { Fixed18 } from '../money/fixed18.ts'
import { crossings } from './crossings.ts'

/**
 * The forecast thresholds that a budget is expected to reach by the end of its window: what was spent and the median of what is still to
 * come (P50) are together compared as what was spent is. Null without a forecast.
 *
 *     forecastCrossings({ amount: 100.00, spent: 60.00, toCome: 45.00, thresholds: ['1', '1.2'] }) // { expected: 105.00, crossed: ['1'] }
 */
export function forecastCrossings(input: {
  amount: Fixed18
  spent: Fixed18
  /** P50 of domain/src/forecast/forecast.ts; null: nothing is known of what is to come. */
  toCome: Fixed18 | null
  thresholds: readonly string[]
}): { expected: Fixed18; crossed: string[] } | null {
  const { amount, spent, toCome, thresholds } = input
  if (toCome === null) return null
  const expected = spent + toCome
  return { expected, crossed: crossings({ amount, spent: expected, thresholds }) }
}
