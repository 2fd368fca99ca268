import type { BudgetScope, BudgetWindow } from './budget.ts'

/**
 * The shares of a budget that alert where nobody says otherwise (law L24): an agent's day at 50 % above what is expected, a client's or
 * project's cap when it is neared, the fleet's month at 80 %.
 *
 *     defaultThresholds('CLIENT', 'TOTAL') // ['0.8', '0.9', '1']
 */
export function defaultThresholds(scope: BudgetScope, window: BudgetWindow): readonly string[] {
  if (scope === 'AGENT' && window === 'DAY') return ['1.5']
  if (scope === 'CLIENT' || scope === 'PROJECT') return ['0.8', '0.9', '1']
  if (scope === 'FLEET' && window === 'MONTH') return ['0.8', '1']
  return ['1']
}
