import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { bucketMinutes, bucketStart } from './bucket.ts'
import { addDays, addMonths, daysBetween, isCalendarDate, mondayOf } from './calendar-date.ts'
import { comparisonRange } from './comparison.ts'
import { formatInstant, parseInstant } from './instant.ts'
import { dayBounds, localDay, rangeBounds, today } from './local-day.ts'
import { seriesBuckets, type Granularity } from './series.ts'
import { isTimeZone } from './time-zone.ts'

const HOUR = 3_600_000
const ZONES = [
  'Europe/London',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'America/Sao_Paulo',
  'Pacific/Chatham',
  'UTC',
] as const
const zone = fc.constantFrom(...ZONES)
const date = fc.integer({ min: 0, max: 7300 }).map((days) => addDays('2015-01-01', days))
const iso = (ms: number) => formatInstant(ms * 1000)

/** The date as the platform's own calendar shows it, independent of the code under test. */
function platformDay(ms: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(ms)
  const of = (type: string) => parts.find((part) => part.type === type)?.value
  return `${of('year')}-${of('month')}-${of('day')}`
}

describe('dayBounds', () => {
  it.each([
    ['2026-03-29', 'Europe/London', '2026-03-29T00:00:00Z', 23],
    ['2026-10-25', 'Europe/London', '2026-10-24T23:00:00Z', 25],
    ['2026-06-01', 'Europe/London', '2026-05-31T23:00:00Z', 24],
    ['2026-03-08', 'America/New_York', '2026-03-08T05:00:00Z', 23],
    ['2026-11-01', 'America/New_York', '2026-11-01T04:00:00Z', 25],
    ['2026-04-05', 'Australia/Lord_Howe', '2026-04-04T13:00:00Z', 24.5],
    ['2026-10-04', 'Australia/Lord_Howe', '2026-10-03T13:30:00Z', 23.5],
    ['2026-03-29', 'Asia/Kathmandu', '2026-03-28T18:15:00Z', 24],
    ['2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00Z', 23],
  ])('%s in %s starts at %s and is %d hours long', (day, timeZone, start, hours) => {
    const bounds = dayBounds(day, timeZone)
    expect(iso(bounds.start)).toBe(start)
    expect((bounds.end - bounds.start) / HOUR).toBe(hours)
  })

  it('is empty for the day a zone skipped', () => {
    const bounds = dayBounds('2011-12-30', 'Pacific/Apia')
    expect(bounds.start).toBe(bounds.end)
  })
})

describe('localDay', () => {
  it('agrees with the calendar of the platform on both sides of every midnight', () => {
    fc.assert(
      fc.property(date, zone, fc.integer({ min: -2, max: 2 }), (day, timeZone, ms) => {
        const instant = dayBounds(day, timeZone).start + ms
        expect(localDay(instant, timeZone)).toBe(platformDay(instant, timeZone))
      }),
    )
  })

  it('agrees with the calendar of the platform at any moment', () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2037, 0, 1) }), zone, (instant, timeZone) => {
        expect(localDay(instant, timeZone)).toBe(platformDay(instant, timeZone))
      }),
    )
  })

  it('puts an instant into the day whose bounds hold it', () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2037, 0, 1) }), zone, (instant, timeZone) => {
        const bounds = dayBounds(localDay(instant, timeZone), timeZone)
        return bounds.start <= instant && instant < bounds.end
      }),
    )
  })

  it('tells what day it is from the clock it is given', () => {
    expect(today(Date.UTC(2026, 4, 31, 23, 0), 'Europe/London')).toBe('2026-06-01')
  })

  it('refuses a zone that does not exist', () => {
    expect(() => localDay(0, 'Europe/Londonn')).toThrow(expect.objectContaining({ code: 'UNKNOWN_TIME_ZONE' }))
  })
})

describe('isTimeZone', () => {
  it.each(['Europe/London', 'UTC', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5', 'US/Pacific'])('knows %s', (name) => {
    expect(isTimeZone(name)).toBe(true)
  })
  it.each(['', '+05:30', 'Europe/Londonn', '2020-01-01T00:00[Europe/London]', 'Z', "UTC'; --", 'London'])(
    'does not know %j',
    (name) => {
      expect(isTimeZone(name)).toBe(false)
    },
  )
})

