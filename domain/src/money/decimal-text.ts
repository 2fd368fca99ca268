import { formatFixed18, parseFixed18, roundHalfEven } from './fixed18.ts'
import { powerOfTen } from './scaled-decimal.ts'

/** A real minus sign. */
export const MINUS = '\u2212'
const SIGNIFICANT_DIGITS = 4

/** A page prints thousands of amounts: cut by hand, which takes a third of what a look ahead at each digit takes. */
function grouped(integer: string): string {
  let text = integer.slice(-3)
  for (let end = integer.length - 3; end > 0; end -= 3) text = `${integer.slice(Math.max(0, end - 3), end)},${text}`
  return text
}

/**
 * A plain decimal text with thousands separators and a real minus sign, all its digits kept.
 *
 *     printed('-1436.805') // '−1,436.805'
 */
export function printed(plain: string): string {
  const negative = plain.startsWith('-')
  const [integer = '0', fraction] = (negative ? plain.slice(1) : plain).split('.')
  const text = fraction === undefined ? grouped(integer) : `${grouped(integer)}.${fraction}`
  return negative ? MINUS + text : text
}

/** The number of zeros after the point before the first other digit: 0.000213 has 3. */
function leadingZeros(value: bigint): number {
  const fraction = (value < 0n ? -value : value).toString().padStart(18, '0')
  return fraction.length - fraction.replace(/^0+/, '').length
}

/**
 * A decimal at `decimals` decimals, half to even, with thousands separators and a real minus sign. What is not zero but smaller than
 * the last decimal keeps four significant digits, so that nothing prints as 0.00 that is not zero.
 *
 *     decimalText('1436.805', 2)  // '1,436.80'
 *     decimalText('0.0002134', 2) // '0.0002134'
 *     decimalText('-114.73', 2)   // '−114.73'
 */
export function decimalText(text: string, decimals: number): string {
  const value = parseFixed18(text)
  const magnitude = value < 0n ? -value : value
  const unit = powerOfTen(18 - Math.min(decimals, 18))
  if (magnitude === 0n || magnitude >= unit) return printed(formatFixed18(roundHalfEven(value, decimals), decimals))
  return printed(formatFixed18(roundHalfEven(value, leadingZeros(value) + SIGNIFICANT_DIGITS)))
}
