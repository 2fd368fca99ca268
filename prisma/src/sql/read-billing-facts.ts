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
export type BilledPlace = { projectId: string; clientId: null } | { projectId: null; clientId: string }

/** Days of a place that something is asked of. `nr` says in the answer which of many it was. */
export interface PlaceDays {
  nr: number
  place: BilledPlace
  range: DateRange
}

/** What the days of many places are asked with. */
export interface PlacesAsked {
  days: readonly PlaceDays[]
  /** The days that clients leave to projects with terms of their own. */
  except: readonly ProjectTermDays[]
}

/** What one agent used in a month; `agentId` null: untagged, shared uses included. */
export interface MonthUse {
  nr: number
  /** First day of the month. */
  month: CalendarDate
  agentId: string | null
  /** The first day it did something in the range; null when nothing but a difference of a closed month was posted. */
  firstOn: CalendarDate | null
  sums: CellSums
}

interface MonthUseRow extends CellSumsRow {
  nr: number
  month: string
  agentId: string
  firstOn: string | null
}

const MONTH = (day: string) => `date_trunc('month', ${day}::timestamp)::date::text AS month`

/** The days asked of, as rows: $2 to $5 of every statement, which reads all places of its kind at once. */
const ASKED = 'unnest($2::int[], $3::uuid[], $4::date[], $5::date[]) AS w(nr, id, first, after_last)'

const ON_DAYS = (day: string) => `${day} >= w.first AND ${day} < w.after_last`

/** Whether a project has terms of its own on a day: $n to $n+2 are its lists. No project has none. An anti join, as long as nothing is ORed to it. */
const hasOwnTerms = (project: string, day: string, first: number) =>
  `EXISTS (SELECT 1 FROM unnest($${first}::uuid[], $${first + 1}::date[], $${first + 2}::date[]) AS x(project_id, starts_on, ends_on)
    WHERE x.project_id = ${project} AND ${day} >= x.starts_on AND (x.ends_on IS NULL OR ${day} < x.ends_on))`

/** Once over the cells of all days that are asked of, however many places there are. */
const useOf = (cells: string) => `WITH cells AS MATERIALIZED (${cells})
    SELECT w.nr, ${MONTH('c.day')}, c.agent_id AS "agentId", (min(c.day) FILTER (WHERE c.invocations > 0))::text AS "firstOn", ${CELL_SUMS}
    FROM ${ASKED} JOIN cells c ON c.id = w.id AND ${ON_DAYS('c.day')}
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`

const MEASURES = 'c.cost_direct, c.cost_shared, c.invocations, c.tokens, c.unpriced, c.unconverted'

const OF_PROJECTS: Prepared = {
  name: 'billing_use_of_projects',
  text: useOf(`SELECT c.a AS id, c.b AS agent_id, c.day, ${MEASURES} FROM rollup_day c
    WHERE c.tenant_id = $1::uuid AND c.grain = ${Grain.PROJECT_AGENT} AND c.a = ANY ($3::uuid[]) AND c.day >= $6::date AND c.day < $7::date
      AND ${IS_COUNTED}`),
}

// Only the fine cells know client and project at once. The months are read, not the events.
const OF_CLIENTS: Prepared = {
  name: 'billing_use_of_clients',
  text: useOf(`SELECT c.client_id AS id, c.agent_id, d.day, ${MEASURES}
    FROM rollup_fine c CROSS JOIN LATERAL (SELECT (c.bucket AT TIME ZONE $8)::date AS day) d
    WHERE c.tenant_id = $1::uuid AND c.client_id = ANY ($3::uuid[]) AND c.bucket >= $6::timestamptz AND c.bucket < $7::timestamptz
      AND ${IS_COUNTED} AND NOT ${hasOwnTerms('c.project_id', 'd.day', 9)}`),
}

