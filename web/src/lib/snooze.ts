import { addDays, dateText, mondayOf } from './calendar.ts'
import { instantOfLocal } from './local-instant.ts'
import { dateOf } from './time.ts'

interface Choice {
  label: string
  /** An instant. */
  until: string
}

const HOUR_MS = 3_600_000

/** For how long an alert may sleep: an hour, four, or until nine in the morning of tomorrow, of Monday, of a day two weeks on. */
export function snoozeChoices(nowMs: number, timeZone: string): Choice[] {
  const today = dateOf(new Date(nowMs).toISOString(), timeZone)
  const nine = (day: string): string => instantOfLocal(`${day}T09:00`, timeZone) ?? `${day}T09:00:00.000Z`
  const hours = (count: number): string => new Date(nowMs + count * HOUR_MS).toISOString()
  const tomorrow = addDays(today, 1)
  const monday = addDays(mondayOf(today), 7)
  const later = addDays(today, 14)
  return [
    { label: 'for an hour', until: hours(1) },
    { label: 'for four hours', until: hours(4) },
    { label: 'until tomorrow, 09:00', until: nine(tomorrow) },
    ...(monday === tomorrow ? [] : [{ label: `until Monday ${dateText(monday)}, 09:00`, until: nine(monday) }]),
    { label: `until ${dateText(later)}, 09:00`, until: nine(later) },
  ]
}
