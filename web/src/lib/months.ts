import { MONTHS_SHORT, addDays, firstOfMonth, isDate } from './calendar.ts'
import type { DateRange } from './period.ts'
import { first, type SearchParams } from './search-params.ts'

/** Months as the API has them: their first day, `2026-10-01`. In an address a month is `2026-10`. */

const MONTHS_LONG = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const

function indexOf(month: string): number {
  return Number.parseInt(month.slice(5, 7), 10) - 1
}

/** `addMonths('2026-11-01', 2)` is `2027-01-01`. */
export function addMonths(month: string, count: number): string {
  const months = Number.parseInt(month.slice(0, 4), 10) * 12 + indexOf(month) + count
  return `${String(Math.floor(months / 12)).padStart(4, '0')}-${String((months % 12) + 1).padStart(2, '0')}-01`
}

/** `October 2026`. */
export function monthText(month: string): string {
  return `${MONTHS_LONG[indexOf(month)]} ${month.slice(0, 4)}`
}

/** `October`: where the year is clear. */
export function monthName(month: string): string {
  return MONTHS_LONG[indexOf(month)] ?? ''
}

/** `Oct 2026`. */
export function shortMonthText(month: string): string {
  return `${MONTHS_SHORT[indexOf(month)]} ${month.slice(0, 4)}`
}

/** `2026-10`, as addresses and month fields have it. */
export function monthParam(month: string): string {
  return month.slice(0, 7)
}

/** What a month field or an address holds as the first day of that month; null for anything else. */
export function readMonth(text: string | null): string | null {
  const month = `${text ?? ''}-01`
  return isDate(month) ? month : null
}

/** The month an address asks for; the present one when it asks for none. */
export function monthOf(params: SearchParams, today: string): string {
  return readMonth(first(params.month)) ?? firstOfMonth(today)
}

/** `Oct 2026`, `Jul to Sep 2026` … of months both included; without a last one, `from Oct 2026`. */
export function monthsText(from: string, last: string | null | undefined): string {
  if (last == null) return `from ${shortMonthText(from)}`
  if (last === from) return shortMonthText(from)
  const isOneYear = from.slice(0, 4) === last.slice(0, 4)
  return `${isOneYear ? MONTHS_SHORT[indexOf(from)] : shortMonthText(from)} to ${shortMonthText(last)}`
}

/** The days of a month that have begun: a range of the API ends with the day after today at the latest. Of a month to come, all of them. */
export function rangeOfMonth(month: string, today: string): DateRange {
  const [next, tomorrow] = [addMonths(month, 1), addDays(today, 1)]
  return { from: month, to: next > tomorrow && month < tomorrow ? tomorrow : next }
}
