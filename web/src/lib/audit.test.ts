import { describe, expect, it } from '@jest/globals'
import { actionText, factLines } from './audit.ts'

describe('actionText', () => {
  it.each([
    ['setBudget', 'Set budget'],
    ['createApiKey', 'Create API key'],
    ['publishFxRates', 'Publish FX rates'],
    ['acceptInvitation', 'Accept invitation'],
    ['', ''],
  ])('%s is %s', (action, text) => {
    expect(actionText(action)).toBe(text)
  })
})

describe('factLines', () => {
  it.each([
    [{}, []],
    [{ id: 'bdg_1' }, ['id: bdg_1']],
    [{ id: 'usr_1', client: null, isOn: false }, ['id: usr_1', 'isOn: false']],
    [
      { input: { name: 'Ops', amount: { amount: '12.34', currency: 'GBP' }, kinds: ['A', 'B'], note: null } },
      ['name: Ops', 'amount.amount: 12.34', 'amount.currency: GBP', 'kinds: A, B'],
    ],
    [{ input: { rates: [{ price: '1' }, { price: '2' }] } }, ['rates.0.price: 1', 'rates.1.price: 2']],
    [{ input: 'text', list: [] }, ['input: text']],
  ])('of %j', (facts, lines) => {
    expect(factLines(facts)).toEqual(lines)
  })
})
