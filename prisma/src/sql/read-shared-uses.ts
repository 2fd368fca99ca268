import { parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import { plainArray } from './pg-array.ts'
import { PLANNED_EACH_TIME, type Prepared, type TenantSql } from './tenant-sql.ts'

/** What the shared uses of one resource came to. */
export interface ResourceUses {
  /** null when the sender named none. */
  provider: string | null
  resource: string | null
  uses: string
  reports: string
  cost: Fixed18
}

const BY_RESOURCE: Prepared = {
  name: 'read_shared_uses_by_resource',
  text: `SELECT nullif(r.provider, '') AS provider, nullif(r.name, '') AS resource, s.uses::text AS uses, s.reports::text AS reports, s.cost::text AS cost
    FROM (
      SELECT i.resource_id, count(*) FILTER (WHERE i.billing = 'SHARED') AS uses, count(*) AS reports,
        coalesce(sum(i.cost) FILTER (WHERE i.billing = 'SHARED'), 0) AS cost
      FROM invocation i
      WHERE i.tenant_id = $1::uuid AND i.occurred_at >= $2::timestamptz AND i.occurred_at < $3::timestamptz AND i.billing IN ('SHARED', 'REPORT')
      GROUP BY i.resource_id
    ) s LEFT JOIN resource r ON r.tenant_id = $1::uuid AND r.id = s.resource_id
    ORDER BY s.cost DESC, s.uses DESC, r.provider, r.name NULLS LAST, s.resource_id LIMIT $4`,
}

/** The shared uses of a range by resource, the most expensive first: each counted once (law L13), and all reports of them. */
export async function readResourceUses(
  db: TenantSql,
  { start, end, limit }: { start: string; end: string; limit: number },
): Promise<ResourceUses[]> {
  const rows = await db.query<Omit<ResourceUses, 'cost'> & { cost: string }>(BY_RESOURCE, [start, end, limit])
  return rows.map((row) => ({ ...row, cost: parseFixed18(row.cost) }))
}

/** One shared use of a task. */
export interface TaskUse {
  taskId: string
  traceId: string
  sharedKey: string
  resource: string | null
  cost: string | null
  /** Of the report that carries the cost, then of the others in the order they occurred; an agent may be in it twice. */
  agentIds: string[]
}

/** Most shared uses that a task shows. */
const TASK_USES_MAX = 100

// The use is its carrier's, and so is its task; who else reported it may have named another or none.
const OF_TASKS: Prepared = {
  name: PLANNED_EACH_TIME,
  text: `SELECT u.task_id AS "taskId", u.trace_id AS "traceId", u.shared_key AS "sharedKey", nullif(r.name, '') AS resource, u.cost::text AS cost,
      coalesce(o.agents, '{}') AS "agentIds"
    FROM unnest($2::uuid[]) AS w(id) CROSS JOIN LATERAL (
      SELECT i.* FROM invocation i
      WHERE i.tenant_id = $1::uuid AND i.task_id = w.id AND i.billing = 'SHARED'
        AND ($3::timestamptz IS NULL OR (i.occurred_at >= $3::timestamptz AND i.occurred_at < $4::timestamptz))
      ORDER BY i.occurred_at DESC, i.id DESC LIMIT ${TASK_USES_MAX}
    ) u CROSS JOIN LATERAL (
      SELECT array_agg(e.agent_id::text ORDER BY e.billing <> 'SHARED', e.occurred_at, e.id) AS agents FROM invocation e
      WHERE e.tenant_id = $1::uuid AND e.trace_id = u.trace_id AND e.shared_key = u.shared_key AND e.billing IN ('SHARED', 'REPORT')
        AND e.agent_id IS NOT NULL
    ) o LEFT JOIN resource r ON r.tenant_id = $1::uuid AND r.id = u.resource_id
    ORDER BY u.occurred_at DESC, u.id DESC`,
}

/** The shared uses of some tasks, the latest first, of all time or between two instants. */
export function readTaskUses(
  db: TenantSql,
  taskIds: readonly string[],
  within: { start: string; end: string } | null,
): Promise<TaskUse[]> {
  return db.query(OF_TASKS, [plainArray(taskIds), within?.start ?? null, within?.end ?? null])
}
