import { formatScaledDecimal, parseScaledDecimal, powerOfTen } from './scaled-decimal.ts'
import { divideHalfEven } from './half-even.ts'

/**
 * An exact amount of money, or an exact sum of them: an integer scaled by 10^18, the same as `numeric(38,18)` in the database.
 * £12.34015 is `12_340_150_000_000_000_000n`. The currency is kept beside it, never in it.
 */
export type Fixed18 = bigint

export const FIXED18_SCALE = 18
export const FIXED18_ONE: Fixed18 = powerOfTen(FIXED18_SCALE)

/** The first amount that no longer fits numeric(38,18): 10^20 units of currency. */
export const FIXED18_LIMIT: Fixed18 = powerOfTen(38)

const FORMAT = { what: 'amount', decimals: FIXED18_SCALE, integerDigits: 20, allowNegative: true } as const

/**
 * Reads an amount (law L7: never through a float). At most 20 digits before the point and 18 after it.
 *
 * Throws DomainError INVALID_DECIMAL naming the text: `1e5`, `0x10`, `1,5`, `+1`, `.5`, `1.`, ` 1` and the empty text are refused.
 *
 *     parseFixed18('12.34015') // 12_340_150_000_000_000_000n
 */
export function parseFixed18(text: string): Fixed18 {
  return parseScaledDecimal(text, FORMAT)
}

/**
 * The shortest exact text of an amount, with at least `minDecimals` decimals.
 *
 *     formatFixed18(2_000_000_000_000_000_000n)    // '2'
 *     formatFixed18(2_000_000_000_000_000_000n, 2) // '2.00'
 */
export function formatFixed18(value: Fixed18, minDecimals = 0): string {
  return formatScaledDecimal(value, FIXED18_SCALE, minDecimals)
}

/**
 * The product of an amount and a factor, both scaled 10^18 (an FX rate): the one product of the product that rounds, half-even at
 * scale 18 (law L7).
 *
 *     multiplyFixed18HalfEven(parseFixed18('10'), parseFixed18('0.7891')) // '7.891'
 */
export function multiplyFixed18HalfEven(a: Fixed18, b: Fixed18): Fixed18 {
  return divideHalfEven(a * b, FIXED18_ONE)
}

/**
 * Rounds to `decimals` decimals, half to even, and stays scaled 10^18: for a document or a share, never on the way (law L8).
 *
 *     roundHalfEven(parseFixed18('7.032258064516129032'), 2) // '7.03'
 *     roundHalfEven(parseFixed18('0.125'), 2)                // '0.12'
 */
export function roundHalfEven(value: Fixed18, decimals: number): Fixed18 {
  if (decimals >= FIXED18_SCALE) return value
  const unit = powerOfTen(FIXED18_SCALE - decimals)
  return divideHalfEven(value, unit) * unit
}

/**
 * A fraction as a decimal text, half-even at `decimals` decimals and without trailing zeros; null when there is nothing to divide by,
 * because an unknown ratio is not 0. Both sides are of one scale.
 *
 *     ratio(parseFixed18('45.59'), parseFixed18('50')) // '0.9118'
 *     ratio(1n, 3n, 4)                                 // '0.3333'
 *     ratio(1n, 0n)                                    // null
 */
export function ratio(numerator: bigint, denominator: bigint, decimals = FIXED18_SCALE): string | null {
  if (denominator === 0n) return null
  return formatScaledDecimal(divideHalfEven(numerator * powerOfTen(decimals), denominator), decimals)
}
