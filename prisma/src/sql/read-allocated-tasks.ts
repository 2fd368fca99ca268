import type { DateRange } from '@outlay/domain/periods/calendar-date'
import { NIL_UUID } from '@outlay/domain/rollup/grain'
import type { TaskMember } from './read-tasks.ts'
import { PLANNED_EACH_TIME, type Prepared, type TenantSql } from './tenant-sql.ts'

// A share accrues over the whole month, so it reaches into ranges in which its task consumed nothing.
const WITHOUT_USAGE = `FROM allocated_place m
    WHERE m.tenant_id = $1::uuid AND m.month >= date_trunc('month', $2::date::timestamp)::date AND m.month < $3::date
      AND m.task_id <> '${NIL_UUID}' AND m.amount <> 0
      AND ($4::uuid IS NULL OR EXISTS (SELECT 1 FROM task t WHERE t.tenant_id = $1::uuid AND t.id = m.task_id AND t.client_id = $4::uuid))
      AND ($5::uuid IS NULL OR EXISTS (SELECT 1 FROM task t WHERE t.tenant_id = $1::uuid AND t.id = m.task_id AND t.project_id = $5::uuid))
      AND NOT EXISTS (SELECT 1 FROM rollup_task c
        WHERE c.tenant_id = $1::uuid AND c.task_id = m.task_id AND c.day >= $2::date AND c.day < $3::date AND c.invocations <> 0)`

const PAGE: Prepared = {
  name: PLANNED_EACH_TIME,
  text: `SELECT DISTINCT m.task_id AS id ${WITHOUT_USAGE} AND m.task_id < $6::uuid ORDER BY m.task_id DESC LIMIT $7`,
}

/** Tasks with an allocated share in a range in which they consumed nothing, from the largest id before `before`; of one client or project where that is given. */
export async function readAllocatedTaskIds(
  db: TenantSql,
  options: TaskMember & { range: DateRange; before: string; limit: number },
): Promise<string[]> {
  const { range, clientId, projectId, before, limit } = options
  const rows = await db.query<{ id: string }>(PAGE, [range.from, range.to, clientId, projectId, before, limit])
  return rows.map((row) => row.id)
}

const COUNT: Prepared = {
  name: PLANNED_EACH_TIME,
  text: `SELECT count(DISTINCT m.task_id)::int AS count ${WITHOUT_USAGE}`,
}

/** How many such tasks there are. */
export async function countAllocatedTasks(
  db: TenantSql,
  { range, clientId, projectId }: TaskMember & { range: DateRange },
): Promise<number> {
  const [row] = await db.query<{ count: number }>(COUNT, [range.from, range.to, clientId, projectId])
  return row?.count ?? 0
}
