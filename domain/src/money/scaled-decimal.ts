import { DomainError, quoted } from '../errors.ts'

const DECIMAL = /^(-?)([0-9]+)(?:\.([0-9]+))?$/

const POWERS_OF_TEN: readonly bigint[] = Array.from({ length: 61 }, (_, exponent) => 10n ** BigInt(exponent))

/** 10^exponent for 0 ≤ exponent ≤ 60. */
export function powerOfTen(exponent: number): bigint {
  const power = POWERS_OF_TEN[exponent]
  if (power === undefined) throw new RangeError(`No power of ten for exponent ${exponent}`)
  return power
}

export interface DecimalFormat {
  /** What the text is, for the message: `amount`, `quantity`, `price`. */
  what: string
  decimals: number
  integerDigits: number
  allowNegative: boolean
}

/**
 * Reads a plain decimal text exactly as an integer scaled by 10^decimals. The grammar is `-?digits(.digits)?`: no plus sign, no
 * exponent, no separators, no spaces. Leading zeros and trailing zeros are allowed and count for nothing.
 *
 * Throws DomainError INVALID_DECIMAL naming the text, and NEGATIVE_DECIMAL where a sign makes no sense.
 *
 *     parseScaledDecimal('0.015', { what: 'price', decimals: 12, … }) // 15_000_000_000n
 */
export function parseScaledDecimal(text: string, format: DecimalFormat): bigint {
  const match = text.length <= 100 ? DECIMAL.exec(text) : null
  if (match === null) {
    throw new DomainError('INVALID_DECIMAL', `${quoted(text)} is not a decimal ${format.what}; write it like 12.34.`)
  }
  const integer = withoutLeadingZeros(match[2] ?? '0')
  const fraction = withoutTrailingZeros(match[3] ?? '')
  if (integer.length > format.integerDigits) {
    throw new DomainError(
      'INVALID_DECIMAL',
      `The ${format.what} ${quoted(text)} has ${integer.length} digits before the point; the most is ${format.integerDigits}.`,
    )
  }
  if (fraction.length > format.decimals) {
    throw new DomainError(
      'INVALID_DECIMAL',
      `The ${format.what} ${quoted(text)} has ${fraction.length} decimals; the most is ${format.decimals}.`,
    )
  }
  const magnitude = BigInt(integer + fraction.padEnd(format.decimals, '0'))
  if (match[1] !== '-') return magnitude
  if (!format.allowNegative && magnitude !== 0n) {
    throw new DomainError('NEGATIVE_DECIMAL', `The ${format.what} ${quoted(text)} is below zero.`)
  }
  return -magnitude
}

/** The shortest exact text of a scaled integer, with at least `minDecimals` decimals: `(1_500n, 3)` is `1.5`. */
export function formatScaledDecimal(value: bigint, scale: number, minDecimals = 0): string {
  const negative = value < 0n
  const digits = (negative ? -value : value).toString().padStart(scale + 1, '0')
  const point = digits.length - scale
  let end = digits.length
  const shortest = point + Math.min(minDecimals, scale)
  while (end > shortest && digits.charCodeAt(end - 1) === 48) end -= 1
  const fraction = digits.slice(point, end).padEnd(minDecimals, '0')
  const sign = negative ? '-' : ''
  return fraction === '' ? sign + digits.slice(0, point) : `${sign}${digits.slice(0, point)}.${fraction}`
}

function withoutLeadingZeros(digits: string): string {
  let start = 0
  while (start < digits.length - 1 && digits.charCodeAt(start) === 48) start += 1
  return digits.slice(start)
}

function withoutTrailingZeros(digits: string): string {
  let end = digits.length
  while (end > 0 && digits.charCodeAt(end - 1) === 48) end -= 1
  return digits.slice(0, end)
}
