import type { AllocationMethod, Fallback, UsageBasis } from '@outlay/domain/allocation/policy'
import { NIL_UUID } from '@outlay/domain/rollup/grain'
import type { AllocationCause, AllocationJobState } from '../allocation/job.ts'
import { instantText } from './cell-sums.ts'
import { plainArray } from './pg-array.ts'
import type { Prepared, TenantSql } from './tenant-sql.ts'

/** One pool's result in one month. Amounts are decimal texts in the reporting currency, instants RFC 3339. */
export interface RunRecord {
  id: string
  jobId: string
  poolId: string
  month: string
  policyId: string
  policyVersion: number
  method: AllocationMethod
  basis: UsageBasis | null
  state: 'CURRENT' | 'SUPERSEDED'
  poolAmount: string
  received: string
  passedOn: string
  total: string
  allocated: string
  unallocated: string
  /** Null: the pool has no capacity. */
  idle: string | null
  underAbsorbed: string
  fallback: Fallback | null
  feeds: { poolId: string; share: string; amount: string }[]
  inputsHash: string
  snapshot: string
  createdAt: string
  supersededAt: string | null
}

const RUNS = `SELECT r.id, r.job_id AS "jobId", r.pool_id AS "poolId", r.month::text AS month, r.policy_id AS "policyId",
    y.version AS "policyVersion", r.method, r.basis, r.state, r.pool_amount::text AS "poolAmount", r.received::text AS received,
    r.passed_on::text AS "passedOn", r.total::text AS total, r.allocated::text AS allocated, r.unallocated::text AS unallocated,
    CASE WHEN p.capacity IS NOT NULL AND r.method = 'USAGE' THEN r.idle::text END AS idle, r.under_absorbed::text AS "underAbsorbed",
    r.fallback, r.feeds, r.inputs_hash AS "inputsHash", ${instantText('r.snapshot')} AS snapshot,
    ${instantText('r.created_at')} AS "createdAt", ${instantText('r.superseded_at')} AS "supersededAt"
  FROM allocation_run r
  JOIN cost_pool p ON p.tenant_id = $1::uuid AND p.id = r.pool_id
  JOIN allocation_policy y ON y.tenant_id = $1::uuid AND y.id = r.policy_id
  WHERE r.tenant_id = $1::uuid`

/** Most runs of one answer. */
export const RUNS_MAX = 1_000

const OF_MONTH: Prepared = {
  name: 'read_runs_month',
  text: `${RUNS} AND ($2::date IS NULL OR r.month = $2::date) ORDER BY r.created_at DESC, p.name, r.id LIMIT ${RUNS_MAX}`,
}

/** Runs of a month (of all when null), those that hold and those that held, the newest first; at most RUNS_MAX. */
export function readRuns(db: TenantSql, month: string | null): Promise<RunRecord[]> {
  return db.query(OF_MONTH, [month])
}

const BY_IDS: Prepared = { name: 'read_runs_ids', text: `${RUNS} AND r.id = ANY ($2::uuid[])` }

export function readRunsByIds(db: TenantSql, ids: readonly string[]): Promise<RunRecord[]> {
  return db.query(BY_IDS, [plainArray(ids)])
}

const OF_JOBS: Prepared = {
  name: 'read_runs_jobs',
  text: `${RUNS} AND r.job_id = ANY ($2::uuid[]) ORDER BY p.name, r.id`,
}

/** What jobs made, by name of the pool. */
export function readRunsOfJobs(db: TenantSql, jobIds: readonly string[]): Promise<RunRecord[]> {
  return db.query(OF_JOBS, [plainArray(jobIds)])
}

const OF_POOLS: Prepared = {
  name: 'read_runs_pools',
  text: `${RUNS} AND (r.month, r.pool_id) IN (SELECT * FROM unnest($2::date[], $3::uuid[])) ORDER BY r.created_at DESC, r.id`,
}

/** Runs of pools in months, the newest first. */
export function readRunsOfPools(
  db: TenantSql,
  pools: readonly { month: string; poolId: string }[],
): Promise<RunRecord[]> {
  const months = plainArray(pools.map(({ month }) => month))
  return db.query(OF_POOLS, [months, plainArray(pools.map(({ poolId }) => poolId))])
}

/** What an agent was given by a run. */
export interface ShareRecord {
  runId: string
  agentId: string
  weight: string
  amount: string
}

