import { DomainError, quoted } from '../errors.ts'
import { formatScaledDecimal, parseScaledDecimal } from '../money/scaled-decimal.ts'

/** An exact measured quantity: an integer scaled by 10^6. 1,500 tokens is `1_500_000_000n`. */
export type Quantity6 = bigint

export const QUANTITY6_SCALE = 6
export const QUANTITY6_ONE: Quantity6 = 1_000_000n

// Twelve digits before the point keep a scaled quantity inside 64 bits (10^18 < 2^63), the integer of the database.
const FORMAT = { what: 'quantity', decimals: QUANTITY6_SCALE, integerDigits: 12, allowNegative: false } as const

/**
 * Reads a quantity (law L7): zero or more, at most 12 digits before the point and 6 after it. A JSON number is taken by its shortest
 * decimal text, so 0.1 is 0.1 exactly; an integer beyond 2^53 has already lost digits and is refused, as is what prints with an
 * exponent.
 *
 * Throws DomainError INVALID_DECIMAL or NEGATIVE_DECIMAL naming the value.
 *
 *     parseQuantity('1500') // 1_500_000_000n
 *     parseQuantity(0.25)   // 250_000n
 */
export function parseQuantity(value: string | number): Quantity6 {
  if (typeof value === 'string') return parseScaledDecimal(value, FORMAT)
  if (Number.isSafeInteger(value) && value >= 0 && value < 1e12) return BigInt(value) * QUANTITY6_ONE
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new DomainError(
      'INVALID_DECIMAL',
      `The quantity ${quoted(String(value))} is beyond what a JSON number holds exactly; send it as a string.`,
    )
  }
  return parseScaledDecimal(String(value), FORMAT)
}

/** The shortest exact text of a quantity: `formatQuantity(250_000n)` is `0.25`. */
export function formatQuantity(quantity: Quantity6): string {
  return formatScaledDecimal(quantity, QUANTITY6_SCALE)
}

/** Reads a sum of quantities back: more digits than one quantity may have, and below zero where it is a difference. */
export function parseQuantitySum(text: string): Quantity6 {
  return parseScaledDecimal(text, { ...FORMAT, integerDigits: 32, allowNegative: true })
}
