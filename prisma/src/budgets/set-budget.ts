import type { Pool } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { checkBudget, type BudgetWish, type CheckedBudget } from '@outlay/domain/budgets/check-budget'
import type { BudgetScope } from '@outlay/domain/budgets/budget'
import { DomainError, quoted } from '@outlay/domain/errors'
import { formatFixed18 } from '@outlay/domain/money/fixed18'
import { fxTable, convert } from '@outlay/domain/rating/fx-table'
import { NIL_UUID } from '@outlay/domain/rollup/grain'
import { crossBudgets, endAlertsOf, windowsOfDays } from '../alerts/cross-budgets.ts'
import { openWatch, together, type Watch, type Watched } from '../alerts/evaluate-limits.ts'
import { lockAlerts } from '../alerts/lock-alerts.ts'
import { loadFxRates } from '../ingest/load-rates.ts'
import type { UserError } from '../ingest/user-error.ts'
import { plainArray } from '../sql/pg-array.ts'
import { readBudgetsByIds } from '../sql/read-budgets.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { learnBudgets } from './learn-budgets.ts'

export interface BudgetOutcome extends Watched {
  /** Null when it was refused. */
  budgetId: string | null
  userErrors: UserError[]
}

const NONE: Watched = { alertIds: [], deliveryIds: [] }

/**
 * Sets the budget of a scope and window, or changes the one that is there. What changes its amount, thresholds or whether it learns makes a
 * new version, which may alert once more at each threshold; the same again changes nothing. What is open of the version before ends, and
 * its present window is looked at at once.
 *
 * userErrors: MISSING_FIELD and INVALID_FIELD of domain/src/budgets/check-budget.ts, NOT_FOUND on `input.key`, FX_RATE_MISSING on
 * `input.amount.currency`.
 */
export async function setBudget(
  deps: { pool: Pool; nowMs: number },
  tenantId: string,
  { wish, by }: { wish: BudgetWish; by: string },
): Promise<BudgetOutcome> {
  const { budgetIds, ...outcome } = await setBudgets(deps, tenantId, { wishes: [wish], by })
  return { budgetId: budgetIds?.[0] ?? null, ...outcome }
}

export interface BudgetsOutcome extends Watched {
  /** In the order of the wishes; null when they were refused. */
  budgetIds: string[] | null
  userErrors: UserError[]
}

/** As setBudget, of many, each of another scope or window: all of them in one transaction, or none. `userErrors` are those of the first that was refused. */
export async function setBudgets(
  { pool, nowMs }: { pool: Pool; nowMs: number },
  tenantId: string,
  { wishes, by }: { wishes: readonly BudgetWish[]; by: string },
): Promise<BudgetsOutcome> {
  try {
    return await tenantTransaction(pool, tenantId, async (client) => {
      const budgets = wishes.map(checkBudget)
      await lockAlerts(client, tenantId)
      return { ...(await storeAll(await openWatch(client, tenantId, nowMs), budgets, by)), userErrors: [] }
    })
  } catch (error) {
    return { budgetIds: null, ...NONE, userErrors: [refusalOf(error)] }
  }
}

async function storeAll(
  watch: Watch,
  budgets: readonly CheckedBudget[],
  by: string,
): Promise<Watched & { budgetIds: string[] }> {
  const members = new Map<string, string>()
  const wanted: Wanted[] = []
  for (const budget of budgets) {
    const member = `${budget.scope} ${budget.key}`
    const memberId = members.get(member) ?? (await memberOf(watch, budget))
    members.set(member, memberId)
    wanted.push(wantedOf(budget, memberId, await inReportingCurrency(watch, budget)))
  }
  const stored = await store(watch, wanted, by)
  const budgetIds = stored.map(({ budgetId }) => budgetId)
  const changed = stored.filter(({ isChanged }) => isChanged)
  const ended: Watched[] = []
  for (const { budgetId, isNew } of changed) {
    if (!isNew) ended.push(await endAlertsOf(watch, budgetId, `The budget was changed by ${by}.`))
  }
  if (changed.length === 0) return { budgetIds, ...NONE }
  if (budgets.some(({ isLearned }) => isLearned)) await learnBudgets(watch, watch.today)
  return {
    budgetIds,
    ...together([
      ...ended,
      await lookAtNow(
        watch,
        budgetIds.filter((_, at) => stored[at]?.isChanged === true),
      ),
    ]),
  }
}

