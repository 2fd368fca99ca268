import { describe, expect, it } from '@jest/globals'
import { comparisonText, periodText, readPeriod } from './period.ts'

const TODAY = '2026-11-23' // a Monday

describe('the period of an address', () => {
  it('is month to date by default, with today partial and left out of the comparison', () => {
    const period = readPeriod({}, TODAY)
    expect(period.preset).toBe('mtd')
    expect(period.range).toEqual({ from: '2026-11-01', to: '2026-11-24' })
    expect(period.full).toEqual({ from: '2026-11-01', to: '2026-11-23' })
    expect(period.hasPartialDay).toBe(true)
    expect(periodText(period)).toBe('1–23 Nov 2026')
  })

  it('compares every day with its own weekday, a whole number of weeks earlier', () => {
    const period = readPeriod({}, TODAY)
    expect(period.comparison).toEqual({ from: '2026-10-04', to: '2026-10-26' })
    expect(period.comparisonWeeks).toBe(4)
    expect(comparisonText(period)).toBe('4–25 Oct')
  })

  it.each([
    ['today', '2026-11-23', '2026-11-24'],
    ['7d', '2026-11-17', '2026-11-24'],
    ['last-month', '2026-10-01', '2026-11-01'],
    ['30d', '2026-10-25', '2026-11-24'],
    ['90d', '2026-08-26', '2026-11-24'],
    ['nonsense', '2026-11-01', '2026-11-24'],
  ])('%s is [%s, %s)', (period, from, to) => {
    expect(readPeriod({ period }, TODAY).range).toEqual({ from, to })
  })

  it('has nothing to compare today with until it is over', () => {
    const period = readPeriod({ period: 'today' }, TODAY)
    expect(period.comparison).toBeNull()
    expect(period.granularity).toBe('HOUR')
  })

  it('includes the last day a person chose, and never the future', () => {
    const custom = { period: 'custom', from: '2026-11-02', to: '2026-11-08' }
    expect(readPeriod(custom, TODAY).range).toEqual({ from: '2026-11-02', to: '2026-11-09' })
    expect(readPeriod({ ...custom, to: '2030-01-01' }, TODAY).range.to).toBe('2026-11-24')
  })

  it.each([
    { from: '2026-02-30', to: '2026-03-01' },
    { from: '2026-11-08', to: '2026-11-02' },
    { from: "1' OR 1=1", to: '2026-11-02' },
    { from: '2027-01-01', to: '2027-01-02' },
    {},
  ])('falls back to month to date for %j', (params) => {
    expect(readPeriod({ period: 'custom', ...params }, TODAY).preset).toBe('mtd')
  })

  it('shows at most two years', () => {
    const period = readPeriod({ period: 'custom', from: '2001-01-01', to: '2026-11-22' }, TODAY)
    expect(period.range).toEqual({ from: '2024-11-22', to: '2026-11-23' })
    expect(period.bins).toBe('week')
  })

  it('does not compare when asked not to', () => {
    expect(readPeriod({ compare: 'off' }, TODAY).comparison).toBeNull()
  })
})
