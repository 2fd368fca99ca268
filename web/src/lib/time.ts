/** Instants as people of the tenant's time zone read them. */

// Making one takes longer than a hundred uses of it, and there are a dozen kinds for each zone.
const formatters = new Map<string, Intl.DateTimeFormat>()

function formatter(timeZone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = JSON.stringify([timeZone, options])
  const known = formatters.get(name)
  if (known !== undefined) return known
  const made = new Intl.DateTimeFormat('en-GB', { timeZone, hourCycle: 'h23', ...options })
  formatters.set(name, made)
  return made
}

/** `14:05`. */
export function timeText(instant: string, timeZone: string): string {
  return formatter(timeZone, { hour: '2-digit', minute: '2-digit' }).format(new Date(instant))
}

/** `11:04:32`. */
export function secondsText(instant: string, timeZone: string): string {
  return formatter(timeZone, { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(new Date(instant))
}

/** `19 Nov 2026`. */
export function dayText(instant: string, timeZone: string): string {
  return formatter(timeZone, { day: 'numeric', month: 'short', year: 'numeric' }).format(new Date(instant))
}

/** `19 Nov, 11:04`. */
export function momentText(instant: string, timeZone: string): string {
  return `${formatter(timeZone, { day: 'numeric', month: 'short' }).format(new Date(instant))}, ${timeText(instant, timeZone)}`
}

/** The calendar date an instant falls on: `2026-11-19`. */
export function dateOf(instant: string, timeZone: string): string {
  const parts = formatter(timeZone, { year: 'numeric', month: '2-digit', day: '2-digit' }).formatToParts(
    new Date(instant),
  )
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? ''
  return `${part('year')}-${part('month')}-${part('day')}`
}

/** `14:05` when it is of today, else `22 Nov, 23:58`. */
export function throughText(instant: string, timeZone: string, today: string): string {
  return dateOf(instant, timeZone) === today ? timeText(instant, timeZone) : momentText(instant, timeZone)
}

/** A length of time: `0.4 s`, `39 s`, `1 m 04 s`, `2 h 05 m`. */
export function durationText(ms: number): string {
  if (ms < 1_000) return ms <= 0 ? '0 s' : ms < 100 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`
  const seconds = Math.round(ms / 1_000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} m ${String(seconds % 60).padStart(2, '0')} s`
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} m`
}
