import type { Pool } from 'pg'
import type { BudgetWish } from '@outlay/domain/budgets/check-budget'
import { DomainError } from '@outlay/domain/errors'
import { groupBy } from '@outlay/domain/group-by'
import { formatFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import { minorUnits } from '@outlay/domain/money/currency'
import { addMonths, firstOfMonth, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { NIL_UUID } from '@outlay/domain/rollup/grain'
import type { BudgetRow } from '../budgets/budget-row.ts'
import type { BudgetsOutcome } from '../budgets/set-budget.ts'
import { lockTenant } from '../ingest/tenant-lock.ts'
import type { UserError } from '../ingest/user-error.ts'
import { readBudgets } from '../sql/read-budgets.ts'
import { readByIds } from '../sql/read-dimensions.ts'
import { readPlan, readPlanSums, readScenarios } from '../sql/read-plans.ts'
import type { TenantSql } from '../sql/tenant-sql.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'

/** Whose budgets a plan makes. */
export const ADOPTED_SCOPES = ['FLEET', 'CLIENT', 'AGENT'] as const
export type AdoptedScope = (typeof ADOPTED_SCOPES)[number]

/** NEW: nobody has set it. SAME: it is there with this amount. DIFFERENT: somebody set another amount for the same month. */
export type AdoptionState = 'NEW' | 'SAME' | 'DIFFERENT'

/** A budget that a plan makes: of a month. */
export interface AdoptedBudget {
  scope: AdoptedScope
  /** Null for the fleet. */
  key: string | null
  label: string
  month: CalendarDate
  amount: Fixed18
  state: AdoptionState
  /** What is set for the month now; null where nothing is. */
  present: Fixed18 | null
  /** The budget of every month that stays in force beside it; null where there is none. */
  standing: Fixed18 | null
  /** When it tells, and its note: what is there keeps them. */
  kept: Pick<BudgetWish, 'thresholds' | 'forecastThresholds' | 'note'>
}

export interface AdoptionAsk {
  planId: string
  position: number
  scopes: readonly AdoptedScope[]
  today: CalendarDate
}

/**
 * The budgets that adopting a scenario would make, with what is there already: of the fleet, each client and each agent for each month that is not
 * over. Budgets count direct and shared cost, so pools are in none of them; nor is what comes to nothing, nor, beside the fleet's, what is of no
 * client or agent. Null when there is no such plan or scenario.
 */
export async function previewAdoption(db: TenantSql, ask: AdoptionAsk): Promise<AdoptedBudget[] | null> {
  const [plan, scenarios] = await Promise.all([readPlan(db, ask.planId), readScenarios(db, ask.planId)])
  if (plan === null || scenarios.every(({ position }) => position !== ask.position)) return null
  const present = firstOfMonth(ask.today)
  const [sums, budgets] = await Promise.all([
    Promise.all(ask.scopes.map((scope) => wantedOf(db, ask, { scope, present }))),
    readBudgets(db),
  ])
  const wanted = sums.flat()
  const members = await namesOf(db, wanted)
  const standing = groupBy(budgets, ({ scope, memberId }) => `${scope} ${memberId}`)
  return wanted.flatMap(({ scope, memberId, month, amount }): AdoptedBudget[] => {
    const member = scope === 'FLEET' ? { key: null, name: 'Fleet' } : members.get(memberId)
    if (member === undefined) return []
    const mine = standing.get(`${scope} ${memberId}`) ?? []
    const known = mine.find((budget) => isOfMonth(budget, month))
    return [
      {
        ...{ scope, key: member.key, label: member.name, month, amount },
        state: known === undefined ? 'NEW' : known.amount === amount ? 'SAME' : 'DIFFERENT',
        present: known?.amount ?? null,
        standing: mine.find(({ window }) => window === 'MONTH')?.amount ?? null,
        kept: known ?? { thresholds: null, forecastThresholds: null, note: `From the plan ${plan.name}` },
      },
    ]
  })
}

function isOfMonth({ window, startsOn, endsOn }: BudgetRow, month: CalendarDate): boolean {
  return window === 'CUSTOM' && startsOn === month && endsOn === addMonths(month, 1)
}

interface WantedBudget {
  scope: AdoptedScope
  memberId: string
  month: CalendarDate
  amount: Fixed18
}

async function wantedOf(
  db: TenantSql,
  { planId, position }: AdoptionAsk,
  { scope, present }: { scope: AdoptedScope; present: CalendarDate },
): Promise<WantedBudget[]> {
  const sums = await readPlanSums(db, { planId, position, by: scope === 'FLEET' ? 'ALL' : scope })
  return sums
    .filter(({ kind, month, amount }) => kind === 'WORK' && month >= present && amount > 0n)
    .flatMap(({ month, clientId, agentId, amount }) => {
      const memberId = { FLEET: NIL_UUID, CLIENT: clientId, AGENT: agentId }[scope]
      return memberId === null ? [] : [{ scope, memberId, month, amount }]
    })
}

async function namesOf(
  db: TenantSql,
  wanted: readonly WantedBudget[],
): Promise<Map<string, { key: string; name: string }>> {
  const ids = (scope: AdoptedScope) => [
    ...new Set(wanted.filter((one) => one.scope === scope).map((one) => one.memberId)),
  ]
  const [clients, agents] = await Promise.all([
    readByIds(db, 'client', ids('CLIENT')),
    readByIds(db, 'agent', ids('AGENT')),
  ])
  return new Map([...clients, ...agents].map(({ id, key, name }) => [id, { key, name }]))
}

export interface AdoptionOutcome {
  /** Null when it was refused. */
  planId: string | null
  /** Each budget with the state it had before. */
  budgets: AdoptedBudget[]
  /** How many were made or given another amount. */
  made: number
  userErrors: UserError[]
}

/**
 * Adopts a scenario, from when on the plan stands as it is, and then sets its budgets, all of them or none. Done again it sets what is missing
 * and nothing twice, so an interrupted one is finished by asking again.
 *
 * userErrors: NOT_FOUND; ALREADY_ADOPTED with another scenario; CURRENCY_CHANGED when the tenant reports in another currency by now; and
 * BUDGETS_DIFFER when somebody's budget of a month has another amount and `replace` does not allow that it is changed: then nothing was done.
 */
export async function adoptPlan(
  { pool, db, currency }: { pool: Pool; db: TenantSql; currency: string },
  ask: AdoptionAsk & {
    replace: boolean
    by: string
    setBudgets: (wish: { wishes: readonly BudgetWish[]; by: string }) => Promise<BudgetsOutcome>
  },
): Promise<AdoptionOutcome> {
  const budgets = (await previewAdoption(db, ask)) ?? []
  try {
    await adopt({ pool, db, currency }, ask, budgets)
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    return { planId: null, budgets, made: 0, userErrors: [{ code: error.code, message: error.message, field: null }] }
  }
  const missing = budgets.filter(({ state }) => state !== 'SAME')
  const wishes = missing.map((budget) => wishOf(budget, currency))
  const { budgetIds, userErrors } = await ask.setBudgets({ wishes, by: ask.by })
  return { planId: ask.planId, budgets, made: budgetIds?.length ?? 0, userErrors }
}

const ADOPT = `
UPDATE plan SET status = 'ADOPTED', adopted_scenario = $3::smallint, adopted_by = $4, adopted_at = clock_timestamp(), updated_by = $4,
  updated_at = clock_timestamp() WHERE tenant_id = $1::uuid AND id = $2::uuid AND status = 'DRAFT'`

const FOUND = `
SELECT p.status, p.currency, p.adopted_scenario AS scenario FROM plan p
JOIN plan_scenario s ON s.tenant_id = p.tenant_id AND s.plan_id = p.id AND s.position = $3::smallint
WHERE p.tenant_id = $1::uuid AND p.id = $2::uuid`

async function adopt(
  { pool, db, currency }: { pool: Pool; db: TenantSql; currency: string },
  { planId, position, replace, by }: { planId: string; position: number; replace: boolean; by: string },
  budgets: readonly AdoptedBudget[],
): Promise<void> {
  const { tenantId } = db
  await tenantTransaction(pool, tenantId, async (client) => {
    await lockTenant(client, tenantId)
    const { rows } = await client.query<{ status: string; currency: string; scenario: number | null }>(FOUND, [
      tenantId,
      planId,
      position,
    ])
    const [plan] = rows
    if (plan === undefined) throw new DomainError('NOT_FOUND', 'This plan has no such scenario.')
    if (plan.scenario !== null && plan.scenario !== position)
      throw new DomainError('ALREADY_ADOPTED', 'The plan is adopted with another scenario, and stands as it is.')
    if (plan.currency !== currency)
      throw new DomainError(
        'CURRENCY_CHANGED',
        `The plan is in ${plan.currency}, and reports are in ${currency} by now.`,
      )
    const different = budgets.filter(({ state }) => state === 'DIFFERENT').length
    if (different > 0 && !replace) {
      const what = different === 1 ? '1 budget of a month has' : `${different} budgets of months have`
      throw new DomainError(
        'BUDGETS_DIFFER',
        `${what} another amount already; nothing is changed unless that is allowed.`,
      )
    }
    await client.query(ADOPT, [tenantId, planId, position, by])
  })
}

function wishOf({ scope, key, month, amount, kept }: AdoptedBudget, currency: string): BudgetWish {
  return {
    scope,
    key,
    window: 'CUSTOM',
    amount: { amount: formatFixed18(amount, minorUnits(currency)), currency },
    thresholds: kept.thresholds,
    forecastThresholds: kept.forecastThresholds,
    period: { from: month, to: addMonths(month, 1) },
    startsOn: null,
    learn: false,
    note: kept.note,
  }
}
