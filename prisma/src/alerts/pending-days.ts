import type { Pool, PoolClient } from 'pg'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import { plainArray } from '../sql/pg-array.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'

/** A day that has changed since the limits were looked at, and up to which change it is being looked at. */
export interface PendingDay {
  day: CalendarDate
  generation: string
}

/** So many days are looked at in one transaction; the rest in the next. */
export const PENDING_MAX = 400

const PENDING = `
SELECT m.day::text AS day, m.generation::text AS generation FROM sums_change m
LEFT JOIN sums_seen s ON s.tenant_id = m.tenant_id AND s.day = m.day
WHERE m.tenant_id = $1::uuid AND m.generation > coalesce(s.generation, 0) ORDER BY m.day DESC LIMIT ${PENDING_MAX}`

/** The days that have changed since they were looked at, the latest first. What changes after this statement is seen the next time. */
export async function pendingDays(client: PoolClient, tenantId: string): Promise<PendingDay[]> {
  const { rows } = await client.query<PendingDay>({ name: 'pending_days', text: PENDING, values: [tenantId] })
  return rows
}

const SEEN = `
INSERT INTO sums_seen AS s (tenant_id, day, generation)
SELECT $1::uuid, d.day, d.generation FROM unnest($2::date[], $3::bigint[]) AS d(day, generation) ORDER BY d.day
ON CONFLICT (tenant_id, day) DO UPDATE SET generation = EXCLUDED.generation`

export async function markSeen(client: PoolClient, tenantId: string, days: readonly PendingDay[]): Promise<void> {
  if (days.length === 0) return
  await client.query({
    name: 'mark_seen',
    text: SEEN,
    values: [tenantId, plainArray(days.map(({ day }) => day)), plainArray(days.map(({ generation }) => generation))],
  })
}

const HAS_PENDING = `
SELECT 1 FROM sums_change m LEFT JOIN sums_seen s ON s.tenant_id = m.tenant_id AND s.day = m.day
WHERE m.tenant_id = $1::uuid AND m.generation > coalesce(s.generation, 0) LIMIT 1`

/** Whether anything of a tenant has changed that nobody has looked at. */
export async function hasPendingDays(pool: Pool, tenantId: string): Promise<boolean> {
  const { rowCount } = await tenantTransaction(pool, tenantId, (client) => client.query(HAS_PENDING, [tenantId]))
  return rowCount !== 0
}
