import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { minorUnits } from '../money/currency.ts'
import { formatFixed18, parseFixed18 } from '../money/fixed18.ts'
import { checkMonth, convertPoolAmount, parsePoolAmount, poolFxDate } from './pool-amount.ts'

describe('the amount of a pool', () => {
  it.each([
    ['100', 'GBP', '100'],
    ['-12.50', 'GBP', '-12.5'],
    ['0', 'GBP', '0'],
    ['0.010', 'GBP', '0.01'],
    ['150', 'JPY', '150'],
    ['0.005', 'KWD', '0.005'],
    ['9999999999999.99', 'GBP', '9999999999999.99'],
  ])('%s %s is taken exactly', (amount, currency, expected) => {
    expect(formatFixed18(parsePoolAmount({ amount, currency }))).toBe(expected)
  })

  it.each([
    ['0.005', 'GBP', 'INVALID_FIELD', '"0.005" GBP is not in whole minor units; GBP has 2 decimals.'],
    ['0.5', 'JPY', 'INVALID_FIELD', '"0.5" JPY is not in whole minor units; JPY has 0 decimals.'],
    ['1', 'gbp', 'UNKNOWN_CURRENCY', '"gbp" is not an ISO 4217 currency code such as GBP.'],
    ['1', 'XAU', 'UNKNOWN_CURRENCY', '"XAU" is not an ISO 4217 currency code such as GBP.'],
    ['1,000', 'GBP', 'INVALID_DECIMAL', '"1,000" is not a decimal amount; write it like 12.34.'],
    [
      '10000000000000',
      'GBP',
      'INVALID_DECIMAL',
      'The amount "10000000000000" has 14 digits before the point; the most is 13.',
    ],
  ])('%s %s is refused: %s', (amount, currency, code, message) => {
    expect(() => parsePoolAmount({ amount, currency })).toThrow(expect.objectContaining({ code, message }))
  })
})

describe('the amount in the reporting currency', () => {
  it.each([
    ['10', '0.78945', 'GBP', '7.89'],
    // A tie goes to the even penny: 0.125 and 0.135.
    ['0.5', '0.25', 'GBP', '0.12'],
    ['0.5', '0.27', 'GBP', '0.14'],
    ['-0.5', '0.25', 'GBP', '-0.12'],
    ['100', '190.5', 'JPY', '19050'],
    // Rounded at scale 18 first, 0.005 + 5·10^-20 would be a tie, and the penny would be lost.
    ['0.05', '0.100000000000000001', 'GBP', '0.01'],
  ])('of %s at %s %s is %s', (amount, rate, currency, expected) => {
    const converted = convertPoolAmount(parseFixed18(amount), { rate: parseFixed18(rate), currency })
    expect(formatFixed18(converted)).toBe(expected)
  })

  it('is within half a minor unit of the exact product, and a credit is the mirror of a charge', () => {
    const currencies = fc.constantFrom('JPY', 'GBP', 'KWD', 'CLF')
    const minor = fc.bigInt({ min: 0n, max: 10n ** 15n })
    fc.assert(
      fc.property(minor, fc.bigInt({ min: 1n, max: 10n ** 21n }), currencies, (pennies, rate, currency) => {
        const amount = pennies * 10n ** 16n
        const converted = convertPoolAmount(amount, { rate, currency })
        const unit = 10n ** BigInt(18 - minorUnits(currency))
        expect(converted % unit).toBe(0n)
        const off = converted * 10n ** 18n - amount * rate
        expect(2n * (off < 0n ? -off : off) <= unit * 10n ** 18n).toBe(true)
        expect(convertPoolAmount(-amount, { rate, currency })).toBe(-converted)
      }),
    )
  })

  it('takes the rate of the last day of the month', () => {
    expect(['2026-02-01', '2028-02-01', '2026-12-01'].map(poolFxDate)).toEqual([
      '2026-02-28',
      '2028-02-29',
      '2026-12-31',
    ])
  })
})

describe('a month', () => {
  it('is given by its first day', () => {
    expect(checkMonth('2026-03-01', 'month')).toBe('2026-03-01')
    for (const date of ['2026-03-15', '2026-13-01', 'March', ''])
      expect(() => checkMonth(date, 'month')).toThrow(expect.objectContaining({ code: 'INVALID_DATE', field: 'month' }))
  })
})
