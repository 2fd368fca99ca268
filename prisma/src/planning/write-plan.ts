import type { Pool, PoolClient } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { DomainError } from '@outlay/domain/errors'
import { formatFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import { addMonths, firstOfMonth, isCalendarDate, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { BASE_SCENARIO, checkPlan, checkPlanNote, type PlanWish } from '@outlay/domain/planning/check-plan'
import type { PlanChange, PlanLine } from '@outlay/domain/planning/plan'
import { scenarioLines } from '@outlay/domain/planning/scenario-lines'
import { formatQuantity } from '@outlay/domain/usage/quantity'
import { memberOf } from '../budgets/set-budget.ts'
import { lockTenant } from '../ingest/tenant-lock.ts'
import type { UserError } from '../ingest/user-error.ts'
import { plainArray } from '../sql/pg-array.ts'
import { readPlanLines, type PlanBasis } from '../sql/read-plans.ts'
import { clientSql } from '../sql/tenant-sql.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { expectedLines, expectedMonths, readPlanningPast, type PlanningPast } from './past.ts'

export interface PlanOutcome {
  /** Null when it was refused. */
  planId: string | null
  userErrors: UserError[]
}

/** A change as somebody asks for it: whom it is about by their keys. */
export interface ChangeByKeys extends Omit<PlanChange, 'clientId' | 'agentId'> {
  clientKey: string | null
  agentKey: string | null
}

/** A plan as somebody asks for it. */
export interface PlanByKeys extends Omit<PlanWish, 'scenarios'> {
  scenarios: readonly { name: string; changes: readonly ChangeByKeys[] }[]
}

const PLAN_MONTHS = 12

interface Asked {
  wish: PlanByKeys
  by: string
}

/**
 * Makes a draft for twelve months from `startsOn`: the base from the forecast of the whole months before today, and each scenario from the base.
 *
 * userErrors: those of checkPlan, NOT_FOUND on a key, INVALID_FIELD on `input.startsOn` unless it is a month from the present one to a year
 * ahead, NO_HISTORY without a whole month of cost.
 */
export function createPlan(
  { pool, today, currency }: { pool: Pool; today: CalendarDate; currency: string },
  tenantId: string,
  { wish, startsOn, by }: Asked & { startsOn: CalendarDate },
): Promise<PlanOutcome> {
  return refusing(pool, tenantId, async (client) => {
    const present = firstOfMonth(today)
    checkStart(startsOn, present)
    const plan = await resolved({ client, tenantId }, wish)
    const past = await readPlanningPast(clientSql(client, tenantId), present)
    const expected = expectedMonths(past, startsOn, addMonths(startsOn, PLAN_MONTHS))
    if (expected.length === 0)
      throw new DomainError('NO_HISTORY', 'A plan begins from what a whole month cost, and there is none yet.')
    const planId = uuidv7()
    const basis = JSON.stringify(basisOf(past, expected))
    await client.query(INSERT, [tenantId, planId, plan.name, plan.note, currency, startsOn, basis, by])
    const base = expectedLines(past, expected, currency)
    await writeScenario({ client, tenantId }, { planId, position: 0, name: BASE_SCENARIO, changes: [], lines: base })
    await writeScenarios({ client, tenantId }, { planId, plan, base, currency })
    return planId
  })
}

/**
 * Changes the name, note and scenarios of a draft; the base stays what it was made from. userErrors: those of checkPlan, NOT_FOUND, and
 * ALREADY_ADOPTED.
 */
export function changePlan(
  { pool }: { pool: Pool },
  tenantId: string,
  { planId, wish, by }: Asked & { planId: string },
): Promise<PlanOutcome> {
  return refusing(pool, tenantId, async (client) => {
    const { currency, status } = await storedPlan(client, tenantId, planId)
    if (status === 'ADOPTED')
      throw new DomainError('ALREADY_ADOPTED', 'The plan is adopted and stands as it is; make another one.')
    const plan = await resolved({ client, tenantId }, wish)
    const base = await readPlanLines(clientSql(client, tenantId), { planId, position: 0 })
    await client.query(UPDATE, [tenantId, planId, plan.name, plan.note, by])
    await client.query(DROP_LINES, [tenantId, planId])
    await client.query(DROP_SCENARIOS, [tenantId, planId])
    await writeScenarios({ client, tenantId }, { planId, plan, base, currency })
    return planId
  })
}

/** Writes down why a month of a line came otherwise. userErrors: MISSING_FIELD and INVALID_FIELD, NOT_FOUND on a key or the plan. */
export function notePlanLine(
  { pool }: { pool: Pool },
  tenantId: string,
  note: {
    planId: string
    month: CalendarDate
    clientKey: string | null
    agentKey: string | null
    text: string
    by: string
  },
): Promise<PlanOutcome> {
  return refusing(pool, tenantId, async (client) => {
    const { planId, month } = note
    const text = checkPlanNote(note.text)
    const { startsOn } = await storedPlan(client, tenantId, planId)
    if (!isMonth(month) || month < startsOn || month >= addMonths(startsOn, PLAN_MONTHS))
      throw new DomainError('INVALID_FIELD', `${month} is not a month of the plan.`, 'month')
    const { clientId, agentId } = await idsOf({ client, tenantId }, note, '')
    await client.query(INSERT_NOTE, [tenantId, uuidv7(), planId, month, clientId, agentId, text, note.by])
    return planId
  })
}

const INSERT = `
INSERT INTO plan (tenant_id, id, name, note, currency, starts_on, basis, created_by, updated_by)
VALUES ($1::uuid, $2::uuid, $3, $4, $5, $6::date, $7::jsonb, $8, $8)`
const UPDATE = `
UPDATE plan SET name = $3, note = $4, updated_by = $5, updated_at = clock_timestamp() WHERE tenant_id = $1::uuid AND id = $2::uuid`
const DROP_LINES = `DELETE FROM plan_line WHERE tenant_id = $1::uuid AND plan_id = $2::uuid AND position > 0`
const DROP_SCENARIOS = `DELETE FROM plan_scenario WHERE tenant_id = $1::uuid AND plan_id = $2::uuid AND position > 0`
const INSERT_NOTE = `
INSERT INTO plan_note (tenant_id, id, plan_id, month, client_id, agent_id, text, written_by)
VALUES ($1::uuid, $2::uuid, $3::uuid, $4::date, $5::uuid, $6::uuid, $7, $8)`

async function refusing(
  pool: Pool,
  tenantId: string,
  work: (client: PoolClient) => Promise<string>,
): Promise<PlanOutcome> {
  try {
    const planId = await tenantTransaction(pool, tenantId, async (client) => {
      await lockTenant(client, tenantId)
      return work(client)
    })
    return { planId, userErrors: [] }
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    const field = error.field === undefined ? null : ['input', ...error.field.split('.')]
    return { planId: null, userErrors: [{ code: error.code, message: error.message, field }] }
  }
}

/** A month as its first day. */
function isMonth(month: string): boolean {
  return isCalendarDate(month) && firstOfMonth(month) === month
}

function checkStart(startsOn: CalendarDate, present: CalendarDate): void {
  if (!isMonth(startsOn) || startsOn < present || startsOn > addMonths(present, PLAN_MONTHS)) {
    throw new DomainError(
      'INVALID_FIELD',
      `A plan begins with a month from ${present} to a year ahead; ${startsOn} is none of them.`,
      'startsOn',
    )
  }
}

interface Within {
  client: PoolClient
  tenantId: string
}

async function storedPlan(
  client: PoolClient,
  tenantId: string,
  planId: string,
): Promise<{ currency: string; status: string; startsOn: CalendarDate }> {
  const { rows } = await client.query<{ currency: string; status: string; startsOn: string }>(
    `SELECT currency, status, starts_on::text AS "startsOn" FROM plan WHERE tenant_id = $1::uuid AND id = $2::uuid FOR UPDATE`,
    [tenantId, planId],
  )
  const [row] = rows
  if (row === undefined) throw new DomainError('NOT_FOUND', 'This plan does not exist.')
  return row
}

/** The wish with the ids of whom its changes are about. */
async function resolved(within: Within, wish: PlanByKeys): Promise<PlanWish> {
  const scenarios: PlanWish['scenarios'][number][] = []
  for (const [index, { name, changes }] of wish.scenarios.entries()) {
    const known: PlanChange[] = []
    for (const [at, { clientKey, agentKey, ...change }] of changes.entries()) {
      known.push({ ...change, ...(await idsOf(within, { clientKey, agentKey }, `scenarios.${index}.changes.${at}.`)) })
    }
    scenarios.push({ name, changes: known })
  }
  return checkPlan({ ...wish, scenarios })
}

async function idsOf(
  within: Within,
  { clientKey, agentKey }: { clientKey: string | null; agentKey: string | null },
  path: string,
): Promise<{ clientId: string | null; agentId: string | null }> {
  const find = async (scope: 'CLIENT' | 'AGENT', key: string | null, field: string) => {
    if (key === null) return null
    try {
      return await memberOf(within, { scope, key })
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      throw new DomainError(error.code, error.message, `${path}${field}`)
    }
  }
  return {
    clientId: await find('CLIENT', clientKey, 'clientKey'),
    agentId: await find('AGENT', agentKey, 'agentKey'),
  }
}

function basisOf(
  past: PlanningPast,
  expected: readonly { month: string; mid: Fixed18; low: Fixed18 | null; high: Fixed18 | null }[],
): PlanBasis {
  const text = (amount: Fixed18 | null) => (amount === null ? null : formatFixed18(amount))
  return {
    history: past.history.map(({ month, cost }) => ({ month, cost: formatFixed18(cost) })),
    expected: expected.map(({ month, mid, low, high }) => ({
      month,
      mid: formatFixed18(mid),
      low: text(low),
      high: text(high),
    })),
    accuracy: past.accuracy,
    pastMonths: past.pastMonths,
    unconvertedPools: past.unconvertedPools,
  }
}

async function writeScenarios(
  within: Within,
  { planId, plan, base, currency }: { planId: string; plan: PlanWish; base: readonly PlanLine[]; currency: string },
): Promise<void> {
  for (const [index, { name, changes }] of plan.scenarios.entries()) {
    const lines = scenarioLines(base, { changes, currency })
    await writeScenario(within, { planId, position: index + 1, name, changes, lines })
  }
}

const INSERT_SCENARIO = `
INSERT INTO plan_scenario (tenant_id, plan_id, position, name, changes) VALUES ($1::uuid, $2::uuid, $3::smallint, $4, $5::jsonb)`
const INSERT_LINES = `
INSERT INTO plan_line (tenant_id, plan_id, position, line, month, kind, client_id, agent_id, unit, measure, volume, use, amount)
SELECT $1::uuid, $2::uuid, $3::smallint, l.line, l.month, l.kind, l.client, l.agent, l.unit, l.measure, l.volume, l.use, l.amount
FROM unnest($4::date[], $5::text[], $6::uuid[], $7::uuid[], $8::text[], $9::text[], $10::numeric[], $11::numeric[], $12::numeric[])
  WITH ORDINALITY AS l(month, kind, client, agent, unit, measure, volume, use, amount, line)`

async function writeScenario(
  { client, tenantId }: Within,
  of: { planId: string; position: number; name: string; changes: readonly PlanChange[]; lines: readonly PlanLine[] },
): Promise<void> {
  const { planId, position, name, changes, lines } = of
  await client.query(INSERT_SCENARIO, [tenantId, planId, position, name, JSON.stringify(changes)])
  await client.query(INSERT_LINES, [
    tenantId,
    planId,
    position,
    plainArray(lines.map(({ month }) => month)),
    plainArray(lines.map(({ kind }) => kind)),
    plainArray(lines.map(({ clientId }) => clientId)),
    plainArray(lines.map(({ agentId }) => agentId)),
    plainArray(lines.map(({ unit }) => unit)),
    plainArray(lines.map(({ measure }) => measure)),
    plainArray(lines.map(({ volume }) => formatQuantity(volume))),
    plainArray(lines.map(({ use }) => formatQuantity(use))),
    plainArray(lines.map(({ amount }) => formatFixed18(amount))),
  ])
}
