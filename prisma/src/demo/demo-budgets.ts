import type { Pool } from 'pg'
import type { BudgetWish } from '@outlay/domain/budgets/check-budget'
import { invariant } from '@outlay/domain/errors'
import { evaluateLimits } from '../alerts/evaluate-limits.ts'
import { setBudget } from '../budgets/set-budget.ts'
import { DEMO_TENANT } from './fleet.ts'

type DemoBudget = Pick<BudgetWish, 'scope' | 'key' | 'window' | 'learn' | 'note'> & {
  pounds: string
  forecastThresholds: readonly string[] | null
}

/** One budget of each kind. Their amounts are invented, near what the demo's months cost. */
export const DEMO_BUDGETS: readonly DemoBudget[] = [
  {
    ...{ scope: 'FLEET', key: null, window: 'MONTH', pounds: '4500', learn: false, forecastThresholds: ['1'] },
    note: 'Agreed for the whole fleet',
  },
  {
    ...{ scope: 'CLIENT', key: 'halden', window: 'MONTH', pounds: '1000', learn: false, forecastThresholds: null },
    note: 'What the retainer carries',
  },
  {
    ...{ scope: 'CLIENT', key: 'ostrava', window: 'TOTAL', pounds: '2000', learn: false, forecastThresholds: null },
    note: 'The whole engagement',
  },
  {
    ...{ scope: 'AGENT', key: 'research', window: 'DAY', pounds: '55', learn: true, forecastThresholds: null },
    note: null,
  },
]

/** Sets the demo's budgets, as of now. The days before count as looked at: no budget was there to tell of them. */
export async function setDemoBudgets(deps: { pool: Pool; nowMs: number }, tenantId: string): Promise<void> {
  while ((await evaluateLimits(deps, tenantId)).isMore);
  for (const { pounds, ...budget } of DEMO_BUDGETS) {
    const amount = { amount: pounds, currency: DEMO_TENANT.currency }
    const wish = { ...budget, amount, thresholds: null, period: null, startsOn: null }
    const { userErrors } = await setBudget(deps, tenantId, { wish, by: 'the demo' })
    invariant(userErrors.length === 0, `The demo's budget was refused: ${userErrors[0]?.message}`)
  }
}
