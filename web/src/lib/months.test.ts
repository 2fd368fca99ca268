import { describe, expect, it } from '@jest/globals'
import { addMonths, monthOf, monthsText, monthText, readMonth } from './months.ts'

describe('months', () => {
  it('are counted over the end of a year, both ways', () => {
    expect(addMonths('2026-11-01', 2)).toBe('2027-01-01')
    expect(addMonths('2026-01-01', -1)).toBe('2025-12-01')
    expect(addMonths('2026-05-01', 0)).toBe('2026-05-01')
  })

  it('are read from addresses and fields, and anything else is no month', () => {
    expect(readMonth('2026-10')).toBe('2026-10-01')
    for (const text of ['2026-13', '2026-1', '2026-10-01', 'october', '', null]) expect(readMonth(text)).toBeNull()
  })

  it('are the present one where the address asks for none', () => {
    expect(monthOf({ month: '2026-08' }, '2026-11-23')).toBe('2026-08-01')
    expect(monthOf({ month: 'never' }, '2026-11-23')).toBe('2026-11-01')
  })

  it('are printed in words, a span with its year once', () => {
    expect(monthText('2026-10-01')).toBe('October 2026')
    expect(monthsText('2026-07-01', '2026-09-01')).toBe('Jul to Sep 2026')
    expect(monthsText('2026-10-01', '2027-01-01')).toBe('Oct 2026 to Jan 2027')
    expect(monthsText('2026-10-01', null)).toBe('from Oct 2026')
    expect(monthsText('2026-10-01', '2026-10-01')).toBe('Oct 2026')
  })
})
