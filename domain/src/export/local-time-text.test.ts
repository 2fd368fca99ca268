import { describe, expect, it } from '@jest/globals'
import { localTimeText } from './local-time-text.ts'

describe('a local time', () => {
  it.each([
    ['2026-10-25T00:30:00Z', 'Europe/London', '2026-10-25 01:30:00 +01:00'],
    ['2026-10-25T01:30:00.250000Z', 'Europe/London', '2026-10-25 01:30:00 +00:00'],
    ['2026-06-30T23:59:59Z', 'Asia/Kathmandu', '2026-07-01 05:44:59 +05:45'],
    ['2026-01-01T00:00:00Z', 'UTC', '2026-01-01 00:00:00 +00:00'],
    ['2026-01-01T02:00:00Z', 'America/St_Johns', '2025-12-31 22:30:00 -03:30'],
  ])('of %s in %s is %s', (instant, timeZone, text) => {
    expect(localTimeText(instant, timeZone)).toBe(text)
  })
})
