import type { DateRange } from '@outlay/domain/periods/calendar-date'
import { NIL_UUID } from '@outlay/domain/rollup/grain'
import { CELL_SUMS, cellSums, IS_COUNTED, isCounted, type CellSums, type CellSumsRow } from './cell-sums.ts'
import { plainArray } from './pg-array.ts'
import { PLANNED_EACH_TIME, type Prepared, type TenantSql } from './tenant-sql.ts'

/** A task of a page and what the page is sorted by. */
export interface TaskPosition {
  taskId: string
  /** The last day with cost in the range, or the cost in the range as decimal text. */
  sortKey: string
}

// Walks the days backwards and takes a task on its last day in the range only, so a page costs what it shows, not what the range holds.
const RECENT: Prepared = {
  name: 'read_tasks_recent',
  text: `SELECT DISTINCT c.day::text AS "sortKey", c.task_id AS "taskId", c.day FROM rollup_task c
    WHERE c.tenant_id = $1::uuid AND c.day >= $2::date AND c.day < $3::date AND (c.day, c.task_id) < ($4::date, $5::uuid)
      AND c.task_id <> '${NIL_UUID}' AND ${IS_COUNTED}
      AND NOT EXISTS (SELECT 1 FROM rollup_task l
        WHERE l.tenant_id = $1::uuid AND l.task_id = c.task_id AND l.day > c.day AND l.day < $3::date AND ${isCounted('l')})
    ORDER BY c.day DESC, c.task_id DESC LIMIT $6`,
}

// Planned with its values, so that the member that is not asked for is no condition.
const OF_MEMBER = `($7::uuid IS NULL OR t.client_id = $7::uuid) AND ($8::uuid IS NULL OR t.project_id = $8::uuid)`

const RECENT_OF_MEMBER: Prepared = {
  name: PLANNED_EACH_TIME,
  text: `SELECT max(c.day)::text AS "sortKey", c.task_id AS "taskId" FROM task t
    JOIN rollup_task c ON c.tenant_id = $1::uuid AND c.task_id = t.id AND c.day >= $2::date AND c.day < $3::date
      AND ${IS_COUNTED}
    WHERE t.tenant_id = $1::uuid AND ${OF_MEMBER}
    GROUP BY c.task_id HAVING (max(c.day), c.task_id) < ($4::date, $5::uuid)
    ORDER BY max(c.day) DESC, c.task_id DESC LIMIT $6`,
}

const BY_COST: Prepared = {
  name: 'read_tasks_by_cost',
  text: `SELECT sum(c.cost_direct + c.cost_shared)::text AS "sortKey", c.task_id AS "taskId" FROM rollup_task c
    WHERE c.tenant_id = $1::uuid AND c.day >= $2::date AND c.day < $3::date AND c.task_id <> '${NIL_UUID}' AND ${IS_COUNTED}
    GROUP BY c.task_id
    HAVING $4::numeric IS NULL OR (sum(c.cost_direct + c.cost_shared), c.task_id) < ($4::numeric, $5::uuid)
    ORDER BY sum(c.cost_direct + c.cost_shared) DESC, c.task_id DESC LIMIT $6`,
}

const BY_COST_OF_MEMBER: Prepared = {
  name: PLANNED_EACH_TIME,
  text: `SELECT sum(c.cost_direct + c.cost_shared)::text AS "sortKey", c.task_id AS "taskId" FROM task t
    JOIN rollup_task c ON c.tenant_id = $1::uuid AND c.task_id = t.id AND c.day >= $2::date AND c.day < $3::date
      AND ${IS_COUNTED}
    WHERE t.tenant_id = $1::uuid AND ${OF_MEMBER}
    GROUP BY c.task_id
    HAVING $4::numeric IS NULL OR (sum(c.cost_direct + c.cost_shared), c.task_id) < ($4::numeric, $5::uuid)
    ORDER BY sum(c.cost_direct + c.cost_shared) DESC, c.task_id DESC LIMIT $6`,
}

