import { Temporal } from 'temporal-polyfill'
import { addDays } from '../periods/calendar-date.ts'
import { localDay } from '../periods/local-day.ts'
import { offsetMs } from '../periods/time-zone.ts'
import type { AlertSeverity } from './alert.ts'

/** When a channel may speak. Times are `HH:MM` of the tenant's day. */
export interface ChannelTimes {
  digest: 'NONE' | 'HOURLY' | 'DAILY'
  digestHour: number | null
  /** Quiet hours `[from, to)`, over midnight when `to` is not later; null, or both the same: none. */
  quietFrom: string | null
  quietTo: string | null
  criticalBreaksQuiet: boolean
}

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000
const HOUR_MINUTES = 60

/**
 * From when on something may be told through a channel, milliseconds: now, with its next digest (hourly: the next full hour of the local
 * clock; daily: the next time that it is `digestHour`), and never within its quiet hours. What is critical waits neither for a digest nor,
 * unless the channel says otherwise, for the end of quiet hours.
 *
 * Times are those of the local clock: where it is put back, quiet hours that end at a time that comes twice end at the first; where it is
 * put forward over their end, they end at the first time that is shown after it.
 *
 *     // 23:30 in London
 *     dueAt({ quietFrom: '22:00', quietTo: '07:00', … }, { severity: 'WARNING', nowMs, timeZone: 'Europe/London' }) // 07:00 in London
 */
export function dueAt(
  channel: ChannelTimes,
  { severity, nowMs, timeZone }: { severity: AlertSeverity; nowMs: number; timeZone: string },
): number {
  const isCritical = severity === 'CRITICAL'
  const digestMs = isCritical ? nowMs : nextDigest(channel, nowMs, timeZone)
  return isCritical && channel.criticalBreaksQuiet ? digestMs : afterQuiet(channel, digestMs, timeZone)
}

function nextDigest({ digest, digestHour }: ChannelTimes, nowMs: number, timeZone: string): number {
  switch (digest) {
    case 'NONE':
      return nowMs
    case 'HOURLY': {
      const offset = offsetMs(nowMs, timeZone)
      return (Math.floor((nowMs + offset) / HOUR_MS) + 1) * HOUR_MS - offset
    }
    case 'DAILY':
      return nextTime((digestHour ?? 0) * HOUR_MINUTES, nowMs, timeZone)
    default:
      return digest satisfies never
  }
}

function afterQuiet({ quietFrom, quietTo }: ChannelTimes, atMs: number, timeZone: string): number {
  if (quietFrom === null || quietTo === null || quietFrom === quietTo) return atMs
  const [from, to] = [minutesOf(quietFrom), minutesOf(quietTo)]
  const isQuiet = (ms: number) => {
    const minute = localMinute(ms, timeZone)
    return from < to ? minute >= from && minute < to : minute >= from || minute < to
  }
  let at = atMs
  // Where the clock is put back, or jumps, the end of quiet hours may be quiet again.
  while (isQuiet(at)) at = nextTime(to, at, timeZone)
  return at
}

function minutesOf(time: string): number {
  const [hours = '0', minutes = '0'] = time.split(':')
  return Number(hours) * HOUR_MINUTES + Number(minutes)
}

function localMinute(atMs: number, timeZone: string): number {
  const local = atMs + offsetMs(atMs, timeZone)
  return Math.floor((((local % DAY_MS) + DAY_MS) % DAY_MS) / MINUTE_MS)
}

/** The first instant after `atMs` at which the local clock shows a minute of the day, or jumps over it. */
function nextTime(minute: number, atMs: number, timeZone: string): number {
  const time = { hour: Math.floor(minute / HOUR_MINUTES), minute: minute % HOUR_MINUTES }
  for (let day = localDay(atMs, timeZone); ; day = addDays(day, 1)) {
    const local = Temporal.PlainDate.from(day).toPlainDateTime(time)
    for (const instant of instantsOf(local, timeZone)) if (instant > atMs) return instant
  }
}

/** When the local clock shows a time: once, twice where it is put back; the moment it is put forward where it jumps over it. */
function instantsOf(local: Temporal.PlainDateTime, timeZone: string): number[] {
  const earlier = local.toZonedDateTime(timeZone, { disambiguation: 'earlier' })
  const later = local.toZonedDateTime(timeZone, { disambiguation: 'later' })
  const isSkipped = !earlier.toPlainDateTime().equals(local)
  if (!isSkipped) return [earlier.epochMilliseconds, later.epochMilliseconds]
  const jump = earlier.getTimeZoneTransition('next')
  return [jump === null ? later.epochMilliseconds : jump.epochMilliseconds]
}
