import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { parseFixed18 } from '../money/fixed18.ts'
import { addDays } from '../periods/calendar-date.ts'
import { backtestBudget } from './backtest.ts'
import { thresholdAmount } from './crossings.ts'
import { windowOf } from './window-of.ts'

const amountOf = parseFixed18
const ever = { startsOn: null, endsOn: null }
const monthly = { window: 'MONTH', ...ever, amount: amountOf('100'), thresholds: ['0.8', '0.9', '1'] } as const

function daysFrom(first: string, ...costs: string[]) {
  return costs.map((cost, index) => ({ day: addDays(first, index), cost: amountOf(cost) }))
}

describe('backtestBudget', () => {
  it('alerts at the highest of the thresholds crossed on a day, each once a window', () => {
    const days = daysFrom('2026-02-26', '85', '10', '1', '95', '1', '5')
    expect(backtestBudget({ budget: monthly, days, from: '2026-02-26', to: '2026-03-04' })).toEqual([
      {
        day: '2026-02-26',
        windowStart: '2026-02-01',
        threshold: '0.8',
        spent: amountOf('85'),
        amount: amountOf('100'),
      },
      {
        day: '2026-02-27',
        windowStart: '2026-02-01',
        threshold: '0.9',
        spent: amountOf('95'),
        amount: amountOf('100'),
      },
      {
        day: '2026-03-01',
        windowStart: '2026-03-01',
        threshold: '0.9',
        spent: amountOf('95'),
        amount: amountOf('100'),
      },
      { day: '2026-03-03', windowStart: '2026-03-01', threshold: '1', spent: amountOf('101'), amount: amountOf('100') },
    ])
  })

  it('counts what was spent before the days asked for, and does not alert of what was crossed then', () => {
    const days = daysFrom('2026-03-01', '85', '4', '2')
    expect(backtestBudget({ budget: monthly, days, from: '2026-03-02', to: '2026-03-04' })).toEqual([
      {
        day: '2026-03-03',
        windowStart: '2026-03-01',
        threshold: '0.9',
        spent: amountOf('91'),
        amount: amountOf('100'),
      },
    ])
  })

  it('leaves out days that the budget is not for, and sums all days of a TOTAL', () => {
    const days = daysFrom('2026-03-01', '500', '60', '50', '500')
    const custom = { ...monthly, window: 'CUSTOM', startsOn: '2026-03-02', endsOn: '2026-03-04' } as const
    const range = { days, from: '2026-03-01', to: '2026-03-05' }
    expect(backtestBudget({ budget: custom, ...range })).toEqual([
      { day: '2026-03-03', windowStart: '2026-03-02', threshold: '1', spent: amountOf('110'), amount: amountOf('100') },
    ])
    expect(backtestBudget({ budget: { ...monthly, window: 'TOTAL' }, ...range })).toEqual([
      { day: '2026-03-01', windowStart: null, threshold: '1', spent: amountOf('500'), amount: amountOf('100') },
    ])
  })

  it('alerts as somebody would who adds up each window of its own', () => {
    const costs = fc.array(fc.bigInt({ min: 0n, max: 60n }), { minLength: 1, maxLength: 70 })
    fc.assert(
      fc.property(costs, fc.constantFrom('DAY', 'MONTH', 'TOTAL'), (all, window) => {
        const days = all.map((cost, index) => ({ day: addDays('2026-01-20', index), cost: cost * 10n ** 18n }))
        const budget = { ...monthly, window, thresholds: ['0.25', '0.5', '1', '3'] } as const
        const to = addDays('2026-01-20', all.length)
        const found = backtestBudget({ budget, days, from: '2026-01-20', to })
        const expected = days.flatMap(({ day }) => {
          const start = windowOf(budget, day)?.start ?? ''
          const spentOn = (last: string) =>
            days.filter((one) => one.day >= start && one.day <= last).reduce((sum, { cost }) => sum + cost, 0n)
          const spent = spentOn(day)
          const earlier = addDays(day, -1) < start ? 0n : spentOn(addDays(day, -1))
          const fresh = budget.thresholds.filter((threshold) => {
            const at = thresholdAmount(budget.amount, threshold)
            return spent >= at && earlier < at
          })
          return fresh.length === 0 ? [] : [{ day, threshold: fresh.at(-1), spent }]
        })
        expect(found.map(({ day, threshold, spent }) => ({ day, threshold, spent }))).toEqual(expected)
      }),
    )
  })
})
