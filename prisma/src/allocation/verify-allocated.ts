import type { PoolClient } from 'pg'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import { monthsOf, placesOf, REBUILD_MS_MAX, rebuildAllocated } from './rebuild-allocated.ts'

const TABLES = [
  {
    table: 'allocated_place',
    key: ['month', 'task_id', 'agent_id', 'client_id', 'project_id'],
    rebuilt: placesOf('true'),
  },
  {
    table: 'allocated_month',
    key: ['grain', 'month', 'a', 'b'],
    rebuilt: monthsOf(`(${placesOf('true')}) p`),
  },
] as const

function compareSql({ table, key, rebuilt }: (typeof TABLES)[number]): string {
  return `WITH rebuilt AS (${rebuilt}), stored AS (SELECT ${key.join(', ')}, amount FROM ${table} WHERE tenant_id = $1::uuid AND amount <> 0)
SELECT count(*)::int AS cells FROM stored s FULL JOIN rebuilt r ON (${key.map((column) => `s.${column} = r.${column}`).join(' AND ')})
WHERE s.month IS NULL OR r.month IS NULL OR s.amount <> r.amount`
}

/** How many rows of what allocation came to differ from what the current runs say; part of the nightly check, under the tenant's lock. */
export async function verifyAllocated(
  client: PoolClient,
  tenantId: string,
): Promise<{ table: string; cells: number }[]> {
  const differences = []
  await client.query(`SET LOCAL statement_timeout = ${REBUILD_MS_MAX}`)
  for (const compared of TABLES) {
    const query = { text: compareSql(compared), values: [tenantId], query_timeout: REBUILD_MS_MAX }
    const { rows } = await client.query<{ cells: number }>(query)
    differences.push({ table: compared.table, cells: rows[0]?.cells ?? 0 })
  }
  return differences
}

/** Makes what allocation came to anew, of every month that has any or should. */
export async function rebuildAllAllocated(client: PoolClient, tenantId: string): Promise<void> {
  const { rows } = await client.query<{ month: CalendarDate }>(
    `SELECT month::text AS month FROM allocation_run WHERE tenant_id = $1::uuid
     UNION SELECT month::text FROM allocated_place WHERE tenant_id = $1::uuid
     UNION SELECT month::text FROM allocated_month WHERE tenant_id = $1::uuid`,
    [tenantId],
  )
  for (const { month } of rows) await rebuildAllocated(client, tenantId, month)
}
