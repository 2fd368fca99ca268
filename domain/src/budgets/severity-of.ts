import type { AlertSeverity } from '../alerts/alert.ts'
import { parseFixed18 } from '../money/fixed18.ts'
import type { BudgetBasis, BudgetScope, BudgetWindow } from './budget.ts'

/** From which share on an alert is critical: money that was agreed on is gone; an agent's day is twice what is expected. */
const CRITICAL_FROM = parseFixed18('1')
const CRITICAL_DAY_FROM = parseFixed18('2')

/** How urgent the crossing of a threshold is. What is only expected to happen is a warning. */
export function severityOf(limit: {
  scope: BudgetScope
  window: BudgetWindow
  threshold: string
  basis: BudgetBasis
}): AlertSeverity {
  const { scope, window, threshold, basis } = limit
  if (basis === 'FORECAST') return 'WARNING'
  const from = scope === 'AGENT' && window === 'DAY' ? CRITICAL_DAY_FROM : CRITICAL_FROM
  return parseFixed18(threshold) >= from ? 'CRITICAL' : 'WARNING'
}
