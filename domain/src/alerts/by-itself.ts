import { formatInstant } from '../periods/instant.ts'
import { daysBetween, type CalendarDate } from '../periods/calendar-date.ts'
import { ALERT_SEVERITIES, type AlertSeverity, type AlertState } from './alert.ts'

const MINUTE_MS = 60_000

/** Complete days without a flag after which an incident is over. */
export const QUIET_DAYS = 2

/**
 * What the clock does to an alert that nobody has attended to: OPEN for longer than `afterMinutes`, it becomes one step more severe, once, and
 * is told again. Null while there is nothing to do: attended to, ended, escalated before, snoozed, explained by another alert, or too
 * young.
 *
 *     // raised at 09:00 as a WARNING, it is 10:01
 *     escalate(alert, { nowMs, afterMinutes: 60 }) // { severity: 'CRITICAL', escalatedAt: '2026-03-01T10:01:00Z' }
 */
export function escalate(
  alert: {
    state: AlertState
    severity: AlertSeverity
    /** RFC 3339, like the others. */
    raisedAt: string
    escalatedAt: string | null
    snoozedUntil: string | null
    suppressedBy: string | null
  },
  { nowMs, afterMinutes }: { nowMs: number; afterMinutes: number },
): { severity: AlertSeverity; escalatedAt: string } | null {
  if (alert.state !== 'OPEN' || alert.escalatedAt !== null || alert.suppressedBy !== null) return null
  if (alert.snoozedUntil !== null && Date.parse(alert.snoozedUntil) > nowMs) return null
  if (nowMs - Date.parse(alert.raisedAt) < afterMinutes * MINUTE_MS) return null
  const next = ALERT_SEVERITIES[ALERT_SEVERITIES.indexOf(alert.severity) + 1]
  return { severity: next ?? alert.severity, escalatedAt: formatInstant(nowMs * 1_000) }
}

/**
 * Whether an incident ends by itself: two complete days after its last flagged one have been judged without a flag. An alert that a person
 * has ended does not end again.
 *
 *     endsByItself({ state: 'OPEN', lastDay: '2026-03-05' }, '2026-03-07') // true
 *     endsByItself({ state: 'OPEN', lastDay: '2026-03-05' }, '2026-03-06') // false
 */
export function endsByItself(
  { state, lastDay }: { state: AlertState; lastDay: CalendarDate },
  judgedThrough: CalendarDate,
): boolean {
  return (state === 'OPEN' || state === 'ACKNOWLEDGED') && daysBetween(lastDay, judgedThrough) >= QUIET_DAYS
}
