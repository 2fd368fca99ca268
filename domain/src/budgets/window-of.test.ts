import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { addDays, daysBetween } from '../periods/calendar-date.ts'
import { anyDay, anyWindow, type Windowed } from './budget-test-kit.ts'
import { windowOf } from './window-of.ts'

describe('windowOf', () => {
  it.each<[Windowed, string, ReturnType<typeof windowOf>]>([
    [{ window: 'DAY', startsOn: null, endsOn: null }, '2026-03-29', { start: '2026-03-29', end: '2026-03-30' }],
    [{ window: 'MONTH', startsOn: null, endsOn: null }, '2028-02-29', { start: '2028-02-01', end: '2028-03-01' }],
    [{ window: 'MONTH', startsOn: null, endsOn: null }, '2026-12-31', { start: '2026-12-01', end: '2027-01-01' }],
    [{ window: 'TOTAL', startsOn: null, endsOn: null }, '1999-01-01', { start: null, end: null }],
    [{ window: 'TOTAL', startsOn: '2026-03-10', endsOn: null }, '2026-03-10', { start: '2026-03-10', end: null }],
    [{ window: 'TOTAL', startsOn: '2026-03-10', endsOn: null }, '2026-03-09', null],
    [
      { window: 'CUSTOM', startsOn: '2026-03-10', endsOn: '2026-04-02' },
      '2026-04-01',
      { start: '2026-03-10', end: '2026-04-02' },
    ],
    [{ window: 'CUSTOM', startsOn: '2026-03-10', endsOn: '2026-04-02' }, '2026-04-02', null],
    [{ window: 'CUSTOM', startsOn: '2026-03-10', endsOn: '2026-04-02' }, '2026-03-09', null],
  ])('of %j has %s in %j', (budget, day, window) => {
    expect(windowOf(budget, day)).toEqual(window)
  })

  it('has the day in it, and every day of it in the same window', () => {
    fc.assert(
      fc.property(anyWindow, anyDay, fc.integer({ min: -40, max: 40 }), (budget, day, by) => {
        const window = windowOf(budget, day)
        if (window === null) return
        const has = (one: string) =>
          (window.start === null || window.start <= one) && (window.end === null || one < window.end)
        expect(has(day)).toBe(true)
        const other = windowOf(budget, addDays(day, by))
        if (has(addDays(day, by))) expect(other).toEqual(window)
        else expect(other).not.toEqual(window)
      }),
    )
  })

  it('tiles the calendar by days and months: one window begins where the one before ends', () => {
    const repeating = fc.constantFrom<Windowed>(
      { window: 'DAY', startsOn: null, endsOn: null },
      { window: 'MONTH', startsOn: null, endsOn: null },
    )
    fc.assert(
      fc.property(repeating, anyDay, (budget, day) => {
        const window = windowOf(budget, day)
        if (window === null || window.start === null || window.end === null) throw new Error('A day has a window')
        expect(windowOf(budget, window.end)?.start).toBe(window.end)
        expect(windowOf(budget, addDays(window.start, -1))?.end).toBe(window.start)
        const length = daysBetween(window.start, window.end)
        expect(budget.window === 'DAY' ? length === 1 : length >= 28 && length <= 31).toBe(true)
      }),
    )
  })
})
