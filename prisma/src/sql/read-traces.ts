import type { Billing, RatingStatus } from '@outlay/domain/rollup/cells'
import type { InvocationKind } from '@outlay/domain/rollup/grain'
import { instantText } from './cell-sums.ts'
import { textArray } from './pg-array.ts'
import {
  CORRECTION,
  ratingLines,
  reportedColumns,
  type CorrectionColumn,
  type RatingLines,
  type ReportedColumns,
} from './rating-columns.ts'
import type { Prepared, TenantSql } from './tenant-sql.ts'

/** An invocation of a trace, as the chain shows it. */
export interface TraceInvocation extends RatingLines, ReportedColumns, CorrectionColumn {
  traceId: string
  id: string
  spanId: string | null
  parentSpanId: string | null
  name: string | null
  kind: InvocationKind
  billing: Billing
  status: RatingStatus
  sharedKey: string | null
  agentId: string | null
  taskId: string | null
  /** null when the sender named none. */
  provider: string | null
  resource: string | null
  startedAt: string
  endedAt: string | null
  startMicros: string
  cost: string | null
}

/** Most invocations of a trace that are added up; a chain of more is no chain that anybody reads. */
export const TRACE_INVOCATIONS_MAX = 50_000

const TRACES: Prepared = {
  name: 'read_traces',
  text: `SELECT i.trace_id AS "traceId", i.id, i.span_id AS "spanId", i.parent_span_id AS "parentSpanId", i.name, i.kind, i.billing, i.status,
      i.shared_key AS "sharedKey", i.agent_id AS "agentId", i.task_id AS "taskId",
      nullif(r.provider, '') AS provider, nullif(r.name, '') AS resource,
      ${instantText('i.occurred_at')} AS "startedAt", ${instantText('i.ended_at')} AS "endedAt",
      (extract(epoch FROM i.occurred_at) * 1000000)::bigint::text AS "startMicros",
      ${ratingLines('i')}, i.cost::text AS cost, ${reportedColumns('i')}, ${CORRECTION}
    FROM unnest($2::text[]) AS w(trace_id) CROSS JOIN LATERAL (
      SELECT * FROM invocation e WHERE e.tenant_id = $1::uuid AND e.trace_id = w.trace_id
      ORDER BY e.occurred_at, e.id LIMIT ${TRACE_INVOCATIONS_MAX + 1}
    ) i LEFT JOIN resource r ON r.tenant_id = $1::uuid AND r.id = i.resource_id
    LEFT JOIN invocation_correction c ON i.billing = 'VOID' AND c.tenant_id = $1::uuid AND c.invocation_id = i.id
    ORDER BY i.occurred_at, i.id`,
}

/** Every invocation of some traces, in the order they occurred. */
export function readTraceInvocations(db: TenantSql, traceIds: readonly string[]): Promise<TraceInvocation[]> {
  return db.query(TRACES, [textArray(traceIds)])
}
