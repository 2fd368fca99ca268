import { DomainError, quoted } from '../errors.ts'

/** A calendar date of the tenant's time zone, `YYYY-MM-DD`. Texts of this form sort as the dates do. */
export type CalendarDate = string

/** Half-open, `from` is in it and `to` is not: March is `{ from: '2026-03-01', to: '2026-04-01' }`. */
export interface DateRange {
  from: CalendarDate
  to: CalendarDate
}

export const DAY_MS = 86_400_000

const DATE = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/

/** Whether a text is a real date `YYYY-MM-DD` of the years 1970 to 2199. `2026-02-29` is not. */
export function isCalendarDate(text: string): boolean {
  const match = DATE.exec(text)
  if (match === null) return false
  const year = Number.parseInt(match[1] ?? '', 10)
  const month = Number.parseInt(match[2] ?? '', 10)
  const day = Number.parseInt(match[3] ?? '', 10)
  return year >= 1970 && year <= 2199 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month)
}

/** Days of a month of the Gregorian calendar; months count from 1. */
export function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate()
}

/** The date `days` later (earlier when negative): `addDays('2026-02-28', 1)` is `2026-03-01`. */
export function addDays(date: CalendarDate, days: number): CalendarDate {
  return dateOfDayNumber(dayNumber(date) + days)
}

/** The date `months` later, on the last day of a month that is too short: `addMonths('2026-03-31', -1)` is `2026-02-28`. */
export function addMonths(date: CalendarDate, months: number): CalendarDate {
  const { year, month, day } = partsOf(date)
  const ordinal = year * 12 + (month - 1) + months
  const newYear = Math.floor(ordinal / 12)
  const newMonth = (ordinal % 12) + 1
  return dateOfDayNumber(Date.UTC(newYear, newMonth - 1, Math.min(day, daysInMonth(newYear, newMonth))) / DAY_MS)
}

/** Days from one date to another: `daysBetween('2026-02-01', '2026-03-01')` is 28. */
export function daysBetween(from: CalendarDate, to: CalendarDate): number {
  return dayNumber(to) - dayNumber(from)
}

/** The Monday of the date's week: `mondayOf('2026-03-01')`, a Sunday, is `2026-02-23`. */
export function mondayOf(date: CalendarDate): CalendarDate {
  // 1970-01-01 was a Thursday, three days after a Monday.
  const day = dayNumber(date)
  return dateOfDayNumber(day - ((((day + 3) % 7) + 7) % 7))
}

/** The first day of the date's month. */
export function firstOfMonth(date: CalendarDate): CalendarDate {
  return `${date.slice(0, 8)}01`
}

/**
 * Refuses a range that is not two real dates in order.
 * Throws DomainError INVALID_DATE or INVALID_RANGE naming the dates.
 */
export function checkDateRange(range: DateRange): DateRange {
  for (const field of ['from', 'to'] as const) {
    if (!isCalendarDate(range[field])) {
      throw new DomainError('INVALID_DATE', `${quoted(range[field])} is not a date such as 2026-03-01.`, field)
    }
  }
  if (range.from >= range.to) {
    throw new DomainError(
      'INVALID_RANGE',
      `The range from ${range.from} to ${range.to} is empty; \`to\` is the first day after it.`,
      'to',
    )
  }
  return range
}

/** Days since 1970-01-01. */
export function dayNumber(date: CalendarDate): number {
  const { year, month, day } = partsOf(date)
  return Date.UTC(year, month - 1, day) / DAY_MS
}

export function dateOfDayNumber(day: number): CalendarDate {
  return new Date(day * DAY_MS).toISOString().slice(0, 10)
}

function partsOf(date: CalendarDate): { year: number; month: number; day: number } {
  return {
    year: Number.parseInt(date.slice(0, 4), 10),
    month: Number.parseInt(date.slice(5, 7), 10),
    day: Number.parseInt(date.slice(8, 10), 10),
  }
}
