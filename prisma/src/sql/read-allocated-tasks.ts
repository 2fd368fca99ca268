import type { DateRange } from '@outlay/domain/periods/calendar-date'
import { NIL_UUID } from '@outlay/domain/rollup/grain'
import { PLANNED_EACH_TIME, type Prepared, type TenantSql } from './tenant-sql.ts'

// A share accrues over the whole month, so it reaches into ranges in which its task consumed nothing.
const WITHOUT_USAGE = `FROM allocated_place m
    WHERE m.tenant_id = $1::uuid AND m.month >= date_trunc('month', $2::date::timestamp)::date AND m.month < $3::date
      AND m.task_id <> '${NIL_UUID}' AND m.amount <> 0
      AND ($4::uuid IS NULL OR EXISTS (SELECT 1 FROM task t WHERE t.tenant_id = $1::uuid AND t.id = m.task_id AND t.client_id = $4::uuid))
      AND NOT EXISTS (SELECT 1 FROM rollup_task c
        WHERE c.tenant_id = $1::uuid AND c.task_id = m.task_id AND c.day >= $2::date AND c.day < $3::date AND c.invocations <> 0)`

const PAGE: Prepared = {
  name: PLANNED_EACH_TIME,
  text: `SELECT DISTINCT m.task_id AS id ${WITHOUT_USAGE} AND m.task_id < $5::uuid ORDER BY m.task_id DESC LIMIT $6`,
}

/** Tasks with an allocated share in a range in which they consumed nothing, from the largest id before `before`; `clientId` keeps one client's. */
export async function readAllocatedTaskIds(
  db: TenantSql,
  options: { range: DateRange; clientId: string | null; before: string; limit: number },
): Promise<string[]> {
  const { range, clientId, before, limit } = options
  const rows = await db.query<{ id: string }>(PAGE, [range.from, range.to, clientId, before, limit])
  return rows.map((row) => row.id)
}

const COUNT: Prepared = {
  name: PLANNED_EACH_TIME,
  text: `SELECT count(DISTINCT m.task_id)::int AS count ${WITHOUT_USAGE}`,
}

/** How many such tasks there are. */
export async function countAllocatedTasks(
  db: TenantSql,
  { range, clientId }: { range: DateRange; clientId: string | null },
): Promise<number> {
  const [row] = await db.query<{ count: number }>(COUNT, [range.from, range.to, clientId])
  return row?.count ?? 0
}
