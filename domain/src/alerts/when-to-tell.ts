import type { Fixed18 } from '../money/fixed18.ts'
import { ALERT_SEVERITIES, type AlertSeverity, type AlertState } from './alert.ts'

/** What of an alert decides whether people are told of its change. */
export interface Tellable {
  state: AlertState
  severity: AlertSeverity
  impact: Fixed18 | null
  /** The impact that people were told last; null or 0 when none was. */
  toldImpact: Fixed18 | null
  suppressedBy: string | null
  /** RFC 3339. */
  snoozedUntil: string | null
}

/**
 * Whether people are told that an open alert has changed, and as what: for the first time when nothing explains it any more; when it has
 * become more urgent; when its impact is at least twice what they were told. Nobody is told of what is snoozed, ended, or explained by
 * another alert.
 */
export function purposeOfUpdate(
  before: Tellable,
  after: Tellable,
  { nowMs }: { nowMs: number },
): 'RAISED' | 'UPDATED' | 'ESCALATED' | null {
  if (after.suppressedBy !== null || (after.state !== 'OPEN' && after.state !== 'ACKNOWLEDGED')) return null
  if (isSnoozed(after.snoozedUntil, nowMs)) return null
  if (before.suppressedBy !== null) return 'RAISED'
  if (rankOf(after.severity) > rankOf(before.severity)) return 'ESCALATED'
  const { impact, toldImpact } = after
  if (impact === null || impact <= 0n) return null
  return toldImpact !== null && toldImpact > 0n && impact >= 2n * toldImpact ? 'UPDATED' : null
}

/**
 * Whether people are told that an alert is over: not of what they were never told (another alert explains it), nor of what is snoozed. A
 * dismissal is never told: who dismisses says that there was nothing to tell.
 */
export function isEndTold(
  { suppressedBy, snoozedUntil }: Pick<Tellable, 'suppressedBy' | 'snoozedUntil'>,
  { nowMs }: { nowMs: number },
): boolean {
  return suppressedBy === null && !isSnoozed(snoozedUntil, nowMs)
}

function isSnoozed(snoozedUntil: string | null, nowMs: number): boolean {
  return snoozedUntil !== null && Date.parse(snoozedUntil) > nowMs
}

/** 0 for INFO. */
export function rankOf(severity: AlertSeverity): number {
  return ALERT_SEVERITIES.indexOf(severity)
}
