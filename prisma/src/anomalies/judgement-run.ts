import type { Pool, PoolClient } from 'pg'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import { dayBounds, today } from '@outlay/domain/periods/local-day'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'

/** The name of a run: all that a queue carries. */
export interface JudgementRef {
  tenantId: string
  /** The day that has begun; those before it are judged. */
  day: CalendarDate
}

/** When the night's work of others has come in, local time. */
const HOUR_DUE = 6
const HOUR_MS = 3_600_000

const REQUEST = `
INSERT INTO anomaly_run (tenant_id, day, state) VALUES ($1::uuid, $2::date, 'QUEUED') ON CONFLICT DO NOTHING RETURNING day`

const TIME_ZONE = `SELECT time_zone AS "timeZone" FROM tenant WHERE id = $1::uuid`

/** Asks for the judgement of the past once a local day, at 06:00 or later. Null when it is not due, or was asked for. */
export async function requestDueJudgement(pool: Pool, tenantId: string, nowMs: number): Promise<JudgementRef | null> {
  return tenantTransaction(pool, tenantId, async (client) => {
    const tenant = await client.query<{ timeZone: string }>(TIME_ZONE, [tenantId])
    const timeZone = tenant.rows[0]?.timeZone
    if (timeZone === undefined) return null
    const day = today(nowMs, timeZone)
    if (nowMs < dayBounds(day, timeZone).start + HOUR_DUE * HOUR_MS) return null
    const { rowCount } = await client.query(REQUEST, [tenantId, day])
    return rowCount === 0 ? null : { tenantId, day }
  })
}

/** A run takes seconds, and shows itself in portions; one that has been silent for so long is nobody's. */
const SILENCE = '1 minute'

const QUEUED = `
SELECT day::text AS day FROM anomaly_run
WHERE tenant_id = $1::uuid AND state IN ('QUEUED', 'RUNNING') AND updated_at < clock_timestamp() - interval '${SILENCE}'
ORDER BY day LIMIT 10`

/** Runs of a tenant whose message was lost, or whose worker was killed. To put one in twice does no harm. */
export async function queuedJudgements(pool: Pool, tenantId: string): Promise<JudgementRef[]> {
  const { rows } = await tenantTransaction(pool, tenantId, (client) =>
    client.query<{ day: string }>(QUEUED, [tenantId]),
  )
  return rows.map(({ day }) => ({ tenantId, day }))
}

const TAKE_UP = `
UPDATE anomaly_run SET state = 'RUNNING', updated_at = clock_timestamp()
WHERE tenant_id = $1::uuid AND day = $2::date AND state IN ('QUEUED', 'RUNNING')`

/** Begins a run, or begins it again, or shows that it is alive. False when there is nothing (more) to do. */
export async function takeUpJudgement(client: PoolClient, { tenantId, day }: JudgementRef): Promise<boolean> {
  const { rowCount } = await client.query(TAKE_UP, [tenantId, day])
  return rowCount !== 0
}

const END = `
UPDATE anomaly_run SET state = $3, series = $4, flagged = $5, error = $6, done_at = clock_timestamp(), updated_at = clock_timestamp()
WHERE tenant_id = $1::uuid AND day = $2::date AND state IN ('QUEUED', 'RUNNING')`

/** Ends a run: DONE with what it looked at, or FAILED with the sentence that says why. */
export async function endJudgement(
  client: PoolClient,
  { tenantId, day }: JudgementRef,
  end: { state: 'DONE'; series: number; flagged: number } | { state: 'FAILED'; error: string },
): Promise<void> {
  const counts = end.state === 'DONE' ? [end.series, end.flagged, null] : [null, null, end.error]
  await client.query(END, [tenantId, day, end.state, ...counts])
}
