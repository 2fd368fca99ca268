import { describe, expect, it } from '@jest/globals'
import { askedRange } from './asked-range.ts'

const today = '2026-03-31'
const asked = (period: string | null, from: string | null = null, to: string | null = null) =>
  askedRange({ period, from, to }, today)

describe('the range of an address', () => {
  it.each([
    [null, 'mtd', '2026-03-01', '2026-04-01'],
    ['no such period', 'mtd', '2026-03-01', '2026-04-01'],
    ['today', 'today', '2026-03-31', '2026-04-01'],
    ['7d', '7d', '2026-03-25', '2026-04-01'],
    ['last-month', 'last-month', '2026-02-01', '2026-03-01'],
    ['90d', '90d', '2026-01-01', '2026-04-01'],
  ])('of %s is %s', (period, preset, from, to) => {
    expect(asked(period)).toEqual({ preset, range: { from, to } })
  })

  it('takes dates with both ends in it', () => {
    expect(asked('custom', '2026-02-01', '2026-02-28')).toEqual({
      preset: 'custom',
      range: { from: '2026-02-01', to: '2026-03-01' },
    })
  })

  it('ends today, and is at most two years long', () => {
    expect(asked('custom', '2026-03-30', '2027-01-01').range).toEqual({ from: '2026-03-30', to: '2026-04-01' })
    expect(asked('custom', '1999-01-01', '2026-03-31').range).toEqual({ from: '2024-03-31', to: '2026-04-01' })
  })

  it.each([
    ['2026-02-30', '2026-03-01'],
    ['2026-03-02', '2026-03-01'],
    ['2026-04-02', '2026-04-03'],
    [null, '2026-03-01'],
  ])('falls back where %s to %s is no range', (from, to) => {
    expect(asked('custom', from, to).preset).toBe('mtd')
  })

  it('does not take dates without saying so', () => {
    expect(asked(null, '2026-02-01', '2026-02-28').preset).toBe('mtd')
  })
})
