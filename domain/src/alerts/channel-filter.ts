import type { BudgetScope } from '../budgets/budget.ts'
import type { AlertKind, AlertSeverity } from './alert.ts'
import { rankOf } from './when-to-tell.ts'

/** Whose alerts a channel tells; the member of FLEET is the nil uuid. */
export interface ChannelScope {
  scope: BudgetScope
  memberId: string
}

export interface ChannelFilter {
  /** Empty: all. */
  kinds: readonly string[]
  minSeverity: AlertSeverity
  /** Empty: all. */
  scopes: readonly ChannelScope[]
}

/**
 * Whether a channel tells an alert: one of its kinds, at least as severe, and of one of its scopes. A scope is what the alert is about and
 * not what belongs to it: a channel of FLEET tells ceilings and anomalies of the fleet, new resources and unpriced usage, but no client's
 * budget; a channel without scopes tells everything.
 */
export function isTold(
  { kinds, minSeverity, scopes }: ChannelFilter,
  alert: { kind: AlertKind; severity: AlertSeverity; scope: BudgetScope; memberId: string },
): boolean {
  if (kinds.length > 0 && !kinds.includes(alert.kind)) return false
  if (rankOf(alert.severity) < rankOf(minSeverity)) return false
  return (
    scopes.length === 0 || scopes.some(({ scope, memberId }) => scope === alert.scope && memberId === alert.memberId)
  )
}
