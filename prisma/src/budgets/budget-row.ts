import type { Budget } from '@outlay/domain/budgets/budget'
import { parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import { instantText } from '../sql/cell-sums.ts'

/** A row of `budget`. `amount` is in the reporting currency. */
export interface BudgetRow extends Budget {
  /** As it was given. */
  givenAmount: Fixed18
  givenCurrency: string
  /** What converted it; null where it was given in the reporting currency. */
  fxRate: string | null
  /** Of the agent, client or project; null for the fleet. */
  key: string | null
  /** Its name; `Fleet` for the fleet. */
  label: string
  note: string | null
  createdBy: string
  updatedBy: string
  updatedAt: string
}

type Amounts = 'amount' | 'givenAmount'
export type StoredBudget = Omit<BudgetRow, Amounts> & Record<Amounts, string>

/** The select list of a budget of alias `b`, joined by BUDGET_MEMBER. */
export const BUDGET_COLUMNS = `b.id, b.scope, b.member_id AS "memberId", b.window_kind AS "window", b.starts_on::text AS "startsOn",
  b.ends_on::text AS "endsOn", b.amount_base::text AS amount, b.amount::text AS "givenAmount", b.currency AS "givenCurrency",
  trim_scale(b.fx_rate)::text AS "fxRate",
  ARRAY(SELECT trim_scale(t)::text FROM unnest(b.thresholds) AS t ORDER BY t) AS thresholds,
  ARRAY(SELECT trim_scale(t)::text FROM unnest(b.forecast_thresholds) AS t ORDER BY t) AS "forecastThresholds",
  b.is_learned AS "isLearned", b.version, coalesce(ba.key, bc.key, bp.key) AS key, coalesce(ba.name, bc.name, bp.name, 'Fleet') AS label,
  b.note, b.created_by AS "createdBy", b.updated_by AS "updatedBy", ${instantText('b.updated_at')} AS "updatedAt"`

export const BUDGET_MEMBER = `
  LEFT JOIN agent ba ON b.scope = 'AGENT' AND ba.tenant_id = b.tenant_id AND ba.id = b.member_id
  LEFT JOIN client bc ON b.scope = 'CLIENT' AND bc.tenant_id = b.tenant_id AND bc.id = b.member_id
  LEFT JOIN project bp ON b.scope = 'PROJECT' AND bp.tenant_id = b.tenant_id AND bp.id = b.member_id`

export function budgetRow(row: StoredBudget): BudgetRow {
  return { ...row, amount: parseFixed18(row.amount), givenAmount: parseFixed18(row.givenAmount) }
}
