import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { dueAt, type ChannelTimes } from './due-at.ts'

const AT_ONCE: ChannelTimes = {
  digest: 'NONE',
  digestHour: null,
  quietFrom: null,
  quietTo: null,
  criticalBreaksQuiet: true,
}
const NIGHT: ChannelTimes = { ...AT_ONCE, quietFrom: '22:00', quietTo: '07:00' }

/** `now` and the answer are local, with the offset. */
function due(channel: ChannelTimes, now: string, severity: 'INFO' | 'WARNING' | 'CRITICAL' = 'WARNING'): string {
  const { timeZoneId, epochMilliseconds } = Temporal.ZonedDateTime.from(now)
  const at = dueAt(channel, { severity, nowMs: epochMilliseconds, timeZone: timeZoneId })
  return Temporal.Instant.fromEpochMilliseconds(at)
    .toZonedDateTimeISO(timeZoneId)
    .toString({ smallestUnit: 'minute', timeZoneName: 'never' })
}

describe('dueAt', () => {
  it.each<[string, ChannelTimes, string, string]>([
    ['tells at once', AT_ONCE, '2026-11-02T23:30+00:00[Europe/London]', '2026-11-02T23:30+00:00'],
    ['waits for the morning', NIGHT, '2026-11-02T23:30+00:00[Europe/London]', '2026-11-03T07:00+00:00'],
    ['waits for the same morning', NIGHT, '2026-11-03T06:59+00:00[Europe/London]', '2026-11-03T07:00+00:00'],
    ['is quiet from the first minute', NIGHT, '2026-11-02T22:00+00:00[Europe/London]', '2026-11-03T07:00+00:00'],
    ['speaks from the last minute on', NIGHT, '2026-11-03T07:00+00:00[Europe/London]', '2026-11-03T07:00+00:00'],
    [
      'is quiet within a day too',
      { ...AT_ONCE, quietFrom: '12:00', quietTo: '13:30' },
      '2026-11-03T12:10+05:45[Asia/Kathmandu]',
      '2026-11-03T13:30+05:45',
    ],
    [
      'knows no quiet hours of no length',
      { ...AT_ONCE, quietFrom: '07:00', quietTo: '07:00' },
      '2026-11-03T07:00+00:00[Europe/London]',
      '2026-11-03T07:00+00:00',
    ],
    [
      'is quiet until 07:00 of the clock where the night has 8 hours',
      NIGHT,
      '2026-03-28T22:30+00:00[Europe/London]',
      '2026-03-29T07:00+01:00',
    ],
    [
      'is quiet until 07:00 of the clock where the night has 10 hours',
      NIGHT,
      '2026-10-24T22:30+01:00[Europe/London]',
      '2026-10-25T07:00+00:00',
    ],
    [
      'ends with the jump over its end',
      { ...AT_ONCE, quietFrom: '22:00', quietTo: '02:30' },
      '2026-03-08T01:10-05:00[America/New_York]',
      '2026-03-08T03:00-04:00',
    ],
    [
      'ends at the first of two ends',
      { ...AT_ONCE, quietFrom: '22:00', quietTo: '01:30' },
      '2026-11-01T01:10-04:00[America/New_York]',
      '2026-11-01T01:30-04:00',
    ],
    [
      'ends at the second end for what happens between',
      { ...AT_ONCE, quietFrom: '22:00', quietTo: '01:30' },
      '2026-11-01T01:10-05:00[America/New_York]',
      '2026-11-01T01:30-05:00',
    ],
    [
      'gathers by the full hour of the local clock',
      { ...AT_ONCE, digest: 'HOURLY' },
      '2026-11-03T12:10+05:45[Asia/Kathmandu]',
      '2026-11-03T13:00+05:45',
    ],
    [
      'gathers for the next hour from a full one on',
      { ...AT_ONCE, digest: 'HOURLY' },
      '2026-11-03T12:00+00:00[Europe/London]',
      '2026-11-03T13:00+00:00',
    ],
    [
      'gathers by day',
      { ...AT_ONCE, digest: 'DAILY', digestHour: 8 },
      '2026-11-03T07:59+00:00[Europe/London]',
      '2026-11-03T08:00+00:00',
    ],
    [
      'gathers for the next day from that hour on',
      { ...AT_ONCE, digest: 'DAILY', digestHour: 8 },
      '2026-10-24T08:00+01:00[Europe/London]',
      '2026-10-25T08:00+00:00',
    ],
    [
      'gathers by day where midnight is skipped',
      { ...AT_ONCE, digest: 'DAILY', digestHour: 0 },
      '2024-04-25T12:00+02:00[Africa/Cairo]',
      '2024-04-26T01:00+03:00',
    ],
    [
      'sends a digest of the night in the morning',
      { ...NIGHT, digest: 'DAILY', digestHour: 3 },
      '2026-11-02T12:00+00:00[Europe/London]',
      '2026-11-03T07:00+00:00',
    ],
  ])('%s', (_, channel, now, expected) => {
    expect(due(channel, now)).toBe(expected)
  })

  it.each<[string, ChannelTimes, string]>([
    [
      'breaks quiet hours and waits for no digest',
      { ...NIGHT, digest: 'DAILY', digestHour: 9 },
      '2026-11-02T23:30+00:00',
    ],
    [
      'waits for the morning where the channel says so',
      { ...NIGHT, digest: 'DAILY', digestHour: 9, criticalBreaksQuiet: false },
      '2026-11-03T07:00+00:00',
    ],
  ])('what is critical %s', (_, channel, expected) => {
    expect(due(channel, '2026-11-02T23:30+00:00[Europe/London]', 'CRITICAL')).toBe(expected)
  })

  const MINUTE = 60_000
  const clock = (ms: number, zone: string) => {
    const { hour, minute } = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone)
    return hour * 60 + minute
  }
  const text = (minute: number) =>
    `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`

  it('is the first minute that is not quiet, in every zone, also where the clocks change', () => {
    const zone = fc.constantFrom('Europe/London', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Cairo', 'UTC')
    // A week around each change of 2024 in one of them, or any time of the year.
    const around = fc
      .constantFrom('2024-03-10', '2024-03-31', '2024-04-07', '2024-04-26', '2024-10-06', '2024-10-27', '2024-11-03')
      .chain((day) => fc.integer({ min: -48 * 60, max: 48 * 60 }).map((by) => Date.parse(day) + by * MINUTE))
    const minute = fc.integer({ min: 0, max: 24 * 60 - 1 })
    fc.assert(
      fc.property(around, zone, minute, minute, (nowMs, timeZone, from, to) => {
        const channel = { ...AT_ONCE, quietFrom: text(from), quietTo: text(to) }
        const isQuiet = (ms: number) => {
          const at = clock(ms, timeZone)
          return from < to ? at >= from && at < to : from > to && (at >= from || at < to)
        }
        let expected = nowMs
        while (isQuiet(expected)) expected += MINUTE
        expect(dueAt(channel, { severity: 'INFO', nowMs, timeZone })).toBe(expected)
      }),
      { numRuns: 300 },
    )
  })
})
