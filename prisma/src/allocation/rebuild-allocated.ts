import type { PoolClient } from 'pg'
import { Grain, NIL_UUID } from '@outlay/domain/rollup/grain'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'

const NIL = `'${NIL_UUID}'::uuid`

/** What the current runs come to, by place. `scope`: which runs of alias `r`. */
export function placesOf(scope: string): string {
  return `SELECT r.month, p.task_id, s.agent_id, p.client_id, p.project_id, sum(p.amount) AS amount
    FROM allocation_run r
    JOIN allocation_share s ON s.tenant_id = r.tenant_id AND s.run_id = r.id
    CROSS JOIN LATERAL unnest(s.task_ids, s.client_ids, s.project_ids, s.amounts) AS p(task_id, client_id, project_id, amount)
    WHERE r.tenant_id = $1::uuid AND r.state = 'CURRENT' AND ${scope}
    GROUP BY 1, 2, 3, 4, 5 HAVING sum(p.amount) <> 0`
}

/** The same by the dimensions that dashboards read, from rows of places. */
export function monthsOf(places: string): string {
  return `SELECT g.grain, month, g.a, g.b, sum(amount) AS amount FROM ${places}
    CROSS JOIN LATERAL (VALUES (${Grain.FLEET}::smallint, ${NIL}, ${NIL}), (${Grain.AGENT}::smallint, agent_id, ${NIL}),
      (${Grain.CLIENT}::smallint, client_id, ${NIL}), (${Grain.PROJECT}::smallint, project_id, ${NIL}),
      (${Grain.CLIENT_AGENT}::smallint, client_id, agent_id), (${Grain.CLIENT_PROJECT}::smallint, client_id, project_id)) AS g(grain, a, b)
    GROUP BY 1, 2, 3, 4 HAVING sum(amount) <> 0`
}

/** Longer than a role's statements may take: the places of a month with millions of events. */
export const REBUILD_MS_MAX = 600_000

/**
 * Makes what a month's current runs come to anew, from the runs alone. In a transaction that holds lockAllocation; also the repair, when the
 * nightly check has found a difference.
 */
export async function rebuildAllocated(client: PoolClient, tenantId: string, month: CalendarDate): Promise<void> {
  await client.query(`SET LOCAL statement_timeout = ${REBUILD_MS_MAX}`)
  // Groups of a month in memory: spilled to disk they take four times as long.
  await client.query(`SET LOCAL work_mem = '64MB'`)
  for (const table of ['allocated_place', 'allocated_month'] as const) {
    await client.query(`DELETE FROM ${table} WHERE tenant_id = $1::uuid AND month = $2::date`, [tenantId, month])
  }
  await run(
    `INSERT INTO allocated_place (tenant_id, month, task_id, agent_id, client_id, project_id, amount)
     SELECT $1::uuid, * FROM (${placesOf('r.month = $2::date')}) p`,
  )
  await run(
    `INSERT INTO allocated_month (tenant_id, grain, month, a, b, amount)
     SELECT $1::uuid, * FROM (${monthsOf('(SELECT * FROM allocated_place WHERE tenant_id = $1::uuid AND month = $2::date) p')}) m`,
  )

  async function run(text: string): Promise<void> {
    const query = { text, values: [tenantId, month], query_timeout: REBUILD_MS_MAX }
    await client.query(query)
  }
}
