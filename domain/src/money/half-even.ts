import { invariant } from '../errors.ts'

/**
 * Integer division that rounds to the nearest, and a tie to the even neighbour, whatever the signs.
 *
 *     divideHalfEven(5n, 2n)  // 2n
 *     divideHalfEven(7n, 2n)  // 4n
 *     divideHalfEven(-5n, 2n) // -2n
 */
export function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  invariant(denominator !== 0n, 'divideHalfEven: the denominator is zero')
  const quotient = numerator / denominator
  const remainder = numerator - quotient * denominator
  if (remainder === 0n) return quotient
  const twice = 2n * magnitude(remainder)
  const whole = magnitude(denominator)
  if (twice < whole) return quotient
  // BigInt division truncates toward zero, so the neighbour is one step away from zero.
  const isNegative = numerator < 0n !== denominator < 0n
  const away = isNegative ? quotient - 1n : quotient + 1n
  if (twice > whole) return away
  return quotient % 2n === 0n ? quotient : away
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value
}
