import { parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import type { MonthFraction } from '@outlay/domain/periods/accrual'
import { Grain, NIL_UUID } from '@outlay/domain/rollup/grain'
import type { MonthAmount } from './accrued.ts'
import { plainArray } from './pg-array.ts'
import type { Prepared, TenantSql } from './tenant-sql.ts'

/**
 * Shares of cost pools (`allocated_month`, `allocated_place`): what the current allocation runs of each month come to. A share accrues evenly
 * over its month, so a range holds of each month the fraction that domain/src/periods/fractions.ts says; whole minor units times such a
 * fraction are exact at scale 18, which is why every view of any range sums to the same amount.
 */

/** Months and their fractions as rows, from two parameters. */
export function fractionRows(months: string, fractions: string): string {
  return `unnest(${months}::date[], ${fractions}::numeric[]) AS f(month, fraction)`
}

const FRACTIONS = fractionRows('$2', '$3')

/** The select item of a sum over rows of alias `m` within the fractions. */
export const ACCRUED = 'trim_scale(coalesce(sum(m.amount * f.fraction), 0))::text'

export function fractionParameters(fractions: readonly MonthFraction[]): [months: string, fractions: string] {
  return [plainArray(fractions.map((part) => part.month)), plainArray(fractions.map((part) => part.fraction))]
}

const MONTHS: Prepared = {
  name: 'read_allocated_months',
  text: `SELECT m.month::text AS month, m.amount::text AS amount FROM allocated_month m
    WHERE m.tenant_id = $1::uuid AND m.grain = $2 AND m.a = $3::uuid AND m.month = ANY ($4::date[]) AND m.b = '${NIL_UUID}'`,
}

/** What was allocated to the fleet, or to an agent, in each of some months; a month without any is absent. */
export async function readAllocatedMonths(
  db: TenantSql,
  { grain, a = NIL_UUID, months }: { grain: Grain; a?: string; months: readonly CalendarDate[] },
): Promise<MonthAmount[]> {
  const rows = await db.query<{ month: string; amount: string }>(MONTHS, [grain, a, plainArray(months)])
  return rows.map((row) => ({ month: row.month, amount: parseFixed18(row.amount) }))
}

const BY_MEMBERS: Prepared = {
  name: 'read_allocated_members',
  text: `SELECT m.a AS id, ${ACCRUED} AS amount FROM ${FRACTIONS}
    JOIN allocated_month m ON m.tenant_id = $1::uuid AND m.grain = $4 AND m.month = f.month
    WHERE m.a = ANY ($5::uuid[]) GROUP BY m.a`,
}

/** What some agents, clients or projects were allocated; who was not is absent. */
export async function readAllocatedMembers(
  db: TenantSql,
  { grain, fractions, ids }: { grain: Grain; fractions: readonly MonthFraction[]; ids: readonly string[] },
): Promise<Map<string, Fixed18>> {
  if (ids.length === 0) return new Map()
  const rows = await db.query<{ id: string; amount: string }>(BY_MEMBERS, [
    ...fractionParameters(fractions),
    grain,
    plainArray(ids),
  ])
  return new Map(rows.map((row) => [row.id, parseFixed18(row.amount)]))
}

const OF_GRAIN: Prepared = {
  name: 'read_allocated_of_grain',
  text: `SELECT m.a AS id, ${ACCRUED} AS amount FROM ${FRACTIONS}
    JOIN allocated_month m ON m.tenant_id = $1::uuid AND m.grain = $4 AND m.month = f.month
    WHERE m.b = '${NIL_UUID}' GROUP BY m.a`,
}

/** What every agent, client or project was allocated; nil for what reached none. */
export async function readAllocatedOfGrain(
  db: TenantSql,
  { grain, fractions }: { grain: Grain; fractions: readonly MonthFraction[] },
): Promise<Map<string, Fixed18>> {
  const rows = await db.query<{ id: string; amount: string }>(OF_GRAIN, [...fractionParameters(fractions), grain])
  return new Map(rows.map((row) => [row.id, parseFixed18(row.amount)]))
}

const AGENT_CLIENTS: Prepared = {
  name: 'read_allocated_agent_clients',
  text: `SELECT m.a AS id, ${ACCRUED} AS amount FROM ${FRACTIONS}
    JOIN allocated_month m ON m.tenant_id = $1::uuid AND m.grain = ${Grain.CLIENT_AGENT} AND m.month = f.month
    WHERE m.b = $4::uuid GROUP BY m.a`,
}

/** An agent's allocated share by client; nil for what reached none. */
export async function readAllocatedAgentClients(
  db: TenantSql,
  fractions: readonly MonthFraction[],
  agentId: string,
): Promise<Map<string, Fixed18>> {
  const rows = await db.query<{ id: string; amount: string }>(AGENT_CLIENTS, [
    ...fractionParameters(fractions),
    agentId,
  ])
  return new Map(rows.map((row) => [row.id, parseFixed18(row.amount)]))
}

const REMAINDERS: Prepared = {
  name: 'read_allocated_remainders',
  text: `SELECT
    (SELECT ${ACCRUED} FROM ${FRACTIONS} JOIN allocated_place m ON m.tenant_id = $1::uuid AND m.task_id = '${NIL_UUID}' AND m.month = f.month) AS task,
    (SELECT ${ACCRUED} FROM ${FRACTIONS} JOIN allocated_month m ON m.tenant_id = $1::uuid AND m.grain = ${Grain.CLIENT} AND m.month = f.month
      AND m.a = '${NIL_UUID}') AS client`,
}

/** Allocated cost that reached no task, and no client. All of it has an agent. */
export async function readAllocatedRemainders(
  db: TenantSql,
  fractions: readonly MonthFraction[],
): Promise<{ task: Fixed18; client: Fixed18 }> {
  const [row] = await db.query<{ task: string; client: string }>(REMAINDERS, fractionParameters(fractions))
  return { task: parseFixed18(row?.task ?? '0'), client: parseFixed18(row?.client ?? '0') }
}

/** What a task was allocated through one agent. */
export interface AllocatedTaskPart {
  taskId: string
  agentId: string
  amount: Fixed18
}

const TASK_PARTS: Prepared = {
  name: 'read_allocated_task_parts',
  text: `SELECT m.task_id AS "taskId", m.agent_id AS "agentId", ${ACCRUED} AS amount FROM ${FRACTIONS}
    JOIN allocated_place m ON m.tenant_id = $1::uuid AND m.month = f.month
    WHERE m.task_id = ANY ($4::uuid[]) GROUP BY m.task_id, m.agent_id`,
}

const TASK_PARTS_EVER: Prepared = {
  name: 'read_allocated_task_parts_ever',
  text: `SELECT m.task_id AS "taskId", m.agent_id AS "agentId", trim_scale(sum(m.amount))::text AS amount FROM allocated_place m
    WHERE m.tenant_id = $1::uuid AND m.task_id = ANY ($2::uuid[]) GROUP BY m.task_id, m.agent_id`,
}

/** What some tasks were allocated, by agent, within an fractions or (null) over all time. */
export async function readAllocatedTaskParts(
  db: TenantSql,
  taskIds: readonly string[],
  fractions: readonly MonthFraction[] | null,
): Promise<AllocatedTaskPart[]> {
  if (taskIds.length === 0) return []
  const ids = plainArray(taskIds)
  const rows = await (fractions === null
    ? db.query<AllocatedRow>(TASK_PARTS_EVER, [ids])
    : db.query<AllocatedRow>(TASK_PARTS, [...fractionParameters(fractions), ids]))
  return rows.map((row) => ({ ...row, amount: parseFixed18(row.amount) }))
}

type AllocatedRow = Omit<AllocatedTaskPart, 'amount'> & { amount: string }

const RUNS: Prepared = {
  name: 'read_allocated_by_runs',
  text: `SELECT r.month::text AS month, sum(r.allocated)::text AS amount FROM allocation_run r
    WHERE r.tenant_id = $1::uuid AND r.state = 'CURRENT' AND r.month = ANY ($2::date[]) GROUP BY r.month`,
}

/** What the current runs of some months allocated. */
export async function readAllocatedByRuns(db: TenantSql, months: readonly CalendarDate[]): Promise<MonthAmount[]> {
  const rows = await db.query<{ month: string; amount: string }>(RUNS, [plainArray(months)])
  return rows.map((row) => ({ month: row.month, amount: parseFixed18(row.amount) }))
}

/**
 * A CTE body (id): the members of a grain that were allocated something in a month of the range `$2` to `$3`. Who has a share belongs
 * into the list of the range, whether it consumed something or not.
 */
export function allocatedMembers(grain: Grain): string {
  return `SELECT DISTINCT m.a AS id FROM allocated_month m
    WHERE m.tenant_id = $1::uuid AND m.grain = ${grain} AND m.month >= date_trunc('month', $2::date::timestamp)::date AND m.month < $3::date
      AND m.a <> '${NIL_UUID}' AND m.amount <> 0`
}