describe('buckets', () => {
  it.each([
    ['Europe/London', 60],
    ['America/New_York', 60],
    ['UTC', 60],
    ['Asia/Kolkata', 30],
    ['Australia/Lord_Howe', 30],
    ['Asia/Kathmandu', 15],
    ['Pacific/Chatham', 15],
    ['Australia/Eucla', 15],
    ['America/Caracas', 30],
    ['Asia/Pyongyang', 30],
  ])('%s is summed in buckets of %i minutes', (timeZone, minutes) => {
    expect(bucketMinutes(timeZone)).toBe(minutes)
  })

  it('makes every local day of every zone a whole number of buckets', () => {
    for (const timeZone of Intl.supportedValuesOf('timeZone')) {
      const minutes = bucketMinutes(timeZone)
      for (const day of ['2016-05-01', '2019-03-31', '2024-10-27', '2026-04-05']) {
        const { start } = dayBounds(day, timeZone)
        expect(bucketStart(start, minutes)).toBe(start)
      }
    }
  })
})

describe('seriesBuckets', () => {
  const texts = (range: { from: string; to: string }, granularity: Granularity, timeZone: string) =>
    seriesBuckets(range, granularity, timeZone).map(({ fromDate, toDate }) => `${fromDate}/${toDate}`)

  it('starts weeks on Monday and cuts them at the ends of the range', () => {
    expect(texts({ from: '2026-03-04', to: '2026-03-18' }, 'WEEK', 'Europe/London')).toEqual([
      '2026-03-04/2026-03-09',
      '2026-03-09/2026-03-16',
      '2026-03-16/2026-03-18',
    ])
  })

  it('cuts months at the ends of the range', () => {
    expect(texts({ from: '2025-12-30', to: '2026-02-02' }, 'MONTH', 'UTC')).toEqual([
      '2025-12-30/2026-01-01',
      '2026-01-01/2026-02-01',
      '2026-02-01/2026-02-02',
    ])
  })

  it.each([
    ['2026-03-29', 'Europe/London', 23],
    ['2026-10-25', 'Europe/London', 25],
    ['2026-06-01', 'Asia/Kathmandu', 24],
    // Half an hour is repeated or left out: the hour it lies in comes in two parts, or as one short part.
    ['2026-04-05', 'Australia/Lord_Howe', 25],
    ['2026-10-04', 'Australia/Lord_Howe', 24],
  ])('%s in %s has %i hours', (day, timeZone, hours) => {
    expect(seriesBuckets({ from: day, to: addDays(day, 1) }, 'HOUR', timeZone)).toHaveLength(hours)
  })

  it('ends an hour where the clocks are changed in the middle of it', () => {
    // In Caracas 02:30 became 03:00, which was 07:00 UTC.
    const hours = seriesBuckets({ from: '2016-05-01', to: '2016-05-02' }, 'HOUR', 'America/Caracas')
    expect(hours.slice(1, 5).map(({ start }) => iso(start))).toEqual([
      '2016-05-01T05:30:00Z',
      '2016-05-01T06:30:00Z',
      '2016-05-01T07:00:00Z',
      '2016-05-01T08:00:00Z',
    ])
    expect(hours).toHaveLength(24)
  })

  it('covers the range without gap or overlap', () => {
    fc.assert(
      fc.property(
        date,
        fc.integer({ min: 1, max: 60 }),
        zone,
        fc.constantFrom<Granularity>('HOUR', 'DAY', 'WEEK', 'MONTH'),
        (from, days, timeZone, granularity) => {
          const range = { from, to: addDays(from, days) }
          const bounds = rangeBounds(range, timeZone)
          let at = bounds.start
          for (const bucket of seriesBuckets(range, granularity, timeZone)) {
            expect(bucket.start).toBe(at)
            expect(bucket.end).toBeGreaterThan(at)
            expect(bucket.start % (bucketMinutes(timeZone) * 60_000)).toBe(0)
            at = bucket.end
          }
          expect(at).toBe(bounds.end)
        },
      ),
    )
  })

  it('refuses an empty range, a false date and a series too long to read', () => {
    const refuse = (from: string, to: string, code: string) =>
      expect(() => seriesBuckets({ from, to }, 'HOUR', 'UTC')).toThrow(expect.objectContaining({ code }))
    refuse('2026-03-01', '2026-03-01', 'INVALID_RANGE')
    refuse('2026-02-29', '2026-03-01', 'INVALID_DATE')
    refuse('2024-01-01', '2026-03-01', 'TOO_MANY_BUCKETS')
  })
})