/** Sums alone of days, whoever the agent is. */
const totalOf = (cells: string) => `WITH cells AS MATERIALIZED (${cells})
    SELECT s.nr, s.month::text AS month, '${NIL_UUID}'::uuid AS "agentId", NULL::text AS "firstOn",
      s.direct, s.shared, s.invocations, s.tokens, s.unpriced, s.unconverted
    FROM (SELECT w.nr, date_trunc('month', c.day::timestamp)::date AS month, ${CELL_SUMS}
      FROM ${ASKED} JOIN cells c ON c.id = w.id AND ${ON_DAYS('c.day')} GROUP BY 1, 2) s ORDER BY s.nr, s.month`

const TOTAL_OF_PROJECTS: Prepared = {
  name: 'billing_total_of_projects',
  text: totalOf(`SELECT c.a AS id, c.day, ${MEASURES} FROM rollup_day c
    WHERE c.tenant_id = $1::uuid AND c.grain = ${Grain.PROJECT} AND c.a = ANY ($3::uuid[]) AND c.day >= $6::date AND c.day < $7::date
      AND ${IS_COUNTED}`),
}

const TOTAL_OF_CLIENTS: Prepared = {
  name: 'billing_total_of_clients',
  text: totalOf(`SELECT c.a AS id, c.day, ${MEASURES} FROM rollup_day c
    WHERE c.tenant_id = $1::uuid AND c.grain = ${Grain.CLIENT_PROJECT} AND c.a = ANY ($3::uuid[]) AND c.day >= $6::date AND c.day < $7::date
      AND ${IS_COUNTED} AND NOT ${hasOwnTerms('c.b', 'c.day', 8)}`),
}

/** What was used in places by month, without its agents: from daily cells, where readBilledUse takes the fine ones of clients. */
export async function readBilledTotals(db: TenantSql, { days, except }: PlacesAsked): Promise<MonthUse[]> {
  const [projects, clients] = [ofProjects(days), ofClients(days)]
  const bounds = (of: readonly PlaceDays[]) => [wholeRange(of).from, wholeRange(of).to]
  const rows = await Promise.all([
    projects.length === 0
      ? []
      : db.query<MonthUseRow>(TOTAL_OF_PROJECTS, [...askedLists(projects), ...bounds(projects)]),
    clients.length === 0
      ? []
      : db.query<MonthUseRow>(TOTAL_OF_CLIENTS, [...askedLists(clients), ...bounds(clients), ...termLists(except)]),
  ])
  return rows.flat().map(monthUse)
}

function monthUse(row: MonthUseRow): MonthUse {
  return {
    nr: row.nr,
    month: row.month,
    agentId: row.agentId === NIL_UUID ? null : row.agentId,
    firstOn: row.firstOn,
    sums: cellSums(row),
  }
}

function askedLists(days: readonly PlaceDays[]): string[] {
  return [
    plainArray(days.map(({ nr }) => String(nr))),
    plainArray(days.map(({ place }) => place.projectId ?? place.clientId)),
    plainArray(days.map(({ range }) => range.from)),
    plainArray(days.map(({ range }) => range.to)),
  ]
}

function termLists(except: readonly ProjectTermDays[]): [string, string, string] {
  return [
    plainArray(except.map(({ projectId }) => projectId)),
    plainArray(except.map(({ startsOn }) => startsOn)),
    plainArray(except.map(({ endsOn }) => endsOn)),
  ]
}

/** From the first day asked of to the last. */
function wholeRange(days: readonly PlaceDays[]): DateRange {
  const from = days.map(({ range }) => range.from).reduce((a, b) => (a < b ? a : b))
  const to = days.map(({ range }) => range.to).reduce((a, b) => (a > b ? a : b))
  return { from, to }
}

const ofProjects = (days: readonly PlaceDays[]) => days.filter(({ place }) => place.projectId !== null)
const ofClients = (days: readonly PlaceDays[]) => days.filter(({ place }) => place.projectId === null)

