/** Calendar dates as `YYYY-MM-DD` text. No instant and no time zone is involved, so plain UTC arithmetic is exact. */

const DAY_MS = 86_400_000
const SHAPE = /^\d{4}-\d{2}-\d{2}$/

export const MONTHS_SHORT = [
  'Jan',
  'Feb',
  'Mar',
  'Apr',
  'May',
  'Jun',
  'Jul',
  'Aug',
  'Sep',
  'Oct',
  'Nov',
  'Dec',
] as const

function toMs(date: string): number {
  return Date.parse(`${date}T00:00:00Z`)
}

/** Whether a text is a date that exists: `2026-02-30` is not. */
export function isDate(text: string): boolean {
  if (!SHAPE.test(text)) return false
  const ms = toMs(text)
  return !Number.isNaN(ms) && new Date(ms).toISOString().slice(0, 10) === text
}

/** `addDays('2026-10-31', 1)` is `2026-11-01`. */
export function addDays(date: string, days: number): string {
  return new Date(toMs(date) + days * DAY_MS).toISOString().slice(0, 10)
}

/** Days from `from` up to, not including, `to`. */
export function daysBetween(from: string, to: string): number {
  return Math.round((toMs(to) - toMs(from)) / DAY_MS)
}

export function firstOfMonth(date: string): string {
  return `${date.slice(0, 7)}-01`
}

/** The Monday of the week a date lies in. */
export function mondayOf(date: string): string {
  const weekday = (new Date(toMs(date)).getUTCDay() + 6) % 7
  return addDays(date, -weekday)
}

interface Parts {
  year: number
  month: number
  day: number
}

function partsOf(date: string): Parts {
  const [year = 0, month = 1, day = 1] = date.split('-').map((part) => Number.parseInt(part, 10))
  return { year, month, day }
}

/** `19 Nov 2026`; without the year, `19 Nov`. */
export function dateText(date: string, options: { year?: boolean } = {}): string {
  const { year, month, day } = partsOf(date)
  const text = `${day} ${MONTHS_SHORT[month - 1]}`
  return options.year ? `${text} ${year}` : text
}

/** A half-open range in words: `1–23 Nov 2026`, `27 Aug–26 Sep 2026`, `19 Nov 2026`. */
export function rangeText(from: string, to: string, options: { year?: boolean } = { year: true }): string {
  const last = addDays(to, -1)
  if (last <= from) return dateText(from, options)
  const a = partsOf(from)
  const b = partsOf(last)
  const end = dateText(last, options)
  if (a.year !== b.year) return `${dateText(from, { year: true })}–${dateText(last, { year: true })}`
  if (a.month !== b.month) return `${dateText(from)}–${end}`
  return `${a.day}–${end}`
}
