import { checkDateRange, daysBetween, type DateRange } from '@outlay/domain/periods/calendar-date'
import { formatInstant } from '@outlay/domain/periods/instant'
import { rangeBounds } from '@outlay/domain/periods/local-day'
import { badInput } from '../graphql/errors.ts'

/** Ten years, leap days included. */
const RANGE_DAYS_MAX = 3653

/** A range that a question may be about: at least a day, at most ten years. Throws BAD_USER_INPUT naming the argument. */
export function checkedRange(range: DateRange, argument = 'range'): DateRange {
  if (range.from >= range.to) {
    throw badInput(
      `${argument}.to`,
      `The range from ${range.from} to ${range.to} is empty; \`to\` is the first day after it.`,
    )
  }
  checkDateRange(range)
  if (daysBetween(range.from, range.to) > RANGE_DAYS_MAX) {
    throw badInput(argument, `The range from ${range.from} to ${range.to} is longer than ten years.`)
  }
  return { from: range.from, to: range.to }
}

/** The instants of a range of local days as texts (law L22). */
export function instantsOf(range: DateRange, timeZone: string): { start: string; end: string } {
  const { start, end } = rangeBounds(range, timeZone)
  return { start: isoText(start), end: isoText(end) }
}

/** Milliseconds as RFC 3339. */
export function isoText(ms: number): string {
  return formatInstant(ms * 1000)
}