// A project has few enough tasks to look each of them up. As a join, and before the tables have statistics, the cells of all tasks were read
// again for each task of the project: 24 seconds for 600 of 20,000, where who is limited to clients is asked about each cell.
const ofProject = (cells: string): string => `FROM task t CROSS JOIN LATERAL (
      SELECT ${cells} FROM rollup_task c
      WHERE c.tenant_id = $1::uuid AND c.task_id = t.id AND c.day >= $2::date AND c.day < $3::date AND ${IS_COUNTED}
    ) c
    WHERE t.tenant_id = $1::uuid AND ${OF_MEMBER}`

const RECENT_OF_PROJECT: Prepared = {
  name: PLANNED_EACH_TIME,
  text: `SELECT c.day::text AS "sortKey", t.id AS "taskId" ${ofProject('max(c.day) AS day')}
      AND (c.day, t.id) < ($4::date, $5::uuid)
    ORDER BY c.day DESC, t.id DESC LIMIT $6`,
}

const BY_COST_OF_PROJECT: Prepared = {
  name: PLANNED_EACH_TIME,
  text: `SELECT c.cost::text AS "sortKey", t.id AS "taskId" ${ofProject('sum(c.cost_direct + c.cost_shared) AS cost')}
      AND c.cost IS NOT NULL AND ($4::numeric IS NULL OR (c.cost, t.id) < ($4::numeric, $5::uuid))
    ORDER BY c.cost DESC, t.id DESC LIMIT $6`,
}

const LAST_UUID = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/** Whose tasks are asked for; null: anybody's. */
export interface TaskMember {
  clientId: string | null
  projectId: string | null
}

/** A page of the tasks with cost in a range, after a position; of one client or project where that is given. */
export function readTaskPositions(
  db: TenantSql,
  options: TaskMember & {
    range: DateRange
    order: 'RECENT' | 'COST'
    after: TaskPosition | null
    limit: number
  },
): Promise<TaskPosition[]> {
  const { range, order, clientId, projectId, after, limit } = options
  // Every day of the range is before its end, so (end, last id) is behind the first row.
  const start = order === 'RECENT' ? range.to : null
  const values = [range.from, range.to, after?.sortKey ?? start, after?.taskId ?? LAST_UUID, limit]
  if (clientId === null && projectId === null) return db.query(order === 'RECENT' ? RECENT : BY_COST, values)
  if (projectId !== null)
    return db.query(order === 'RECENT' ? RECENT_OF_PROJECT : BY_COST_OF_PROJECT, [...values, clientId, projectId])
  return db.query(order === 'RECENT' ? RECENT_OF_MEMBER : BY_COST_OF_MEMBER, [...values, clientId, projectId])
}

// Tasks that consumed something, and those that only a difference from a closed month was posted to.
const COUNT: Prepared = {
  name: 'count_tasks_with_cost',
  text: `SELECT (
      SELECT coalesce(sum(y.tasks), 0) FROM client_activity y
      WHERE y.tenant_id = $1::uuid AND y.day >= $2::date AND y.day < $3::date AND y.day_before < $2::date
        AND ($4::uuid IS NULL OR y.client_id = $4::uuid)
    )::int + (
      SELECT count(*) FROM (SELECT DISTINCT k.task_id FROM period_correction k
        WHERE k.tenant_id = $1::uuid AND k.posted_day >= $2::date AND k.posted_day < $3::date AND k.returned_at IS NULL) posted
      JOIN task t ON t.tenant_id = $1::uuid AND t.id = posted.task_id AND ($4::uuid IS NULL OR t.client_id = $4::uuid)
      WHERE EXISTS (SELECT 1 FROM rollup_task c
          WHERE c.tenant_id = $1::uuid AND c.task_id = t.id AND c.day >= $2::date AND c.day < $3::date AND ${IS_COUNTED})
        AND NOT EXISTS (SELECT 1 FROM rollup_task c
          WHERE c.tenant_id = $1::uuid AND c.task_id = t.id AND c.day >= $2::date AND c.day < $3::date
          GROUP BY c.day HAVING sum(c.invocations) <> 0)
    )::int AS count`,
}

