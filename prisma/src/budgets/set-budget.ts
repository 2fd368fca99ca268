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
  { pool, nowMs }: { pool: Pool; nowMs: number },
  tenantId: string,
  { wish, by }: { wish: BudgetWish; by: string },
): Promise<BudgetOutcome> {
  return refusing(() =>
    tenantTransaction(pool, tenantId, async (client) => {
      const budget = checkBudget(wish)
      await lockAlerts(client, tenantId)
      const watch = await openWatch(client, tenantId, nowMs)
      const memberId = await memberOf(watch, budget)
      const converted = await inReportingCurrency(watch, budget)
      const { budgetId, isChanged } = await store(watch, { budget, memberId, converted, by })
      if (!isChanged) return { budgetId, ...NONE, userErrors: [] }
      if (budget.isLearned) await learnBudgets(watch, watch.today)
      const ended = await endAlertsOf(watch, budgetId, `The budget was changed by ${by}.`)
      return { budgetId, ...together([ended, await lookAtNow(watch, budgetId)]), userErrors: [] }
    }),
  )
}

async function refusing(work: () => Promise<BudgetOutcome>): Promise<BudgetOutcome> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    const field = error.field === undefined ? null : ['input', ...error.field.split('.')]
    return { budgetId: null, ...NONE, userErrors: [{ code: error.code, message: error.message, field }] }
  }
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

const FIND = `
SELECT id, amount = $6::numeric AND currency = $7 AND thresholds = $8::numeric[] AND forecast_thresholds = $9::numeric[]
  AND is_learned = $10 AS "isSame", note IS NOT DISTINCT FROM $11 AS "hasSameNote"
FROM budget WHERE tenant_id = $1::uuid AND scope = $2 AND member_id = $3::uuid AND window_kind = $4
  AND starts_on IS NOT DISTINCT FROM $5::date AND ends_on IS NOT DISTINCT FROM $12::date AND ended_at IS NULL`

const INSERT = `
INSERT INTO budget (tenant_id, id, scope, member_id, window_kind, starts_on, ends_on, amount, currency, fx_rate, amount_base, thresholds,
  forecast_thresholds, is_learned, note, created_by, updated_by)
VALUES ($1::uuid, $2::uuid, $3, $4::uuid, $5, $6::date, $7::date, $8::numeric, $9, $10::numeric, $11::numeric, $12::numeric[], $13::numeric[],
  $14, $15, $16, $16)`

const UPDATE = `
UPDATE budget SET amount = $3::numeric, currency = $4, fx_rate = $5::numeric, amount_base = $6::numeric, thresholds = $7::numeric[],
  forecast_thresholds = $8::numeric[], is_learned = $9, note = $10, updated_by = $11, updated_at = clock_timestamp(),
  version = version + $12::int
WHERE tenant_id = $1::uuid AND id = $2::uuid`

async function store(
  { client, tenantId }: Watch,
  wanted: { budget: CheckedBudget; memberId: string; converted: Converted; by: string },
): Promise<{ budgetId: string; isChanged: boolean }> {
  const { budget, memberId, converted, by } = wanted
  const amount = formatFixed18(budget.amount)
  const [thresholds, forecastThresholds] = [plainArray(budget.thresholds), plainArray(budget.forecastThresholds)]
  const found = await client.query<{ id: string; isSame: boolean; hasSameNote: boolean }>(FIND, [
    tenantId,
    budget.scope,
    memberId,
    budget.window,
    budget.startsOn,
    amount,
    budget.currency,
    thresholds,
    forecastThresholds,
    budget.isLearned,
    budget.note,
    budget.endsOn,
  ])
  const [known] = found.rows
  const base = formatFixed18(converted.amount)
  if (known === undefined) {
    const budgetId = uuidv7()
    await client.query(INSERT, [
      tenantId,
      budgetId,
      budget.scope,
      memberId,
      budget.window,
      budget.startsOn,
      budget.endsOn,
      amount,
      budget.currency,
      converted.fxRate,
      base,
      thresholds,
      forecastThresholds,
      budget.isLearned,
      budget.note,
      by,
    ])
    return { budgetId, isChanged: true }
  }
  if (known.isSame && known.hasSameNote) return { budgetId: known.id, isChanged: false }
  await client.query(UPDATE, [
    tenantId,
    known.id,
    amount,
    budget.currency,
    converted.fxRate,
    base,
    thresholds,
    forecastThresholds,
    budget.isLearned,
    budget.note,
    by,
    known.isSame ? 0 : 1,
  ])
  return { budgetId: known.id, isChanged: !known.isSame }
}

/** A budget that is crossed when it is set says so at once; past days and months do not alert for what nobody had set then. */
async function lookAtNow(watch: Watch, budgetId: string): Promise<Watched> {
  const budgets = await readBudgetsByIds(watch.db, [budgetId])
  const day = budgets[0]?.window === 'CUSTOM' ? (budgets[0].startsOn ?? watch.today) : watch.today
  return crossBudgets(watch, windowsOfDays(budgets, [day]))
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
  return refusing(() =>
    tenantTransaction(pool, tenantId, async (client) => {
      await lockAlerts(client, tenantId)
      const ended = await client.query(END, [tenantId, budgetId, by])
      if (ended.rowCount === 0) {
        const { rowCount } = await client.query(EXISTS, [tenantId, budgetId])
        if (rowCount === 0) throw new DomainError('NOT_FOUND', 'This budget does not exist.')
        return { budgetId, ...NONE, userErrors: [] }
      }
      const watch = await openWatch(client, tenantId, nowMs)
      return { budgetId, ...(await endAlertsOf(watch, budgetId, `The budget was ended by ${by}.`)), userErrors: [] }
    }),
  )
}
