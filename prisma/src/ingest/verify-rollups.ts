import type { Pool, PoolClient } from 'pg'
import { bucketMinutes } from '@outlay/domain/periods/bucket'
import { lockAllocation } from '../allocation/job.ts'
import { NIL_UUID } from '@outlay/domain/rollup/grain'
import { NO_CURRENCY } from '../sql/client-revenue.ts'
import { rebuildAllAllocated, verifyAllocated } from '../allocation/verify-allocated.ts'
import { reportsConsumption } from '../sql/event-facts.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { compareSql, COUNTED, MADE_TABLES } from './counted-events.ts'
import { lockTenant } from './tenant-lock.ts'

/**
 * The rollups made a second way: by SQL from the stored events and what of closed months was posted elsewhere, where ingest adds in memory
 * as events arrive. Both must agree to the last decimal at any time; the comparison is the proof, and the rebuild is the repair.
 */

const NIL = `'${NIL_UUID}'::uuid`

/** How many cells of a table differ from their rebuild. A cell of zeros is the same as none. */
export interface RollupDifference {
  table: string
  cells: number
}

const COMPLETED_REBUILT = `
SELECT t.completed_on AS day, p.agent_id, count(*)::bigint AS tasks FROM task t
JOIN task_agent p ON p.tenant_id = t.tenant_id AND p.task_id = t.id
WHERE t.tenant_id = $1::uuid AND t.completed_on IS NOT NULL GROUP BY 1, 2`

const COMPARE_COMPLETED = `
WITH rebuilt AS (${COMPLETED_REBUILT}), stored AS (SELECT day, agent_id, tasks FROM completed_cell WHERE tenant_id = $1::uuid AND tasks <> 0)
SELECT count(*)::int AS cells FROM stored s FULL JOIN rebuilt r ON s.day = r.day AND s.agent_id = r.agent_id
WHERE s.day IS NULL OR r.day IS NULL OR s.tasks <> r.tasks`

const REVENUE_REBUILT = `
SELECT t.completed_on AS day, coalesce(t.client_id, ${NIL}) AS client_id, coalesce(t.billed_currency, '${NO_CURRENCY}') AS currency,
  count(*)::bigint AS tasks, sum(coalesce(t.billed_amount, 0)) AS billed
FROM task t WHERE t.tenant_id = $1::uuid AND t.completed_on IS NOT NULL GROUP BY 1, 2, 3`

const COMPARE_REVENUE = `
WITH rebuilt AS (${REVENUE_REBUILT}), stored AS (
  SELECT day, client_id, currency, tasks, billed FROM client_revenue WHERE tenant_id = $1::uuid AND NOT (tasks = 0 AND billed = 0))
SELECT count(*)::int AS cells FROM stored s FULL JOIN rebuilt r ON s.day = r.day AND s.client_id = r.client_id AND s.currency = r.currency
WHERE s.day IS NULL OR r.day IS NULL OR s.tasks <> r.tasks OR s.billed <> r.billed`

const LADDERS_REBUILT = `
SELECT l.ladder, to_timestamp(floor(extract(epoch FROM i.occurred_at) / $2::int) * $2::int) AS bucket, sum(l.quantity) AS quantity
FROM invocation i CROSS JOIN LATERAL unnest(i.ladders, i.quantities) AS l(ladder, quantity)
WHERE i.tenant_id = $1::uuid AND i.ladders IS NOT NULL AND l.ladder IS NOT NULL AND i.billing IN ('DIRECT', 'WRAPPER', 'SHARED')
GROUP BY 1, 2`

const COMPARE_LADDERS = `
WITH rebuilt AS (${LADDERS_REBUILT}), stored AS (SELECT ladder, bucket, quantity FROM graduated_usage WHERE tenant_id = $1::uuid AND quantity <> 0)
SELECT count(*)::int AS cells FROM stored s FULL JOIN rebuilt r ON s.ladder = r.ladder AND s.bucket = r.bucket
WHERE s.ladder IS NULL OR r.ladder IS NULL OR s.quantity <> r.quantity`

