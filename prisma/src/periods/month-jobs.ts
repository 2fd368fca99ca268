import type { DateRange } from '@outlay/domain/periods/calendar-date'
import type { Prepared, TenantSql } from '../sql/tenant-sql.ts'

/** Work on a month that a close must not overtake or forget. */
export interface JobsOfMonth {
  /** Allocations that are queued or run, and re-ratings that are being applied. */
  running: number
  failed: { kind: 'ALLOCATION' | 'RERATING'; what: string; error: string }[]
}

// A preview writes nothing, so it may run. A re-rating that became STALE while it was applied has changed a part of its range: that is
// exact, and half of what somebody wanted. A later job of the same range takes the place of a failed one.
const RUNNING: Prepared = {
  name: 'read_month_jobs_running',
  text: `SELECT ((SELECT count(*) FROM allocation_job j WHERE j.tenant_id = $1::uuid AND j.month = $2::date AND j.state IN ('QUEUED', 'RUNNING'))
    + (SELECT count(*) FROM rerating r WHERE r.tenant_id = $1::uuid AND r.state IN ('APPLY_QUEUED', 'APPLYING')
        AND r.range_from < $3::date AND r.range_to > $2::date))::int AS running`,
}

const FAILED: Prepared = {
  name: 'read_month_jobs_failed',
  text: `SELECT 'ALLOCATION' AS kind, 'The allocation of ' || j.requested_at::date AS what, coalesce(j.error, 'it failed.') AS error
    FROM allocation_job j WHERE j.tenant_id = $1::uuid AND j.month = $2::date AND j.state = 'FAILED' AND NOT EXISTS (
      SELECT 1 FROM allocation_job l WHERE l.tenant_id = $1::uuid AND l.month = j.month AND l.state = 'DONE' AND l.requested_at > j.requested_at
        AND (l.pool_ids IS NULL OR l.pool_ids @> j.pool_ids))
    UNION ALL
    SELECT 'RERATING', 'The re-rating from ' || r.range_from || ' to ' || r.range_to, coalesce(r.error, 'it failed.')
    FROM rerating r WHERE r.tenant_id = $1::uuid AND r.kind = 'RERATING' AND r.range_from < $3::date AND r.range_to > $2::date
      AND (r.state = 'FAILED' OR (r.state = 'STALE' AND r.apply_started_at IS NOT NULL)) AND NOT EXISTS (
      SELECT 1 FROM rerating l WHERE l.tenant_id = $1::uuid AND l.kind = 'RERATING' AND l.requested_at > r.requested_at
        AND l.range_from = r.range_from AND l.range_to = r.range_to AND l.filter IS NOT DISTINCT FROM r.filter
        AND (l.state = 'APPLIED' OR (l.state = 'PREVIEWED' AND (r.apply_started_at IS NULL OR l.events_changed = 0))))
    ORDER BY 1, 2 LIMIT 20`,
}

export async function readJobsOfMonth(db: TenantSql, { from, to }: DateRange): Promise<JobsOfMonth> {
  const [counts] = await db.query<{ running: number }>(RUNNING, [from, to])
  return { running: counts?.running ?? 0, failed: await db.query<JobsOfMonth['failed'][number]>(FAILED, [from, to]) }
}