/** What a refusal says; throws whatever else went wrong. */
function refusalOf(error: unknown): UserError {
  if (!(error instanceof DomainError)) throw error
  const field = error.field === undefined ? null : ['input', ...error.field.split('.')]
  return { code: error.code, message: error.message, field }
}

const TABLES = { AGENT: 'agent', CLIENT: 'client', PROJECT: 'project' } as const

/** The member that a scope and key name. Throws DomainError NOT_FOUND: a budget makes no records. */
export async function memberOf(
  { client, tenantId }: Pick<Watch, 'client' | 'tenantId'>,
  { scope, key }: { scope: BudgetScope; key: string | null },
): Promise<string> {
  if (scope === 'FLEET') return NIL_UUID
  const noun = TABLES[scope]
  // A text with a NUL names nothing, and is not asked for: Postgres does not take it.
  const keys = key === null || key.includes('\0') ? [] : [key]
  const { rows } = await client.query<{ id: string }>(
    `SELECT id FROM ${noun} WHERE tenant_id = $1::uuid AND key = ANY ($2::text[])`,
    [tenantId, keys],
  )
  const [row] = rows
  if (row === undefined) throw new DomainError('NOT_FOUND', `There is no ${noun} ${quoted(key ?? '')}.`, 'key')
  return row.id
}

interface Converted {
  amount: bigint
  fxRate: string | null
}

async function inReportingCurrency(
  { client, tenantId, currency, nowMs }: Watch,
  budget: CheckedBudget,
): Promise<Converted> {
  if (budget.currency === currency) return { amount: budget.amount, fxRate: null }
  const rates = await loadFxRates(client, { tenantId, quote: currency })
  const conversion = fxTable(rates, currency)(budget.currency, nowMs * 1_000)
  if (conversion === null) {
    const day = new Date(nowMs).toISOString().slice(0, 10)
    throw new DomainError(
      'FX_RATE_MISSING',
      `There is no FX rate from ${budget.currency} to ${currency} for ${day}; publish one, or give the amount in ${currency}.`,
      'amount.currency',
    )
  }
  return { amount: convert(budget.amount, conversion), fxRate: conversion.text }
}

/** A budget as it is to stand, in texts that Postgres reads. */
interface Wanted {
  id: string
  scope: BudgetScope
  member_id: string
  window_kind: string
  starts_on: string | null
  ends_on: string | null
  amount: string
  currency: string
  fx_rate: string | null
  amount_base: string
  thresholds: string
  forecast_thresholds: string
  is_learned: boolean
  note: string | null
}

function wantedOf(budget: CheckedBudget, memberId: string, converted: Converted): Wanted {
  return {
    id: uuidv7(),
    scope: budget.scope,
    member_id: memberId,
    window_kind: budget.window,
    starts_on: budget.startsOn,
    ends_on: budget.endsOn,
    amount: formatFixed18(budget.amount),
    currency: budget.currency,
    fx_rate: converted.fxRate,
    amount_base: formatFixed18(converted.amount),
    thresholds: plainArray(budget.thresholds),
    forecast_thresholds: plainArray(budget.forecastThresholds),
    is_learned: budget.isLearned,
    note: budget.note,
  }
}

const WANTED = `jsonb_to_recordset($2::jsonb) AS w(id uuid, scope text, member_id uuid, window_kind text, starts_on date, ends_on date,
  amount numeric, currency text, fx_rate numeric, amount_base numeric, thresholds text, forecast_thresholds text, is_learned boolean, note text)`

const FIND = `
SELECT w.id AS "wantedId", b.id, b.amount = w.amount AND b.currency = w.currency AND b.thresholds = w.thresholds::numeric[]
  AND b.forecast_thresholds = w.forecast_thresholds::numeric[] AND b.is_learned = w.is_learned AS "isSame",
  b.note IS NOT DISTINCT FROM w.note AS "hasSameNote"
FROM ${WANTED} JOIN budget b ON b.tenant_id = $1::uuid AND b.scope = w.scope AND b.member_id = w.member_id AND b.window_kind = w.window_kind
  AND b.starts_on IS NOT DISTINCT FROM w.starts_on AND b.ends_on IS NOT DISTINCT FROM w.ends_on AND b.ended_at IS NULL`

