import { daysBetween, type CalendarDate } from '../periods/calendar-date.ts'

/** Public prices change every few weeks: a catalogue older than this is shown as stale. */
export const STALE_AFTER_DAYS = 45

/**
 * How old a catalogue is on a UTC date, and whether that is too old to be trusted without a look. Age is counted from the day its prices
 * were published, not from its import: a fresh installation of an old release has old prices. An unknown day counts as stale.
 *
 *     catalogueAge('2026-09-23', '2026-11-07') // { ageDays: 45, isStale: false }
 *     catalogueAge('2026-09-23', '2026-11-08') // { ageDays: 46, isStale: true }
 */
export function catalogueAge(
  publishedOn: CalendarDate | null,
  today: CalendarDate,
): { ageDays: number | null; isStale: boolean } {
  if (publishedOn === null) return { ageDays: null, isStale: true }
  const ageDays = daysBetween(publishedOn, today)
  return { ageDays, isStale: ageDays > STALE_AFTER_DAYS }
}
