import type { DateRange } from '@outlay/domain/periods/calendar-date'
import { Grain, NIL_UUID } from '@outlay/domain/rollup/grain'
import { CELL_SUMS, cellSums, IS_COUNTED, type CellSums, type CellSumsRow } from './cell-sums.ts'
import { plainArray } from './pg-array.ts'
import { allocatedMembers } from './read-allocated.ts'
import { PLANNED_EACH_TIME, type Prepared, type TenantSql } from './tenant-sql.ts'

/** A project's cost and outcome in a range. */
export interface ProjectSums {
  projectId: string
  key: string
  sums: CellSums
  /** Tasks completed. */
  completed: number
}

const COMPLETED = `t.tenant_id = $1::uuid AND t.completed_on >= $2::date AND t.completed_on < $3::date`

// Active: it consumed something in the range, a task of it was completed in it, it earns something, or it has a share of a pool.
const ACTIVE_PROJECTS = `cells AS (
    SELECT c.a AS id, ${CELL_SUMS}, sum(c.cost_direct + c.cost_shared) AS cost FROM rollup_day c
    WHERE c.tenant_id = $1::uuid AND c.grain = ${Grain.PROJECT} AND c.day >= $2::date AND c.day < $3::date AND c.a <> '${NIL_UUID}'
      AND ${IS_COUNTED}
    GROUP BY c.a
  ), outcomes AS (
    SELECT t.project_id AS id, count(*)::int AS completed FROM task t WHERE ${COMPLETED} AND t.project_id IS NOT NULL GROUP BY t.project_id
  ), earners AS (SELECT unnest($4::uuid[]) AS id), sharers AS (${allocatedMembers(Grain.PROJECT)}), active AS (
    SELECT id, coalesce(c.direct, '0') AS direct, coalesce(c.shared, '0') AS shared, coalesce(c.invocations, '0') AS invocations,
      coalesce(c.tokens, '0') AS tokens, coalesce(c.unpriced, '0') AS unpriced, coalesce(c.unconverted, '0') AS unconverted,
      coalesce(c.cost, 0) AS cost, coalesce(o.completed, 0) AS completed
    FROM cells c FULL JOIN outcomes o USING (id) FULL JOIN earners USING (id) FULL JOIN sharers USING (id)
  )`

const PAGE: Prepared = {
  name: PLANNED_EACH_TIME,
  text: `WITH ${ACTIVE_PROJECTS}
    SELECT r.id AS "projectId", r.key, a.direct, a.shared, a.invocations, a.tokens, a.unpriced, a.unconverted, a.completed
    FROM active a JOIN project r ON r.tenant_id = $1::uuid AND r.id = a.id
    WHERE ($5::uuid IS NULL OR r.client_id = $5::uuid)
      AND ($6::numeric IS NULL OR a.cost < $6::numeric OR (a.cost = $6::numeric AND r.key > $7))
    ORDER BY a.cost DESC, r.key LIMIT $8`,
}

/**
 * The projects with cost, completed tasks, revenue or a share of a pool in a range, the dearest by attributed cost first, after a cost and
 * key; `clientId` keeps the projects of one client. `earners`: those with revenue (src/revenue).
 */
export async function readProjectCosts(
  db: TenantSql,
  options: {
    range: DateRange
    earners: readonly string[]
    clientId: string | null
    after: { cost: string; key: string } | null
    limit: number
  },
): Promise<ProjectSums[]> {
  const { range, earners, clientId, after, limit } = options
  const values = [range.from, range.to, plainArray(earners), clientId, after?.cost ?? null, after?.key ?? '', limit]
  const rows = await db.query<CellSumsRow & Omit<ProjectSums, 'sums'>>(PAGE, values)
  return rows.map((row) => {
    const { projectId, key, completed } = row
    return { projectId, key, sums: cellSums(row), completed }
  })
}

const COUNT: Prepared = {
  name: PLANNED_EACH_TIME,
  text: `WITH ${ACTIVE_PROJECTS} SELECT count(*)::int AS count FROM active a JOIN project r ON r.tenant_id = $1::uuid AND r.id = a.id
    WHERE $5::uuid IS NULL OR r.client_id = $5::uuid`,
}

/** How many such projects there are. */
export async function countProjectCosts(
  db: TenantSql,
  { range, earners, clientId }: { range: DateRange; earners: readonly string[]; clientId: string | null },
): Promise<number> {
  const rows = await db.query<{ count: number }>(COUNT, [range.from, range.to, plainArray(earners), clientId])
  return rows[0]?.count ?? 0
}

const BY_IDS: Prepared = {
  name: 'read_project_sums',
  text: `SELECT c.a AS id, ${CELL_SUMS} FROM rollup_day c
    WHERE c.tenant_id = $1::uuid AND c.grain = ${Grain.PROJECT} AND c.day >= $2::date AND c.day < $3::date AND c.a = ANY ($4::uuid[])
    GROUP BY c.a`,
}

/** Cost of some projects in a range; a project without any is absent. */
export async function readProjectSums(
  db: TenantSql,
  range: DateRange,
  projectIds: readonly string[],
): Promise<Map<string, CellSums>> {
  const rows = await db.query<CellSumsRow & { id: string }>(BY_IDS, [range.from, range.to, plainArray(projectIds)])
  return new Map(rows.map((row) => [row.id, cellSums(row)]))
}

const COMPLETIONS: Prepared = {
  name: 'read_project_completions',
  text: `SELECT t.project_id AS id, count(*)::int AS completed FROM task t WHERE ${COMPLETED} AND t.project_id = ANY ($4::uuid[]) GROUP BY t.project_id`,
}

/** How many tasks of some projects were completed in a range; a project without any is absent. */
export async function readProjectCompletions(
  db: TenantSql,
  { range, projectIds }: { range: DateRange; projectIds: readonly string[] },
): Promise<Map<string, number>> {
  const values = [range.from, range.to, plainArray(projectIds)]
  const rows = await db.query<{ id: string; completed: number }>(COMPLETIONS, values)
  return new Map(rows.map(({ id, completed }) => [id, completed]))
}

const AGENTS_USED: Prepared = {
  name: 'read_project_agents_used',
  text: `SELECT c.a AS id, count(DISTINCT c.b)::int AS count FROM rollup_day c
    WHERE c.tenant_id = $1::uuid AND c.grain = ${Grain.PROJECT_AGENT} AND c.day >= $2::date AND c.day < $3::date AND c.a = ANY ($4::uuid[])
      AND c.b <> '${NIL_UUID}' AND c.invocations <> 0
    GROUP BY c.a`,
}

/** How many agents worked for each of some projects. */
export async function readProjectAgentsUsed(
  db: TenantSql,
  range: DateRange,
  projectIds: readonly string[],
): Promise<Map<string, number>> {
  const values = [range.from, range.to, plainArray(projectIds)]
  const rows = await db.query<{ id: string; count: number }>(AGENTS_USED, values)
  return new Map(rows.map((row) => [row.id, row.count]))
}
