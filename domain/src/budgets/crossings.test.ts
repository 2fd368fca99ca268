import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { parseFixed18 } from '../money/fixed18.ts'
import { formatScaledDecimal } from '../money/scaled-decimal.ts'
import { crossings, thresholdAmount } from './crossings.ts'
import { forecastCrossings } from './forecast-crossings.ts'

const amountOf = parseFixed18

/** Amounts with two decimals, up to a billion. */
const amount = fc.bigInt({ min: 1n, max: 10n ** 11n }).map((pence) => pence * 10n ** 16n)
const millionths = fc.bigInt({ min: 1n, max: 100_000_000n })
const thresholds = fc
  .uniqueArray(millionths, { minLength: 1, maxLength: 10 })
  .map((values) => values.sort((a, b) => (a < b ? -1 : 1)).map((value) => formatScaledDecimal(value, 6)))

describe('thresholdAmount', () => {
  it.each([
    ['100', '0.8', '80'],
    ['0.01', '0.000001', '0.00000001'],
    ['999999999999.99', '100', '99999999999999'],
    // Converted amounts have 18 decimals: half to even there.
    ['0.000000000000000001', '0.5', '0'],
    ['0.000000000000000003', '0.5', '0.000000000000000002'],
  ])('of %s and %s is %s', (whole, threshold, share) => {
    expect(thresholdAmount(amountOf(whole), threshold)).toBe(amountOf(share))
  })

  it('is exact for every amount of money and threshold', () => {
    fc.assert(
      fc.property(amount, millionths, (whole, share) => {
        expect(thresholdAmount(whole, formatScaledDecimal(share, 6)) * 1_000_000n).toBe(whole * share)
      }),
    )
  })
})

describe('crossings', () => {
  const usual = ['0.8', '0.9', '1']

  it.each([
    ['0', []],
    ['79.999999999999999999', []],
    ['80', ['0.8']],
    ['89.99', ['0.8']],
    ['91', ['0.8', '0.9']],
    ['100', usual],
    ['1000', usual],
    ['-5', []],
  ])('of 100 when %s is spent are %j', (spent, crossed) => {
    expect(crossings({ amount: amountOf('100'), spent: amountOf(spent), thresholds: usual })).toEqual(crossed)
  })

  it('are the lowest thresholds, more of them the more is spent, and none a single unit early', () => {
    fc.assert(
      fc.property(amount, thresholds, fc.bigInt({ min: 0n, max: 10n ** 31n }), fc.nat(), (whole, all, spent, more) => {
        const crossed = crossings({ amount: whole, spent, thresholds: all })
        expect(crossed).toEqual(all.slice(0, crossed.length))
        expect(crossings({ amount: whole, spent: spent + BigInt(more), thresholds: all })).toEqual(
          expect.arrayContaining(crossed),
        )
        all.forEach((threshold, index) => {
          const at = thresholdAmount(whole, threshold)
          expect(crossings({ amount: whole, spent: at, thresholds: all })).toEqual(all.slice(0, index + 1))
          expect(crossings({ amount: whole, spent: at - 1n, thresholds: all })).toEqual(all.slice(0, index))
        })
      }),
    )
  })
})

describe('forecastCrossings', () => {
  it('compares what was spent and is still to come with the forecast thresholds', () => {
    const budget = { amount: amountOf('100'), spent: amountOf('60'), thresholds: ['1', '1.2'] }
    expect(forecastCrossings({ ...budget, toCome: amountOf('45') })).toEqual({
      expected: amountOf('105'),
      crossed: ['1'],
    })
    expect(forecastCrossings({ ...budget, toCome: amountOf('39.99') })).toEqual({
      expected: amountOf('99.99'),
      crossed: [],
    })
    expect(forecastCrossings({ ...budget, toCome: null })).toBeNull()
  })
})
