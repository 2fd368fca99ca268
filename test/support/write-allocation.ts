import type pg from 'pg'
import { v7 as uuidv7 } from 'uuid'

/** Where a part of a share went; ids, null for none. Amounts of the fixture are whole minor units. */
export interface Place {
  agent: string
  task: string | null
  client: string | null
  project: string | null
  minor: bigint
}

/** The current run of a pool in a month, as an allocation leaves it behind. Amounts in minor units of the reporting currency. */
export interface Run {
  pool: string
  month: string
  poolAmount: bigint
  unallocated: bigint
  underAbsorbed: bigint
  places: Place[]
}

export interface PoolFixture {
  name: string
  currency: string
  firstMonth: string
  lastMonth: string | null
  method: 'EQUAL' | 'OVERHEAD_RATE'
  /** From a month on; decimal texts. */
  amounts: { fromMonth: string; amount: string }[]
}

const NIL = '00000000-0000-0000-0000-000000000000'

/** Writes pools with an approved policy each, as the superuser. Answers their ids by name. */
export async function writePools(
  owner: pg.Pool,
  tenantId: string,
  pools: readonly PoolFixture[],
): Promise<Map<string, string>> {
  const ids = new Map<string, string>()
  for (const pool of pools) {
    const id = uuidv7()
    ids.set(pool.name, id)
    const recurrence = pool.firstMonth === pool.lastMonth ? 'ONCE' : 'MONTHLY'
    await owner.query(
      `INSERT INTO cost_pool (tenant_id, id, name, category, recurrence, first_month, last_month, currency, created_by)
       VALUES ($1, $2, $3, 'OTHER', $4, $5, $6, $7, 'a test')`,
      [tenantId, id, pool.name, recurrence, pool.firstMonth, pool.lastMonth, pool.currency],
    )
    for (const { fromMonth, amount } of pool.amounts)
      await owner.query(
        `INSERT INTO cost_pool_amount (tenant_id, pool_id, from_month, revision, amount, set_by) VALUES ($1, $2, $3, 1, $4, 'a test')`,
        [tenantId, id, fromMonth, amount],
      )
    await owner.query(
      `INSERT INTO allocation_policy (tenant_id, id, pool_id, version, state, effective_from, method, rate, scope, fallback, review_due_on,
         created_by, approved_by, approved_at)
       VALUES ($1, $2, $3, 1, 'APPROVED', $4, $5, CASE $5 WHEN 'OVERHEAD_RATE' THEN 0.2 END, '{}', '{}', '2027-01-01', 'a test', 'another', now())`,
      [tenantId, uuidv7(), id, pool.firstMonth, pool.method],
    )
  }
  return ids
}

/** Writes runs and what they come to by place and by month, as the superuser. `decimals` of the reporting currency. */
export async function writeRuns(
  owner: pg.Pool,
  { tenantId, runs, decimals }: { tenantId: string; runs: readonly Run[]; decimals: number },
): Promise<void> {
  for (const run of runs) {
    const jobId = uuidv7()
    await owner.query(
      `INSERT INTO allocation_job (tenant_id, id, month, cause, state, requested_by) VALUES ($1, $2, $3, 'REQUESTED', 'DONE', 'a test')`,
      [tenantId, jobId, run.month],
    )
    await owner.query(
      `INSERT INTO allocation_run (tenant_id, id, job_id, pool_id, month, policy_id, method, state, pool_amount, received, passed_on, total,
         allocated, unallocated, idle, under_absorbed, inputs_hash, snapshot)
       SELECT $1, $2, $3, p.pool_id, $5, p.id, p.method, 'CURRENT', $6::numeric / s.unit, 0, 0, $6::numeric / s.unit, $7::numeric / s.unit,
         $8::numeric / s.unit, 0, $9::numeric / s.unit, 'a test', now()
       FROM allocation_policy p CROSS JOIN (SELECT 10::numeric ^ $10::int AS unit) s WHERE p.tenant_id = $1 AND p.pool_id = $4`,
      [
        tenantId,
        uuidv7(),
        jobId,
        run.pool,
        run.month,
        run.poolAmount,
        run.places.reduce((sum, place) => sum + place.minor, 0n),
        run.unallocated,
        run.underAbsorbed,
        decimals,
      ],
    )
  }
  const places = runs.flatMap(({ month, places: of }) => of.map((place) => ({ ...place, month })))
  const list = (pick: (place: (typeof places)[number]) => unknown) => places.map(pick)
  await owner.query(
    `WITH p AS (
       SELECT p.*, p.minor / 10::numeric ^ $8::int AS amount
       FROM unnest($2::date[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::numeric[]) AS p(month, task, agent, client, project, minor)
     ), by_place AS (
       INSERT INTO allocated_place (tenant_id, month, task_id, agent_id, client_id, project_id, amount)
       SELECT $1, month, task, agent, client, project, sum(amount) FROM p GROUP BY 2, 3, 4, 5, 6 HAVING sum(amount) <> 0
     )
     INSERT INTO allocated_month (tenant_id, grain, month, a, b, amount)
     SELECT $1, g.grain, p.month, g.a, g.b, sum(p.amount) FROM p CROSS JOIN LATERAL (VALUES
       (0, '${NIL}'::uuid, '${NIL}'::uuid), (1, agent, '${NIL}'), (2, client, '${NIL}'), (3, project, '${NIL}'), (7, client, agent)) AS g(grain, a, b)
     GROUP BY 2, 3, 4, 5 HAVING sum(p.amount) <> 0`,
    [
      tenantId,
      list((place) => place.month),
      list((place) => place.task ?? NIL),
      list((place) => place.agent),
      list((place) => place.client ?? NIL),
      list((place) => place.project ?? NIL),
      list((place) => place.minor),
      decimals,
    ],
  )
}
