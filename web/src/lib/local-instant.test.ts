import { describe, expect, it } from '@jest/globals'
import { instantOfLocal, localOfInstant, startOfLocalDay } from './local-instant.ts'

describe('a date-and-time field', () => {
  it.each([
    ['2026-11-19T11:04', 'Europe/London', '2026-11-19T11:04:00.000Z'],
    ['2026-07-19T11:04', 'Europe/London', '2026-07-19T10:04:00.000Z'],
    ['2026-07-19T11:04:32', 'Europe/London', '2026-07-19T10:04:32.000Z'],
    ['2026-11-19T00:00', 'Asia/Kolkata', '2026-11-18T18:30:00.000Z'],
    ['2026-01-01T00:00', 'America/New_York', '2026-01-01T05:00:00.000Z'],
    ['2026-11-19T11:04', 'UTC', '2026-11-19T11:04:00.000Z'],
  ])('%s in %s is %s', (text, timeZone, instant) => {
    expect(instantOfLocal(text, timeZone)).toBe(instant)
  })

  it('takes the first of two equal times where clocks go back', () => {
    expect(instantOfLocal('2026-10-25T01:30', 'Europe/London')).toBe('2026-10-25T00:30:00.000Z')
  })

  it('goes on after the jump where clocks go forward', () => {
    expect(instantOfLocal('2026-03-29T01:30', 'Europe/London')).toBe('2026-03-29T01:30:00.000Z')
  })

  it.each(['', '2026-11-19', '2026-02-30T10:00', '2026-11-19T24:30', '19.11.2026 10:00'])('%j is no time', (text) => {
    expect(instantOfLocal(text, 'Europe/London')).toBeNull()
  })

  it('shows the minute of an instant, cut and never rounded', () => {
    expect(localOfInstant('2026-11-19T11:04:59.999999Z', 'Europe/London')).toBe('2026-11-19T11:04')
    expect(localOfInstant('2026-07-31T23:30:00Z', 'Europe/London')).toBe('2026-08-01T00:30')
  })

  it('starts a day at its own midnight', () => {
    expect(startOfLocalDay('2026-07-01', 'Europe/Berlin')).toBe('2026-06-30T22:00:00.000Z')
  })
})