/** What was used in places by month and agent, from the cells. */
export async function readBilledUse(
  db: TenantSql,
  { days, except, timeZone }: PlacesAsked & { timeZone: string },
): Promise<MonthUse[]> {
  const [projects, clients] = [ofProjects(days), ofClients(days)]
  const rows = await Promise.all([
    projects.length === 0 ? [] : useOfProjects(db, projects),
    clients.length === 0 ? [] : useOfClients(db, { days: clients, except, timeZone }),
  ])
  return rows.flat().map(monthUse)
}

function useOfProjects(db: TenantSql, days: readonly PlaceDays[]): Promise<MonthUseRow[]> {
  const { from, to } = wholeRange(days)
  return db.query<MonthUseRow>(OF_PROJECTS, [...askedLists(days), from, to])
}

function useOfClients(
  db: TenantSql,
  { days, except, timeZone }: PlacesAsked & { timeZone: string },
): Promise<MonthUseRow[]> {
  const { start, end } = rangeBounds(wholeRange(days), timeZone)
  const bounds = [instant(start), instant(end), timeZone]
  return db.query<MonthUseRow>(OF_CLIENTS, [...askedLists(days), ...bounds, ...termLists(except)])
}

function instant(ms: number): string {
  return formatInstant(ms * 1_000)
}

/** Whether a task of alias `t` belongs to the place asked of, on a day. The lists of clients begin at $6. */
const BELONGS = {
  project: () => 't.project_id = w.id',
  client: (day: string) => `t.client_id = w.id AND NOT ${hasOwnTerms('t.project_id', day, 6)}`,
}

function taskStatement(
  name: string,
  text: (belongs: (day: string) => string) => string,
): Record<'project' | 'client', Prepared> {
  return {
    project: { name: `${name}_of_projects`, text: text(BELONGS.project) },
    client: { name: `${name}_of_clients`, text: text(BELONGS.client) },
  }
}

