import { DomainError, quoted } from '../errors.ts'
import { daysInMonth } from './calendar-date.ts'

/**
 * Microseconds since 1970-01-01T00:00:00Z as a plain integer `number`: exact until the year 2255 (2^53 µs), the resolution of the
 * database, and cheap on the way of every event.
 */
export type EpochMicros = number

const RFC_3339 =
  /^([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))$/

const YEAR_MIN = 1970
const YEAR_MAX = 2199

/**
 * Reads an RFC 3339 instant with its offset. Digits beyond the microsecond are cut, never rounded up, so that no event moves across a
 * boundary it was before. Years 1970 to 2199.
 *
 * Throws DomainError INVALID_INSTANT naming the text; a local time without an offset is refused, because nobody knows when that was.
 *
 *     parseInstant('2026-03-01T01:00:00.000001+01:00') // 1_772_323_200_000_001
 */
export function parseInstant(text: string): EpochMicros {
  const match = text.length <= 40 ? RFC_3339.exec(text) : null
  if (match === null) throw invalid(text)
  const year = integer(match[1])
  const month = integer(match[2])
  const day = integer(match[3])
  const hour = integer(match[4])
  const minute = integer(match[5])
  const second = integer(match[6])
  const offsetHour = integer(match[9])
  const offsetMinute = integer(match[10])
  const isReal =
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= daysInMonth(year, month) &&
    hour <= 23 &&
    minute <= 59 &&
    second <= 59 &&
    offsetHour <= 23 &&
    offsetMinute <= 59
  if (!isReal || year < YEAR_MIN || year > YEAR_MAX) throw invalid(text)
  const offsetMinutes = (offsetHour * 60 + offsetMinute) * (match[8] === '-' ? -1 : 1)
  const ms = Date.UTC(year, month - 1, day, hour, minute, second) - offsetMinutes * 60_000
  if (ms < 0) throw invalid(text)
  return ms * 1000 + (match[7] === undefined ? 0 : integer(match[7].padEnd(6, '0').slice(0, 6)))
}

/**
 * The RFC 3339 text of an instant in UTC, with no fraction, three digits or six, whichever is enough.
 *
 *     formatInstant(1_772_323_200_000_000) // '2026-03-01T00:00:00Z'
 *     formatInstant(1_772_323_200_000_001) // '2026-03-01T00:00:00.000001Z'
 */
export function formatInstant(micros: EpochMicros): string {
  const minute = Math.floor(micros / MICROS_PER_MINUTE)
  // Instants come mostly in order: the text of the minute is that of the one before.
  if (minute !== lastMinute) {
    lastMinute = minute
    lastMinuteText = new Date(minute * 60_000).toISOString().slice(0, 17)
  }
  const rest = micros - minute * MICROS_PER_MINUTE
  const second = Math.floor(rest / 1_000_000)
  const fraction = rest - second * 1_000_000
  const whole = lastMinuteText + (second < 10 ? '0' : '') + second
  if (fraction === 0) return `${whole}Z`
  const ms = fraction / 1_000
  return Number.isInteger(ms)
    ? `${whole}.${String(ms).padStart(3, '0')}Z`
    : `${whole}.${String(fraction).padStart(6, '0')}Z`
}

const MICROS_PER_MINUTE = 60_000_000
let lastMinute = NaN
let lastMinuteText = ''

/** The whole milliseconds of an instant, cut: what `localDay` and `bucketStart` take. */
export function microsToMs(micros: EpochMicros): number {
  return Math.floor(micros / 1000)
}

function integer(digits: string | undefined): number {
  return digits === undefined ? 0 : Number.parseInt(digits, 10)
}

function invalid(text: string): DomainError {
  return new DomainError(
    'INVALID_INSTANT',
    `${quoted(text)} is not an instant of the years ${YEAR_MIN} to ${YEAR_MAX} such as 2026-03-01T09:30:00Z.`,
  )
}
