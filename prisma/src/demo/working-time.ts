import { addDays, addMonths, dayNumber, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { dayBounds } from '@outlay/domain/periods/local-day'
import { DEMO_TENANT } from './fleet.ts'
import type { Random } from './random.ts'

const HOUR_MS = 3_600_000
// 1970-01-01, day 0, was a Thursday.
const WEIGHT_FROM_THURSDAY = [10, 9, 3, 2, 10, 11, 10]
// Work begins between 07:00 and 20:00 local time and ends well before midnight, so that a task and its day agree.
const HOURS = [2, 5, 9, 11, 11, 8, 9, 11, 10, 8, 5, 3, 1].map((weight, index) => ({ weight, item: 7 + index }))

export function daysOfMonth(month: CalendarDate): CalendarDate[] {
  const days: CalendarDate[] = []
  for (let day = month; day < addMonths(month, 1); day = addDays(day, 1)) days.push(day)
  return days
}

/** Whether a date is a Saturday or Sunday. */
export function isWeekend(date: CalendarDate): boolean {
  return weightOf(date) < 5
}

/** A wall-clock time of a local day as an instant; on the two days a year when clocks change it is an hour off, which nothing minds. */
export function instantOn(date: CalendarDate, hour: number, minute = 0): number {
  return dayBounds(date, DEMO_TENANT.timeZone).start + hour * HOUR_MS + minute * 60_000
}

/** When `count` pieces of work of a month begin: evenly dealt over its working time, quiet at weekends, with chance inside each slot. */
export function startTimes(month: CalendarDate, count: number, random: Random): number[] {
  const days = daysOfMonth(month)
  const total = days.reduce((sum, day) => sum + weightOf(day), 0)
  const starts: number[] = []
  for (let index = 0; index < count; index++) {
    const place = Math.floor(((index * 1_000 + random.below(1_000)) * total) / count)
    starts.push(instantOn(dayAt(days, place), random.weighted(HOURS)) + random.below(HOUR_MS))
  }
  return starts.sort((a, b) => a - b)
}

/** The day under a place in the month's weights, in thousandths of a weight. */
function dayAt(days: readonly CalendarDate[], place: number): CalendarDate {
  let left = place
  let last = ''
  for (const day of days) {
    last = day
    left -= weightOf(day) * 1_000
    if (left < 0) break
  }
  return last
}

function weightOf(date: CalendarDate): number {
  return WEIGHT_FROM_THURSDAY[((dayNumber(date) % 7) + 7) % 7] ?? 1
}
