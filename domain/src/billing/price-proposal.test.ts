import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { FIXED18_ONE, formatFixed18, parseFixed18 } from '../money/fixed18.ts'
import { proposePrice } from './price-proposal.ts'

function proposed(cost: string, margin: string, tasks = 1): [price: string, perTask: string | null, markup: string] {
  const asked = { cost: parseFixed18(cost), margin: parseFixed18(margin), tasks, decimals: 2 }
  const { price, pricePerTask, markup } = proposePrice(asked)
  return [formatFixed18(price, 2), pricePerTask === null ? null : formatFixed18(pricePerTask, 2), markup]
}

describe('the price to reach a margin', () => {
  it.each([
    // 4.41 ÷ 0.6 = 7.35 exactly.
    ['4.41', '0.4', 1, ['7.35', '7.35', '0.666666666666666667']],
    // 10.00 ÷ 0.6 = 16.666… → 16.67; of three tasks 5.555… → 5.56, together 16.68.
    ['10', '0.4', 3, ['16.67', '5.56', '0.666666666666666667']],
    ['10', '0', 0, ['10.00', null, '0']],
    ['0.000000000000000001', '0.5', 2, ['0.01', '0.01', '1']],
    ['0', '0.4', 2, ['0.00', '0.00', '0.666666666666666667']],
    ['-3', '0.4', 2, ['0.00', '0.00', '0.666666666666666667']],
  ] as const)('of a cost of %s and a margin of %s over %i tasks', (cost, margin, tasks, expected) => {
    expect(proposed(cost, margin, tasks)).toEqual(expected)
  })

  it.each(['1', '1.5', '-0.1'])('refuses a margin of %s', (margin) => {
    expect(() => proposed('1', margin)).toThrow(expect.objectContaining({ code: 'INVALID_FIELD', field: 'margin' }))
  })

  it('reaches the margin, and a penny less would not', () => {
    const penny = FIXED18_ONE / 100n
    const cost = fc.bigInt({ min: 1n, max: 10n ** 24n })
    fc.assert(
      fc.property(cost, fc.bigInt({ min: 0n, max: FIXED18_ONE - 1n }), (spent, margin) => {
        const { price } = proposePrice({ cost: spent, margin, tasks: 1, decimals: 2 })
        const reaches = (asked: bigint) => (asked - spent) * FIXED18_ONE >= margin * asked
        expect([reaches(price), reaches(price - penny)]).toEqual([true, false])
      }),
    )
  })
})
