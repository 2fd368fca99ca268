import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { addDays, daysBetween } from '../periods/calendar-date.ts'
import { windowOf } from './window-of.ts'

const ever = { startsOn: null, endsOn: null }
const custom = { window: 'CUSTOM', startsOn: '2026-03-10', endsOn: '2026-03-20' } as const

describe('windowOf', () => {
  it.each([
    [{ window: 'DAY', ...ever } as const, '2026-02-28', { start: '2026-02-28', end: '2026-03-01' }],
    [{ window: 'MONTH', ...ever } as const, '2028-02-29', { start: '2028-02-01', end: '2028-03-01' }],
    [{ window: 'MONTH', ...ever } as const, '2026-12-31', { start: '2026-12-01', end: '2027-01-01' }],
    [{ window: 'TOTAL', ...ever } as const, '2026-03-01', { start: null, end: null }],
    [{ window: 'TOTAL', startsOn: '2026-03-01', endsOn: null } as const, '2026-02-28', null],
    [
      { window: 'TOTAL', startsOn: '2026-03-01', endsOn: null } as const,
      '2026-03-01',
      { start: '2026-03-01', end: null },
    ],
    [custom, '2026-03-09', null],
    [custom, '2026-03-10', { start: '2026-03-10', end: '2026-03-20' }],
    [custom, '2026-03-19', { start: '2026-03-10', end: '2026-03-20' }],
    [custom, '2026-03-20', null],
  ])('of %j on %s is %j', (budget, day, window) => {
    expect(windowOf(budget, day)).toEqual(window)
  })

  it('tiles the days: every day is in one window, and the next begins where it ends', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('DAY', 'MONTH'),
        fc.integer({ min: 0, max: 40_000 }),
        fc.nat(40),
        (window, at, later) => {
          const budget = { window, ...ever } as const
          const day = addDays('1990-01-01', at)
          const found = windowOf(budget, day)
          const { start, end } = found as { start: string; end: string }
          expect(start <= day && day < end).toBe(true)
          expect(windowOf(budget, end)).toMatchObject({ start: end })
          expect(windowOf(budget, addDays(start, -1))).toMatchObject({ end: start })
          const other = addDays(start, later)
          if (later < daysBetween(start, end)) expect(windowOf(budget, other)).toEqual(found)
          else expect(windowOf(budget, other)).not.toEqual(found)
        },
      ),
    )
  })
})
