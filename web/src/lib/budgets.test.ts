import { describe, expect, it } from '@jest/globals'
import { burnOf, capText, unseenText } from './budgets.ts'

const gbp = (amount: string) => ({ amount, currency: 'GBP' as const })

describe('a burn bar', () => {
  it('has room for the forecast and marks what is reached', () => {
    const burn = burnOf({
      amount: gbp('100'),
      spent: gbp('85'),
      forecast: gbp('110'),
      forecastLow: gbp('100'),
      forecastHigh: gbp('125'),
      thresholds: ['0.8', '1'],
    })
    expect(burn).toEqual({
      spent: 0.68,
      low: 0.8,
      high: 1,
      cap: 0.8,
      ticks: [
        { threshold: '0.8', at: 0.64, isCrossed: true },
        { threshold: '1', at: 0.8, isCrossed: false },
      ],
      tone: 'warn',
    })
  })

  it('is red once all is spent, and never longer than itself', () => {
    expect(burnOf({ amount: gbp('50'), spent: gbp('300'), thresholds: ['1.5'] })).toMatchObject({
      spent: 1,
      tone: 'bad',
    })
  })

  it('stands for a budget of nothing', () => {
    expect(burnOf({ amount: gbp('0'), spent: gbp('0'), thresholds: [] })).toMatchObject({ spent: 0, cap: 0 })
  })
})

describe('a budget in words', () => {
  it('says when it will be spent up', () => {
    const budget = { daysToCap: '3.44', capReachedOn: '2026-11-26', remaining: gbp('61.60') }
    expect(capText(budget)).toBe('spent up on 26 Nov, in 3.4 days')
    expect(capText({ ...budget, remaining: gbp('-0.01') })).toBe('spent up')
    expect(capText({ remaining: gbp('5') })).toBe('lasts to the end of its window')
  })

  it('names usage that it does not see', () => {
    const none = { unpricedInvocations: '0', unconvertedInvocations: '0' }
    expect(unseenText(none)).toBeNull()
    expect(unseenText({ ...none, unpricedInvocations: '70' })).toBe('70 unpriced invocations are in no amount')
    expect(unseenText({ ...none, unpricedInvocations: '1' })).toBe('1 unpriced invocation is in no amount')
    expect(unseenText({ unpricedInvocations: '70', unconvertedInvocations: '2' })).toBe(
      '70 unpriced and 2 unconverted invocations are in no amount',
    )
  })
})
