import type { DateRange } from '@outlay/domain/periods/calendar-date'
import { Grain, NIL_UUID } from '@outlay/domain/rollup/grain'
import { CELL_SUMS, cellSums, IS_COUNTED, type CellSums, type CellSumsRow } from './cell-sums.ts'
import { plainArray } from './pg-array.ts'
import { allocatedMembers } from './read-allocated.ts'
import type { Prepared, TenantSql } from './tenant-sql.ts'

/** A client's cost in a range. */
export interface ClientSums {
  clientId: string
  key: string
  sums: CellSums
}

const ACTIVE_CLIENTS = `cells AS (
    SELECT c.a AS id, ${CELL_SUMS}, sum(c.cost_direct + c.cost_shared) AS cost FROM rollup_day c
    WHERE c.tenant_id = $1::uuid AND c.grain = ${Grain.CLIENT} AND c.day >= $2::date AND c.day < $3::date AND c.a <> '${NIL_UUID}'
      AND ${IS_COUNTED}
    GROUP BY c.a
  ), earners AS (SELECT unnest($4::uuid[]) AS id), sharers AS (${allocatedMembers(Grain.CLIENT)}), active AS (
    SELECT id, coalesce(c.direct, '0') AS direct, coalesce(c.shared, '0') AS shared, coalesce(c.invocations, '0') AS invocations,
      coalesce(c.tokens, '0') AS tokens, coalesce(c.unpriced, '0') AS unpriced, coalesce(c.unconverted, '0') AS unconverted,
      coalesce(c.cost, 0) AS cost
    FROM cells c FULL JOIN earners USING (id) FULL JOIN sharers USING (id)
  )`

const PAGE: Prepared = {
  name: 'read_client_costs',
  text: `WITH ${ACTIVE_CLIENTS}
    SELECT r.id AS "clientId", r.key, a.direct, a.shared, a.invocations, a.tokens, a.unpriced, a.unconverted
    FROM active a JOIN client r ON r.tenant_id = $1::uuid AND r.id = a.id
    WHERE $5::numeric IS NULL OR a.cost < $5::numeric OR (a.cost = $5::numeric AND r.key > $6)
    ORDER BY a.cost DESC, r.key LIMIT $7`,
}

/**
 * The clients with cost, revenue or a share of a pool in a range, the dearest by attributed cost first, after a cost and key. `earners`: those
 * with revenue (src/revenue).
 */
export async function readClientCosts(
  db: TenantSql,
  options: { range: DateRange; earners: readonly string[]; after: { cost: string; key: string } | null; limit: number },
): Promise<ClientSums[]> {
  const { range, earners, after, limit } = options
  const values = [range.from, range.to, plainArray(earners), after?.cost ?? null, after?.key ?? '', limit]
  const rows = await db.query<CellSumsRow & Omit<ClientSums, 'sums'>>(PAGE, values)
  return rows.map((row) => ({ clientId: row.clientId, key: row.key, sums: cellSums(row) }))
}

/** Of some clients: Σ over the days of the range of what was not active on an earlier day of it (client-activity.ts). */
function countActive(what: 'tasks' | 'agents'): string {
  return `SELECT y.client_id AS id, sum(y.${what})::int AS count FROM client_activity y
    WHERE y.tenant_id = $1::uuid AND y.day >= $2::date AND y.day < $3::date AND y.day_before < $2::date AND y.client_id = ANY ($4::uuid[])
    GROUP BY y.client_id`
}

const AGENTS_USED: Prepared = { name: 'read_client_agents_used', text: countActive('agents') }

/** How many agents worked for each of some clients. */
export async function readAgentsUsed(
  db: TenantSql,
  range: DateRange,
  clientIds: readonly string[],
): Promise<Map<string, number>> {
  const rows = await db.query<{ id: string; count: number }>(AGENTS_USED, [range.from, range.to, plainArray(clientIds)])
  return new Map(rows.map((row) => [row.id, row.count]))
}

const ACTIVE_TASKS: Prepared = { name: 'read_client_active_tasks', text: countActive('tasks') }

/** How many tasks of each of some clients consumed something. */
export async function readActiveTasks(
  db: TenantSql,
  range: DateRange,
  clientIds: readonly string[],
): Promise<Map<string, number>> {
  const rows = await db.query<{ id: string; count: number }>(ACTIVE_TASKS, [
    range.from,
    range.to,
    plainArray(clientIds),
  ])
  return new Map(rows.map((row) => [row.id, row.count]))
}

const COMPLETED: Prepared = {
  name: 'read_client_completed',
  text: `SELECT v.client_id AS id, sum(v.tasks)::int AS tasks FROM client_revenue v
    WHERE v.tenant_id = $1::uuid AND v.day >= $2::date AND v.day < $3::date AND v.client_id = ANY ($4::uuid[]) GROUP BY v.client_id`,
}

/** Tasks of each of some clients that were completed on the days of a range; a client without any is absent. */
export async function readClientCompleted(
  db: TenantSql,
  range: DateRange,
  clientIds: readonly string[],
): Promise<Map<string, number>> {
  const rows = await db.query<{ id: string; tasks: number }>(COMPLETED, [range.from, range.to, plainArray(clientIds)])
  return new Map(rows.map((row) => [row.id, row.tasks]))
}

const COUNT: Prepared = {
  name: 'count_client_costs',
  text: `WITH ${ACTIVE_CLIENTS} SELECT count(*)::int AS count FROM active`,
}

export async function countClientCosts(
  db: TenantSql,
  { range, earners }: { range: DateRange; earners: readonly string[] },
): Promise<number> {
  const rows = await db.query<{ count: number }>(COUNT, [range.from, range.to, plainArray(earners)])
  return rows[0]?.count ?? 0
}
