import type { CostBasis } from '@outlay/domain/rating/reported-cost'
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

/** One event with all that is known of it. */
export interface InvocationRecord extends RatingLines, ReportedColumns, CorrectionColumn {
  id: string
  traceId: string | null
  spanId: string | null
  parentSpanId: string | null
  name: string | null
  kind: InvocationKind
  billing: Billing
  status: RatingStatus
  sharedKey: string | null
  agentId: string | null
  taskId: string | null
  clientId: string | null
  projectId: string | null
  provider: string | null
  resource: string | null
  occurredAt: string
  endedAt: string | null
  ingestedAt: string
  qualifiers: Record<string, unknown> | null
  failure: string | null
  cost: string | null
  /** The event whose place it took. */
  replaces: string | null
}

const ONE: Prepared = {
  name: 'read_invocation',
  text: `SELECT i.id, i.trace_id AS "traceId", i.span_id AS "spanId", i.parent_span_id AS "parentSpanId", i.name, i.kind, i.billing, i.status,
      i.shared_key AS "sharedKey", i.agent_id AS "agentId", i.task_id AS "taskId", i.client_id AS "clientId", i.project_id AS "projectId",
      nullif(r.provider, '') AS provider, nullif(r.name, '') AS resource, ${instantText('i.occurred_at')} AS "occurredAt",
      ${instantText('i.ended_at')} AS "endedAt", ${instantText('i.ingested_at')} AS "ingestedAt", i.qualifiers, i.failure,
      ${ratingLines('i')}, i.cost::text AS cost, ${reportedColumns('i')}, ${CORRECTION}, o.invocation_id AS replaces
    FROM invocation_key k JOIN invocation i ON i.tenant_id = $1::uuid AND i.occurred_at = k.occurred_at AND i.id = k.id
    LEFT JOIN resource r ON r.tenant_id = $1::uuid AND r.id = i.resource_id
    LEFT JOIN invocation_correction c ON c.tenant_id = $1::uuid AND c.invocation_id = i.id
    LEFT JOIN invocation_correction o ON o.tenant_id = $1::uuid AND o.replacement_id = i.id
    WHERE k.tenant_id = $1::uuid AND k.id = $2`,
}

/** An event by the sender's id; null when there is none. */
export async function readInvocation(db: TenantSql, id: string): Promise<InvocationRecord | null> {
  const rows = await db.query<InvocationRecord>(ONE, [id])
  return rows[0] ?? null
}

/** A rating that another took the place of. */
export interface SupersededRatingRecord extends RatingLines {
  invocationId: string
  occurredAt: string
  status: RatingStatus
  costBasis: CostBasis
  cost: string | null
  supersededAt: string
  reason: string | null
  by: string | null
}

const SUPERSEDED: Prepared = {
  name: 'read_superseded_ratings',
  text: `SELECT s.invocation_id AS "invocationId", ${instantText('s.occurred_at')} AS "occurredAt", s.status, s.cost_basis AS "costBasis",
      s.cost::text AS cost, ${instantText('s.superseded_at')} AS "supersededAt", ${ratingLines('s')}, r.reason, r.applied_by AS by
    FROM superseded_rating s LEFT JOIN rerating r ON r.tenant_id = $1::uuid AND r.id = s.rerating_id
    WHERE s.tenant_id = $1::uuid AND s.invocation_id = ANY ($2::text[]) ORDER BY s.superseded_at DESC, s.rerating_id DESC`,
}

/** The ratings that events had before, the latest replaced first. */
export function readSupersededRatings(db: TenantSql, ids: readonly string[]): Promise<SupersededRatingRecord[]> {
  return db.query(SUPERSEDED, [textArray(ids)])
}
