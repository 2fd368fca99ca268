import { describe, expect, it } from '@jest/globals'
import { parseFixed18 } from '../money/fixed18.ts'
import { wish } from './billing-test-kit.ts'
import { checkTerms, type TermsWish } from './check-terms.ts'

const retainer = { model: 'RETAINER', price: '1000', unit: 'TASKS', allowance: '10', overagePrice: '80' } as const
const step = { above: '0', price: '1', per: '1' }
const price = { unit: 'TOKENS', mode: 'GRADUATED', steps: [step] } as const

const REFUSED: [string, TermsWish, string][] = [
  ['a field of another model', wish({ model: 'PASS_THROUGH', markup: '0.1' }), 'INVALID_FIELD markup'],
  ['a markup that is missing', wish({ model: 'COST_PLUS' }), 'MISSING_FIELD markup'],
  ['a markup below zero', wish({ model: 'COST_PLUS', markup: '-0.1' }), 'INVALID_FIELD markup'],
  ['a markup above ten times', wish({ model: 'COST_PLUS', markup: '10.000001' }), 'INVALID_FIELD markup'],
  ['a markup finer than millionths', wish({ model: 'COST_PLUS', markup: '0.1234567' }), 'INVALID_FIELD markup'],
  [
    'a cap of the markup below its floor',
    wish({ model: 'COST_PLUS', markup: '0.1', markupFloor: '2', markupCap: '1' }),
    'INVALID_FIELD markupCap',
  ],
  ['half a penny', wish({ model: 'PER_TASK', price: '1.005' }), 'INVALID_FIELD price'],
  ['a price below zero', wish({ model: 'PER_TASK', price: '-1' }), 'INVALID_FIELD price'],
  ['a price of a million million', wish({ model: 'PER_TASK', price: '1000000000000' }), 'INVALID_FIELD price'],
  ['a price that is no number', wish({ model: 'OUTCOME', price: '1e3' }), 'INVALID_FIELD price'],
  ['a retainer without its unit', wish({ ...retainer, unit: null }), 'MISSING_FIELD unit'],
  ['an allowance below zero', wish({ ...retainer, allowance: '-1' }), 'INVALID_FIELD allowance'],
  ['a carry-over of 25 months', wish({ ...retainer, carryOverMonths: 25 }), 'INVALID_FIELD carryOverMonths'],
  [
    'an increment of nothing',
    wish({ model: 'TIME', price: '90', incrementMinutes: 0 }),
    'INVALID_FIELD incrementMinutes',
  ],
  ['a rate card without a price', wish({ model: 'RATE_CARD', prices: [] }), 'MISSING_FIELD prices'],
  [
    'a price without a step',
    wish({ model: 'RATE_CARD', prices: [{ ...price, steps: [] }] }),
    'MISSING_FIELD prices.0.steps',
  ],
  ['two prices of one unit', wish({ model: 'RATE_CARD', prices: [price, price] }), 'INVALID_FIELD prices.1.unit'],
  [
    'a first step that does not begin at 0',
    wish({ model: 'RATE_CARD', prices: [{ ...price, steps: [{ ...step, above: '5' }] }] }),
    'INVALID_FIELD prices.0.steps.0.above',
  ],
  [
    'steps that do not rise',
    wish({ model: 'RATE_CARD', prices: [{ ...price, steps: [step, { ...step, above: '0' }] }] }),
    'INVALID_FIELD prices.0.steps.1.above',
  ],
  [
    'a unit price that does not end',
    wish({ model: 'RATE_CARD', prices: [{ ...price, steps: [{ ...step, per: '3' }] }] }),
    'INVALID_FIELD prices.0.steps.0.price',
  ],
  ['a discount of more than all', wish({ model: 'PASS_THROUGH', discount: '1.1' }), 'INVALID_FIELD discount'],
  ['a cap below the minimum', wish({ model: 'PASS_THROUGH', minimum: '2', cap: '1' }), 'INVALID_FIELD cap'],
  ['a credit below zero', wish({ model: 'PASS_THROUGH', credit: '-1' }), 'INVALID_FIELD credit'],
]

describe('terms', () => {
  it.each(REFUSED)('refuse %s', (_what, asked, refusal) => {
    const [code, field] = refusal.split(' ')
    expect(() => checkTerms(asked, 'GBP')).toThrow(expect.objectContaining({ code, field }))
  })

  it('count costs fully loaded, carry nothing over and have no adjustment unless it is said', () => {
    const none = { discount: 0n, minimum: null, cap: null, credit: 0n }
    expect(checkTerms(wish({ model: 'PASS_THROUGH' }), 'GBP')).toEqual({
      model: 'PASS_THROUGH',
      basis: 'FULLY_LOADED',
      ...none,
    })
    expect(checkTerms(wish({ ...retainer, cap: '2000' }), 'GBP')).toEqual({
      ...{ model: 'RETAINER', fee: parseFixed18('1000'), unit: 'TASKS', allowance: 10_000_000n },
      ...{ overagePrice: 80n * 10n ** 12n, carryOverMonths: 0, carryOverMax: null },
      ...{ ...none, cap: parseFixed18('2000') },
    })
  })

  it('take amounts in the minor unit of the currency', () => {
    expect(() => checkTerms(wish({ model: 'PER_TASK', price: '1.5' }), 'JPY')).toThrow(/whole minor units of JPY/)
    expect(checkTerms(wish({ model: 'PER_TASK', price: '1.005' }), 'KWD')).toMatchObject({
      price: parseFixed18('1.005'),
    })
  })

  it('say which model a field is for', () => {
    expect(() => checkTerms(wish({ model: 'TIME', price: '1', allowance: '3' }), 'GBP')).toThrow(
      'allowance is for RETAINER; these terms are TIME.',
    )
  })
})
