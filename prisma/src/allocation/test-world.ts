import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import type { AllocationMethod, Fallback, IdleTreatment, UsageBasis } from '@outlay/domain/allocation/policy'
import { parseInstant } from '@outlay/domain/periods/instant'
import { createTestDatabase, type TestDatabase } from '../embedded/test-database.ts'
import { Corrections } from '../corrections/correct-invocation.ts'
import { Ingestor } from '../ingest/ingestor.ts'
import { publishRates } from '../ingest/publish-rates.ts'
import { TenantConfigs } from '../ingest/tenant-config.ts'
import { upsertTask, type UpsertTaskInput } from '../ingest/upsert-task.ts'
import { verifyRollups } from '../ingest/verify-rollups.ts'
import { TenantPool } from '../tenancy/tenant-pool.ts'
import { requestRun, type RunRequest } from './request-run.ts'
import { runAllocationJob, type AllocationControl } from './run-job.ts'

/** The month of all tests is over at this instant. */
export const NOW = '2026-11-20T12:00:00Z'
export const OCTOBER = '2026-10-01'

export interface DeclaredPool {
  name: string
  amount: string
  month?: string
  lastMonth?: string | null
  currency?: string
  method?: AllocationMethod
  basis?: UsageBasis | null
  rate?: string | null
  scope?: string[]
  fallback?: Fallback[]
  idle?: IdleTreatment
  multipliers?: { agentId: string; multiplier: string }[]
  feeds?: { poolId: string; share: string }[]
  resource?: { provider: string | null; name: string }
  capacity?: string
  /** Left out: approved. */
  state?: 'PROPOSED' | 'APPROVED'
}

export interface RunRow {
  pool: string
  state: string
  total: string
  allocated: string
  unallocated: string
  fallback: string | null
  inputsHash: string
  policy: number
  shares: Record<string, string>
}

export interface AllocationTenant {
  id: string
  configs: TenantConfigs
  record: (...items: object[]) => Promise<void>
  publish: (amount: string, effectiveFrom?: string) => Promise<void>
  task: (input: UpsertTaskInput) => Promise<void>
  void: (id: string) => Promise<void>
  declare: (pool: DeclaredPool) => Promise<string>
  /** Approves another version. */
  policy: (poolId: string, version: number, effectiveFrom: string, content: Partial<DeclaredPool>) => Promise<void>
  request: (request?: Partial<RunRequest>) => ReturnType<typeof requestRun>
  work: (jobId: string, control?: Partial<AllocationControl>) => Promise<void>
  /** Asks and works; answers the job. */
  run: (request?: Partial<RunRequest>) => Promise<string>
  /** By name of the pool, the newest first. */
  runs: (month?: string) => Promise<RunRow[]>
  /** Every byte that a job left, without its own times. */
  bytesOf: (jobId: string) => Promise<string>
  agents: () => Promise<Record<string, string>>
  verify: () => ReturnType<typeof verifyRollups>
}

export interface AllocationWorld {
  database: TestDatabase
  owner: pg.Pool
  pool: TenantPool
  tenant: (options?: { timeZone?: string }) => Promise<AllocationTenant>
  close: () => Promise<void>
}

/** A database, and tenants whose runs are worked on in this process: ingest, requests and jobs are the ones of production. */
export async function openAllocationWorld(): Promise<AllocationWorld> {
  const database = await createTestDatabase()
  const pool = new TenantPool({ url: database.appUrl })
  const owner = new pg.Pool({ connectionString: database.ownerUrl })
  return {
    database,
    owner,
    pool,
    tenant: (options) => makeTenant({ owner, pool }, options),
    close: async () => {
      await pool.end()
      await owner.end()
      await database.drop()
    },
  }
}

export const quiet = (more: Partial<AllocationControl> = {}): AllocationControl => ({
  signal: new AbortController().signal,
  publish: () => {},
  ...more,
})

