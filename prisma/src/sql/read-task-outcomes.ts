import { parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import type { DateRange } from '@outlay/domain/periods/calendar-date'
import { plainArray } from './pg-array.ts'
import { IS_COUNTED } from './cell-sums.ts'
import { PLANNED_EACH_TIME, type Prepared, type TenantSql } from './tenant-sql.ts'

/** What the completed tasks of a project cost each: of all their days, direct and chain-shared. */
export interface TaskCosts {
  projectId: string
  tasks: number
  cost: Fixed18
  /** The cost that half of them, and nine in ten of them, do not exceed: the cost of one of them. */
  p50: Fixed18
  p90: Fixed18
}

const COMPLETED: Prepared = {
  name: PLANNED_EACH_TIME,
  text: `WITH done AS (
      SELECT t.project_id, t.id,
        coalesce((SELECT sum(c.cost_direct + c.cost_shared) FROM rollup_task c WHERE c.tenant_id = $1::uuid AND c.task_id = t.id), 0) AS cost
      FROM task t
      WHERE t.tenant_id = $1::uuid AND t.completed_on >= $2::date AND t.completed_on < $3::date AND t.project_id = ANY ($4::uuid[])
    )
    SELECT project_id AS "projectId", count(*)::int AS tasks, sum(cost)::text AS cost,
      (percentile_disc(0.5) WITHIN GROUP (ORDER BY cost))::text AS p50, (percentile_disc(0.9) WITHIN GROUP (ORDER BY cost))::text AS p90
    FROM done GROUP BY project_id`,
}

/** What the tasks of some projects cost that were completed in a range; a project without any is absent. */
export async function readCompletedTaskCosts(
  db: TenantSql,
  range: DateRange,
  projectIds: readonly string[],
): Promise<Map<string, TaskCosts>> {
  const values = [range.from, range.to, plainArray(projectIds)]
  const rows = await db.query<Record<'projectId' | 'cost' | 'p50' | 'p90', string> & { tasks: number }>(
    COMPLETED,
    values,
  )
  return new Map(
    rows.map(({ projectId, tasks, cost, p50, p90 }) => [
      projectId,
      { projectId, tasks, cost: parseFixed18(cost), p50: parseFixed18(p50), p90: parseFixed18(p90) },
    ]),
  )
}

/** What tasks cost in a range that came to nothing. */
export interface LostCost {
  tasks: number
  cost: Fixed18
}

const LOST: Prepared = {
  name: PLANNED_EACH_TIME,
  text: `SELECT t.project_id AS "projectId", t.status, count(DISTINCT t.id)::int AS tasks, sum(c.cost_direct + c.cost_shared)::text AS cost
    FROM task t
    JOIN rollup_task c ON c.tenant_id = $1::uuid AND c.task_id = t.id AND c.day >= $2::date AND c.day < $3::date AND ${IS_COUNTED}
    WHERE t.tenant_id = $1::uuid AND t.status IN ('FAILED', 'CANCELLED') AND t.project_id = ANY ($4::uuid[])
    GROUP BY t.project_id, t.status`,
}

/** What the failed and the cancelled tasks of some projects cost in a range, by `<project> <status>`; what there is none of is absent. */
export async function readLostTaskCosts(
  db: TenantSql,
  range: DateRange,
  projectIds: readonly string[],
): Promise<Map<string, LostCost>> {
  const values = [range.from, range.to, plainArray(projectIds)]
  const rows = await db.query<{ projectId: string; status: string; tasks: number; cost: string }>(LOST, values)
  return new Map(
    rows.map(({ projectId, status, tasks, cost }) => [`${projectId} ${status}`, { tasks, cost: parseFixed18(cost) }]),
  )
}
