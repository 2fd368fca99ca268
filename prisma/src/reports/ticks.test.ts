import { describe, expect, it } from '@jest/globals'
import { checkCron, ticksAfter, ticksUntil } from './ticks.ts'

const after = (cron: string, timeZone: string, from: string, count: number): string[] =>
  ticksAfter({ cron, timeZone }, Date.parse(from), count).map((at) => new Date(at).toISOString().slice(0, 16))

describe('the instants of a schedule', () => {
  it('are of the clock of the tenant, whatever its clock does', () => {
    expect(after('0 7 * * 1', 'Europe/London', '2026-10-20T00:00:00Z', 2)).toEqual([
      '2026-10-26T07:00',
      '2026-11-02T07:00',
    ])
    expect(after('0 7 * * 1', 'Europe/London', '2026-10-13T00:00:00Z', 2)).toEqual([
      '2026-10-19T06:00',
      '2026-10-26T07:00',
    ])
    expect(after('0 8 1 * *', 'Asia/Kathmandu', '2026-10-24T00:00:00Z', 2)).toEqual([
      '2026-11-01T02:15',
      '2026-12-01T02:15',
    ])
  })

  it('come once on a day with a hour that is there twice, and once on a day without it', () => {
    // Clocks go back at 01:00Z: 01:30 is at 00:30Z and at 01:30Z.
    expect(after('30 1 * * *', 'Europe/London', '2026-10-24T12:00:00Z', 2)).toEqual([
      '2026-10-25T00:30',
      '2026-10-26T01:30',
    ])
    // Clocks go forward at 01:00Z: there is no 01:30, and it is run at 02:30.
    expect(after('30 1 * * *', 'Europe/London', '2026-03-28T12:00:00Z', 2)).toEqual([
      '2026-03-29T01:30',
      '2026-03-30T00:30',
    ])
    expect(after('0 * * * *', 'Europe/London', '2026-10-24T23:30:00Z', 3)).toEqual([
      '2026-10-25T00:00',
      '2026-10-25T01:00',
      '2026-10-25T02:00',
    ])
  })

  it('after a time without workers are all those that were missed', () => {
    const cron = { cron: '0 7 * * *', timeZone: 'Europe/London' }
    const first = Date.parse('2026-11-01T07:00:00Z')
    expect(ticksUntil(cron, first, first - 1)).toEqual([])
    expect(ticksUntil(cron, first, first)).toEqual([first])
    expect(ticksUntil(cron, first, Date.parse('2026-11-04T07:00:00Z'))).toHaveLength(4)
  })

  it.each([
    '* * * * *',
    '*/5 7 * * *',
    '0 7 * *',
    '0 0 7 * * 1',
    '0 7 31 2 *',
    '0 25 * * *',
    '@weekly',
    '',
    '0 7 * * L',
    `0 7 ${'1,'.repeat(60)}1 * *`,
  ])('%j is refused', (cron) => {
    expect(() => checkCron(cron, 'Europe/London')).toThrow(
      expect.objectContaining({ code: 'INVALID_FIELD', field: 'cron' }),
    )
  })

  it('may be named by days and lists', () => {
    expect(checkCron(' 30  7,19 1-5 * MON-FRI ', 'UTC')).toBe('30 7,19 1-5 * MON-FRI')
  })
})
