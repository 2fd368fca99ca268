import { DomainError } from '../errors.ts'
import {
  addDays,
  addMonths,
  checkDateRange,
  firstOfMonth,
  mondayOf,
  type CalendarDate,
  type DateRange,
} from './calendar-date.ts'
import { dayBounds, rangeBounds } from './local-day.ts'
import { offsetMs, transitionsBetween } from './time-zone.ts'

export type Granularity = 'HOUR' | 'DAY' | 'WEEK' | 'MONTH'

/** One step of a series: its instants `[start, end)` in milliseconds and the dates `[fromDate, toDate)` it lies in. */
export interface SeriesBucket {
  start: number
  end: number
  fromDate: CalendarDate
  toDate: CalendarDate
}

/** More steps than anybody can read off a chart, and a limit on what one question may cost: 200 days of hours, 13 years of days. */
export const SERIES_BUCKETS_MAX = 5000

const HOUR_MS = 3_600_000

/**
 * The steps of a series over a range of dates, in order, without gap or overlap: weeks start on Monday, and weeks and months are cut
 * at the ends of the range. Hours follow the local clock: 23 on the day the clocks go forward, 25 when they go back.
 *
 * Throws DomainError INVALID_RANGE, or TOO_MANY_BUCKETS naming the limit.
 *
 *     seriesBuckets({ from: '2026-03-04', to: '2026-03-11' }, 'WEEK', 'Europe/London')
 *     // [2026-03-04, 2026-03-09) and [2026-03-09, 2026-03-11)
 */
export function seriesBuckets(range: DateRange, granularity: Granularity, timeZone: string): SeriesBucket[] {
  checkDateRange(range)
  const buckets: SeriesBucket[] = []
  let date = range.from
  while (date < range.to) {
    const next = stepAfter(date, granularity)
    const toDate = next < range.to ? next : range.to
    if (granularity === 'HOUR') buckets.push(...hoursOf(date, timeZone))
    else pushUnlessSkipped(buckets, { ...rangeBounds({ from: date, to: toDate }, timeZone), fromDate: date, toDate })
    if (buckets.length > SERIES_BUCKETS_MAX) throw tooMany(range, granularity)
    date = toDate
  }
  return buckets
}

function stepAfter(date: CalendarDate, granularity: Granularity): CalendarDate {
  switch (granularity) {
    case 'HOUR':
    case 'DAY':
      return addDays(date, 1)
    case 'WEEK':
      return addDays(mondayOf(date), 7)
    case 'MONTH':
      return addMonths(firstOfMonth(date), 1)
    default:
      return granularity satisfies never
  }
}

function hoursOf(date: CalendarDate, timeZone: string): SeriesBucket[] {
  const day = dayBounds(date, timeZone)
  const changes = transitionsBetween({ startMs: day.start, endMs: day.end }, timeZone)
  const hours: SeriesBucket[] = []
  let start = day.start
  while (start < day.end) {
    // The next full hour of the local clock, or the moment before it at which the clock is changed.
    const local = start + offsetMs(start, timeZone)
    const fullHour = start + HOUR_MS - (((local % HOUR_MS) + HOUR_MS) % HOUR_MS)
    const change = changes.find((at) => at > start && at < fullHour) ?? fullHour
    const end = Math.min(change, day.end)
    hours.push({ start, end, fromDate: date, toDate: addDays(date, 1) })
    start = end
  }
  return hours
}

// Pacific/Apia never had 2011-12-30: a day without an instant is no step.
function pushUnlessSkipped(buckets: SeriesBucket[], bucket: SeriesBucket): void {
  if (bucket.start < bucket.end) buckets.push(bucket)
}

function tooMany(range: DateRange, granularity: Granularity): DomainError {
  return new DomainError(
    'TOO_MANY_BUCKETS',
    `From ${range.from} to ${range.to} by ${granularity} is more than ${SERIES_BUCKETS_MAX} steps; ask for a shorter range or longer steps.`,
    'granularity',
  )
}
