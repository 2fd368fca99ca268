import { divideHalfEven } from '../money/half-even.ts'
import { addMonths, daysBetween, firstOfMonth, type CalendarDate, type DateRange } from '../periods/calendar-date.ts'

/** The days that are charged of a month, and how many it has. */
export interface MonthPart {
  days: number
  of: number
}

/** How much of its month a range within it is: `partOfMonth({ from: '2026-03-10', to: '2026-04-01' })` is `{ days: 22, of: 31 }`. */
export function partOfMonth({ from, to }: DateRange): MonthPart {
  const month = firstOfMonth(from)
  return { days: daysBetween(from, to), of: daysBetween(month, addMonths(month, 1)) }
}

/**
 * The part of a month's amount or quantity that its days have, half-even in the last place it is held at.
 *
 *     prorate(3_100n, { days: 10, of: 31 }) // 1_000n
 */
export function prorate(whole: bigint, { days, of }: MonthPart): bigint {
  return days === of ? whole : divideHalfEven(whole * BigInt(days), BigInt(of))
}

/** `` for a whole month, else ` (22 of 31 days)`. */
export function partWords({ days, of }: MonthPart): string {
  return days === of ? '' : ` (${days} of ${of} days)`
}

/**
 * The parts of months that a range is made of, in order: 2026-03-10 to 2026-05-01 is March from the 10th, and April.
 */
export function monthParts({ from, to }: DateRange): { month: CalendarDate; from: CalendarDate; to: CalendarDate }[] {
  const parts: { month: CalendarDate; from: CalendarDate; to: CalendarDate }[] = []
  for (let month = firstOfMonth(from); month < to && from < to; month = addMonths(month, 1)) {
    const next = addMonths(month, 1)
    parts.push({ month, from: from > month ? from : month, to: to < next ? to : next })
  }
  return parts
}
