import type { DateRange } from '@outlay/domain/periods/calendar-date'
import { NIL_UUID } from '@outlay/domain/rollup/grain'
import type { TaskMember } from './read-tasks.ts'
import { PLANNED_EACH_TIME, type Prepared, type TenantSql } from './tenant-sql.ts'

// A share accrues over the whole month, so it reaches into ranges in which its task consumed nothing. The few tasks of a project are looked
// up one by one (OFFSET 0 makes it no join), as in read-tasks.ts.
const withoutUsage = (lookUp: '' | 'OFFSET 0') => `FROM allocated_place m
    WHERE m.tenant_id = $1::uuid AND m.month >= date_trunc('month', $2::date::timestamp)::date AND m.month < $3::date
      AND m.task_id <> '${NIL_UUID}' AND m.amount <> 0
      AND ($4::uuid IS NULL OR EXISTS (SELECT 1 FROM task t WHERE t.tenant_id = $1::uuid AND t.id = m.task_id AND t.client_id = $4::uuid))
      AND ($5::uuid IS NULL OR EXISTS (SELECT 1 FROM task t WHERE t.tenant_id = $1::uuid AND t.id = m.task_id AND t.project_id = $5::uuid))
      AND NOT EXISTS (SELECT 1 FROM rollup_task c
        WHERE c.tenant_id = $1::uuid AND c.task_id = m.task_id AND c.day >= $2::date AND c.day < $3::date AND c.invocations <> 0 ${lookUp})`

/** Of a project, or of anybody else. */
const statements = (text: (facts: string) => string): { ofProject: Prepared; others: Prepared } => ({
  ofProject: { name: PLANNED_EACH_TIME, text: text(withoutUsage('OFFSET 0')) },
  others: { name: PLANNED_EACH_TIME, text: text(withoutUsage('')) },
})

const PAGE = statements(
  (facts) => `SELECT DISTINCT m.task_id AS id ${facts} AND m.task_id < $6::uuid ORDER BY m.task_id DESC LIMIT $7`,
)

/** Tasks with an allocated share in a range in which they consumed nothing, from the largest id before `before`; of one client or project where that is given. */
export async function readAllocatedTaskIds(
  db: TenantSql,
  options: TaskMember & { range: DateRange; before: string; limit: number },
): Promise<string[]> {
  const { range, clientId, projectId, before, limit } = options
  const rows = await db.query<{ id: string }>(projectId === null ? PAGE.others : PAGE.ofProject, [
    range.from,
    range.to,
    clientId,
    projectId,
    before,
    limit,
  ])
  return rows.map((row) => row.id)
}

const COUNT = statements((facts) => `SELECT count(DISTINCT m.task_id)::int AS count ${facts}`)

/** How many such tasks there are. */
export async function countAllocatedTasks(
  db: TenantSql,
  { range, clientId, projectId }: TaskMember & { range: DateRange },
): Promise<number> {
  const statement = projectId === null ? COUNT.others : COUNT.ofProject
  const [row] = await db.query<{ count: number }>(statement, [range.from, range.to, clientId, projectId])
  return row?.count ?? 0
}