async function makeTenant(
  { owner, pool }: { owner: pg.Pool; pool: TenantPool },
  { timeZone = 'Europe/London' }: { timeZone?: string } = {},
): Promise<AllocationTenant> {
  const id = uuidv7()
  await owner.query(
    `INSERT INTO tenant (id, key, name, currency, time_zone) VALUES ($1::uuid, $1::text, 'Test', 'GBP', $2)`,
    [id, timeZone],
  )
  const configs = new TenantConfigs({ pool, catalogue: null })
  const ingestor = new Ingestor({ pool, configs })
  const nowMs = parseInstant(NOW) / 1000
  const tenant: AllocationTenant = {
    id,
    configs,
    record: async (...items) => {
      const { accepted, rejected } = await ingestor.record({ tenantId: id, items })
      if (accepted !== items.length) throw new Error(JSON.stringify(rejected.slice(0, 3)))
    },
    publish: async (amount, effectiveFrom = '2020-01-01T00:00:00Z') => {
      const rate = { provider: 'acme', resource: 'small-1', meter: 'input_tokens', per: '1000', effectiveFrom }
      const { userErrors } = await publishRates({ pool }, id, [{ ...rate, price: { amount, currency: 'GBP' } }])
      if (userErrors.length > 0) throw new Error(JSON.stringify(userErrors))
    },
    task: async (input) => {
      const { userErrors } = await upsertTask({ pool, configs, now: parseInstant(NOW) }, id, input)
      if (userErrors.length > 0) throw new Error(JSON.stringify(userErrors))
    },
    void: async (event) => {
      const input = { id: event, reason: 'Sent twice by mistake.', by: 'ada@example.test' }
      const { userErrors } = await new Corrections({ pool, configs }).voidInvocation(id, input)
      if (userErrors.length > 0) throw new Error(JSON.stringify(userErrors))
    },
    declare: (declared) => declare(owner, id, declared),
    policy: (poolId, version, effectiveFrom, content) =>
      insertPolicy(owner, id, { poolId, version, effectiveFrom, content }),
    request: (request = {}) =>
      requestRun({ pool }, id, {
        ...{ month: OCTOBER, poolIds: null, cause: 'REQUESTED', requestedBy: 'ada@example.test', nowMs },
        ...request,
      }),
    work: (jobId, control) => runAllocationJob({ pool }, { tenantId: id, jobId }, quiet(control)),
    run: async (request) => {
      const { jobId, userErrors } = await tenant.request(request)
      if (jobId === null) throw new Error(JSON.stringify(userErrors))
      await tenant.work(jobId)
      return jobId
    },
    runs: (month = OCTOBER) => readRuns(owner, id, month),
    bytesOf: (jobId) => bytesOf(owner, id, jobId),
    agents: async () => {
      const { rows } = await owner.query<{ key: string; id: string }>(
        'SELECT key, id FROM agent WHERE tenant_id = $1',
        [id],
      )
      return Object.fromEntries(rows.map((row) => [row.key, row.id]))
    },
    verify: () => verifyRollups(pool, id),
  }
  return tenant
}

async function declare(owner: pg.Pool, tenantId: string, declared: DeclaredPool): Promise<string> {
  const { name, amount, month = OCTOBER, lastMonth = month, currency = 'GBP', resource, capacity } = declared
  const id = uuidv7()
  await owner.query(
    `INSERT INTO cost_pool (tenant_id, id, name, category, recurrence, first_month, last_month, currency, resource_provider, resource_name,
       capacity, created_by) VALUES ($1, $2, $3, 'OTHER', $4, $5, $6, $7, $8, $9, $10, 'test')`,
    [
      ...[tenantId, id, name, lastMonth === month ? 'ONCE' : 'MONTHLY', month, lastMonth, currency],
      ...[resource?.provider ?? null, resource?.name ?? null, capacity ?? null],
    ],
  )
  await owner.query(
    `INSERT INTO cost_pool_amount (tenant_id, pool_id, from_month, revision, amount, set_by) VALUES ($1, $2, $3, 1, $4, 'test')`,
    [tenantId, id, month, amount],
  )
  await insertPolicy(owner, tenantId, { poolId: id, version: 1, effectiveFrom: month, content: declared })
  return id
}

