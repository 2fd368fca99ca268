import { OUTLAY, type AlertState } from '@outlay/domain/alerts/alert'
import { QUIET_DAYS } from '@outlay/domain/alerts/by-itself'
import { INCIDENT_GAP_DAYS } from '@outlay/domain/anomaly/incidents'
import type { Fixed18 } from '@outlay/domain/money/fixed18'
import { daysBetween, type CalendarDate } from '@outlay/domain/periods/calendar-date'

/** What of a stored alert decides what becomes of a finding of its series. */
export interface KnownIncident {
  id: string
  state: AlertState
  firstDay: CalendarDate
  lastDay: CalendarDate
  impact: Fixed18 | null
  endedBy: string | null
}

/** What to do about a finding. `after`: only what it says of later days is news. */
export type Settlement<Known> =
  | { do: 'raise'; after: CalendarDate | null }
  | { do: 'change'; alert: Known }
  | { do: 'reopen'; alert: Known }
  | { do: 'leave'; alert: Known }

/** What is found once and does not come back day after day. */
export interface FoundDays {
  isOnce: boolean
  firstDay: CalendarDate
  lastDay: CalendarDate
  /** Impact of the days after one; null where there is none, or it is no amount. */
  impactAfter: (day: CalendarDate) => Fixed18 | null
}

/**
 * What becomes of a finding beside the alerts of its series: an incident is told once while it lasts.
 *
 * - Open, and at most seven days away: it is the same incident.
 * - Ended by itself: it goes on when it has new days, or when its days are flagged once more and are not over.
 * - Resolved by a person: that holds for its days. Later ones are a new incident.
 * - Dismissed by a person: that holds while it lasts, unless the later days by themselves come to twice what was dismissed.
 *
 * `judgedThrough`: the last day that is complete.
 */
export function settle<Known extends KnownIncident>(
  found: FoundDays,
  known: readonly Known[],
  judgedThrough: CalendarDate,
): Settlement<Known> {
  const near = known.filter((alert) => distance(found, alert) <= INCIDENT_GAP_DAYS)
  const open = near.find(isOpen)
  if (open !== undefined) return { do: 'change', alert: open }
  const last = near.reduce<Known | null>(
    (latest, alert) => (latest === null || alert.lastDay >= latest.lastDay ? alert : latest),
    null,
  )
  if (last === null) return { do: 'raise', after: null }
  const hasMore = found.lastDay > last.lastDay
  if (last.endedBy === OUTLAY) {
    const isOver = daysBetween(found.lastDay, judgedThrough) >= QUIET_DAYS
    const goesOn = found.isOnce ? !isOver && hasMore : hasMore || !isOver
    return goesOn ? { do: 'reopen', alert: last } : { do: 'leave', alert: last }
  }
  if (found.isOnce || !hasMore) return { do: 'leave', alert: last }
  if (last.state !== 'DISMISSED') return { do: 'raise', after: last.lastDay }
  const later = found.impactAfter(last.lastDay)
  const isMore = later !== null && later >= 2n * (last.impact ?? 0n)
  return isMore ? { do: 'raise', after: last.lastDay } : { do: 'leave', alert: last }
}

export function isOpen({ state }: { state: AlertState }): boolean {
  return state === 'OPEN' || state === 'ACKNOWLEDGED'
}

/** Days between two spans of days; 0 or less when they touch. */
export function distance(
  one: { firstDay: CalendarDate; lastDay: CalendarDate },
  other: { firstDay: CalendarDate; lastDay: CalendarDate },
): number {
  return Math.max(daysBetween(one.lastDay, other.firstDay), daysBetween(other.lastDay, one.firstDay))
}
