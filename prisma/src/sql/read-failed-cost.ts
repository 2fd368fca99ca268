import { parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import { CLIENT_OF_EVENT, PROJECT_OF_EVENT } from '../rerating/event-filter.ts'
import { PLANNED_EACH_TIME, type Prepared, type TenantSql } from './tenant-sql.ts'

/** What the failed calls of a project used; null is cost without a project. */
export interface FailedCost {
  projectId: string | null
  calls: number
  cost: Fixed18
  /** Of the calls and of the cost: what was tried again. */
  retriedCalls: number
  retriedCost: Fixed18
  /** Of the calls: those whose cost is not known, for want of a price or an exchange rate. */
  unknown: number
}

// What domain/chains/retried-attempts.ts says, of the events that count; what follows may count by itself or be a report of a shared use.
const IS_RETRIED = `i.trace_id IS NOT NULL AND EXISTS (
        SELECT FROM invocation n
        WHERE n.tenant_id = $1::uuid AND n.trace_id = i.trace_id AND n.billing <> 'VOID' AND n.kind = i.kind
          AND n.parent_span_id IS NOT DISTINCT FROM i.parent_span_id AND n.agent_id IS NOT DISTINCT FROM i.agent_id
          AND n.resource_id IS NOT DISTINCT FROM i.resource_id
          AND n.occurred_at > i.occurred_at AND n.occurred_at >= coalesce(i.ended_at, i.occurred_at))`

const FAILED: Prepared = {
  name: PLANNED_EACH_TIME,
  text: `WITH failed AS (
      SELECT ${PROJECT_OF_EVENT} AS project_id, i.cost, ${IS_RETRIED} AS is_retried
      FROM invocation i
      WHERE i.tenant_id = $1::uuid AND i.occurred_at >= $2::timestamptz AND i.occurred_at < $3::timestamptz
        AND i.failure IS NOT NULL AND i.billing IN ('DIRECT', 'WRAPPER', 'SHARED')
        AND ($4::uuid IS NULL OR ${CLIENT_OF_EVENT} = $4::uuid)
    )
    SELECT project_id AS "projectId", count(*)::int AS calls, coalesce(sum(cost), 0)::text AS cost,
      count(*) FILTER (WHERE is_retried)::int AS "retriedCalls", coalesce(sum(cost) FILTER (WHERE is_retried), 0)::text AS "retriedCost",
      count(*) FILTER (WHERE cost IS NULL)::int AS unknown
    FROM failed GROUP BY project_id ORDER BY sum(cost) DESC NULLS LAST, project_id`,
}

/**
 * What calls cost that failed, as their senders say, between two instants (RFC 3339), by project and the dearest first: direct and
 * chain-shared, as the events stand now; of one client where it is given. A project without a failed call is absent.
 */
export async function readFailedCosts(
  db: TenantSql,
  { start, end, clientId }: { start: string; end: string; clientId: string | null },
): Promise<FailedCost[]> {
  const rows = await db.query<Omit<FailedCost, 'cost' | 'retriedCost'> & { cost: string; retriedCost: string }>(
    FAILED,
    [start, end, clientId],
  )
  return rows.map((row) => ({ ...row, cost: parseFixed18(row.cost), retriedCost: parseFixed18(row.retriedCost) }))
}
