import { describe, expect, it } from '@jest/globals'
import { quarterOf } from './quarter.ts'

describe('the quarter of a date', () => {
  it.each([
    ['2026-01-01', '2026-01-01', '2026-04-01'],
    ['2026-03-31', '2026-01-01', '2026-04-01'],
    ['2026-04-01', '2026-04-01', '2026-07-01'],
    ['2026-09-30', '2026-07-01', '2026-10-01'],
    ['2026-10-01', '2026-10-01', '2027-01-01'],
    ['2026-12-31', '2026-10-01', '2027-01-01'],
  ])('%s lies in [%s, %s)', (date, from, to) => {
    expect(quarterOf(date)).toEqual({ from, to })
  })
})