// A day that has changed since it was added up is not read, and is no difference.
const COMPARE_PRICED = `
WITH held AS (
  SELECT p.* FROM priced_day p JOIN sums_change m ON m.tenant_id = p.tenant_id AND m.day = p.day AND m.generation = p.generation
  WHERE p.tenant_id = $1::uuid
), stored AS (
  SELECT h.day, coalesce(l.resource_id, ${NIL}) AS resource_id, l.meter, l.rate_id, l.quantity, l.invocations
  FROM held h CROSS JOIN LATERAL unnest(h.resource_ids, h.meters, h.rate_ids, h.quantities, h.invocations)
    AS l(resource_id, meter, rate_id, quantity, invocations)
), rebuilt AS (
  SELECT (i.occurred_at AT TIME ZONE $2::text)::date AS day, coalesce(i.resource_id, ${NIL}) AS resource_id, l.meter, l.rate_id,
    sum(l.quantity) AS quantity, count(*) FILTER (WHERE l.is_first) AS invocations
  FROM invocation i CROSS JOIN LATERAL (
    SELECT u.*, row_number() OVER (PARTITION BY u.meter ORDER BY u.place) = 1 AS is_first
    FROM unnest(i.meters, i.quantities, i.rate_ids) WITH ORDINALITY AS u(meter, quantity, rate_id, place)
    WHERE u.rate_id IS NOT NULL
  ) l
  WHERE i.tenant_id = $1::uuid AND i.billing IN ('DIRECT', 'WRAPPER', 'SHARED') AND i.cost_basis = 'RATES' AND l.quantity > 0
  GROUP BY 1, 2, 3, 4
)
SELECT count(*)::int AS cells FROM stored s FULL JOIN (SELECT * FROM rebuilt WHERE day IN (SELECT day FROM held)) r
  ON s.day = r.day AND s.resource_id = r.resource_id AND s.meter = r.meter AND s.rate_id = r.rate_id
WHERE s.day IS NULL OR r.day IS NULL OR s.quantity <> r.quantity OR s.invocations <> r.invocations`

// Who took part in which task is kept as events arrive and are corrected; remade, it is who reported consumption for the task.
const COMPARE_PARTICIPANTS = `
WITH rebuilt AS (
  SELECT DISTINCT i.task_id, i.agent_id FROM invocation i
  WHERE i.tenant_id = $1::uuid AND i.task_id IS NOT NULL AND i.agent_id IS NOT NULL AND ${reportsConsumption('i')}
), stored AS (SELECT task_id, agent_id FROM task_agent WHERE tenant_id = $1::uuid)
SELECT count(*)::int AS cells FROM stored s FULL JOIN rebuilt r ON s.task_id = r.task_id AND s.agent_id = r.agent_id
WHERE s.task_id IS NULL OR r.task_id IS NULL`

/**
 * Whole tables are joined here. Right after a first large import Postgres has no statistics of them yet, takes a table for one row, and would
 * read it once for each row of the other.
 */
const WHOLE_TABLES = 'SET LOCAL enable_nestloop = off'

