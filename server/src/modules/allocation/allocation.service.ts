import { setTimeout as sleep } from 'node:timers/promises'
import { staleRuns } from '@outlay/db/allocation/stale-runs'
import type { ComparePool, PoolComparison, WhatIf } from '@outlay/db/allocation/compare-pool'
import { readByKeys, type AgentRecord } from '@outlay/db/sql/read-dimensions'
import {
  readJob,
  readPlaces,
  readRuns,
  readRunsByIds,
  readRunsOfJobs,
  readRunsOfPools,
  readRunSums,
  readShares,
  type JobRecord,
  type PlaceRecord,
  type RunRecord,
  type RunSums,
  type ShareRecord,
} from '@outlay/db/sql/read-allocation-runs'
import { checkMonth } from '@outlay/domain/allocation/pool-amount'
import { DomainError, invariant, quoted } from '@outlay/domain/errors'
import { parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import { actorOf } from '../../graphql/actor.ts'
import type { Context } from '../../graphql/context.ts'
import { badInput, notFound } from '../../graphql/errors.ts'
import { uuidOf } from '../../graphql/ids.ts'
import { pageSize } from '../../graphql/page.ts'
import { groupBy } from '@outlay/domain/group-by'
import type { UserErrorSource } from '../user-error.schema.ts'

/** A request that waits is answered before anything between us and its sender gives it up. */
const WAIT_MS_MAX = 25_000
const POLL_MS = 100

export interface RunAllocationSource {
  runs: RunRecord[] | null
  jobId: string | null
  userErrors: UserErrorSource[]
}

/** Asks for a run; with `wait`, answers when it is done. */
export async function runAllocation(
  context: Context,
  { month, poolIds, wait }: { month: CalendarDate; poolIds?: readonly string[] | null; wait?: boolean | null },
): Promise<RunAllocationSource> {
  const { services, tenant, db } = context
  const { jobId, userErrors } = await services.requestRun(tenant.id, {
    month,
    poolIds: poolIds?.map((id, index) => uuidOf('CostPool', id, `input.poolIds.${index}`)) ?? null,
    cause: 'REQUESTED',
    requestedBy: await actorOf(context),
    nowMs: context.now,
  })
  if (jobId === null) return { runs: null, jobId, userErrors }
  await services.enqueue('allocation.run', { tenantId: tenant.id, jobId })
  const job = await whenDone(context, jobId, wait === true)
  if (job?.state === 'FAILED') {
    const failure = { code: 'RUN_FAILED', message: job.error ?? 'The run failed.', field: null }
    return { runs: null, jobId, userErrors: [...userErrors, failure] }
  }
  const runs = job?.state === 'DONE' ? await readRunsOfJobs(db, [jobId]) : null
  return { runs, jobId, userErrors }
}

/** The job as it stands: at once, or when it has ended, or when waiting has become too long. */
async function whenDone({ db }: Context, id: string, wait: boolean): Promise<JobRecord | null> {
  const until = performance.now() + (wait ? WAIT_MS_MAX : 0)
  for (;;) {
    const job = await readJob(db, id)
    if (job === null || job.state === 'DONE' || job.state === 'FAILED' || performance.now() >= until) return job
    await sleep(POLL_MS)
  }
}

export function listRuns({ db }: Context, month: CalendarDate | null): Promise<RunRecord[]> {
  return readRuns(db, month === null ? null : checkMonth(month, 'month'))
}

export async function findRun({ db }: Context, id: string): Promise<RunRecord | null> {
  const [run] = await readRunsByIds(db, [uuidOf('AllocationRun', id, 'id')])
  return run ?? null
}

export function findJob({ db }: Context, id: string): Promise<JobRecord | null> {
  return readJob(db, uuidOf('AllocationJob', id, 'id'))
}

export async function runsOfJob({ db }: Context, { id, state }: JobRecord): Promise<RunRecord[]> {
  return state === 'DONE' ? readRunsOfJobs(db, [id]) : []
}

/** The runs of a pool in the month it is looked at in, the newest first; read once for all pools of the answer. */
export function runsOfPool(
  { db, loaders }: Context,
  { id, month }: { id: string; month: CalendarDate },
): Promise<RunRecord[]> {
  const load = async (keys: readonly string[]) => {
    const pools = keys.map((key) => ({ month: key.slice(0, 10), poolId: key.slice(11) }))
    return groupBy(await readRunsOfPools(db, pools), (run) => `${run.month} ${run.poolId}`)
  }
  return loaders.of<string, RunRecord[]>('runs of pools', load, []).load(`${month} ${id}`)
}

export function sharesOf({ db, loaders }: Context, run: RunRecord): Promise<ShareRecord[]> {
  const load = async (ids: readonly string[]) => groupBy(await readShares(db, ids), ({ runId }) => runId)
  return loaders.of<string, ShareRecord[]>('allocation shares', load, []).load(run.id)
}

export function placesOf({ db, loaders }: Context, share: ShareRecord, first: number): Promise<PlaceRecord[]> {
  const size = pageSize({ first })
  const load = async (keys: readonly string[]) => {
    const shares = keys.map((key) => ({ runId: key.slice(0, 36), agentId: key.slice(37) }))
    return groupBy(await readPlaces(db, shares, size), ({ runId, agentId }) => `${runId} ${agentId}`)
  }
  const loader = loaders.of<string, PlaceRecord[]>(`allocation places ${size}`, load, [])
  return loader.load(`${share.runId} ${share.agentId}`)
}

/** A run added up again; each sum includes what was not given to anybody, so all of them are the pool. */
export async function checkOf({ db, loaders }: Context, run: RunRecord): Promise<Record<keyof Checked, Fixed18>> {
  const load = async (ids: readonly string[]) =>
    new Map((await readRunSums(db, ids)).map((sums): [string, RunSums | null] => [sums.runId, sums]))
  const sums = await loaders.of<string, RunSums | null>('allocation checks', load, null).load(run.id)
  invariant(sums !== null, `The run ${run.id} is not there`)
  const rest = parseFixed18(run.unallocated) + parseFixed18(run.underAbsorbed)
  return {
    byAgent: parseFixed18(sums.byAgent) + rest,
    byTask: parseFixed18(sums.byTask) + rest,
    byClient: parseFixed18(sums.byClient) + rest,
    pool: parseFixed18(run.poolAmount) + parseFixed18(run.received) - parseFixed18(run.passedOn),
  }
}

interface Checked {
  byAgent: Fixed18
  byTask: Fixed18
  byClient: Fixed18
  pool: Fixed18
}

/** Whether a new run would be made from other inputs; only of a run that holds. */
export async function isStale({ db, loaders, tenant }: Context, run: RunRecord): Promise<boolean> {
  if (run.state !== 'CURRENT') return false
  const load = async (runs: readonly RunRecord[]) => {
    const stale = await staleRuns(db, tenant, runs)
    return new Map(runs.map((one): [RunRecord, boolean] => [one, stale.has(one.id)]))
  }
  return loaders.of<RunRecord, boolean>('stale runs', load, false).load(run)
}

export interface WhatIfFields {
  method?: WhatIf['method']
  basis?: WhatIf['basis']
  rate?: string | null
  multipliers?: readonly { agent: string; multiplier: string }[] | null
  fallback?: readonly string[] | null
  idle?: string | null
}

/** A pool by every method. What is not there, or cannot be compared, is told at the argument. */
export async function comparison(
  { services, tenant, db }: Context,
  { poolId, month, whatIf }: { poolId: string; month: CalendarDate; whatIf?: WhatIfFields | null },
): Promise<PoolComparison> {
  const request: ComparePool = { poolId: uuidOf('CostPool', poolId, 'poolId'), month, whatIf: null }
  if (whatIf != null) {
    const { multipliers, ...rest } = whatIf
    request.whatIf = { ...rest, ...(multipliers == null ? {} : { multipliers: await byId(db, multipliers) }) }
  }
  try {
    return await services.comparePool(tenant.id, request)
  } catch (error) {
    if (error instanceof DomainError && error.code === 'NOT_FOUND') throw notFound('This cost pool')
    throw error
  }
}

async function byId(db: Context['db'], multipliers: readonly { agent: string; multiplier: string }[]) {
  const keys = multipliers.map(({ agent }) => agent)
  const ids = new Map((await readByKeys(db, 'agent', keys)).map(({ key, id }) => [key, id]))
  return multipliers.map(({ agent, multiplier }, index) => {
    const agentId = ids.get(agent)
    if (agentId === undefined) {
      throw badInput(`whatIf.multipliers.${index}.agent`, `There is no agent ${quoted(agent)}.`)
    }
    return { agentId, multiplier }
  })
}

/** The agent that a stored record names. */
export async function agentOf({ loaders }: Context, { agentId }: { agentId: string }): Promise<AgentRecord> {
  const agent = await loaders.agent.load(agentId)
  invariant(agent !== null, `The agent ${agentId} of an allocation is not there`)
  return agent
}
