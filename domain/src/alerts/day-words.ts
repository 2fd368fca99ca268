import { addDays, dayNumber, type CalendarDate } from '../periods/calendar-date.ts'

const MONTHS = [
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

// 1970-01-01, day 0, was a Thursday.
const WEEKDAYS = ['Thursday', 'Friday', 'Saturday', 'Sunday', 'Monday', 'Tuesday', 'Wednesday'] as const

/** `2026-03-01` is `1 March 2026`. */
export function dayWords(day: CalendarDate): string {
  return `${Number(day.slice(8, 10))} ${monthName(day)} ${day.slice(0, 4)}`
}

/** `2026-03-01` is `March`. */
export function monthName(day: CalendarDate): string {
  return MONTHS[Number(day.slice(5, 7)) - 1] ?? ''
}

/** `2026-03-01` is `Sunday`. */
export function weekdayName(day: CalendarDate): string {
  return WEEKDAYS[((dayNumber(day) % 7) + 7) % 7] ?? ''
}

/**
 * The days `[start, end)` as a sentence has them, after the verb.
 *
 *     spanWords('2026-03-01', '2026-04-01') // 'from 1 March 2026 to 31 March 2026'
 *     spanWords('2026-03-01', '2026-03-02') // 'on 1 March 2026'
 *     spanWords('2026-03-01', null)         // 'since 1 March 2026'
 *     spanWords(null, null)                 // 'since the beginning'
 */
export function spanWords(start: CalendarDate | null, end: CalendarDate | null): string {
  if (start === null) return 'since the beginning'
  if (end === null) return `since ${dayWords(start)}`
  const last = addDays(end, -1)
  return last <= start ? `on ${dayWords(start)}` : `from ${dayWords(start)} to ${dayWords(last)}`
}
