import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { parseFixed18, type Fixed18 } from '../money/fixed18.ts'
import { addDays, firstOfMonth, type CalendarDate } from '../periods/calendar-date.ts'
import { backtestBudget, type BudgetFiring } from './backtest.ts'
import { anyAmount, anyThresholds, anyWindow, costsFrom, type Windowed } from './budget-test-kit.ts'
import { crossings } from './crossings.ts'
import { windowOf } from './window-of.ts'

const MONTH: Windowed = { window: 'MONTH', startsOn: null, endsOn: null }

describe('backtestBudget', () => {
  it('names the highest threshold of each day, once a window', () => {
    const budget = { ...MONTH, amount: parseFixed18('100'), thresholds: ['0.8', '0.9', '1'] }
    const days = costsFrom('2026-01-30', [9_500, 0, 8_000, 500, 1_000, 9_999, 0, 100])
    const firing = (day: CalendarDate, threshold: string, spent: string): BudgetFiring => ({
      day,
      windowStart: firstOfMonth(day),
      threshold,
      spent: parseFixed18(spent),
      amount: budget.amount,
    })
    expect(backtestBudget({ budget, days, from: '2026-01-01', to: '2026-03-01' })).toEqual([
      firing('2026-01-30', '0.9', '95'),
      firing('2026-02-01', '0.8', '80'),
      firing('2026-02-03', '0.9', '95'),
      firing('2026-02-04', '1', '194.99'),
    ])
  })

  it('does not repeat what was crossed before the days that are asked for', () => {
    const budget = { ...MONTH, amount: parseFixed18('100'), thresholds: ['0.8', '1'] }
    const days = costsFrom('2026-02-01', [8_500, 0, 0, 1_500])
    const fired = backtestBudget({ budget, days, from: '2026-02-02', to: '2026-03-01' })
    expect(fired.map(({ day, threshold }) => [day, threshold])).toEqual([['2026-02-04', '1']])
  })

  it('alerts on each day of a daily budget', () => {
    const budget = {
      window: 'DAY' as const,
      startsOn: null,
      endsOn: null,
      amount: parseFixed18('10'),
      thresholds: ['1.5'],
    }
    const days = costsFrom('2026-02-01', [1_500, 1_499, 3_000, 0, 1_600])
    const fired = backtestBudget({ budget, days, from: '2026-02-01', to: '2026-02-10' })
    expect(fired.map(({ day }) => day)).toEqual(['2026-02-01', '2026-02-03', '2026-02-05'])
  })

  const costs = fc.array(
    fc.oneof(
      { weight: 1, arbitrary: fc.constant(0) },
      { weight: 3, arbitrary: fc.integer({ min: -500_000, max: 9_000_000 }) },
    ),
    {
      maxLength: 70,
    },
  )

  it('is the replay of the crossings of each evening, whatever the window', () => {
    const first = '2024-01-20'
    const near = fc.integer({ min: -10, max: 90 }).map((offset) => addDays(first, offset))
    const windows = fc.oneof(
      anyWindow.filter(({ window }) => window !== 'CUSTOM'),
      fc
        .tuple(near, fc.integer({ min: 1, max: 60 }))
        .map(([startsOn, days]): Windowed => ({ window: 'CUSTOM', startsOn, endsOn: addDays(startsOn, days) })),
    )
    fc.assert(
      fc.property(windows, anyAmount, anyThresholds, costs, near, (window, amount, thresholds, cents, from) => {
        const days = costsFrom(first, cents)
        const to = addDays(first, 80)
        const budget = { ...window, amount, thresholds }
        expect(backtestBudget({ budget, days, from, to })).toEqual(replay({ budget, days, from, to }))
      }),
    )
  })

  /** Each evening, everything anew: the sum of the window so far, its crossings, and those of each evening before it. */
  function replay(input: {
    budget: Windowed & { amount: Fixed18; thresholds: string[] }
    days: { day: CalendarDate; cost: Fixed18 }[]
    from: CalendarDate
    to: CalendarDate
  }): BudgetFiring[] {
    const { budget, days, from, to } = input
    const { amount, thresholds } = budget
    const evening = (day: CalendarDate) => {
      const window = windowOf(budget, day)
      const start = window?.start ?? null
      const spent = days
        .filter((one) => one.day <= day && (start === null || one.day >= start))
        .reduce((sum, { cost }) => sum + cost, 0n)
      return { window, spent, crossed: window === null ? [] : crossings({ amount, spent, thresholds }) }
    }
    const firings: BudgetFiring[] = []
    for (let day = from; day < to; day = addDays(day, 1)) {
      const { window, spent, crossed } = evening(day)
      if (window === null) continue
      const before = new Set<string>()
      for (let past = '2024-01-01'; past < day; past = addDays(past, 1)) {
        if (windowOf(budget, past)?.start === window.start) for (const one of evening(past).crossed) before.add(one)
      }
      const threshold = crossed.filter((one) => !before.has(one)).at(-1)
      if (threshold !== undefined) firings.push({ day, windowStart: window.start, threshold, spent, amount })
    }
    return firings
  }
})