/** Compares every rollup cell of a tenant, and who took part in its tasks, with their rebuild from the events, under the tenant's lock. Empty: all agree. */
export async function verifyRollups(pool: Pool, tenantId: string): Promise<RollupDifference[]> {
  return tenantTransaction(pool, tenantId, async (client) => {
    await client.query(WHOLE_TABLES)
    const values = await rebuildParameters(client, tenantId)
    const differences: RollupDifference[] = []
    for (const rollup of MADE_TABLES) {
      const result = await client.query<{ cells: number }>(compareSql(rollup), values)
      differences.push({ table: rollup.table, cells: result.rows[0]?.cells ?? 0 })
    }
    const completed = await client.query<{ cells: number }>(COMPARE_COMPLETED, [tenantId])
    differences.push({ table: 'completed_cell', cells: completed.rows[0]?.cells ?? 0 })
    const revenue = await client.query<{ cells: number }>(COMPARE_REVENUE, [tenantId])
    differences.push({ table: 'client_revenue', cells: revenue.rows[0]?.cells ?? 0 })
    const ladders = await client.query<{ cells: number }>(COMPARE_LADDERS, [tenantId, values[2]])
    differences.push({ table: 'graduated_usage', cells: ladders.rows[0]?.cells ?? 0 })
    const priced = await client.query<{ cells: number }>(COMPARE_PRICED, [tenantId, values[1]])
    differences.push({ table: 'priced_day', cells: priced.rows[0]?.cells ?? 0 })
    const participants = await client.query<{ cells: number }>(COMPARE_PARTICIPANTS, [tenantId])
    differences.push({ table: 'task_agent', cells: participants.rows[0]?.cells ?? 0 })
    differences.push(...(await verifyAllocated(client, tenantId)))
    return differences.filter((difference) => difference.cells > 0)
  })
}

/**
 * Makes every rollup of a tenant anew from its events, in one transaction: after a change of time zone, or as a repair. What graduated
 * prices are used is counted anew as well; the prices that events have stay (law L12).
 */
export async function rebuildRollups(pool: Pool, tenantId: string): Promise<void> {
  await tenantTransaction(pool, tenantId, async (client) => {
    await lockAllocation(client, tenantId)
    await client.query(WHOLE_TABLES)
    const values = await rebuildParameters(client, tenantId)
    for (const { table, key, sums, rebuilt } of MADE_TABLES) {
      await client.query(`DELETE FROM ${table} WHERE tenant_id = $1::uuid`, [tenantId])
      const columns = [...key, ...sums].join(', ')
      await client.query(
        `WITH ${COUNTED}, rebuilt AS (${rebuilt}) INSERT INTO ${table} (tenant_id, ${columns}) SELECT $1::uuid, ${columns} FROM rebuilt ON CONFLICT DO NOTHING`,
        values,
      )
    }
    await client.query('DELETE FROM completed_cell WHERE tenant_id = $1::uuid', [tenantId])
    await client.query(
      `WITH rebuilt AS (${COMPLETED_REBUILT}) INSERT INTO completed_cell (tenant_id, day, agent_id, tasks) SELECT $1::uuid, day, agent_id, tasks FROM rebuilt ON CONFLICT DO NOTHING`,
      [tenantId],
    )
    await client.query('DELETE FROM client_revenue WHERE tenant_id = $1::uuid', [tenantId])
    await client.query(
      `WITH rebuilt AS (${REVENUE_REBUILT}) INSERT INTO client_revenue (tenant_id, day, client_id, currency, tasks, billed) SELECT $1::uuid, day, client_id, currency, tasks, billed FROM rebuilt ON CONFLICT DO NOTHING`,
      [tenantId],
    )
    await client.query('DELETE FROM graduated_usage WHERE tenant_id = $1::uuid', [tenantId])
    await client.query(
      `WITH rebuilt AS (${LADDERS_REBUILT}) INSERT INTO graduated_usage (tenant_id, ladder, bucket, quantity) SELECT $1::uuid, ladder, bucket, quantity FROM rebuilt ON CONFLICT DO NOTHING`,
      [tenantId, values[2]],
    )
    // Read from the events until somebody adds them up again.
    await client.query('DELETE FROM priced_day WHERE tenant_id = $1::uuid', [tenantId])
    await rebuildAllAllocated(client, tenantId)
  })
}

async function rebuildParameters(client: PoolClient, tenantId: string): Promise<[string, string, number]> {
  await lockTenant(client, tenantId)
  const result = await client.query<{ time_zone: string }>('SELECT time_zone FROM tenant WHERE id = $1::uuid', [
    tenantId,
  ])
  const timeZone = result.rows[0]?.time_zone
  if (timeZone === undefined) throw new Error(`The tenant ${tenantId} does not exist.`)
  return [tenantId, timeZone, bucketMinutes(timeZone) * 60]
}
