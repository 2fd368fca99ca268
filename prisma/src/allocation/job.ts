import type { PoolClient } from 'pg'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import { instantText } from '../sql/cell-sums.ts'

/** Who asked for a run: a person or an integration, the schedule at the end of a month, or what arrived after an earlier run. */
export type AllocationCause = 'REQUESTED' | 'SCHEDULED' | 'LATE_EVENTS'

/** QUEUED waits for a worker; RUNNING is done again from its snapshot by whoever picks it up. */
export type AllocationJobState = 'QUEUED' | 'RUNNING' | 'DONE' | 'FAILED'

/** The names of a job: all that a queue carries. */
export interface AllocationRef {
  tenantId: string
  jobId: string
}

/** A row of `allocation_job`, as far as the work on it needs it. Its row is its whole state and its place in the queue. */
export interface AllocationJob {
  state: AllocationJobState
  month: CalendarDate
  poolIds: readonly string[]
  /** RFC 3339; null before it first starts. */
  snapshot: string | null
}

const COLUMNS = `state, month::text AS month, pool_ids::text[] AS "poolIds", ${instantText('snapshot')} AS snapshot`

/** The row of a job, kept from everybody else until the transaction ends; null when the tenant has no such job. */
export async function lockJob(client: PoolClient, { tenantId, jobId }: AllocationRef): Promise<AllocationJob | null> {
  const { rows } = await client.query<AllocationJob>(
    `SELECT ${COLUMNS} FROM allocation_job WHERE tenant_id = $1::uuid AND id = $2::uuid FOR UPDATE`,
    [tenantId, jobId],
  )
  return rows[0] ?? null
}

/**
 * Begins a job, or begins it again. The snapshot is set once, under the tenant's lock: events are stamped under it too, so whatever was
 * recorded before the snapshot is committed, and what comes later is stamped later.
 */
export async function startJob(client: PoolClient, { tenantId, jobId }: AllocationRef): Promise<string> {
  const { rows } = await client.query<{ snapshot: string }>(
    `UPDATE allocation_job SET state = 'RUNNING', snapshot = coalesce(snapshot, clock_timestamp()),
       started_at = coalesce(started_at, clock_timestamp()), updated_at = clock_timestamp()
     WHERE tenant_id = $1::uuid AND id = $2::uuid RETURNING ${instantText('snapshot')} AS snapshot`,
    [tenantId, jobId],
  )
  return rows[0]?.snapshot ?? ''
}

/** Ends a job: DONE with the runs in the same transaction, or FAILED with the sentence that says why. */
export async function endJob(
  client: PoolClient,
  { tenantId, jobId }: AllocationRef,
  end: { state: 'DONE' } | { state: 'FAILED'; error: string },
): Promise<void> {
  await client.query(
    `UPDATE allocation_job SET state = $3, error = $4, done_at = clock_timestamp(), updated_at = clock_timestamp()
     WHERE tenant_id = $1::uuid AND id = $2::uuid AND state IN ('QUEUED', 'RUNNING')`,
    [tenantId, jobId, end.state, end.state === 'FAILED' ? end.error : null],
  )
}

/**
 * Makes this transaction the only one that changes which runs of the tenant hold, and what they come to, until it ends. Taken before the
 * tenant's lock, never after it: adding up a large month takes seconds, in which nobody who records events should wait.
 */
export async function lockAllocation(client: PoolClient, tenantId: string): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1::text, 1))', [tenantId])
}

/** Whether the month has been closed: its runs are part of what was closed, and stay. */
export async function isClosed(client: PoolClient, tenantId: string, month: CalendarDate): Promise<boolean> {
  const { rowCount } = await client.query(
    `SELECT 1 FROM period WHERE tenant_id = $1::uuid AND month = $2::date AND state = 'CLOSED'`,
    [tenantId, month],
  )
  return rowCount !== 0
}