describe('comparisonRange', () => {
  it.each([
    ['2026-03-01', '2026-04-01', 'PREVIOUS_PERIOD', '2026-02-01', '2026-03-01'],
    ['2026-03-10', '2026-03-17', 'PREVIOUS_PERIOD', '2026-03-03', '2026-03-10'],
    ['2026-01-01', '2026-02-01', 'PREVIOUS_PERIOD', '2025-12-01', '2026-01-01'],
    ['2026-01-01', '2026-04-01', 'PREVIOUS_PERIOD', '2025-10-03', '2026-01-01'],
    ['2026-03-01', '2026-04-01', 'PREVIOUS_YEAR', '2025-03-01', '2025-04-01'],
    ['2024-02-29', '2024-03-01', 'PREVIOUS_YEAR', '2023-02-28', '2023-03-01'],
    ['2024-02-01', '2024-02-29', 'PREVIOUS_YEAR', '2023-02-01', '2023-03-01'],
    ['2025-02-01', '2025-03-01', 'PREVIOUS_YEAR', '2024-02-01', '2024-03-01'],
  ] as const)('compares %s to %s by %s with %s to %s', (from, to, comparison, previousFrom, previousTo) => {
    expect(comparisonRange({ from, to }, comparison)).toEqual({ from: previousFrom, to: previousTo })
  })
})

describe('calendar dates', () => {
  it('knows real dates only', () => {
    expect(['2024-02-29', '1970-01-01', '2199-12-31'].every(isCalendarDate)).toBe(true)
    expect(
      ['2026-02-29', '2026-13-01', '2026-00-01', '2026-1-1', '2200-01-01', '', '2026-03-01T00:00:00Z'].some(
        isCalendarDate,
      ),
    ).toBe(false)
  })

  it('counts days and months', () => {
    expect(addDays('2026-02-28', 1)).toBe('2026-03-01')
    expect(addMonths('2026-03-31', -1)).toBe('2026-02-28')
    expect(addMonths('2026-01-15', -13)).toBe('2024-12-15')
    expect(mondayOf('2026-03-01')).toBe('2026-02-23')
    expect(mondayOf('2026-02-23')).toBe('2026-02-23')
    fc.assert(
      fc.property(
        date,
        fc.integer({ min: -4000, max: 4000 }),
        (from, days) => daysBetween(from, addDays(from, days)) === days,
      ),
    )
  })
})

describe('instants', () => {
  it.each([
    ['2026-03-01T00:00:00Z', 1_772_323_200_000_000],
    ['2026-03-01T01:00:00.000001+01:00', 1_772_323_200_000_001],
    ['2026-02-28T23:59:59.999999999Z', 1_772_323_199_999_999],
    ['2026-02-28t18:30:00.5-05:30', 1_772_323_200_500_000],
    ['1970-01-01T00:00:00Z', 0],
  ])('reads %s', (text, micros) => {
    expect(parseInstant(text)).toBe(micros)
  })

  it.each([
    '',
    '2026-03-01',
    '2026-03-01T00:00:00',
    '2026-03-01 00:00:00Z',
    '2026-02-30T00:00:00Z',
    '2026-03-01T24:00:00Z',
    '2026-03-01T00:60:00Z',
    '2026-03-01T00:00:60Z',
    '2026-03-01T00:00Z',
    '2026-03-01T00:00:00.Z',
    '2026-03-01T00:00:00.1234567890Z',
    '1969-12-31T23:59:59Z',
    '2200-01-01T00:00:00Z',
    '1970-01-01T00:00:00+01:00',
    '2026-03-01T00:00:00+24:00',
    '1772323200',
    '2026-03-01T00:00:00[Europe/London]',
  ])('refuses %j and names it', (text) => {
    expect(() => parseInstant(text)).toThrow(
      expect.objectContaining({ code: 'INVALID_INSTANT', message: expect.stringContaining(JSON.stringify(text)) }),
    )
  })

  it('reads back every instant it writes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: Date.UTC(2199, 11, 31) * 1000 }),
        (micros) => parseInstant(formatInstant(micros)) === micros,
      ),
    )
  })

  it('writes no more digits than there are', () => {
    expect(formatInstant(1_772_323_200_000_000)).toBe('2026-03-01T00:00:00Z')
    expect(formatInstant(1_772_323_200_500_000)).toBe('2026-03-01T00:00:00.500Z')
    expect(formatInstant(1_772_323_200_000_001)).toBe('2026-03-01T00:00:00.000001Z')
  })
})
