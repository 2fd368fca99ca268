/**
 * The tenant's calendar, read from Intl.DateTimeFormat alone. Instants are microseconds since 1970 as BigInt, because
 * senders state microseconds and a price may change on one; calendar dates are YYYY-MM-DD.
 */

export type Micros = bigint

const formats = new Map<string, Intl.DateTimeFormat>()

/** Reads an RFC 3339 instant with up to six decimals; `2026-10-01T00:00:00.000001Z` or with an offset. */
export function instant(text: string): Micros {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(Z|[+-]\d\d:\d\d)$/.exec(text)
  if (match === null) throw new Error(`Not an instant: ${text}`)
  const part = (index: number): number => Number(match[index])
  const seconds = BigInt(Date.UTC(part(1), part(2) - 1, part(3), part(4), part(5), part(6)) / 1000)
  const micros = BigInt((match[7] ?? '').padEnd(6, '0'))
  return (seconds - offsetSeconds(match[8] ?? 'Z')) * 1_000_000n + micros
}

function offsetSeconds(text: string): bigint {
  if (text === 'Z') return 0n
  const seconds = BigInt(Number(text.slice(1, 3)) * 3600 + Number(text.slice(4, 6)) * 60)
  return text.startsWith('-') ? -seconds : seconds
}

/** The instant in RFC 3339 with six decimals and Z. */
export function instantText(at: Micros): string {
  const seconds = new Date(Number(at / 1_000_000n) * 1000).toISOString().slice(0, 19)
  return `${seconds}.${(at % 1_000_000n).toString().padStart(6, '0')}Z`
}

/** The calendar date on which an instant falls in a zone. */
export function localDate(at: Micros, timeZone: string): string {
  return wallClock(at, timeZone).slice(0, 10)
}

/** The first instant of a calendar date in a zone: the earliest one whose local date is not before it. */
export function startOfDay(date: string, timeZone: string): Micros {
  const middle = BigInt(Date.parse(`${date}T00:00:00Z`))
  let [before, after] = [middle - 36n * 3_600_000n, middle + 36n * 3_600_000n]
  while (after - before > 1n) {
    const between = (before + after) / 2n
    if (localDate(between * 1000n, timeZone) >= date) after = between
    else before = between
  }
  return after * 1000n
}

export type Step = 'HOUR' | 'DAY' | 'WEEK' | 'MONTH'

/** The period of a series in which an instant falls, as its first and one-past-last instant; weeks start on Monday. */
export function periodOf(at: Micros, step: Step, timeZone: string): { start: Micros; end: Micros } {
  if (step === 'HOUR') return hourOf(at, timeZone)
  const [first, next] = datesOf(localDate(at, timeZone), step)
  return { start: startOfDay(first, timeZone), end: startOfDay(next, timeZone) }
}

/**
 * The local clock hour of an instant. The hour that a DST change repeats is two hours; Lord Howe's half-hour change
 * makes one local hour longer or shorter, so its edges are searched for minute by minute.
 */
function hourOf(at: Micros, timeZone: string): { start: Micros; end: Micros } {
  const minute = 60_000_000n
  const hourKey = (instantAt: Micros): string =>
    wallClock(instantAt, timeZone).slice(0, 13) + utcOffsetMinutes(instantAt, timeZone).toString()
  const key = hourKey(at)
  let start = at - (at % minute)
  while (hourKey(start - minute) === key) start -= minute
  let end = at - (at % minute) + minute
  while (hourKey(end) === key) end += minute
  return { start, end }
}

function datesOf(date: string, step: 'DAY' | 'WEEK' | 'MONTH'): [string, string] {
  if (step === 'DAY') return [date, addDays(date, 1)]
  if (step === 'MONTH') {
    const [year = 0, month = 0] = date.split('-').map(Number)
    return [`${date.slice(0, 7)}-01`, new Date(Date.UTC(year, month, 1)).toISOString().slice(0, 10)]
  }
  const weekday = (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7
  return [addDays(date, -weekday), addDays(date, 7 - weekday)]
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}

function utcOffsetMinutes(at: Micros, timeZone: string): number {
  const local = Date.parse(`${wallClock(at, timeZone)}Z`)
  return Math.round((local - Math.floor(Number(at / 1000n) / 1000) * 1000) / 60_000)
}

/** `2026-10-25T01:59:59` in the zone. */
function wallClock(at: Micros, timeZone: string): string {
  let format = formats.get(timeZone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
    formats.set(timeZone, format)
  }
  const parts = new Map(format.formatToParts(Number(at / 1000n)).map((part) => [part.type, part.value]))
  const date = `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`
  return `${date}T${parts.get('hour')}:${parts.get('minute')}:${parts.get('second')}`
}