const INSERT = `
INSERT INTO budget (tenant_id, id, scope, member_id, window_kind, starts_on, ends_on, amount, currency, fx_rate, amount_base, thresholds,
  forecast_thresholds, is_learned, note, created_by, updated_by)
SELECT $1::uuid, w.id, w.scope, w.member_id, w.window_kind, w.starts_on, w.ends_on, w.amount, w.currency, w.fx_rate, w.amount_base,
  w.thresholds::numeric[], w.forecast_thresholds::numeric[], w.is_learned, w.note, $3, $3 FROM ${WANTED}`

/** A new note alone makes no new version. */
const UPDATE = `
UPDATE budget b SET amount = w.amount, currency = w.currency, fx_rate = w.fx_rate, amount_base = w.amount_base,
  thresholds = w.thresholds::numeric[], forecast_thresholds = w.forecast_thresholds::numeric[], is_learned = w.is_learned, note = w.note,
  updated_by = $3, updated_at = clock_timestamp(), version = version + CASE WHEN w.id = ANY ($4::uuid[]) THEN 1 ELSE 0 END
FROM ${WANTED} WHERE b.tenant_id = $1::uuid AND b.id = w.id`

interface Stored {
  budgetId: string
  isNew: boolean
  isChanged: boolean
}

/** Stores budgets, each of another scope and window, by as many statements for one as for thousands. In the order that is given. */
async function store({ client, tenantId }: Watch, budgets: readonly Wanted[], by: string): Promise<Stored[]> {
  const { rows } = await client.query<{ wantedId: string; id: string; isSame: boolean; hasSameNote: boolean }>(FIND, [
    tenantId,
    JSON.stringify(budgets),
  ])
  const known = new Map(rows.map((row) => [row.wantedId, row]))
  const fresh = budgets.filter(({ id }) => !known.has(id))
  if (fresh.length > 0) await client.query(INSERT, [tenantId, JSON.stringify(fresh), by])
  const others = budgets.flatMap((budget) => {
    const found = known.get(budget.id)
    return found === undefined || (found.isSame && found.hasSameNote) ? [] : [{ ...budget, id: found.id }]
  })
  if (others.length > 0) {
    const versions = rows.filter(({ isSame }) => !isSame).map(({ id }) => id)
    await client.query(UPDATE, [tenantId, JSON.stringify(others), by, plainArray(versions)])
  }
  return budgets.map(({ id }) => {
    const found = known.get(id)
    return { budgetId: found?.id ?? id, isNew: found === undefined, isChanged: found?.isSame !== true }
  })
}

/** A budget that is crossed when it is set says so at once; past days and months do not alert for what nobody had set then. */
async function lookAtNow(watch: Watch, budgetIds: readonly string[]): Promise<Watched> {
  const budgets = await readBudgetsByIds(watch.db, budgetIds)
  const windows = budgets.flatMap((budget) =>
    windowsOfDays([budget], [budget.window === 'CUSTOM' ? (budget.startsOn ?? watch.today) : watch.today]),
  )
  return crossBudgets(watch, windows)
}

const END = `
UPDATE budget SET ended_by = $3, ended_at = clock_timestamp() WHERE tenant_id = $1::uuid AND id = $2::uuid AND ended_at IS NULL`

const EXISTS = `SELECT 1 FROM budget WHERE tenant_id = $1::uuid AND id = $2::uuid`

/** Ends a budget: it alerts no more, and its open alerts end. Ending it twice is a success. userErrors: NOT_FOUND. */
export async function endBudget(
  { pool, nowMs }: { pool: Pool; nowMs: number },
  tenantId: string,
  { budgetId, by }: { budgetId: string; by: string },
): Promise<BudgetOutcome> {
  try {
    return await tenantTransaction(pool, tenantId, async (client) => {
      await lockAlerts(client, tenantId)
      const ended = await client.query(END, [tenantId, budgetId, by])
      if (ended.rowCount === 0) {
        const { rowCount } = await client.query(EXISTS, [tenantId, budgetId])
        if (rowCount === 0) throw new DomainError('NOT_FOUND', 'This budget does not exist.')
        return { budgetId, ...NONE, userErrors: [] }
      }
      const watch = await openWatch(client, tenantId, nowMs)
      return { budgetId, ...(await endAlertsOf(watch, budgetId, `The budget was ended by ${by}.`)), userErrors: [] }
    })
  } catch (error) {
    return { budgetId: null, ...NONE, userErrors: [refusalOf(error)] }
  }
}