const SHARES: Prepared = {
  name: 'read_shares',
  text: `SELECT s.run_id AS "runId", s.agent_id AS "agentId", trim_scale(s.weight)::text AS weight, s.amount::text AS amount
    FROM allocation_share s JOIN agent a ON a.tenant_id = $1::uuid AND a.id = s.agent_id
    WHERE s.tenant_id = $1::uuid AND s.run_id = ANY ($2::uuid[]) ORDER BY abs(s.amount) DESC, a.key`,
}

/** The shares of runs, the largest first. */
export function readShares(db: TenantSql, runIds: readonly string[]): Promise<ShareRecord[]> {
  return db.query(SHARES, [plainArray(runIds)])
}

/** Where a share went; null is not tagged. */
export interface PlaceRecord {
  runId: string
  agentId: string
  taskId: string | null
  clientId: string | null
  projectId: string | null
  amount: string
}

const PLACES: Prepared = {
  name: 'read_places',
  text: `SELECT s.run_id AS "runId", s.agent_id AS "agentId", nullif(p.task_id, '${NIL_UUID}') AS "taskId",
      nullif(p.client_id, '${NIL_UUID}') AS "clientId", nullif(p.project_id, '${NIL_UUID}') AS "projectId", p.amount::text AS amount
    FROM allocation_share s
    JOIN unnest($2::uuid[], $3::uuid[]) AS w(run_id, agent_id) ON w.run_id = s.run_id AND w.agent_id = s.agent_id
    CROSS JOIN LATERAL (
      SELECT * FROM unnest(s.task_ids, s.client_ids, s.project_ids, s.amounts) WITH ORDINALITY AS u(task_id, client_id, project_id, amount, place)
      ORDER BY abs(u.amount) DESC, u.place LIMIT $4::int
    ) AS p
    WHERE s.tenant_id = $1::uuid`,
}

/** The largest places of shares, so many of each at most. */
export function readPlaces(
  db: TenantSql,
  shares: readonly { runId: string; agentId: string }[],
  first: number,
): Promise<PlaceRecord[]> {
  const [runs, agents] = [
    plainArray(shares.map(({ runId }) => runId)),
    plainArray(shares.map(({ agentId }) => agentId)),
  ]
  return db.query(PLACES, [runs, agents, first])
}

/** A run added up again from what is stored of it. */
export interface RunSums {
  runId: string
  byAgent: string
  byTask: string
  byClient: string
}

const CHECKS: Prepared = {
  name: 'read_run_sums',
  text: `SELECT r.id AS "runId",
      coalesce((SELECT sum(s.amount) FROM allocation_share s WHERE s.tenant_id = $1::uuid AND s.run_id = r.id), 0)::text AS "byAgent",
      coalesce((SELECT sum(t.amount) FROM (SELECT p.task_id, sum(p.amount) AS amount FROM allocation_share s
        CROSS JOIN LATERAL unnest(s.task_ids, s.amounts) AS p(task_id, amount)
        WHERE s.tenant_id = $1::uuid AND s.run_id = r.id GROUP BY 1) t), 0)::text AS "byTask",
      coalesce((SELECT sum(c.amount) FROM (SELECT p.client_id, sum(p.amount) AS amount FROM allocation_share s
        CROSS JOIN LATERAL unnest(s.client_ids, s.amounts) AS p(client_id, amount)
        WHERE s.tenant_id = $1::uuid AND s.run_id = r.id GROUP BY 1) c), 0)::text AS "byClient"
    FROM allocation_run r WHERE r.tenant_id = $1::uuid AND r.id = ANY ($2::uuid[])`,
}

export function readRunSums(db: TenantSql, runIds: readonly string[]): Promise<RunSums[]> {
  return db.query(CHECKS, [plainArray(runIds)])
}

/** A job as it stands. */
export interface JobRecord {
  id: string
  month: string
  state: AllocationJobState
  cause: AllocationCause
  error: string | null
  requestedBy: string
  requestedAt: string
  doneAt: string | null
}

const JOB: Prepared = {
  name: 'read_allocation_job',
  text: `SELECT j.id, j.month::text AS month, j.state, j.cause, j.error, j.requested_by AS "requestedBy",
      ${instantText('j.requested_at')} AS "requestedAt", ${instantText('j.done_at')} AS "doneAt"
    FROM allocation_job j WHERE j.tenant_id = $1::uuid AND j.id = $2::uuid`,
}

export async function readJob(db: TenantSql, id: string): Promise<JobRecord | null> {
  const [job] = await db.query<JobRecord>(JOB, [id])
  return job ?? null
}
