import { addDays } from '../periods/calendar-date.ts'
import { localDay } from '../periods/local-day.ts'
import { offsetMs } from '../periods/time-zone.ts'
import type { AlertSeverity } from './alert.ts'

/** When a channel may speak. Times are `HH:MM` of the tenant's day. */
export interface ChannelTimes {
  digest: 'NONE' | 'HOURLY' | 'DAILY'
  digestHour: number | null
  /** Quiet hours `[from, to)`, over midnight when `to` is not later; null: none. */
  quietFrom: string | null
  quietTo: string | null
  criticalBreaksQuiet: boolean
}

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MINUTES = 1_440

/**
 * From when on something may be told through a channel, milliseconds: now, at the end of its quiet hours, or with its next digest. What is
 * critical waits neither for a digest nor, unless the channel says otherwise, for the end of quiet hours.
 *
 *     dueAt({ quietFrom: '22:00', quietTo: '07:00', … }, { severity: 'WARNING', nowMs: 23:30 in London, … }) // 07:00 in London
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
  if (digest === 'NONE') return nowMs
  if (digest === 'HOURLY') return (Math.floor(nowMs / HOUR_MS) + 1) * HOUR_MS
  return nextLocal((digestHour ?? 0) * 60, nowMs, timeZone)
}

function afterQuiet({ quietFrom, quietTo }: ChannelTimes, atMs: number, timeZone: string): number {
  if (quietFrom === null || quietTo === null || quietFrom === quietTo) return atMs
  const [from, to] = [minutesOf(quietFrom), minutesOf(quietTo)]
  const now = localMinute(atMs, timeZone)
  const isQuiet = from < to ? now >= from && now < to : now >= from || now < to
  return isQuiet ? nextLocal(to, atMs, timeZone) : atMs
}

function minutesOf(time: string): number {
  const [hours = '0', minutes = '0'] = time.split(':')
  return Number(hours) * 60 + Number(minutes)
}

function localMinute(atMs: number, timeZone: string): number {
  const local = Math.floor((atMs + offsetMs(atMs, timeZone)) / MINUTE_MS)
  return ((local % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES
}

/** The first instant after `atMs` at which the local clock shows a minute of the day; one that is skipped in spring is an hour later. */
function nextLocal(minute: number, atMs: number, timeZone: string): number {
  let day = localDay(atMs, timeZone)
  for (;;) {
    const naive = Date.parse(`${day}T00:00:00Z`) + minute * MINUTE_MS
    const first = naive - offsetMs(naive, timeZone)
    const instant = naive - offsetMs(first, timeZone)
    if (instant > atMs) return instant
    day = addDays(day, 1)
  }
}
