'use client'

import { throughText, secondsText } from '../../lib/time.ts'
import { useLiveAlerts } from './live-alerts.tsx'

interface LiveBadgeProps {
  timeZone: string
  today: string
  /** Without the time of the last change. */
  isShort?: boolean
}

/** Whether what is shown follows by itself, and when it last did. */
export function LiveBadge({ timeZone, today, isShort = false }: LiveBadgeProps) {
  const { status, lastEvent } = useLiveAlerts()
  const at = lastEvent === null ? null : eventText(lastEvent, timeZone, today)
  const isLive = status === 'live'
  const text = isLive
    ? isShort
      ? 'live'
      : at === null
        ? 'Live, no event yet'
        : `Live, last event ${at}`
    : status === 'ended'
      ? 'Not live, reload the page'
      : 'Connecting…'
  return (
    <span
      role="status"
      data-live={status}
      className={`num inline-flex items-center gap-1.5 rounded-badge px-2 text-badge font-medium ${
        isLive ? 'bg-ok-soft text-ok' : 'bg-sunken text-ink-2'
      } ${isShort ? 'h-5' : 'h-8'}`}
    >
      {isShort ? null : <span aria-hidden className={`size-1.5 rounded-full ${isLive ? 'bg-ok' : 'bg-compare'}`} />}
      {text}
    </span>
  )
}

/** `14:05:32` today, else with its day. */
function eventText(instant: string, timeZone: string, today: string): string {
  const through = throughText(instant, timeZone, today)
  return through.length === 5 ? secondsText(instant, timeZone) : through
}
