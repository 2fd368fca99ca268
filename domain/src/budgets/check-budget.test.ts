import { describe, expect, it } from '@jest/globals'
import { parseFixed18 } from '../money/fixed18.ts'
import { checkBudget, type BudgetWish } from './check-budget.ts'

const WISH: BudgetWish = {
  scope: 'CLIENT',
  key: 'halden',
  window: 'MONTH',
  amount: { amount: '12000', currency: 'GBP' },
  thresholds: null,
  forecastThresholds: null,
  period: null,
  startsOn: null,
  learn: false,
  note: null,
}
const FLEET = { scope: 'FLEET', key: null } as const
const AGENT_DAY = { scope: 'AGENT', key: 'research', window: 'DAY' } as const

describe('checkBudget', () => {
  it('gives what is left out its default', () => {
    expect(checkBudget(WISH)).toEqual({
      scope: 'CLIENT',
      key: 'halden',
      window: 'MONTH',
      startsOn: null,
      endsOn: null,
      amount: parseFixed18('12000'),
      currency: 'GBP',
      thresholds: ['0.8', '0.9', '1'],
      forecastThresholds: [],
      isLearned: false,
      note: null,
    })
  })

  it('puts everything into its one form', () => {
    const wish: BudgetWish = {
      ...WISH,
      scope: 'PROJECT',
      key: 'site-rebuild',
      window: 'CUSTOM',
      amount: { amount: '0999999999999.990', currency: 'KWD' },
      thresholds: ['100.000000', '01.50', '0.000001'],
      forecastThresholds: ['1'],
      period: { from: '2026-03-10', to: '2026-03-11' },
      note: '  agreed with Ann ',
    }
    expect(checkBudget(wish)).toEqual({
      scope: 'PROJECT',
      key: 'site-rebuild',
      window: 'CUSTOM',
      startsOn: '2026-03-10',
      endsOn: '2026-03-11',
      amount: parseFixed18('999999999999.99'),
      currency: 'KWD',
      thresholds: ['0.000001', '1.5', '100'],
      forecastThresholds: ['1'],
      isLearned: false,
      note: 'agreed with Ann',
    })
  })

  it.each<[Partial<BudgetWish>, string[]]>([
    [AGENT_DAY, ['1.5']],
    [{ ...AGENT_DAY, window: 'MONTH' }, ['1']],
    [{ scope: 'CLIENT', window: 'DAY' }, ['0.8', '0.9', '1']],
    [{ scope: 'PROJECT', window: 'TOTAL' }, ['0.8', '0.9', '1']],
    [{ ...FLEET, window: 'MONTH' }, ['0.8', '1']],
    [{ ...FLEET, window: 'DAY' }, ['1']],
    [{ ...FLEET, window: 'TOTAL' }, ['1']],
  ])('has for %j the thresholds %j', (input, thresholds) => {
    expect(checkBudget({ ...WISH, ...input }).thresholds).toEqual(thresholds)
  })

  it('takes a first day of a TOTAL budget, and the wish to learn of an agent’s day', () => {
    expect(checkBudget({ ...WISH, window: 'TOTAL', startsOn: '2026-03-10' })).toMatchObject({
      startsOn: '2026-03-10',
      endsOn: null,
    })
    expect(checkBudget({ ...WISH, ...AGENT_DAY, learn: true }).isLearned).toBe(true)
  })

  const money = (amount: string, currency = 'GBP') => ({ amount: { amount, currency } })
  it.each<[string, string, Partial<BudgetWish>, string]>([
    ['a key of the fleet', 'key', { ...FLEET, key: 'halden' }, 'The fleet is one; leave the key "halden" out.'],
    ['a client without a key', 'key', { key: null }, 'Which client? Its key is missing.'],
    ['a client with an empty key', 'key', { key: ' ' }, 'Which client? Its key is missing.'],
    ['an amount of nothing', 'amount.amount', money('0'), 'A budget must be above 0; 0 is not.'],
    ['an amount below zero', 'amount.amount', money('-5'), 'A budget must be above 0; -5 is not.'],
    [
      'an amount of 13 digits',
      'amount.amount',
      money('1000000000000'),
      'A budget must be below 10^12; 1000000000000 is not.',
    ],
    [
      'a part of a penny',
      'amount.amount',
      money('0.005'),
      'A budget is in whole minor units of GBP (2 decimals); 0.005 is not.',
    ],
    ['an amount in words', 'amount.amount', money('1e5'), '"1e5" is not a decimal amount; write it like 12.34.'],
    ['no currency', 'amount.currency', money('5', 'XAU'), '"XAU" is not a currency of ISO 4217.'],
    ['no thresholds', 'thresholds', { thresholds: [] }, 'A budget needs a threshold.'],
    [
      'a threshold below zero',
      'thresholds.1',
      { thresholds: ['1', '-0.5'] },
      'A threshold must be above 0; -0.5 is not.',
    ],
    ['a threshold of nothing', 'thresholds.0', { thresholds: ['0.0'] }, 'A threshold must be above 0; 0.0 is not.'],
    ['a threshold above 100', 'thresholds.0', { thresholds: ['100.1'] }, 'A threshold is at most 100; 100.1 is more.'],
    [
      'a threshold of 7 decimals',
      'thresholds.0',
      { thresholds: ['0.1234567'] },
      'A threshold has at most 6 decimals; 0.1234567 has more.',
    ],
    [
      'a threshold that is no number',
      'thresholds.0',
      { thresholds: ['80 %'] },
      '"80 %" is not a decimal threshold; write it like 12.34.',
    ],
    ['a threshold twice', 'thresholds', { thresholds: ['1', '0.5', '1.0'] }, 'The threshold 1 is there twice.'],
    [
      '11 thresholds',
      'thresholds',
      { thresholds: Array.from({ length: 11 }, (_, index) => String(index + 1)) },
      'A budget has at most 10 thresholds; these are 11.',
    ],
    [
      'a forecast threshold of nothing',
      'forecastThresholds.0',
      { forecastThresholds: ['0'] },
      'A threshold must be above 0; 0 is not.',
    ],
    ['a CUSTOM budget without period', 'period', { window: 'CUSTOM' }, 'A CUSTOM budget needs its period.'],
    [
      'a period beside CUSTOM',
      'period',
      { period: { from: '2026-03-01', to: '2026-03-02' } },
      'A period is for a CUSTOM budget; this one is of MONTH.',
    ],
    [
      'a period that ends as it begins',
      'period.to',
      { window: 'CUSTOM', period: { from: '2026-03-01', to: '2026-03-01' } },
      'The period must end after it begins; 2026-03-01 is not after 2026-03-01.',
    ],
    [
      'a period from no date',
      'period.from',
      { window: 'CUSTOM', period: { from: '2026-02-30', to: '2026-03-02' } },
      '"2026-02-30" is not a day such as 2026-03-01.',
    ],
    [
      'a first day beside TOTAL',
      'startsOn',
      { startsOn: '2026-03-01' },
      'A first day is for a TOTAL budget; this one is of MONTH.',
    ],
    [
      'a first day that is none',
      'startsOn',
      { window: 'TOTAL', startsOn: 'soon' },
      '"soon" is not a day such as 2026-03-01.',
    ],
    [
      'to learn a month',
      'learn',
      { ...AGENT_DAY, window: 'MONTH', learn: true },
      'Only the daily budget of an agent is learned; this one is of AGENT and MONTH.',
    ],
    [
      'to learn a client’s day',
      'learn',
      { window: 'DAY', learn: true },
      'Only the daily budget of an agent is learned; this one is of CLIENT and DAY.',
    ],
    [
      'a note of 501 characters',
      'note',
      { note: 'x'.repeat(501) },
      'A note has at most 500 characters; this one has 501.',
    ],
    ['a note with NUL', 'note', { note: 'none\0' }, 'The note has characters that are no text.'],
    ['a note of half a pair', 'note', { note: 'half \ud83d' }, 'The note has characters that are no text.'],
  ])('refuses %s and names the field and the fact', (_, field, input, message) => {
    expect(() => checkBudget({ ...WISH, ...input })).toThrow(
      expect.objectContaining({ name: 'DomainError', field, message }),
    )
  })
})
