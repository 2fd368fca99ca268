import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { parseFixed18 } from '../money/fixed18.ts'
import { anyAmount, anyThresholds } from './budget-test-kit.ts'
import { crossings, thresholdAmount } from './crossings.ts'
import { forecastCrossings } from './forecast-crossings.ts'

const of100 = (spent: string) =>
  crossings({ amount: parseFixed18('100'), spent: parseFixed18(spent), thresholds: ['0.8', '0.9', '1'] })

describe('crossings', () => {
  it.each([
    ['-5', []],
    ['0', []],
    ['79.999999999999999999', []],
    ['80', ['0.8']],
    ['89.999999999999999999', ['0.8']],
    ['90', ['0.8', '0.9']],
    ['100', ['0.8', '0.9', '1']],
    ['100000000', ['0.8', '0.9', '1']],
  ])('of 100.00 with %s spent are %j', (spent, crossed) => {
    expect(of100(spent)).toEqual(crossed)
  })

  it('is exact for any amount in minor units and any threshold of six decimals', () => {
    fc.assert(
      fc.property(anyAmount, anyThresholds, (amount, thresholds) => {
        for (const threshold of thresholds) {
          const millionths = BigInt(threshold.replace('.', ''))
          expect(thresholdAmount(amount, threshold)).toBe((amount / 1_000_000n) * millionths)
          expect((amount / 1_000_000n) * 1_000_000n).toBe(amount)
        }
      }),
    )
  })

  it('is monotone: what more is spent, the more is crossed, and always the lowest first', () => {
    fc.assert(
      fc.property(
        anyAmount,
        anyThresholds,
        fc.bigInt({ min: -(10n ** 20n), max: 10n ** 27n }),
        fc.bigInt({ min: 0n, max: 10n ** 25n }),
        (amount, thresholds, spent, more) => {
          const before = crossings({ amount, spent, thresholds })
          const after = crossings({ amount, spent: spent + more, thresholds })
          expect(before).toEqual(thresholds.slice(0, before.length))
          expect(after.slice(0, before.length)).toEqual(before)
        },
      ),
    )
  })

  it('is crossed at the very amount of a threshold and not a unit of the 18th decimal below', () => {
    fc.assert(
      fc.property(anyAmount, anyThresholds, (amount, thresholds) => {
        for (const [index, threshold] of thresholds.entries()) {
          const at = thresholdAmount(amount, threshold)
          expect(crossings({ amount, spent: at, thresholds })).toHaveLength(index + 1)
          expect(crossings({ amount, spent: at - 1n, thresholds })).toHaveLength(index)
        }
      }),
    )
  })
})

describe('forecastCrossings', () => {
  const thresholds = ['1', '1.2']
  it.each([
    ['39.99', { expected: parseFixed18('99.99'), crossed: [] }],
    ['40', { expected: parseFixed18('100'), crossed: ['1'] }],
    ['60', { expected: parseFixed18('120'), crossed: ['1', '1.2'] }],
  ])('compares 60.00 and %s to come with what 100.00 allows', (toCome, found) => {
    const [amount, spent] = [parseFixed18('100'), parseFixed18('60')]
    expect(forecastCrossings({ amount, spent, toCome: parseFixed18(toCome), thresholds })).toEqual(found)
  })

  it('says nothing where nothing is forecast', () => {
    expect(forecastCrossings({ amount: 1n, spent: 5n, toCome: null, thresholds })).toBeNull()
  })
})
