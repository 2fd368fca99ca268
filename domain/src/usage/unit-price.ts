import { DomainError } from '../errors.ts'
import { formatScaledDecimal, parseScaledDecimal, powerOfTen } from '../money/scaled-decimal.ts'
import type { Fixed18 } from '../money/fixed18.ts'
import type { Quantity6 } from './quantity.ts'

/** The exact price of one unit of a meter: an integer scaled by 10^12. 0.000015 per token is `15_000_000n`. */
export type UnitPrice12 = bigint

export const UNIT_PRICE12_SCALE = 12

const PRICE = { what: 'price', decimals: 18, integerDigits: 20, allowNegative: false } as const
const PER = { what: 'number of units', decimals: 6, integerDigits: 18, allowNegative: false } as const

/** The first unit price that is refused: ten million units of currency for a single token, call or second. */
const UNIT_PRICE12_LIMIT: UnitPrice12 = powerOfTen(UNIT_PRICE12_SCALE + 7)

/**
 * The price of one unit, from a price of `per` units (law L7): exact, with at most 12 decimals, so that price × quantity is exact at
 * scale 18.
 *
 * Throws DomainError INVALID_DECIMAL or NEGATIVE_DECIMAL (field `price` or `per`), INVALID_PER when `per` is zero,
 * UNIT_PRICE_PRECISION when the quotient does not end within 12 decimals, UNIT_PRICE_TOO_LARGE from ten million.
 *
 *     parseUnitPrice({ price: '0.015', per: '1000' }) // 15_000_000n, that is 0.000015 each
 *     parseUnitPrice({ price: '1', per: '3' })        // UNIT_PRICE_PRECISION
 */
export function parseUnitPrice(input: { price: string; per: string }): UnitPrice12 {
  const price = parseField(input.price, PRICE, 'price')
  const per = parseField(input.per, PER, 'per')
  if (per === 0n)
    throw new DomainError('INVALID_PER', 'A price of 0 units is not a price; `per` must be above zero.', 'per')
  // price is scaled 10^18 and per 10^6, so their quotient is scaled 10^12.
  const unitPrice = price / per
  if (unitPrice * per !== price) {
    throw new DomainError(
      'UNIT_PRICE_PRECISION',
      `The price ${input.price} per ${input.per} is not exact within ${UNIT_PRICE12_SCALE} decimals of one unit.`,
      'price',
    )
  }
  if (unitPrice >= UNIT_PRICE12_LIMIT) {
    throw new DomainError(
      'UNIT_PRICE_TOO_LARGE',
      `The price ${input.price} per ${input.per} is ten million or more for one unit.`,
      'price',
    )
  }
  return unitPrice
}

/** The shortest exact text of a unit price: `formatUnitPrice(15_000_000n)` is `0.000015`. */
export function formatUnitPrice(unitPrice: UnitPrice12, minDecimals = 0): string {
  return formatScaledDecimal(unitPrice, UNIT_PRICE12_SCALE, minDecimals)
}

/** Reads a stored unit price back: at most 12 decimals, not below zero. */
export function readUnitPrice(text: string): UnitPrice12 {
  return parseScaledDecimal(text, {
    what: 'unit price',
    decimals: UNIT_PRICE12_SCALE,
    integerDigits: 20,
    allowNegative: false,
  })
}

/** The exact cost of a quantity (law L7): scale 12 times scale 6 is scale 18, nothing is rounded. 1,000,000 × 0.1 = 100,000. */
export function costOf(unitPrice: UnitPrice12, quantity: Quantity6): Fixed18 {
  return unitPrice * quantity
}

function parseField(text: string, format: typeof PRICE | typeof PER, field: string): bigint {
  try {
    return parseScaledDecimal(text, format)
  } catch (error) {
    if (error instanceof DomainError) throw new DomainError(error.code, error.message, field)
    throw error
  }
}
