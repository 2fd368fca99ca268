import type { Pool } from 'pg'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import { dayBounds, today } from '@outlay/domain/periods/local-day'
import { USED_OF_EVENTS } from '../sql/read-rate-review.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'

// A day of the generation that it was added up at needs nothing. The latest first: a review is asked for more often while it is new.
const STALE = `SELECT m.day::text AS day FROM sums_change m
LEFT JOIN priced_day p ON p.tenant_id = m.tenant_id AND p.day = m.day
WHERE m.tenant_id = $1::uuid AND m.day < $2::date AND p.generation IS DISTINCT FROM m.generation ORDER BY m.day DESC`

const LINES = ['resource_id', 'meter', 'rate_id', 'quantity', 'invocations']
  .map(
    (column) =>
      `coalesce(array_agg(u.${column} ORDER BY u.resource_id, u.meter, u.rate_id) FILTER (WHERE u.rate_id IS NOT NULL), '{}')`,
  )
  .join(', ')

// The generation and the events of the day as one snapshot sees them: who writes an event of the day commits both at once.
const ADD_UP = `WITH ${USED_OF_EVENTS}
INSERT INTO priced_day (tenant_id, day, generation, resource_ids, meters, rate_ids, quantities, invocations)
SELECT $1::uuid, m.day, m.generation, ${LINES}
FROM sums_change m LEFT JOIN used u ON true WHERE m.tenant_id = $1::uuid AND m.day = $4::date GROUP BY m.day, m.generation
ON CONFLICT (tenant_id, day) DO UPDATE SET generation = EXCLUDED.generation, resource_ids = EXCLUDED.resource_ids, meters = EXCLUDED.meters,
  rate_ids = EXCLUDED.rate_ids, quantities = EXCLUDED.quantities, invocations = EXCLUDED.invocations`

/**
 * Adds up what every rate priced on each day that is over and has changed since, each in a transaction of its own and without holding up
 * who writes: a day that changes meanwhile is stale again. Answers how many days it added up.
 */
export async function addUpPricedDays(
  { pool, nowMs, signal }: { pool: Pool; nowMs: number; signal: AbortSignal },
  tenantId: string,
): Promise<number> {
  const { timeZone, days } = await tenantTransaction(pool, tenantId, async (client) => {
    const tenant = await client.query<{ time_zone: string }>('SELECT time_zone FROM tenant WHERE id = $1::uuid', [
      tenantId,
    ])
    const [row] = tenant.rows
    if (row === undefined) return { timeZone: '', days: [] }
    const stale = await client.query<{ day: CalendarDate }>(STALE, [tenantId, today(nowMs, row.time_zone)])
    return { timeZone: row.time_zone, days: stale.rows.map(({ day }) => day) }
  })
  let done = 0
  for (const day of days) {
    if (signal.aborted) break
    const { start, end } = dayBounds(day, timeZone)
    const values = [tenantId, new Date(start).toISOString(), new Date(end).toISOString(), day]
    await tenantTransaction(pool, tenantId, (client) => client.query(ADD_UP, values))
    done++
  }
  return done
}
