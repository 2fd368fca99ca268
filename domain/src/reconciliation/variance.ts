import type { Fixed18 } from '../money/fixed18.ts'

/**
 * Why an invoice is not what was attributed, in the order in which money is given to causes:
 *
 * 1. TAX and CREDIT (credits and discounts): what the provider's own line says it is. An ADJUSTMENT of the provider has no usage behind it
 *    and goes to UNEXPLAINED.
 * 2. DUPLICATE: the further copies of a day that the export states more than once.
 * 3. FX: what is left converts at the invoice's rate instead of the stored one of that day, and the ledger at the rate it used then.
 * 4. TIMING: quantity that is on this day for one side and on the next for the other. It sums to zero over the two days.
 * 5. COVERAGE: quantity that only the provider saw, at the provider's price; or that only we saw, at ours (below zero).
 * 6. ROUNDING: what is left, if it is within half a unit of the last decimal of each of the provider's lines, at most half a minor unit.
 * 7. TIER: the same quantity at another price that is known for it (batch, a longer context).
 * 8. RATE: the same quantity at a price that is not.
 * 9. UNEXPLAINED: the rest, above all lines of money without a quantity.
 */
export const CAUSES = [
  'TAX',
  'CREDIT',
  'DUPLICATE',
  'FX',
  'TIMING',
  'COVERAGE',
  'ROUNDING',
  'TIER',
  'RATE',
  'UNEXPLAINED',
] as const
export type Cause = (typeof CAUSES)[number]

/** Amounts by cause, in the reporting currency; what is above zero makes the invoice larger than what was attributed. */
export type Causes = Record<Cause, Fixed18>

/** No money for any cause. */
export function noCauses(): Causes {
  return Object.fromEntries(CAUSES.map((cause) => [cause, 0n])) as Causes
}

/** Adds amounts by cause onto `sum`. */
export function addCauses(sum: Causes, causes: Causes): void {
  for (const cause of CAUSES) sum[cause] += causes[cause]
}

/** All causes together: the gap. */
export function sumOfCauses(causes: Causes): Fixed18 {
  return CAUSES.reduce((sum, cause) => sum + causes[cause], 0n)
}
