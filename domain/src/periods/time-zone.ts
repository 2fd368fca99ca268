import { Temporal } from 'temporal-polyfill'
import { DomainError, quoted } from '../errors.ts'

// Names of the tz database only. Offsets such as +05:30 are refused: they have no daylight saving, and SQL reads their sign the other
// way round.
const NAME = /^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+){0,2}$/

const known = new Map<string, boolean>()

/** Whether a text names a time zone of the tz database, such as `Europe/London` or `UTC`. */
export function isTimeZone(text: string): boolean {
  if (text.length > 64 || !NAME.test(text)) return false
  const answer = known.get(text)
  if (answer !== undefined) return answer
  const isKnown = exists(text)
  if (known.size < 1000) known.set(text, isKnown)
  return isKnown
}

/** Throws DomainError UNKNOWN_TIME_ZONE naming the text when it is no time zone. */
export function checkTimeZone(text: string): void {
  if (!isTimeZone(text)) {
    throw new DomainError('UNKNOWN_TIME_ZONE', `${quoted(text)} is not a time zone such as Europe/London.`, 'timeZone')
  }
}

/** The instants at which the zone's clocks change within [startMs, endMs), in order. */
export function transitionsBetween(range: { startMs: number; endMs: number }, timeZone: string): number[] {
  const transitions: number[] = []
  let at = Temporal.Instant.fromEpochMilliseconds(range.startMs - 1).toZonedDateTimeISO(timeZone)
  for (;;) {
    const next = at.getTimeZoneTransition('next')
    if (next === null || next.epochMilliseconds >= range.endMs) return transitions
    transitions.push(next.epochMilliseconds)
    at = next
  }
}

/** The zone's distance from UTC at an instant, in milliseconds: 3,600,000 for London in summer. */
export function offsetMs(instantMs: number, timeZone: string): number {
  return Temporal.Instant.fromEpochMilliseconds(instantMs).toZonedDateTimeISO(timeZone).offsetNanoseconds / 1e6
}

function exists(text: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(text)
    return true
  } catch {
    return false
  }
}
