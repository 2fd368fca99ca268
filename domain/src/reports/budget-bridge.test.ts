import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { formatFixed18, parseFixed18 } from '../money/fixed18.ts'
import { budgetBridge, type BudgetBridge, type ForeignCost } from './budget-bridge.ts'

const use = (resourceId: string, calls: number, tokens: number, cost: string, unknown = 0) => ({
  resourceId,
  calls: BigInt(calls),
  tokens: BigInt(tokens) * 1_000_000n,
  unknown: BigInt(unknown),
  cost: parseFixed18(cost),
})

const dollars = (native: string, cost: string, usualRate: string | null): ForeignCost => ({
  currency: 'USD',
  native: parseFixed18(native),
  cost: parseFixed18(cost),
  usualRate: usualRate === null ? null : parseFixed18(usualRate),
})

function steps(bridge: BudgetBridge | null): Record<string, unknown> | null {
  if (bridge === null) return null
  const { withoutUsualRate, ...amounts } = bridge
  return {
    ...Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, formatFixed18(amount)])),
    ...(withoutUsualRate.length > 0 ? { withoutUsualRate } : {}),
  }
}

const zeros = { volume: '0', tokensPerCall: '0', price: '0', mix: '0', fx: '0' }

describe('the bridge from a budget to what was spent', () => {
  it.each([
    {
      name: 'is volume alone when calls cost what they usually cost',
      // Usually a call costs £1, so £100 pay 100 calls; 130 were made.
      input: {
        budget: '100',
        usual: [use('a', 300, 3_000, '300')],
        actual: [use('a', 130, 1_300, '130')],
        foreign: [],
      },
      expected: { ...zeros, budget: '100', volume: '30', actual: '130' },
    },
    {
      name: 'is tokens per call when calls are longer at the same price of a token',
      input: {
        budget: '100',
        usual: [use('a', 100, 1_000, '100')],
        actual: [use('a', 100, 1_500, '150')],
        foreign: [],
      },
      expected: { ...zeros, budget: '100', tokensPerCall: '50', actual: '150' },
    },
    {
      name: 'is price when the same tokens cost more',
      input: {
        budget: '100',
        usual: [use('a', 100, 1_000, '100')],
        actual: [use('a', 100, 1_000, '120')],
        foreign: [],
      },
      expected: { ...zeros, budget: '100', price: '20', actual: '120' },
    },
    {
      name: 'is mix when calls move to a dearer resource',
      // Usually half of the calls at £1, half at £3; now all at £3: 100 × £3 − 100 × £2.
      input: {
        budget: '200',
        usual: [use('small', 50, 500, '50'), use('large', 50, 500, '150')],
        actual: [use('large', 100, 1_000, '300')],
        foreign: [],
      },
      expected: { ...zeros, budget: '200', mix: '100', actual: '300' },
    },
    {
      name: 'is FX when dollars cost more than they usually did',
      // 100 dollars at 0.75 are £75; they cost £80.
      input: {
        budget: '75',
        usual: [use('a', 100, 1_000, '75')],
        actual: [use('a', 100, 1_000, '80')],
        foreign: [dollars('100', '80', '0.75')],
      },
      expected: { ...zeros, budget: '75', fx: '5', actual: '80' },
    },
    {
      name: 'tells price and FX apart',
      // 30 dollars cost £27 instead of £24: 3 is FX. Calls cost £1.20 instead of £1: 150 × 0.20 = 30, of which 27 are price.
      input: {
        budget: '100',
        usual: [use('a', 100, 1_000, '100')],
        actual: [use('a', 150, 1_500, '180')],
        foreign: [dollars('30', '27', '0.8')],
      },
      expected: { ...zeros, budget: '100', volume: '50', price: '27', fx: '3', actual: '180' },
    },
    {
      name: 'leaves under price what has no usual rate, and says so',
      input: {
        budget: '100',
        usual: [use('a', 100, 1_000, '100')],
        actual: [use('a', 100, 1_000, '110')],
        foreign: [dollars('10', '9', null)],
      },
      expected: { ...zeros, budget: '100', price: '10', actual: '110', withoutUsualRate: ['USD'] },
    },
    {
      name: 'does not count calls without a price as calls that cost nothing',
      input: {
        budget: '100',
        usual: [use('a', 100, 1_000, '100')],
        actual: [use('a', 150, 1_500, '100', 50)],
        foreign: [],
      },
      expected: { ...zeros, budget: '100', actual: '100' },
    },
    {
      name: 'is nothing when the usual days have no call',
      input: { budget: '100', usual: [], actual: [use('a', 1, 10, '5')], foreign: [] },
      expected: null,
    },
  ])('$name', ({ input, expected }) => {
    expect(steps(budgetBridge({ ...input, budget: parseFixed18(input.budget) }))).toEqual(expected)
  })

  it('adds up to the last decimal, whatever was used', () => {
    const amount = fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n })
    const count = fc.bigInt({ min: 0n, max: 10n ** 9n })
    const uses = fc.array(
      fc.record({
        resourceId: fc.constantFrom('a', 'b', 'c'),
        calls: count,
        tokens: count,
        unknown: fc.constant(0n),
        cost: fc.bigInt({ min: 0n, max: 10n ** 24n }),
      }),
      { maxLength: 6 },
    )
    const foreign = fc.array(
      fc.record({ currency: fc.constant('USD'), native: amount, cost: amount, usualRate: fc.option(amount) }),
      { maxLength: 2 },
    )
    fc.assert(
      fc.property(amount, uses, uses, foreign, (budget, usual, actual, costs) => {
        const bridge = budgetBridge({ budget, usual, actual, foreign: costs })
        if (bridge === null) return
        const { volume, tokensPerCall, price, mix, fx } = bridge
        expect(bridge.actual).toBe(actual.reduce((sum, { cost }) => sum + cost, 0n))
        expect(budget + volume + tokensPerCall + price + mix + fx).toBe(bridge.actual)
      }),
    )
  })
})
