import { DomainError, quoted } from '../errors.ts'
import { FIXED18_LIMIT, FIXED18_SCALE, type Fixed18 } from '../money/fixed18.ts'
import { divideHalfEven } from '../money/half-even.ts'

const NUMBER = /^(-?)(\d{1,40})(?:\.(\d{1,60}))?(?:[eE]([+-]?\d{1,2}))?$/

/**
 * An amount as a provider writes it. Providers print floats: an exponent is read, and what stands behind the 18th decimal is rounded
 * half-even. `minorDigits` is 2 where the provider counts cents.
 *
 * Throws DomainError INVALID_DECIMAL naming the text.
 *
 *     readAmount('1.2e-7')                         // 0.00000012
 *     readAmount('123.78912', { minorDigits: 2 })  // 1.2378912
 */
export function readAmount(text: string, { minorDigits = 0 } = {}): Fixed18 {
  const match = NUMBER.exec(text)
  if (match === null) {
    throw new DomainError('INVALID_DECIMAL', `${quoted(text)} is not a decimal amount; write it like 12.34.`)
  }
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  const digits = BigInt(whole + fraction)
  const shift = FIXED18_SCALE - fraction.length + Number.parseInt(exponent, 10) - minorDigits
  const value = shift >= 0 ? digits * 10n ** BigInt(shift) : divideHalfEven(digits, 10n ** BigInt(-shift))
  if (value >= FIXED18_LIMIT) {
    throw new DomainError('INVALID_DECIMAL', `The amount ${quoted(text)} is 10^20 or more.`)
  }
  return sign === '-' ? -value : value
}

const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

/**
 * Parses JSON with every number as the text it is written as, so that no amount ever is a float.
 * Throws DomainError INVALID_JSON.
 *
 *     parseExactJson('{"value": 0.06}') // { value: '0.06' }
 */
export function parseExactJson(text: string): unknown {
  const exact = text.replaceAll(STRING_OR_NUMBER, (token) => (token.startsWith('"') ? token : `"${token}"`))
  try {
    return JSON.parse(exact) as unknown
  } catch {
    throw new DomainError('INVALID_JSON', 'This is not valid JSON.')
  }
}
