/** Between instants and what a date-and-time field holds: the wall clock of the tenant's time zone, `2026-11-19T11:04`. */

const LOCAL = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2}))?$/

function wallClockMs(instantMs: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).formatToParts(new Date(instantMs))
  const part = (type: string): number => Number.parseInt(parts.find((one) => one.type === type)?.value ?? '0', 10)
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
}

/** The minute an instant lies in, as the field shows it: seconds are cut, never rounded up. */
export function localOfInstant(instant: string, timeZone: string): string {
  return new Date(wallClockMs(Date.parse(instant), timeZone)).toISOString().slice(0, 16)
}

/**
 * The instant at which a clock of the zone shows this time; null for text that is no time. Where clocks go back and show it twice, the
 * first; where they go forward and never show it, the instant as many minutes after the jump.
 *
 *     instantOfLocal('2026-03-29T01:30', 'Europe/London') // '2026-03-29T01:30:00.000Z', which is 02:30 there
 */
export function instantOfLocal(text: string, timeZone: string): string | null {
  const match = LOCAL.exec(text)
  if (match === null) return null
  const wall = Date.parse(`${text.length === 16 ? `${text}:00` : text}Z`)
  if (Number.isNaN(wall) || new Date(wall).toISOString().slice(0, 16) !== text.slice(0, 16)) return null
  // The offsets a day before and a day after are all that can apply; the earlier instant that shows the time wins.
  const offsets = [wall - 86_400_000, wall + 86_400_000].map((ms) => wallClockMs(ms, timeZone) - ms)
  const candidates = offsets.map((offset) => wall - offset).sort((a, b) => a - b)
  const shown = candidates.find((ms) => wallClockMs(ms, timeZone) === wall)
  return new Date(shown ?? wall - (offsets[0] ?? 0)).toISOString()
}

/** Midnight of a calendar date in the zone, as an instant. */
export function startOfLocalDay(date: string, timeZone: string): string {
  return instantOfLocal(`${date}T00:00`, timeZone) ?? `${date}T00:00:00.000Z`
}
