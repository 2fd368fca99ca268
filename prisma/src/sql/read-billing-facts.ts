import { Grain, NIL_UUID } from '@outlay/domain/rollup/grain'
import { parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import type { CalendarDate, DateRange } from '@outlay/domain/periods/calendar-date'
import { rangeBounds } from '@outlay/domain/periods/local-day'
import { parseQuantitySum, type Quantity6 } from '@outlay/domain/usage/quantity'
import { formatInstant } from '@outlay/domain/periods/instant'
import { CELL_SUMS, cellSums, IS_COUNTED, type CellSums, type CellSumsRow } from './cell-sums.ts'
import { plainArray } from './pg-array.ts'
import type { ProjectTermDays } from './read-engagements.ts'
import type { Prepared, TenantSql } from './tenant-sql.ts'

/** What terms are about: a project; or a client, without the days on which a project has terms of its own. */
export type BilledPlace =
  { projectId: string; clientId: null } | { projectId: null; clientId: string; except: readonly ProjectTermDays[] }

export interface PlaceInRange {
  place: BilledPlace
  range: DateRange
  timeZone: string
}

/** What one agent used in a month; `agentId` null: untagged, shared uses included. */
export interface MonthUse {
  /** First day of the month. */
  month: CalendarDate
  agentId: string | null
  /** The first day it did something in the range; null when nothing but a difference of a closed month was posted. */
  firstOn: CalendarDate | null
  sums: CellSums
}

interface MonthUseRow extends CellSumsRow {
  month: string
  agentId: string
  firstOn: string | null
}

const MONTH = (day: string) => `date_trunc('month', ${day}::timestamp)::date::text AS month`

const OF_PROJECT: Prepared = {
  name: 'billing_use_of_project',
  text: `SELECT ${MONTH('c.day')}, c.b AS "agentId", (min(c.day) FILTER (WHERE c.invocations > 0))::text AS "firstOn", ${CELL_SUMS}
    FROM rollup_day c WHERE c.tenant_id = $1::uuid AND c.grain = ${Grain.PROJECT_AGENT} AND c.a = $2::uuid AND c.day >= $3::date AND c.day < $4::date
      AND ${IS_COUNTED}
    GROUP BY 1, 2 ORDER BY 1, 2`,
}

/** Whether a project has terms of its own on a day: $n to $n+2 are its lists. */
const hasOwnTerms = (project: string, day: string, first: number) =>
  `EXISTS (SELECT 1 FROM unnest($${first}::uuid[], $${first + 1}::date[], $${first + 2}::date[]) AS x(project_id, starts_on, ends_on)
    WHERE x.project_id = ${project} AND ${day} >= x.starts_on AND (x.ends_on IS NULL OR ${day} < x.ends_on))`

// Only the fine cells know client and project at once. A month of them is read, not the events.
const OF_CLIENT: Prepared = {
  name: 'billing_use_of_client',
  text: `SELECT ${MONTH('d.day')}, c.agent_id AS "agentId", (min(d.day) FILTER (WHERE c.invocations > 0))::text AS "firstOn", ${CELL_SUMS}
    FROM rollup_fine c CROSS JOIN LATERAL (SELECT (c.bucket AT TIME ZONE $5)::date AS day) d
    WHERE c.tenant_id = $1::uuid AND c.client_id = $2::uuid AND c.bucket >= $3::timestamptz AND c.bucket < $4::timestamptz
      AND ${IS_COUNTED} AND NOT ${hasOwnTerms('c.project_id', 'd.day', 6)}
    GROUP BY 1, 2 ORDER BY 1, 2`,
}

function termLists(except: readonly ProjectTermDays[]): [string, string, string] {
  return [
    plainArray(except.map(({ projectId }) => projectId)),
    plainArray(except.map(({ startsOn }) => startsOn)),
    plainArray(except.map(({ endsOn }) => endsOn)),
  ]
}

/** What was used in a place by month and agent, from the cells. */
export async function readBilledUse(db: TenantSql, { place, range, timeZone }: PlaceInRange): Promise<MonthUse[]> {
  const bounds = rangeBounds(range, timeZone)
  const rows = await (place.projectId !== null
    ? db.query<MonthUseRow>(OF_PROJECT, [place.projectId, range.from, range.to])
    : db.query<MonthUseRow>(OF_CLIENT, [
        ...[place.clientId, instant(bounds.start), instant(bounds.end), timeZone],
        ...termLists(place.except),
      ]))
  return rows.map((row) => ({
    month: row.month,
    agentId: row.agentId === NIL_UUID ? null : row.agentId,
    firstOn: row.firstOn,
    sums: cellSums(row),
  }))
}

function instant(ms: number): string {
  return formatInstant(ms * 1_000)
}

/** Whether a task of alias `t` belongs to a place on a day. $2 is the project or client; the lists of a client begin at $5. */
const BELONGS = {
  project: () => 't.project_id = $2::uuid',
  client: (day: string) =>
    `t.client_id = $2::uuid AND (t.project_id IS NULL OR NOT ${hasOwnTerms('t.project_id', day, 5)})`,
}

function taskStatement(
  name: string,
  text: (belongs: (day: string) => string) => string,
): Record<'project' | 'client', Prepared> {
  return {
    project: { name: `${name}_of_project`, text: text(BELONGS.project) },
    client: { name: `${name}_of_client`, text: text(BELONGS.client) },
  }
}

function askTasks<Row>(
  db: TenantSql,
  statement: Record<'project' | 'client', Prepared>,
  { place, range }: Pick<PlaceInRange, 'place' | 'range'>,
): Promise<Row[]> {
  if (place.projectId !== null) return db.query<Row>(statement.project, [place.projectId, range.from, range.to])
  return db.query<Row>(statement.client, [place.clientId, range.from, range.to, ...termLists(place.except)])
}

/** What tasks or agents are called. */
export function readBilledNames(
  db: TenantSql,
  table: 'task' | 'agent',
  ids: readonly string[],
): Promise<{ id: string; name: string }[]> {
  const text = `SELECT id, name FROM ${table} WHERE tenant_id = $1::uuid AND id = ANY ($2::uuid[])`
  return db.query({ name: `billing_${table}_names`, text }, [plainArray(ids)])
}

/** What a place used on a day. */
export interface DayUse {
  day: CalendarDate
  tokens: Quantity6
  invocations: bigint
}

const DAYS_OF_PROJECT: Prepared = {
  name: 'billing_days_of_project',
  text: `SELECT c.day::text AS day, sum(c.tokens)::text AS tokens, sum(c.invocations)::text AS invocations
    FROM rollup_day c WHERE c.tenant_id = $1::uuid AND c.grain = ${Grain.PROJECT_AGENT} AND c.a = $2::uuid AND c.day >= $3::date AND c.day < $4::date
    GROUP BY 1 ORDER BY 1`,
}

const DAYS_OF_CLIENT: Prepared = {
  name: 'billing_days_of_client',
  text: `SELECT d.day::text AS day, sum(c.tokens)::text AS tokens, sum(c.invocations)::text AS invocations
    FROM rollup_fine c CROSS JOIN LATERAL (SELECT (c.bucket AT TIME ZONE $5)::date AS day) d
    WHERE c.tenant_id = $1::uuid AND c.client_id = $2::uuid AND c.bucket >= $3::timestamptz AND c.bucket < $4::timestamptz
      AND NOT ${hasOwnTerms('c.project_id', 'd.day', 6)}
    GROUP BY 1 ORDER BY 1`,
}

/** What was used in a place by day; a day without any is left out. */
export async function readBilledDays(db: TenantSql, { place, range, timeZone }: PlaceInRange): Promise<DayUse[]> {
  const bounds = rangeBounds(range, timeZone)
  const rows = await (place.projectId !== null
    ? db.query<Record<keyof DayUse, string>>(DAYS_OF_PROJECT, [place.projectId, range.from, range.to])
    : db.query<Record<keyof DayUse, string>>(DAYS_OF_CLIENT, [
        ...[place.clientId, instant(bounds.start), instant(bounds.end), timeZone],
        ...termLists(place.except),
      ]))
  return rows.map(({ day, tokens, invocations }) => ({
    day,
    tokens: parseQuantitySum(tokens),
    invocations: BigInt(invocations),
  }))
}

/** What a task cost in a month, without shares of pools. */
export interface TaskMonthCost {
  month: CalendarDate
  taskId: string
  direct: Fixed18
  shared: Fixed18
}

const TASK_COSTS = taskStatement(
  'billing_task_costs',
  (
    belongs,
  ) => `SELECT ${MONTH('c.day')}, c.task_id AS "taskId", sum(c.cost_direct)::text AS direct, sum(c.cost_shared)::text AS shared
    FROM task t JOIN rollup_task c ON c.tenant_id = $1::uuid AND c.task_id = t.id AND c.day >= $3::date AND c.day < $4::date
    WHERE t.tenant_id = $1::uuid AND ${belongs('c.day')}
    GROUP BY 1, 2 HAVING sum(c.cost_direct) <> 0 OR sum(c.cost_shared) <> 0 ORDER BY 1, 2`,
)

/** The costs of the tasks of a place, from their cells. */
export async function readBilledTaskCosts(db: TenantSql, asked: PlaceInRange): Promise<TaskMonthCost[]> {
  const rows = await askTasks<Record<'month' | 'taskId' | 'direct' | 'shared', string>>(db, TASK_COSTS, asked)
  return rows.map((row) => ({ ...row, direct: parseFixed18(row.direct), shared: parseFixed18(row.shared) }))
}

/** A task that was completed on a day. */
export interface CompletedTaskRow {
  taskId: string
  label: string
  completedOn: CalendarDate
}

const COMPLETED = taskStatement(
  'billing_completed',
  (belongs) => `SELECT t.id AS "taskId", t.name AS label, t.completed_on::text AS "completedOn" FROM task t
    WHERE t.tenant_id = $1::uuid AND t.completed_on >= $3::date AND t.completed_on < $4::date AND ${belongs('t.completed_on')}
    ORDER BY t.completed_on, t.key`,
)

/** The tasks of a place that were completed in a range, in their order. */
export function readBilledCompletions(db: TenantSql, asked: PlaceInRange): Promise<CompletedTaskRow[]> {
  return askTasks(db, COMPLETED, asked)
}

// A completion that was undone, or told again for another day, has no charge that could be taken back.
const REVERSED = taskStatement(
  'billing_reversed',
  (
    belongs,
  ) => `SELECT t.id AS "taskId", t.name AS label, r.completed_on::text AS "completedOn", r.reversed_on::text AS "reversedOn"
    FROM outcome_reversal r JOIN task t ON t.tenant_id = r.tenant_id AND t.id = r.task_id AND t.completed_on = r.completed_on
    WHERE r.tenant_id = $1::uuid AND r.reversed_on >= $3::date AND r.reversed_on < $4::date AND ${belongs('t.completed_on')}
    ORDER BY r.reversed_on, t.key`,
)

/** The outcomes of a place that were taken back in a range. */
export function readBilledReversals(
  db: TenantSql,
  asked: PlaceInRange,
): Promise<(CompletedTaskRow & { reversedOn: CalendarDate })[]> {
  return askTasks(db, REVERSED, asked)
}

/** What was allocated for a month to a task in a place; `taskId` null: to none. */
export interface AllocatedPlaceRow {
  month: CalendarDate
  taskId: string | null
  projectId: string
  amount: Fixed18
}

function allocated(column: 'project_id' | 'client_id'): Prepared {
  return {
    name: `billing_allocated_${column}`,
    text: `SELECT m.month::text AS month, nullif(m.task_id, '${NIL_UUID}'::uuid) AS "taskId", m.project_id AS "projectId",
        sum(m.amount)::text AS amount
      FROM allocated_place m WHERE m.tenant_id = $1::uuid AND m.${column} = $2::uuid AND m.month = ANY ($3::date[])
      GROUP BY 1, 2, 3 HAVING sum(m.amount) <> 0 ORDER BY 1, 2, 3`,
  }
}

const ALLOCATED = { project: allocated('project_id'), client: allocated('client_id') }

/** What whole months allocated to a project, or to a client and each project of its work. */
export async function readBilledShares(
  db: TenantSql,
  place: BilledPlace,
  months: readonly CalendarDate[],
): Promise<AllocatedPlaceRow[]> {
  const statement = place.projectId === null ? ALLOCATED.client : ALLOCATED.project
  const rows = await db.query<Omit<AllocatedPlaceRow, 'amount'> & { amount: string }>(statement, [
    place.projectId ?? place.clientId,
    plainArray(months),
  ])
  return rows.map((row) => ({ ...row, amount: parseFixed18(row.amount) }))
}
