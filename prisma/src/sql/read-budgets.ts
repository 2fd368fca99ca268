import type { BudgetScope } from '@outlay/domain/budgets/budget'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import { Grain, NIL_UUID } from '@outlay/domain/rollup/grain'
import { parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import { BUDGET_COLUMNS, BUDGET_MEMBER, budgetRow, type BudgetRow, type StoredBudget } from '../budgets/budget-row.ts'
import { CELL_SUMS, cellSums, instantText, type CellSums, type CellSumsRow } from './cell-sums.ts'
import { plainArray } from './pg-array.ts'
import type { Prepared, TenantSql } from './tenant-sql.ts'

const BUDGETS: Prepared = {
  name: 'read_budgets',
  text: `SELECT ${BUDGET_COLUMNS} FROM budget b ${BUDGET_MEMBER}
    WHERE b.tenant_id = $1::uuid AND b.ended_at IS NULL
    ORDER BY array_position('{FLEET,CLIENT,PROJECT,AGENT}'::text[], b.scope), label, b.window_kind, b.starts_on, b.id`,
}

/** The budgets that are in force. */
export async function readBudgets(db: TenantSql): Promise<BudgetRow[]> {
  const rows = await db.query<StoredBudget>(BUDGETS)
  return rows.map(budgetRow)
}

const BY_IDS: Prepared = {
  name: 'read_budgets_by_ids',
  text: `SELECT ${BUDGET_COLUMNS} FROM budget b ${BUDGET_MEMBER} WHERE b.tenant_id = $1::uuid AND b.id = ANY ($2::uuid[])`,
}

/** Some budgets, also those that have ended. */
export async function readBudgetsByIds(db: TenantSql, ids: readonly string[]): Promise<BudgetRow[]> {
  const rows = await db.query<StoredBudget>(BY_IDS, [plainArray(ids)])
  return rows.map(budgetRow)
}

const GRAINS: Record<BudgetScope, number> = {
  FLEET: Grain.FLEET,
  AGENT: Grain.AGENT,
  CLIENT: Grain.CLIENT,
  PROJECT: Grain.PROJECT,
}

/** Days of a scope, `[from, to)`; null without a beginning, without an end. */
export interface SpentWindow {
  scope: BudgetScope
  memberId: string
  from: CalendarDate | null
  to: CalendarDate | null
}

const SPENT: Prepared = {
  name: 'read_spent',
  text: `SELECT ${CELL_SUMS}
    FROM unnest($2::smallint[], $3::uuid[], $4::date[], $5::date[]) WITH ORDINALITY AS w(grain, member, first, after_last, position)
    LEFT JOIN rollup_day c ON c.tenant_id = $1::uuid AND c.grain = w.grain AND c.a = w.member AND c.b = '${NIL_UUID}'
      AND c.day >= w.first AND c.day < w.after_last
    GROUP BY w.position ORDER BY w.position`,
}

/** What was spent in each of some windows: sums of the daily cells, in one statement. */
export async function readSpent(db: TenantSql, windows: readonly SpentWindow[]): Promise<CellSums[]> {
  if (windows.length === 0) return []
  const rows = await db.query<CellSumsRow>(SPENT, [
    plainArray(windows.map(({ scope }) => GRAINS[scope])),
    plainArray(windows.map(({ memberId }) => memberId)),
    plainArray(windows.map(({ from }) => from ?? '-infinity')),
    plainArray(windows.map(({ to }) => to ?? 'infinity')),
  ])
  return rows.map(cellSums)
}

const DAYS: Prepared = {
  name: 'read_scope_days',
  text: `SELECT w.position::int AS position, c.day::text AS day, (c.cost_direct + c.cost_shared)::text AS cost
    FROM unnest($2::smallint[], $3::uuid[]) WITH ORDINALITY AS w(grain, member, position)
    JOIN rollup_day c ON c.tenant_id = $1::uuid AND c.grain = w.grain AND c.a = w.member AND c.b = '${NIL_UUID}'
      AND c.day >= $4::date AND c.day < $5::date
    ORDER BY w.position, c.day`,
}

/** What a day cost: direct and chain-shared. */
export interface CostOfDay {
  day: CalendarDate
  cost: Fixed18
}

/** What each of some scopes cost on each day of `[from, to)` that has a cell, ascending. */
export async function readScopeDays(
  db: TenantSql,
  {
    scopes,
    from,
    to,
  }: {
    scopes: readonly { scope: BudgetScope; memberId: string }[]
    from: CalendarDate | null
    to: CalendarDate
  },
): Promise<CostOfDay[][]> {
  if (scopes.length === 0) return []
  const rows = await db.query<{ position: number; day: string; cost: string }>(DAYS, [
    plainArray(scopes.map(({ scope }) => GRAINS[scope])),
    plainArray(scopes.map(({ memberId }) => memberId)),
    from ?? '-infinity',
    to,
  ])
  const days: CostOfDay[][] = scopes.map(() => [])
  for (const { position, day, cost } of rows) days[position - 1]?.push({ day, cost: parseFixed18(cost) })
  return days
}

/** A threshold that has alerted in a window. */
export interface Crossing {
  budgetId: string
  windowStart: CalendarDate
  basis: 'ACTUAL' | 'FORECAST'
  threshold: string
  crossedAt: string
  alertId: string
}

const CROSSINGS: Prepared = {
  name: 'read_crossings',
  text: `SELECT x.budget_id AS "budgetId", x.window_start::text AS "windowStart", x.basis, trim_scale(x.threshold)::text AS threshold,
      ${instantText('x.crossed_at')} AS "crossedAt", x.alert_id AS "alertId"
    FROM unnest($2::uuid[], $3::int[], $4::date[]) AS w(budget_id, version, window_start)
    JOIN budget_crossing x ON x.tenant_id = $1::uuid AND x.budget_id = w.budget_id AND x.version = w.version AND x.window_start = w.window_start
    ORDER BY x.crossed_at, x.threshold`,
}

/** Which thresholds of the version of some budgets have alerted in some windows. */
export async function readCrossings(
  db: TenantSql,
  windows: readonly { budgetId: string; version: number; windowStart: CalendarDate }[],
): Promise<Crossing[]> {
  if (windows.length === 0) return []
  return db.query<Crossing>(CROSSINGS, [
    plainArray(windows.map(({ budgetId }) => budgetId)),
    plainArray(windows.map(({ version }) => version)),
    plainArray(windows.map(({ windowStart }) => windowStart)),
  ])
}

const LEARNED: Prepared = {
  name: 'read_learned_amounts',
  text: `SELECT e.budget_id AS "budgetId", e.day::text AS day, e.amount_base::text AS amount
    FROM unnest($2::uuid[], $3::date[]) AS w(budget_id, day)
    JOIN budget_expectation e ON e.tenant_id = $1::uuid AND e.budget_id = w.budget_id AND e.day = w.day`,
}

/** What budgets that learn expect of some days, by `<budget> <day>`. */
export async function readLearnedAmounts(
  db: TenantSql,
  wanted: readonly { budgetId: string; day: CalendarDate }[],
): Promise<Map<string, Fixed18>> {
  if (wanted.length === 0) return new Map()
  const rows = await db.query<{ budgetId: string; day: string; amount: string }>(LEARNED, [
    plainArray(wanted.map(({ budgetId }) => budgetId)),
    plainArray(wanted.map(({ day }) => day)),
  ])
  return new Map(rows.map(({ budgetId, day, amount }) => [`${budgetId} ${day}`, parseFixed18(amount)]))
}
