import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { DomainError } from '../errors.ts'
import { parseFixed18 } from '../money/fixed18.ts'
import { formatScaledDecimal } from '../money/scaled-decimal.ts'
import { checkBudget, type BudgetWish } from './check-budget.ts'

const wish: BudgetWish = {
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

function refusal(input: BudgetWish): string {
  try {
    checkBudget(input)
  } catch (error) {
    if (error instanceof DomainError) return `${error.code} ${error.field ?? ''}`
    throw error
  }
  return 'accepted'
}

describe('checkBudget', () => {
  it('gives what can be stored, with the thresholds that hold where none are named', () => {
    expect(checkBudget(wish)).toEqual({
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

  it('puts thresholds in order and in their shortest form, and trims the note', () => {
    const checked = checkBudget({
      ...wish,
      thresholds: ['01.50', '0.250000', '100.0'],
      forecastThresholds: ['1.0'],
      note: ' Agreed with Jo.\nUntil June. ',
    })
    expect(checked).toMatchObject({
      thresholds: ['0.25', '1.5', '100'],
      forecastThresholds: ['1'],
      note: 'Agreed with Jo.\nUntil June.',
    })
  })

  it('takes the days of TOTAL and CUSTOM', () => {
    const days = { startsOn: '2026-03-10', endsOn: null }
    expect(checkBudget({ ...wish, window: 'TOTAL', startsOn: '2026-03-10' })).toMatchObject(days)
    expect(checkBudget({ ...wish, window: 'TOTAL' })).toMatchObject({ startsOn: null, endsOn: null })
    const period = { from: '2026-03-10', to: '2026-03-20' }
    expect(checkBudget({ ...wish, window: 'CUSTOM', period })).toMatchObject({
      startsOn: '2026-03-10',
      endsOn: '2026-03-20',
    })
  })

  const of = (amount: string, currency = 'GBP') => ({ amount: { amount, currency } })
  const period = { from: '2026-03-10', to: '2026-03-20' }
  it.each<[string, Partial<BudgetWish>]>([
    ['INVALID_FIELD key', { scope: 'FLEET' }],
    ['MISSING_FIELD key', { key: null }],
    ['MISSING_FIELD key', { scope: 'PROJECT', key: ' ' }],
    ['INVALID_FIELD amount.amount', of('0')],
    ['INVALID_FIELD amount.amount', of('-0.01')],
    ['INVALID_FIELD amount.amount', of('1e3')],
    ['INVALID_FIELD amount.amount', of('1000000000000')],
    ['accepted', of('999999999999.99')],
    ['INVALID_FIELD amount.amount', of('0.001')],
    ['accepted', of('0.0100')],
    ['INVALID_FIELD amount.amount', of('1.5', 'JPY')],
    ['accepted', of('1.505', 'KWD')],
    ['INVALID_FIELD amount.currency', of('1', 'gbp')],
    ['MISSING_FIELD thresholds', { thresholds: [] }],
    ['accepted', { forecastThresholds: [] }],
    ['INVALID_FIELD thresholds.1', { thresholds: ['1', '0'] }],
    ['INVALID_FIELD thresholds.0', { thresholds: ['-0.5'] }],
    ['INVALID_FIELD thresholds.0', { thresholds: ['100.000001'] }],
    ['INVALID_FIELD thresholds.0', { thresholds: ['0.0000001'] }],
    ['INVALID_FIELD thresholds.0', { thresholds: ['80 %'] }],
    ['INVALID_FIELD thresholds', { thresholds: ['0.8', '0.80'] }],
    ['INVALID_FIELD thresholds', { thresholds: Array.from({ length: 11 }, (_, index) => `${index + 1}`) }],
    ['accepted', { thresholds: Array.from({ length: 10 }, (_, index) => `${index + 1}`) }],
    ['INVALID_FIELD forecastThresholds.0', { forecastThresholds: ['0'] }],
    ['INVALID_FIELD period', { period }],
    ['MISSING_FIELD period', { window: 'CUSTOM' }],
    ['INVALID_FIELD period.to', { window: 'CUSTOM', period: { from: '2026-03-10', to: '2026-03-10' } }],
    ['INVALID_FIELD period.from', { window: 'CUSTOM', period: { from: '2026-02-29', to: '2026-03-10' } }],
    ['INVALID_FIELD startsOn', { startsOn: '2026-03-10' }],
    ['INVALID_FIELD startsOn', { window: 'CUSTOM', period, startsOn: '2026-03-10' }],
    ['INVALID_FIELD period', { window: 'TOTAL', period }],
    ['INVALID_FIELD startsOn', { window: 'TOTAL', startsOn: 'March' }],
    ['INVALID_FIELD learn', { learn: true, window: 'DAY' }],
    ['INVALID_FIELD learn', { learn: true, scope: 'AGENT' }],
    ['accepted', { learn: true, scope: 'AGENT', window: 'DAY' }],
    ['accepted', { note: 'x'.repeat(500) }],
    ['INVALID_FIELD note', { note: 'x'.repeat(501) }],
    ['INVALID_FIELD note', { note: 'nothing\0 here' }],
    ['INVALID_FIELD note', { note: 'half \ud83d of a pair' }],
  ])('says %s of %j', (verdict, change) => {
    expect(refusal({ ...wish, ...change })).toBe(verdict)
  })

  it('gives thresholds that it takes again as they are', () => {
    const millionths = fc.bigInt({ min: 1n, max: 100_000_000n })
    fc.assert(
      fc.property(fc.uniqueArray(millionths, { minLength: 1, maxLength: 10 }), (values) => {
        const texts = values.map((value) => formatScaledDecimal(value, 6, 6))
        const { thresholds } = checkBudget({ ...wish, thresholds: texts })
        const sorted = [...values].sort((a, b) => (a < b ? -1 : 1))
        expect(thresholds).toEqual(sorted.map((value) => formatScaledDecimal(value, 6)))
        expect(checkBudget({ ...wish, thresholds }).thresholds).toEqual(thresholds)
      }),
    )
  })
})
