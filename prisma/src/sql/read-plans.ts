import { parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import { Grain, NIL_UUID } from '@outlay/domain/rollup/grain'
import type { CalendarDate, DateRange } from '@outlay/domain/periods/calendar-date'
import type { MonthsAccuracy } from '@outlay/domain/forecast/forecast-months'
import type { PastCost, PastWork } from '@outlay/domain/planning/base-lines'
import type { PlanChange, PlanKind, PlanLine } from '@outlay/domain/planning/plan'
import { parseQuantitySum } from '@outlay/domain/usage/quantity'
import { CELL_SUMS, cellSums, instantText, IS_COUNTED, type CellSumsRow } from './cell-sums.ts'
import type { Prepared, TenantSql } from './tenant-sql.ts'

/** What an agent did for a client in a month. */
export interface MonthWork extends PastWork {
  month: CalendarDate
}

const MONTH = (day: string) => `date_trunc('month', ${day}::timestamp)::date::text`

const WORK: Prepared = {
  name: 'planning_work',
  text: `SELECT ${MONTH('c.day')} AS month, c.a AS client, c.b AS agent, ${CELL_SUMS}
    FROM rollup_day c WHERE c.tenant_id = $1::uuid AND c.grain = ${Grain.CLIENT_AGENT} AND c.day >= $2::date AND c.day < $3::date AND ${IS_COUNTED}
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
}

// Each task of an agent in a month once, before its client is looked up: counting distinct tasks sorts them all.
const TASKS: Prepared = {
  name: 'planning_tasks',
  text: `WITH active AS (
      SELECT date_trunc('month', c.day::timestamp)::date AS month, c.task_id, c.agent_id FROM rollup_task c
      WHERE c.tenant_id = $1::uuid AND c.day >= $2::date AND c.day < $3::date AND ${IS_COUNTED}
      GROUP BY 1, 2, 3
    )
    SELECT a.month::text AS month, coalesce(t.client_id, '${NIL_UUID}'::uuid) AS client, a.agent_id AS agent, count(*)::text AS tasks
    FROM active a JOIN task t ON t.tenant_id = $1::uuid AND t.id = a.task_id
    GROUP BY 1, 2, 3`,
}

interface Pair {
  month: CalendarDate
  client: string
  agent: string
}

/** Who did how much for whom in each month of a range of whole months: direct and chain-shared cost. All of it is what the fleet cost. */
export async function readMonthWork(db: TenantSql, { from, to }: DateRange): Promise<MonthWork[]> {
  const [works, tasks] = await Promise.all([
    db.query<Pair & CellSumsRow>(WORK, [from, to]),
    db.query<Pair & { tasks: string }>(TASKS, [from, to]),
  ])
  const counted = new Map(tasks.map((row) => [pairKey(row), BigInt(row.tasks)]))
  return works.map((row) => {
    const { direct, shared, tokens, invocations } = cellSums(row)
    return {
      month: row.month,
      clientId: named(row.client),
      agentId: named(row.agent),
      cost: direct + shared,
      tasks: counted.get(pairKey(row)) ?? 0n,
      tokens,
      calls: invocations,
    }
  })
}

// Nothing but the cost, which is what most of the months are asked for: the other sums take as long again.
const COSTS: Prepared = {
  name: 'planning_costs',
  text: `SELECT c.a AS client, c.b AS agent, sum(c.cost_direct + c.cost_shared)::text AS cost
    FROM rollup_day c WHERE c.tenant_id = $1::uuid AND c.grain = ${Grain.CLIENT_AGENT} AND c.day >= $2::date AND c.day < $3::date AND ${IS_COUNTED}
    GROUP BY 1, 2 ORDER BY 1, 2`,
}

/** Who cost how much for whom in a range, direct and chain-shared. All of it is what the fleet cost. */
export async function readPairCosts(db: TenantSql, { from, to }: DateRange): Promise<PastCost[]> {
  const rows = await db.query<{ client: string; agent: string; cost: string }>(COSTS, [from, to])
  return rows.map(({ client, agent, cost }) => ({
    clientId: named(client),
    agentId: named(agent),
    cost: parseFixed18(cost),
  }))
}

function pairKey({ month, client, agent }: Pair): string {
  return `${month} ${client} ${agent}`
}

function named(uuid: string): string | null {
  return uuid === NIL_UUID ? null : uuid
}

const MONTH_COSTS: Prepared = {
  name: 'planning_month_costs',
  text: `SELECT date_trunc('month', c.day::timestamp)::date::text AS month, sum(c.cost_direct + c.cost_shared)::text AS cost
    FROM rollup_day c
    WHERE c.tenant_id = $1::uuid AND c.grain = ${Grain.FLEET} AND c.day >= $2::date AND c.day < $3::date GROUP BY 1`,
}

/** What the fleet cost by month, direct and chain-shared; a month without any is absent. */
export async function readMonthCosts(db: TenantSql, { from, to }: DateRange): Promise<Map<CalendarDate, Fixed18>> {
  const rows = await db.query<{ month: CalendarDate; cost: string }>(MONTH_COSTS, [from, to])
  return new Map(rows.map(({ month, cost }) => [month, parseFixed18(cost)]))
}

const FIRST_DAY: Prepared = {
  name: 'planning_first_day',
  text: `SELECT min(c.day)::text AS day FROM rollup_day c WHERE c.tenant_id = $1::uuid AND c.grain = ${Grain.FLEET} AND ${IS_COUNTED}`,
}

/** The first day on which anything was used; null before there is one. */
export async function readFirstDay(db: TenantSql): Promise<CalendarDate | null> {
  const [row] = await db.query<{ day: string | null }>(FIRST_DAY)
  return row?.day ?? null
}

/** A month of the past with what it cost, or of the time to come with what is expected: decimal texts. */
export interface PlanBasis {
  history: { month: CalendarDate; cost: string }[]
  expected: { month: CalendarDate; mid: string; low: string | null; high: string | null }[]
  accuracy: MonthsAccuracy | null
  /** How many months the drivers are of. */
  pastMonths: number
  /** Pools without an FX rate, which the plan does not have. */
  unconvertedPools: number
}

/** A plan as it is stored. Instants are RFC 3339. */
export interface PlanRecord {
  id: string
  name: string
  note: string | null
  currency: string
  startsOn: CalendarDate
  status: 'DRAFT' | 'ADOPTED'
  basis: PlanBasis
  /** Position of the scenario; null for a draft. */
  adoptedScenario: number | null
  adoptedBy: string | null
  adoptedAt: string | null
  createdBy: string
  createdAt: string
  updatedBy: string
  updatedAt: string
}

const COLUMNS = `p.id, p.name, p.note, p.currency, p.starts_on::text AS "startsOn", p.status, p.basis,
  p.adopted_scenario AS "adoptedScenario", p.adopted_by AS "adoptedBy", ${instantText('p.adopted_at')} AS "adoptedAt",
  p.created_by AS "createdBy", ${instantText('p.created_at')} AS "createdAt", p.updated_by AS "updatedBy",
  ${instantText('p.updated_at')} AS "updatedAt"`

const PLANS: Prepared = {
  name: 'read_plans',
  text: `SELECT ${COLUMNS} FROM plan p WHERE p.tenant_id = $1::uuid ORDER BY p.starts_on DESC, p.id DESC LIMIT 200`,
}

/** The plans, the one that begins last first, at most 200. */
export function readPlans(db: TenantSql): Promise<PlanRecord[]> {
  return db.query(PLANS)
}

const PLAN: Prepared = {
  name: 'read_plan',
  text: `SELECT ${COLUMNS} FROM plan p WHERE p.tenant_id = $1::uuid AND p.id = $2::uuid`,
}

/** A plan by its id; null when there is none. */
export async function readPlan(db: TenantSql, id: string): Promise<PlanRecord | null> {
  return (await db.query<PlanRecord>(PLAN, [id]))[0] ?? null
}

/** A scenario of a plan. */
export interface ScenarioRecord {
  planId: string
  /** 0 is the base. */
  position: number
  name: string
  changes: PlanChange[]
}

const SCENARIOS: Prepared = {
  name: 'read_plan_scenarios',
  text: `SELECT s.plan_id AS "planId", s.position, s.name, s.changes FROM plan_scenario s
    WHERE s.tenant_id = $1::uuid AND s.plan_id = $2::uuid ORDER BY s.position`,
}

/** The scenarios of a plan, the base first. */
export function readScenarios(db: TenantSql, planId: string): Promise<ScenarioRecord[]> {
  return db.query(SCENARIOS, [planId])
}

const LINES: Prepared = {
  name: 'read_plan_lines',
  text: `SELECT l.month::text AS month, l.kind, l.client_id AS "clientId", l.agent_id AS "agentId", l.unit, l.measure, l.volume::text AS volume,
      l.use::text AS use, l.amount::text AS amount
    FROM plan_line l WHERE l.tenant_id = $1::uuid AND l.plan_id = $2::uuid AND l.position = $3::smallint
      AND ($4::date IS NULL OR l.month = $4::date) ORDER BY l.line`,
}

const AMOUNTS_BEFORE: Prepared = {
  name: 'read_plan_amounts_before',
  text: `SELECT l.kind, l.client_id AS "clientId", l.agent_id AS "agentId", sum(l.amount)::text AS amount
    FROM plan_line l WHERE l.tenant_id = $1::uuid AND l.plan_id = $2::uuid AND l.position = $3::smallint AND l.month < $4::date
    GROUP BY 1, 2, 3 ORDER BY min(l.line)`,
}

/** What the lines of a scenario come to in the months before one, each in the order of its first line. */
export async function readPlannedBefore(
  db: TenantSql,
  { planId, position, month }: { planId: string; position: number; month: CalendarDate },
): Promise<Omit<PlanSum, 'month'>[]> {
  const rows = await db.query<Omit<PlanSum, 'month' | 'amount'> & { amount: string }>(AMOUNTS_BEFORE, [
    planId,
    position,
    month,
  ])
  return rows.map((row) => ({ ...row, amount: parseFixed18(row.amount) }))
}

type StoredLine = Omit<PlanLine, 'volume' | 'use' | 'amount'> & Record<'volume' | 'use' | 'amount', string>

/** The lines of a scenario, or of one month of it: by month, and within it in the order they were made. */
export async function readPlanLines(
  db: TenantSql,
  { planId, position, month = null }: { planId: string; position: number; month?: CalendarDate | null },
): Promise<PlanLine[]> {
  const rows = await db.query<StoredLine>(LINES, [planId, position, month])
  return rows.map((row) => ({
    ...row,
    volume: parseQuantitySum(row.volume),
    use: parseQuantitySum(row.use),
    amount: parseFixed18(row.amount),
  }))
}

/** How the lines of a plan are put together. */
export const PLAN_GROUPS = ['CLIENT', 'AGENT', 'LINE'] as const
export type PlanGroup = (typeof PLAN_GROUPS)[number]

/** A month of the lines of a client, of an agent or of both. */
export interface PlanSum {
  month: CalendarDate
  kind: PlanKind
  clientId: string | null
  agentId: string | null
  amount: Fixed18
}

/** What is summed: `null` holds the place of a member that does not divide the lines. */
const sumsBy = (name: string, client: string, agent: string): Prepared => ({
  name: `read_plan_sums_${name}`,
  text: `SELECT l.month::text AS month, l.kind, ${client} AS "clientId", ${agent} AS "agentId", sum(l.amount)::text AS amount
    FROM plan_line l WHERE l.tenant_id = $1::uuid AND l.plan_id = $2::uuid AND l.position = $3::smallint
    GROUP BY 1, 2, 3, 4 ORDER BY min(l.line)`,
})

const SUMS = {
  CLIENT: sumsBy('by_client', 'l.client_id', 'NULL::uuid'),
  AGENT: sumsBy('by_agent', 'NULL::uuid', 'l.agent_id'),
  LINE: sumsBy('by_line', 'l.client_id', 'l.agent_id'),
  ALL: sumsBy('of_all', 'NULL::uuid', 'NULL::uuid'),
} satisfies Record<PlanGroup | 'ALL', Prepared>

/** The months of a scenario, its lines put together by member or, with ALL, by nothing but their kind: in the order of the lines. */
export async function readPlanSums(
  db: TenantSql,
  { planId, position, by }: { planId: string; position: number; by: PlanGroup | 'ALL' },
): Promise<PlanSum[]> {
  const rows = await db.query<Omit<PlanSum, 'amount'> & { amount: string }>(SUMS[by], [planId, position])
  return rows.map((row) => ({ ...row, amount: parseFixed18(row.amount) }))
}

/** A note on what a month came to. */
export interface PlanNoteRecord {
  month: CalendarDate
  clientId: string | null
  agentId: string | null
  text: string
  writtenBy: string
  writtenAt: string
}

const NOTES: Prepared = {
  name: 'read_plan_notes',
  text: `SELECT n.month::text AS month, n.client_id AS "clientId", n.agent_id AS "agentId", n.text, n.written_by AS "writtenBy",
      ${instantText('n.written_at')} AS "writtenAt"
    FROM plan_note n WHERE n.tenant_id = $1::uuid AND n.plan_id = $2::uuid AND n.month = $3::date ORDER BY n.written_at, n.id`,
}

/** The notes on a month of a plan, the earliest first. */
export function readPlanNotes(
  db: TenantSql,
  { planId, month }: { planId: string; month: CalendarDate },
): Promise<PlanNoteRecord[]> {
  return db.query(NOTES, [planId, month])
}