async function insertPolicy(
  owner: pg.Pool,
  tenantId: string,
  policy: { poolId: string; version: number; effectiveFrom: string; content: Partial<DeclaredPool> },
): Promise<void> {
  const { poolId, version, effectiveFrom, content } = policy
  const { method = 'USAGE', rate = null, scope = [], fallback = ['HOLD'], idle = 'HELD', state = 'APPROVED' } = content
  const basis = method === 'USAGE' ? (content.basis ?? 'INVOCATIONS') : null
  const approved = state === 'APPROVED'
  await owner.query(
    `INSERT INTO allocation_policy (tenant_id, id, pool_id, version, state, effective_from, method, basis, rate, scope, fallback, idle,
       multipliers, feeds, review_due_on, created_by, approved_by, approved_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, '2027-01-01', 'test', $15, $16)`,
    [
      ...[tenantId, uuidv7(), poolId, version, state, effectiveFrom, method, basis, rate, scope, fallback, idle],
      ...[JSON.stringify(content.multipliers ?? []), JSON.stringify(content.feeds ?? [])],
      ...[approved ? 'ada@example.test' : null, approved ? new Date() : null],
    ],
  )
}

async function readRuns(owner: pg.Pool, tenantId: string, month: string): Promise<RunRow[]> {
  const { rows } = await owner.query<RunRow>(
    `SELECT p.name AS pool, r.state, trim_scale(r.total)::text AS total, trim_scale(r.allocated)::text AS allocated,
       trim_scale(r.unallocated)::text AS unallocated, r.fallback, r.inputs_hash AS "inputsHash", y.version AS policy,
       coalesce((SELECT jsonb_object_agg(a.key, trim_scale(s.amount)::text) FROM allocation_share s JOIN agent a ON a.id = s.agent_id
         WHERE s.tenant_id = r.tenant_id AND s.run_id = r.id), '{}') AS shares
     FROM allocation_run r JOIN cost_pool p ON p.id = r.pool_id JOIN allocation_policy y ON y.id = r.policy_id
     WHERE r.tenant_id = $1 AND r.month = $2 ORDER BY p.name, r.created_at DESC`,
    [tenantId, month],
  )
  return rows
}

/** Ids of the tenant are replaced by keys, so that two tenants of one history can be compared. */
async function bytesOf(owner: pg.Pool, tenantId: string, jobId: string): Promise<string> {
  const { rows } = await owner.query(
    `SELECT p.name, r.method, r.basis, r.pool_amount::text, r.received::text, r.passed_on::text, r.total::text, r.allocated::text,
       r.unallocated::text, r.idle::text, r.under_absorbed::text, r.fallback, a.key AS agent, s.weight::text, s.amount::text,
       (SELECT jsonb_agg(jsonb_build_array(t.key, c.key, j.key, x.amount::text) ORDER BY t.key NULLS FIRST, c.key NULLS FIRST, j.key NULLS FIRST)
        FROM unnest(s.task_ids, s.client_ids, s.project_ids, s.amounts) AS x(task, client, project, amount)
        LEFT JOIN task t ON t.id = x.task LEFT JOIN client c ON c.id = x.client LEFT JOIN project j ON j.id = x.project) AS places
     FROM allocation_run r JOIN cost_pool p ON p.id = r.pool_id LEFT JOIN allocation_share s ON s.run_id = r.id LEFT JOIN agent a ON a.id = s.agent_id
     WHERE r.tenant_id = $1 AND r.job_id = $2 ORDER BY p.name, a.key`,
    [tenantId, jobId],
  )
  return rows.map((row) => JSON.stringify(row)).join('\n')
}
