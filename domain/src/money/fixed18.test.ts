import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { divideHalfEven } from './half-even.ts'
import { FIXED18_ONE, formatFixed18, multiplyFixed18HalfEven, parseFixed18, ratio, roundHalfEven } from './fixed18.ts'

const amount = fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n })

describe('parseFixed18', () => {
  it.each([
    ['0', 0n],
    ['-0', 0n],
    ['12.34015', 12_340_150_000_000_000_000n],
    ['-0.000000000000000001', -1n],
    ['007.10', 7_100_000_000_000_000_000n],
    ['99999999999999999999.999999999999999999', 10n ** 38n - 1n],
    ['1.0000000000000000000000', FIXED18_ONE],
  ])('reads %s exactly', (text, value) => {
    expect(parseFixed18(text)).toBe(value)
  })

  it.each([
    '1e5',
    '1E5',
    '0x10',
    '1,5',
    'Infinity',
    '-Infinity',
    'NaN',
    '',
    ' 1',
    '1 ',
    '+1',
    '.5',
    '1.',
    '-',
    '--1',
    '1.2.3',
    '1_000',
    '١',
    '1\n',
    '100000000000000000000',
    '0.0000000000000000001',
  ])('refuses %j and names it', (text) => {
    expect(() => parseFixed18(text)).toThrow(
      expect.objectContaining({ code: 'INVALID_DECIMAL', message: expect.stringContaining(JSON.stringify(text)) }),
    )
  })

  it('reads back every amount it writes', () => {
    fc.assert(
      fc.property(
        amount,
        fc.nat(18),
        (value, minDecimals) => parseFixed18(formatFixed18(value, minDecimals)) === value,
      ),
    )
  })
})

describe('formatFixed18', () => {
  it.each([
    [0n, 0, '0'],
    [0n, 2, '0.00'],
    [2n * FIXED18_ONE, 2, '2.00'],
    [parseFixed18('12.34015'), 2, '12.34015'],
    [parseFixed18('-0.5'), 2, '-0.50'],
    [-1n, 0, '-0.000000000000000001'],
    [parseFixed18('100'), 0, '100'],
  ])('writes %s with at least %i decimals as %s', (value, minDecimals, text) => {
    expect(formatFixed18(value, minDecimals)).toBe(text)
  })
})

describe('divideHalfEven', () => {
  it.each([
    [5n, 2n, 2n],
    [7n, 2n, 4n],
    [-5n, 2n, -2n],
    [-7n, 2n, -4n],
    [5n, -2n, -2n],
    [1n, 3n, 0n],
    [2n, 3n, 1n],
    [-2n, 3n, -1n],
    [0n, 9n, 0n],
  ])('%s / %s is %s', (numerator, denominator, quotient) => {
    expect(divideHalfEven(numerator, denominator)).toBe(quotient)
  })

  it('is never further than half from the exact quotient, and even on a tie', () => {
    fc.assert(
      fc.property(amount, fc.bigInt({ min: 1n, max: 10n ** 20n }), (numerator, denominator) => {
        const quotient = divideHalfEven(numerator, denominator)
        const error = numerator - quotient * denominator
        const twice = 2n * (error < 0n ? -error : error)
        return twice < denominator || (twice === denominator && quotient % 2n === 0n)
      }),
    )
  })
})

describe('roundHalfEven', () => {
  it.each([
    ['2.390', 2, '2.39'],
    ['7.032258064516129032', 2, '7.03'],
    ['0.020238095238095238', 2, '0.02'],
    ['0.125', 2, '0.12'],
    ['0.135', 2, '0.14'],
    ['-0.125', 2, '-0.12'],
    ['0.5', 0, '0'],
    ['1.5', 0, '2'],
    ['0.000000000000000001', 18, '0.000000000000000001'],
  ])('rounds %s to %i decimals as %s', (text, decimals, rounded) => {
    expect(formatFixed18(roundHalfEven(parseFixed18(text), decimals))).toBe(rounded)
  })
})

describe('ratio', () => {
  it('gives the margin ratio of the worked example', () => {
    expect(ratio(parseFixed18('45.59'), parseFixed18('50'))).toBe('0.9118')
    expect(ratio(parseFixed18('0.59'), parseFixed18('5'))).toBe('0.118')
  })

  it('is unknown when there is nothing to divide by', () => {
    expect(ratio(1n, 0n)).toBeNull()
    expect(ratio(0n, 0n)).toBeNull()
  })

  it('rounds half-even at the decimals asked for', () => {
    expect(ratio(1n, 3n, 4)).toBe('0.3333')
    expect(ratio(-1n, 3n)).toBe('-0.333333333333333333')
    expect(ratio(1n, 8n, 2)).toBe('0.12')
  })
})

describe('multiplyFixed18HalfEven', () => {
  it('is exact when the product fits', () => {
    expect(multiplyFixed18HalfEven(parseFixed18('10'), parseFixed18('0.7891'))).toBe(parseFixed18('7.891'))
  })

  it('rounds a tie in the last decimal to even', () => {
    expect(multiplyFixed18HalfEven(1n, parseFixed18('0.5'))).toBe(0n)
    expect(multiplyFixed18HalfEven(3n, parseFixed18('0.5'))).toBe(2n)
  })
})
