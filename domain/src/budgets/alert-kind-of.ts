import type { AlertKind } from '../alerts/alert.ts'
import type { BudgetScope } from './budget.ts'

const KINDS = {
  FLEET: 'FLEET_CEILING',
  AGENT: 'AGENT_DAILY_LIMIT',
  CLIENT: 'CLIENT_BUDGET',
  PROJECT: 'PROJECT_BUDGET',
} as const satisfies Record<BudgetScope, AlertKind>

/** The kind of the alerts of a scope's budgets. */
export function alertKindOf(scope: BudgetScope): (typeof KINDS)[BudgetScope] {
  return KINDS[scope]
}