// No cell counts the tasks of a project; a project has few enough to look at, one by one (OFFSET 0 makes it no join).
const COUNT_OF_PROJECT: Prepared = {
  name: 'count_project_tasks_with_cost',
  text: `SELECT count(*)::int AS count FROM task t
    WHERE t.tenant_id = $1::uuid AND ($4::uuid IS NULL OR t.client_id = $4::uuid) AND t.project_id = $5::uuid
      AND EXISTS (SELECT 1 FROM rollup_task c
        WHERE c.tenant_id = $1::uuid AND c.task_id = t.id AND c.day >= $2::date AND c.day < $3::date AND ${IS_COUNTED} OFFSET 0)`,
}

/** How many tasks, of a client or project where that is given, have cost in a range. */
export async function countTasksWithCost(
  db: TenantSql,
  { range, clientId, projectId }: TaskMember & { range: DateRange },
): Promise<number> {
  const values = [range.from, range.to, clientId]
  const rows = await (projectId === null
    ? db.query<{ count: number }>(COUNT, values)
    : db.query<{ count: number }>(COUNT_OF_PROJECT, [...values, projectId]))
  return rows[0]?.count ?? 0
}

/** What a task cost through one agent; nil for what no agent is tagged on, shared uses included. */
export interface TaskPart {
  taskId: string
  agentId: string
  sums: CellSums
}

const PARTS: Prepared = {
  name: 'read_task_parts',
  text: `SELECT c.task_id AS "taskId", c.agent_id AS "agentId", ${CELL_SUMS} FROM rollup_task c
    WHERE c.tenant_id = $1::uuid AND c.task_id = ANY ($2::uuid[]) AND ($3::date IS NULL OR (c.day >= $3::date AND c.day < $4::date))
      AND ${IS_COUNTED}
    GROUP BY c.task_id, c.agent_id`,
}

/** The cost of some tasks by agent, within a range or over all time. */
export async function readTaskParts(
  db: TenantSql,
  taskIds: readonly string[],
  range: DateRange | null,
): Promise<TaskPart[]> {
  const values = [plainArray(taskIds), range?.from ?? null, range?.to ?? null]
  const rows = await db.query<CellSumsRow & { taskId: string; agentId: string }>(PARTS, values)
  return rows.map((row) => ({ taskId: row.taskId, agentId: row.agentId, sums: cellSums(row) }))
}

/** Most traces that a task shows. */
const TRACES_MAX = 50

// A trace that serves the task by what stands. One of voided events alone is shown too, at no cost; one that a correction gave to
// another task is that task's.
const TRACES: Prepared = {
  name: 'read_task_traces',
  text: `SELECT w.id AS "taskId", t.trace_id AS "traceId"
    FROM unnest($2::uuid[]) AS w(id) CROSS JOIN LATERAL (
      SELECT i.trace_id, coalesce(max(i.occurred_at) FILTER (WHERE i.billing <> 'VOID'), max(i.occurred_at)) AS latest FROM invocation i
      WHERE i.tenant_id = $1::uuid AND i.task_id = w.id AND i.trace_id IS NOT NULL
      GROUP BY i.trace_id
      HAVING bool_or(i.billing <> 'VOID') OR NOT EXISTS (SELECT 1 FROM invocation s
        WHERE s.tenant_id = $1::uuid AND s.trace_id = i.trace_id AND s.billing <> 'VOID')
      ORDER BY latest DESC, i.trace_id LIMIT ${TRACES_MAX}
    ) t ORDER BY t.latest DESC, t.trace_id`,
}

/** The traces of some tasks, the latest first. */
export function readTaskTraceIds(
  db: TenantSql,
  taskIds: readonly string[],
): Promise<{ taskId: string; traceId: string }[]> {
  return db.query(TRACES, [plainArray(taskIds)])
}
