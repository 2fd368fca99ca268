import { describe, expect, it } from '@jest/globals'
import { monthsFrom, untilHourUtc } from './schedule.ts'

describe('the schedule of maintenance', () => {
  it('waits until the hour of today, or of tomorrow when it has passed or is now', () => {
    expect(untilHourUtc(new Date('2026-03-01T01:00:00Z'), 3)).toBe(2 * 3_600_000)
    expect(untilHourUtc(new Date('2026-03-01T03:00:00Z'), 3)).toBe(24 * 3_600_000)
    expect(untilHourUtc(new Date('2026-12-31T23:30:00Z'), 3)).toBe(3.5 * 3_600_000)
  })

  it('names this month and the coming ones across the end of a year', () => {
    expect(monthsFrom(new Date('2026-12-31T23:59:59Z'), 3)).toEqual(['2026-12-01', '2027-01-01', '2027-02-01'])
  })
})
