import { describe, expect, it } from '@jest/globals'
import { latestQuarters, quarterOf } from './quarters.ts'

describe('a quarter', () => {
  it.each([
    ['2026-01-01', '2026-01-01', '2026-04-01', 'Q1 2026'],
    ['2026-03-31', '2026-01-01', '2026-04-01', 'Q1 2026'],
    ['2026-11-19', '2026-10-01', '2027-01-01', 'Q4 2026'],
  ])('holds %s: %s up to %s, %s', (date, from, to, label) => {
    expect(quarterOf(date)).toEqual({ from, to, label })
  })

  it('is followed by those before it', () => {
    expect(latestQuarters('2026-02-28', 3).map((quarter) => quarter.label)).toEqual(['Q1 2026', 'Q4 2025', 'Q3 2025'])
  })
})