async function askTasks<Row>(
  db: TenantSql,
  statement: Record<'project' | 'client', Prepared>,
  { days, except }: PlacesAsked,
): Promise<Row[]> {
  const [projects, clients] = [ofProjects(days), ofClients(days)]
  const rows = await Promise.all([
    projects.length === 0 ? [] : db.query<Row>(statement.project, askedLists(projects)),
    clients.length === 0 ? [] : db.query<Row>(statement.client, [...askedLists(clients), ...termLists(except)]),
  ])
  return rows.flat()
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

/** What a place used on a day, and its cost without shares of pools. */
export interface DayUse {
  day: CalendarDate
  direct: Fixed18
  shared: Fixed18
  tokens: Quantity6
  invocations: bigint
}

const DAY_SUMS = `sum(c.cost_direct)::text AS direct, sum(c.cost_shared)::text AS shared, sum(c.tokens)::text AS tokens,
      sum(c.invocations)::text AS invocations`

const DAYS_OF_PROJECT: Prepared = {
  name: 'billing_days_of_project',
  text: `SELECT c.day::text AS day, ${DAY_SUMS}
    FROM rollup_day c WHERE c.tenant_id = $1::uuid AND c.grain = ${Grain.PROJECT_AGENT} AND c.a = $2::uuid AND c.day >= $3::date AND c.day < $4::date
    GROUP BY 1 ORDER BY 1`,
}

const DAYS_OF_CLIENT: Prepared = {
  name: 'billing_days_of_client',
  text: `SELECT d.day::text AS day, ${DAY_SUMS}
    FROM rollup_fine c CROSS JOIN LATERAL (SELECT (c.bucket AT TIME ZONE $5)::date AS day) d
    WHERE c.tenant_id = $1::uuid AND c.client_id = $2::uuid AND c.bucket >= $3::timestamptz AND c.bucket < $4::timestamptz
      AND NOT ${hasOwnTerms('c.project_id', 'd.day', 6)}
    GROUP BY 1 ORDER BY 1`,
}

/** What was used in a place by day; a day without any is left out. */
export async function readBilledDays(
  db: TenantSql,
  asked: { place: BilledPlace; range: DateRange; timeZone: string; except: readonly ProjectTermDays[] },
): Promise<DayUse[]> {
  const { place, range, timeZone, except } = asked
  const bounds = rangeBounds(range, timeZone)
  const rows = await (place.projectId !== null
    ? db.query<Record<keyof DayUse, string>>(DAYS_OF_PROJECT, [place.projectId, range.from, range.to])
    : db.query<Record<keyof DayUse, string>>(DAYS_OF_CLIENT, [
        ...[place.clientId, instant(bounds.start), instant(bounds.end), timeZone],
        ...termLists(except),
      ]))
  return rows.map(({ day, direct, shared, tokens, invocations }) => ({
    day,
    direct: parseFixed18(direct),
    shared: parseFixed18(shared),
    tokens: parseQuantitySum(tokens),
    invocations: BigInt(invocations),
  }))
}

/** What a task cost in a month, without shares of pools. */
export interface TaskMonthCost {
  nr: number
  month: CalendarDate
  taskId: string
  direct: Fixed18
  shared: Fixed18
}

const TASK_COSTS = taskStatement(
  'billing_task_costs',
  (
    belongs,
  ) => `SELECT w.nr, ${MONTH('c.day')}, c.task_id AS "taskId", sum(c.cost_direct)::text AS direct, sum(c.cost_shared)::text AS shared
    FROM ${ASKED} JOIN rollup_task c ON c.tenant_id = $1::uuid AND ${ON_DAYS('c.day')}
      JOIN task t ON t.tenant_id = $1::uuid AND t.id = c.task_id AND ${belongs('c.day')}
    GROUP BY 1, 2, 3 HAVING sum(c.cost_direct) <> 0 OR sum(c.cost_shared) <> 0 ORDER BY 1, 2, 3`,
)

/** The costs of the tasks of places, from their cells. */
export async function readBilledTaskCosts(db: TenantSql, asked: PlacesAsked): Promise<TaskMonthCost[]> {
  type Row = Record<'month' | 'taskId' | 'direct' | 'shared', string> & { nr: number }
  const rows = await askTasks<Row>(db, TASK_COSTS, asked)
  return rows.map((row) => ({ ...row, direct: parseFixed18(row.direct), shared: parseFixed18(row.shared) }))
}

/** A task that was completed on a day. */
export interface CompletedTaskRow {
  nr: number
  taskId: string
  label: string
  completedOn: CalendarDate
}

const COMPLETED = taskStatement(
  'billing_completed',
  (belongs) => `SELECT w.nr, t.id AS "taskId", t.name AS label, t.completed_on::text AS "completedOn"
    FROM ${ASKED} JOIN task t ON t.tenant_id = $1::uuid AND ${ON_DAYS('t.completed_on')} AND ${belongs('t.completed_on')}
    ORDER BY w.nr, t.completed_on, t.key`,
)

/** The tasks of places that were completed on the days asked of, in their order. */
export function readBilledCompletions(db: TenantSql, asked: PlacesAsked): Promise<CompletedTaskRow[]> {
  return askTasks(db, COMPLETED, asked)
}

const COMPLETED_COUNTS = taskStatement(
  'billing_completed_counts',
  (belongs) => `SELECT w.nr, min(t.completed_on)::text AS "completedOn", count(*)::text AS count
    FROM ${ASKED} JOIN task t ON t.tenant_id = $1::uuid AND ${ON_DAYS('t.completed_on')} AND ${belongs('t.completed_on')}
    GROUP BY w.nr, date_trunc('month', t.completed_on::timestamp)`,
)

/** How many tasks of places were completed, by month: one row for all of them, with the first of their days. */
export async function readBilledCompletionCounts(
  db: TenantSql,
  asked: PlacesAsked,
): Promise<(CompletedTaskRow & { count: bigint })[]> {
  const rows = await askTasks<{ nr: number; completedOn: CalendarDate; count: string }>(db, COMPLETED_COUNTS, asked)
  return rows.map((row) => ({ ...row, taskId: NIL_UUID, label: '', count: BigInt(row.count) }))
}

// A completion that was undone, or told again for another day, has no charge that could be taken back.
const REVERSED = taskStatement(
  'billing_reversed',
  (
    belongs,
  ) => `SELECT w.nr, t.id AS "taskId", t.name AS label, r.completed_on::text AS "completedOn", r.reversed_on::text AS "reversedOn"
    FROM ${ASKED} JOIN outcome_reversal r ON r.tenant_id = $1::uuid AND ${ON_DAYS('r.reversed_on')}
      JOIN task t ON t.tenant_id = r.tenant_id AND t.id = r.task_id AND t.completed_on = r.completed_on AND ${belongs('t.completed_on')}
    ORDER BY w.nr, r.reversed_on, t.key`,
)

/** The outcomes of places that were taken back on the days asked of. */
export function readBilledReversals(
  db: TenantSql,
  asked: PlacesAsked,
): Promise<(CompletedTaskRow & { reversedOn: CalendarDate })[]> {
  return askTasks(db, REVERSED, asked)
}

/** What was allocated for a month to a task in a place; `taskId` null: to none. */
export interface AllocatedPlaceRow {
  nr: number
  month: CalendarDate
  taskId: string | null
  projectId: string
  amount: Fixed18
}

function allocated(column: 'project_id' | 'client_id'): Prepared {
  return {
    name: `billing_allocated_${column}s`,
    text: `SELECT w.nr, m.month::text AS month, nullif(m.task_id, '${NIL_UUID}'::uuid) AS "taskId", m.project_id AS "projectId",
        sum(m.amount)::text AS amount
      FROM ${ASKED} JOIN allocated_place m ON m.tenant_id = $1::uuid AND m.${column} = w.id AND m.month < w.after_last
        AND m.month >= date_trunc('month', w.first::timestamp)::date
      GROUP BY 1, 2, 3, 4 HAVING sum(m.amount) <> 0 ORDER BY 1, 2, 3, 4`,
  }
}

function allocatedMonths(grain: Grain, project: 'm.a' | 'm.b'): Prepared {
  return {
    name: `billing_allocated_months_${grain}`,
    text: `SELECT w.nr, m.month::text AS month, NULL::uuid AS "taskId", ${project} AS "projectId", m.amount::text AS amount
      FROM ${ASKED} JOIN allocated_month m ON m.tenant_id = $1::uuid AND m.grain = ${grain} AND m.a = w.id AND m.month < w.after_last
        AND m.month >= date_trunc('month', w.first::timestamp)::date
      ORDER BY 1, 2, 4`,
  }
}

const ALLOCATED_TOTALS = {
  project: allocatedMonths(Grain.PROJECT, 'm.a'),
  client: allocatedMonths(Grain.CLIENT_PROJECT, 'm.b'),
}

const ALLOCATED = { project: allocated('project_id'), client: allocated('client_id') }

/** What the whole months of the days asked of allocated to a project, or to a client and each project of its work. */
export function readBilledShares(db: TenantSql, asked: PlacesAsked): Promise<AllocatedPlaceRow[]> {
  return askShares(db, ALLOCATED, asked)
}

/** The same without its tasks: all of a project is in none. */
export function readBilledShareTotals(db: TenantSql, asked: PlacesAsked): Promise<AllocatedPlaceRow[]> {
  return askShares(db, ALLOCATED_TOTALS, asked)
}

async function askShares(
  db: TenantSql,
  statement: Record<'project' | 'client', Prepared>,
  { days }: PlacesAsked,
): Promise<AllocatedPlaceRow[]> {
  type Row = Omit<AllocatedPlaceRow, 'amount'> & { amount: string }
  const [projects, clients] = [ofProjects(days), ofClients(days)]
  const rows = await Promise.all([
    projects.length === 0 ? [] : db.query<Row>(statement.project, askedLists(projects)),
    clients.length === 0 ? [] : db.query<Row>(statement.client, askedLists(clients)),
  ])
  return rows.flat().map((row) => ({ ...row, amount: parseFixed18(row.amount) }))
}
