import type { Pool, PoolClient } from 'pg'
import { allocateMonth } from '@outlay/domain/allocation/allocate-month'
import { canonicalPool } from '@outlay/domain/allocation/canonical-inputs'
import { DomainError } from '@outlay/domain/errors'
import { isPassing } from '../ingest/sql-state.ts'
import { lockTenant } from '../ingest/tenant-lock.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { endJob, isClosed, lockAllocation, lockJob, startJob, type AllocationJob, type AllocationRef } from './job.ts'
import { allocatable, connectedTo, loadMonth, sha256, type MonthInputs, type TenantMoney } from './month-inputs.ts'
import { rebuildAllocated } from './rebuild-allocated.ts'
import { sortOut } from './runnable.ts'
import { makeCurrent, RunWriter, type RunHead } from './store-runs.ts'

/** Where the work on a job is; each is told when it begins. */
export type AllocationStep = 'START' | 'READ' | 'ALLOCATE' | 'STORE' | 'SHARES' | 'SWITCH' | 'COMMIT' | 'STORED'

export interface AllocationControl {
  /** Aborted: the work ends before its next step with the reason; started again, it is done from the snapshot. */
  signal: AbortSignal
  /** Told when the job is done. */
  publish: (ref: AllocationRef) => void
  /** Asked before each step, and waited for. */
  onStep?: (step: AllocationStep) => Promise<void> | void
}

/**
 * Runs the pools of a job (laws L16–L21): fixes the snapshot, reads the month as it was then, allocates, and stores all runs in one
 * transaction. Before that commits nothing is visible, after it everything; killed anywhere and begun again it reads the same month and
 * makes the same bytes, and done twice it changes nothing. What cannot succeed by being tried again ends the job as FAILED.
 */
export async function runAllocationJob(
  { pool }: { pool: Pool },
  ref: AllocationRef,
  control: AllocationControl,
): Promise<void> {
  try {
    await workOn(pool, ref, control)
  } catch (error) {
    if (!control.signal.aborted && !isPassing(error)) await fail(pool, ref, error)
    if (!(error instanceof DomainError)) throw error
  }
  control.publish(ref)
}

async function workOn(pool: Pool, ref: AllocationRef, control: AllocationControl): Promise<void> {
  const step = async (name: AllocationStep) => {
    control.signal.throwIfAborted()
    await control.onStep?.(name)
  }
  await step('START')
  const job = await tenantTransaction(pool, ref.tenantId, (client) => takeUp(client, ref))
  if (job === null) return
  await step('READ')
  const inputs = await tenantTransaction(pool, ref.tenantId, async (client) => {
    await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY')
    const { currency, timeZone } = await moneyOf(client, ref.tenantId)
    const { month, snapshot } = job
    return { currency, ...(await loadMonth(client, { tenantId: ref.tenantId, month, snapshot, currency, timeZone })) }
  })
  await step('ALLOCATE')
  const decided = decide(inputs, job)
  await step('STORE')
  await tenantTransaction(pool, ref.tenantId, (client) => store(client, { ref, job, inputs, decided, step }))
  await step('STORED')
}

type StartedJob = AllocationJob & { snapshot: string }

/** The job's row first and the tenant's lock second, as when it is stored: who waits for the row must not keep senders waiting. */
async function takeUp(client: PoolClient, ref: AllocationRef): Promise<StartedJob | null> {
  const job = await lockJob(client, ref)
  if (job === null || (job.state !== 'QUEUED' && job.state !== 'RUNNING')) return null
  await lockTenant(client, ref.tenantId)
  return { ...job, snapshot: await startJob(client, ref) }
}

/** Reads the reporting currency and the time zone. */
export async function moneyOf(client: PoolClient, tenantId: string): Promise<TenantMoney> {
  const { rows } = await client.query<TenantMoney>(
    'SELECT currency, time_zone AS "timeZone" FROM tenant WHERE id = $1::uuid',
    [tenantId],
  )
  const [tenant] = rows
  if (tenant === undefined) throw new Error(`The tenant ${tenantId} does not exist.`)
  return tenant
}

interface Decided {
  /** Pools that money passes between, by id. */
  groups: string[][]
  allocated: ReturnType<typeof allocateMonth>
}

/** Throws DomainError when a pool that is to be run cannot be (any more), and POOL_CYCLE. */
function decide(inputs: MonthInputs & { currency: string }, job: StartedJob): Decided {
  const { runnable, refusals } = sortOut(job.poolIds, inputs.pools, { month: job.month, currency: inputs.currency })
  const [refusal] = refusals
  if (refusal !== undefined) throw new DomainError(refusal.code, refusal.message)
  const pools = inputs.pools.filter(({ id }) => runnable.includes(id))
  const groups = new Map(pools.map(({ id }) => [[...connectedTo([id], inputs.pools)].sort().join(), id]))
  const { month, minorUnits, facts } = inputs
  return {
    groups: [...groups.values()].map((id) => [...connectedTo([id], inputs.pools)]),
    allocated: allocateMonth({ month, minorUnits, facts, pools: pools.map(allocatable) }),
  }
}

/**
 * The tenant's lock is taken last, when everything is written: until then nobody who records events waits, and a month that is being closed
 * is closed with all of this or with nothing of it.
 */
async function store(
  client: PoolClient,
  {
    ref,
    job,
    inputs,
    decided,
    step,
  }: {
    ref: AllocationRef
    job: StartedJob
    inputs: MonthInputs
    decided: Decided
    step: (name: AllocationStep) => Promise<void>
  },
): Promise<void> {
  const now = await lockJob(client, ref)
  if (now?.state !== 'RUNNING') return
  const head: RunHead = { ...ref, month: job.month, snapshot: job.snapshot }
  const writer = new RunWriter(client, head)
  const byId = new Map(inputs.pools.map((pool) => [pool.id, pool]))
  for (const [position, allocated] of decided.allocated.entries()) {
    if (position === Math.floor(decided.allocated.length / 2)) await step('SHARES')
    const pool = byId.get(allocated.poolId)
    if (pool === undefined) continue
    const own = canonicalPool({ ...inputs, pool: allocatable(pool), allocated })
    await writer.write({ pool, allocated, inputsHash: sha256([inputs.factsHash(), ...own]) })
  }
  await step('SWITCH')
  await lockAllocation(client, ref.tenantId)
  await makeCurrent(client, head, decided.groups)
  await rebuildAllocated(client, ref.tenantId, job.month)
  await endJob(client, ref, { state: 'DONE' })
  await lockTenant(client, ref.tenantId)
  if (await isClosed(client, ref.tenantId, job.month)) throw closedMonth(job.month)
  await step('COMMIT')
}

/** What a closed month was closed with stays. */
export function closedMonth(month: string): DomainError {
  return new DomainError(
    'PERIOD_CLOSED',
    `${month.slice(0, 7)} is closed; its runs are part of what was closed.`,
    'month',
  )
}

async function fail(pool: Pool, ref: AllocationRef, cause: unknown): Promise<void> {
  const error =
    cause instanceof DomainError
      ? cause.message
      : 'The work stopped at a fault of ours, which the log of the worker names.'
  await tenantTransaction(pool, ref.tenantId, (client) => endJob(client, ref, { state: 'FAILED', error }))
}
