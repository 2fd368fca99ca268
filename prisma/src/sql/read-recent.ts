import type { RatingStatus } from '@outlay/domain/rollup/cells'
import type { InvocationKind } from '@outlay/domain/rollup/grain'
import { instantText } from './cell-sums.ts'
import type { Prepared, TenantSql } from './tenant-sql.ts'

export interface RecentInvocationRecord {
  id: string
  traceId: string | null
  agentId: string | null
  taskId: string | null
  clientId: string | null
  projectId: string | null
  provider: string | null
  resource: string | null
  kind: InvocationKind
  occurredAt: string
  ingestedAt: string
  status: RatingStatus
  cost: string | null
}

// Arrivals are not indexed in order: an index would cost every event something for the sake of one page. The last hour's arrivals come
// from the block-range index of ingested_at, older ones from the latest that occurred; together they are sorted by arrival.
const RECENT: Prepared = {
  name: 'read_recent',
  text: `WITH found AS (
      (SELECT e.occurred_at, e.id FROM invocation e WHERE e.tenant_id = $1::uuid AND e.ingested_at >= $2::timestamptz AND e.billing <> 'VOID'
        ORDER BY e.ingested_at DESC LIMIT $3)
      UNION
      (SELECT e.occurred_at, e.id FROM invocation e WHERE e.tenant_id = $1::uuid AND e.billing <> 'VOID' ORDER BY e.occurred_at DESC LIMIT $3)
    )
    SELECT i.id, i.trace_id AS "traceId", i.agent_id AS "agentId", i.task_id AS "taskId", i.client_id AS "clientId", i.project_id AS "projectId",
      nullif(r.provider, '') AS provider, nullif(r.name, '') AS resource, i.kind, ${instantText('i.occurred_at')} AS "occurredAt",
      ${instantText('i.ingested_at')} AS "ingestedAt", i.status, i.cost::text AS cost
    FROM found f JOIN invocation i ON i.tenant_id = $1::uuid AND i.occurred_at = f.occurred_at AND i.id = f.id
    LEFT JOIN resource r ON r.tenant_id = $1::uuid AND r.id = i.resource_id
    ORDER BY i.ingested_at DESC, i.id LIMIT $3`,
}

/** The latest arrivals that were not voided: exact for what arrived since `since`, and behind them what occurred last. */
export function readRecentInvocations(
  db: TenantSql,
  { since, limit }: { since: string; limit: number },
): Promise<RecentInvocationRecord[]> {
  return db.query(RECENT, [since, limit])
}
