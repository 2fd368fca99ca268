import { Temporal } from 'temporal-polyfill'
import { addDays, DAY_MS, dateOfDayNumber, type CalendarDate, type DateRange } from './calendar-date.ts'
import { checkTimeZone } from './time-zone.ts'

/** An interval of instants, half-open, in milliseconds since 1970-01-01T00:00:00Z. */
export interface InstantRange {
  start: number
  end: number
}

/**
 * The calendar date of an instant in a time zone (law L22). Asked for every event: the local days that touch a UTC day are computed
 * once and remembered.
 *
 *     localDay(Date.UTC(2026, 2, 28, 23, 30), 'Europe/London') // '2026-03-28'
 *     localDay(Date.UTC(2026, 2, 29, 23, 30), 'Europe/London') // '2026-03-30', clocks went forward that morning
 */
export function localDay(instantMs: number, timeZone: string): CalendarDate {
  const zone = zoneOf(timeZone)
  const utcDay = Math.floor(instantMs / DAY_MS)
  let days = zone.daysByUtcDay.get(utcDay)
  if (days === undefined) {
    days = localDaysTouching(utcDay, timeZone)
    remember(zone.daysByUtcDay, utcDay, days)
  }
  for (const day of days) {
    if (instantMs < day.end) return day.date
  }
  throw new RangeError(`No local day of ${timeZone} holds ${instantMs}`)
}

/**
 * The instants of a calendar date in a time zone, `[start, end)`: 24 hours long, 23 or 25 where the clocks change, and empty for a
 * day the zone skipped. It starts at the first instant whose local date it is.
 *
 *     dayBounds('2026-03-29', 'Europe/London') // 2026-03-29T00:00Z to 2026-03-29T23:00Z, 23 hours
 */
export function dayBounds(date: CalendarDate, timeZone: string): InstantRange {
  return { start: startOfDay(date, timeZone), end: startOfDay(addDays(date, 1), timeZone) }
}

/** The instants of a range of dates: from the start of `from` to the start of `to`. */
export function rangeBounds(range: DateRange, timeZone: string): InstantRange {
  return { start: startOfDay(range.from, timeZone), end: startOfDay(range.to, timeZone) }
}

/** The calendar date it is now: the clock comes in as an argument. */
export function today(nowMs: number, timeZone: string): CalendarDate {
  return localDay(nowMs, timeZone)
}

interface LocalDay {
  date: CalendarDate
  end: number
}

interface Zone {
  daysByUtcDay: Map<number, LocalDay[]>
  startByDate: Map<CalendarDate, number>
}

// Twenty years of days for each of a thousand zones at most: what does not fit is forgotten and computed again.
const DAYS_REMEMBERED_MAX = 7300
const ZONES_REMEMBERED_MAX = 1000
const zones = new Map<string, Zone>()

function zoneOf(timeZone: string): Zone {
  const zone = zones.get(timeZone)
  if (zone !== undefined) return zone
  checkTimeZone(timeZone)
  const created: Zone = { daysByUtcDay: new Map(), startByDate: new Map() }
  if (zones.size >= ZONES_REMEMBERED_MAX) zones.clear()
  zones.set(timeZone, created)
  return created
}

function remember<K, V>(map: Map<K, V>, key: K, value: V): void {
  if (map.size >= DAYS_REMEMBERED_MAX) map.clear()
  map.set(key, value)
}

function localDaysTouching(utcDay: number, timeZone: string): LocalDay[] {
  // Offsets reach from -12 to +14 hours: the local date is the UTC date or a neighbour of it.
  return [utcDay - 1, utcDay, utcDay + 1]
    .map(dateOfDayNumber)
    .map((date) => ({ date, end: startOfDay(addDays(date, 1), timeZone) }))
    .filter((day) => day.end > utcDay * DAY_MS)
}

function startOfDay(date: CalendarDate, timeZone: string): number {
  const zone = zoneOf(timeZone)
  const cached = zone.startByDate.get(date)
  if (cached !== undefined) return cached
  const start = Temporal.PlainDate.from(date).toZonedDateTime(timeZone).epochMilliseconds
  remember(zone.startByDate, date, start)
  return start
}
