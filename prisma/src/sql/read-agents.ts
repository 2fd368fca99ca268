import { parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import type { DateRange } from '@outlay/domain/periods/calendar-date'
import { Grain, NIL_UUID } from '@outlay/domain/rollup/grain'
import { CELL_SUMS, cellSums, IS_COUNTED, type CellSums, type CellSumsRow } from './cell-sums.ts'
import { plainArray } from './pg-array.ts'
import { allocatedMembers } from './read-allocated.ts'
import type { Prepared, TenantSql } from './tenant-sql.ts'

/** An agent's direct cost in a range. */
export interface AgentSums {
  agentId: string
  key: string
  sums: CellSums
}

// Active: it consumed something in the range, a task it took part in was completed in it, or it has a share of a pool.
const ACTIVE_AGENTS = `cells AS (
    SELECT c.a AS id, ${CELL_SUMS}, sum(c.cost_direct) AS cost FROM rollup_day c
    WHERE c.tenant_id = $1::uuid AND c.grain = ${Grain.AGENT} AND c.day >= $2::date AND c.day < $3::date AND c.a <> '${NIL_UUID}'
      AND ${IS_COUNTED}
    GROUP BY c.a
  ), finishers AS (
    SELECT DISTINCT d.agent_id AS id FROM completed_cell d
    WHERE d.tenant_id = $1::uuid AND d.day >= $2::date AND d.day < $3::date AND d.agent_id <> '${NIL_UUID}'
      AND d.tasks <> 0
    UNION ${allocatedMembers(Grain.AGENT)}
  ), active AS (
    SELECT id, coalesce(c.direct, '0') AS direct, coalesce(c.shared, '0') AS shared, coalesce(c.invocations, '0') AS invocations,
      coalesce(c.tokens, '0') AS tokens, coalesce(c.unpriced, '0') AS unpriced, coalesce(c.unconverted, '0') AS unconverted,
      coalesce(c.cost, 0) AS cost
    FROM cells c FULL JOIN finishers f USING (id)
  )`

const PAGE: Prepared = {
  name: 'read_agent_costs',
  text: `WITH ${ACTIVE_AGENTS}
    SELECT r.id AS "agentId", r.key, a.direct, a.shared, a.invocations, a.tokens, a.unpriced, a.unconverted
    FROM active a JOIN agent r ON r.tenant_id = $1::uuid AND r.id = a.id
    WHERE $4::numeric IS NULL OR a.cost < $4::numeric OR (a.cost = $4::numeric AND r.key > $5)
    ORDER BY a.cost DESC, r.key LIMIT $6`,
}

/** The agents active in a range, the most expensive first, after a cost and key. */
export async function readAgentCosts(
  db: TenantSql,
  { range, after, limit }: { range: DateRange; after: { cost: string; key: string } | null; limit: number },
): Promise<AgentSums[]> {
  const values = [range.from, range.to, after?.cost ?? null, after?.key ?? '', limit]
  const rows = await db.query<CellSumsRow & { agentId: string; key: string }>(PAGE, values)
  return rows.map((row) => ({ agentId: row.agentId, key: row.key, sums: cellSums(row) }))
}

const COUNT: Prepared = {
  name: 'count_agent_costs',
  text: `WITH ${ACTIVE_AGENTS} SELECT count(*)::int AS count FROM active`,
}

export async function countAgentCosts(db: TenantSql, range: DateRange): Promise<number> {
  const rows = await db.query<{ count: number }>(COUNT, [range.from, range.to])
  return rows[0]?.count ?? 0
}

const BY_IDS: Prepared = {
  name: 'read_agent_sums',
  text: `SELECT c.a AS id, ${CELL_SUMS} FROM rollup_day c
    WHERE c.tenant_id = $1::uuid AND c.grain = ${Grain.AGENT} AND c.day >= $2::date AND c.day < $3::date AND c.a = ANY ($4::uuid[])
    GROUP BY c.a`,
}

/** Cost of some agents in a range; an agent without any is absent. */
export async function readAgentSums(
  db: TenantSql,
  range: DateRange,
  agentIds: readonly string[],
): Promise<Map<string, CellSums>> {
  const rows = await db.query<CellSumsRow & { id: string }>(BY_IDS, [range.from, range.to, plainArray(agentIds)])
  return new Map(rows.map((row) => [row.id, cellSums(row)]))
}

const COMPLETED: Prepared = {
  name: 'read_agent_completed',
  text: `SELECT d.agent_id AS id, sum(d.tasks)::int AS tasks FROM completed_cell d
    WHERE d.tenant_id = $1::uuid AND d.day >= $2::date AND d.day < $3::date AND d.agent_id = ANY ($4::uuid[]) GROUP BY d.agent_id`,
}

/** Completed tasks that some agents took part in. */
export async function readAgentCompleted(
  db: TenantSql,
  range: DateRange,
  agentIds: readonly string[],
): Promise<Map<string, number>> {
  const rows = await db.query<{ id: string; tasks: number }>(COMPLETED, [range.from, range.to, plainArray(agentIds)])
  return new Map(rows.map((row) => [row.id, row.tasks]))
}

const STEPS = `unnest($2::date[], $3::date[]) WITH ORDINALITY AS s(first, after_last, position)`

const DIRECT_BY_STEP: Prepared = {
  name: 'read_agent_direct_by_step',
  text: `SELECT s.position::int AS position, c.a AS id, sum(c.cost_direct)::text AS direct FROM ${STEPS}
    JOIN rollup_day c ON c.tenant_id = $1::uuid AND c.grain = ${Grain.AGENT} AND c.day >= s.first AND c.day < s.after_last
    WHERE c.a = ANY ($4::uuid[]) GROUP BY 1, 2`,
}

const COMPLETED_BY_STEP: Prepared = {
  name: 'read_agent_completed_by_step',
  text: `SELECT s.position::int AS position, d.agent_id AS id, sum(d.tasks)::int AS tasks FROM ${STEPS}
    JOIN completed_cell d ON d.tenant_id = $1::uuid AND d.day >= s.first AND d.day < s.after_last
    WHERE d.agent_id = ANY ($4::uuid[]) GROUP BY 1, 2`,
}

/** What an agent cost directly in a step, and how many completed tasks it took part in. */
export interface AgentStep {
  direct: Fixed18
  tasksCompleted: number
}

/** The steps of some agents, in the order of the steps; each agent has all of them. */
export async function readAgentSteps(
  db: TenantSql,
  steps: readonly DateRange[],
  agentIds: readonly string[],
): Promise<Map<string, AgentStep[]>> {
  const values = [
    plainArray(steps.map(({ from }) => from)),
    plainArray(steps.map(({ to }) => to)),
    plainArray(agentIds),
  ]
  const [costs, tasks] = await Promise.all([
    db.query<{ position: number; id: string; direct: string }>(DIRECT_BY_STEP, values),
    db.query<{ position: number; id: string; tasks: number }>(COMPLETED_BY_STEP, values),
  ])
  const found = new Map(agentIds.map((id) => [id, steps.map((): AgentStep => ({ direct: 0n, tasksCompleted: 0 }))]))
  const at = ({ id, position }: { id: string; position: number }): Partial<AgentStep> =>
    found.get(id)?.[position - 1] ?? {}
  for (const row of costs) at(row).direct = parseFixed18(row.direct)
  for (const row of tasks) at(row).tasksCompleted = row.tasks
  return found
}

/** A part of an agent's cost; `otherId` is a resource's or a client's, nil for none. */
export interface AgentPart {
  agentId: string
  otherId: string
  sums: CellSums
}

type PartRow = CellSumsRow & { agentId: string; otherId: string }

const RESOURCES: Prepared = {
  name: 'read_agent_resources',
  text: `SELECT c.a AS "agentId", c.b AS "otherId", ${CELL_SUMS} FROM rollup_day c
    WHERE c.tenant_id = $1::uuid AND c.grain = ${Grain.AGENT_RESOURCE} AND c.day >= $2::date AND c.day < $3::date AND c.a = ANY ($4::uuid[])
      AND ${IS_COUNTED}
    GROUP BY c.a, c.b`,
}

/** What each resource of some agents cost. */
export async function readAgentResourceSums(
  db: TenantSql,
  range: DateRange,
  agentIds: readonly string[],
): Promise<AgentPart[]> {
  const rows = await db.query<PartRow>(RESOURCES, [range.from, range.to, plainArray(agentIds)])
  return rows.map((row) => ({ agentId: row.agentId, otherId: row.otherId, sums: cellSums(row) }))
}

export interface AgentResourceCost {
  agentId: string
  /** Nil for none. */
  otherId: string
  cost: Fixed18
}

const RESOURCE_COSTS: Prepared = {
  name: 'read_agent_resource_costs',
  text: `SELECT c.a AS "agentId", c.b AS "otherId", sum(c.cost_direct)::text AS cost FROM rollup_day c
    WHERE c.tenant_id = $1::uuid AND c.grain = ${Grain.AGENT_RESOURCE} AND c.day >= $2::date AND c.day < $3::date AND c.a = ANY ($4::uuid[])
      AND ${IS_COUNTED}
    GROUP BY c.a, c.b`,
}

/** What each resource of some agents cost, and nothing else of it: to name them in order. An agent has no chain-shared cost (law L13). */
export async function readAgentResourceCosts(
  db: TenantSql,
  range: DateRange,
  agentIds: readonly string[],
): Promise<AgentResourceCost[]> {
  const values = [range.from, range.to, plainArray(agentIds)]
  const rows = await db.query<{ agentId: string; otherId: string; cost: string }>(RESOURCE_COSTS, values)
  return rows.map((row) => ({ ...row, cost: parseFixed18(row.cost) }))
}

const CLIENTS: Prepared = {
  name: 'read_agent_clients',
  text: `SELECT c.b AS "agentId", c.a AS "otherId", ${CELL_SUMS} FROM rollup_day c
    WHERE c.tenant_id = $1::uuid AND c.grain = ${Grain.CLIENT_AGENT} AND c.day >= $2::date AND c.day < $3::date AND c.b = $4::uuid
      AND ${IS_COUNTED}
    GROUP BY c.a, c.b`,
}

/** What an agent cost for each client. */
export async function readAgentClientSums(db: TenantSql, range: DateRange, agentId: string): Promise<AgentPart[]> {
  const rows = await db.query<PartRow>(CLIENTS, [range.from, range.to, agentId])
  return rows.map((row) => ({ agentId: row.agentId, otherId: row.otherId, sums: cellSums(row) }))
}
