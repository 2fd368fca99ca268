import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { requestRun } from '@outlay/db/allocation/request-run'
import type { AllocationStep } from '@outlay/db/allocation/run-job'
import { createPool } from '@outlay/db/pools/create-pool'
import { addMonths, firstOfMonth } from '@outlay/domain/periods/calendar-date'
import { WORKER_FLAGS } from '@outlay/server/supervisor/worker-flags'
import { loadHistory } from './load-history.ts'
import { measured, peakMemoryOf, type Usage } from './processes.ts'
import type { World } from './world.ts'

export interface AllocationMeasurement {
  events: number
  agents: number
  pools: number
  /** Places over all shares: what is split down to and stored. */
  places: number
  /** From the first look to the commit, as the job itself tells it. */
  seconds: number
  /** Milliseconds by step: on the clock, and of the worker's processor. */
  steps: { step: string; wallMs: number; cpuMs: number }[]
  usage: Usage
  workerPeak: number | null
}

const AGENTS = 200
const POOLS = 20
const HOUR_MS = 3_600_000
const worker = fileURLToPath(new URL('../support/allocation-worker.ts', import.meta.url))

const METHODS = [
  { method: 'EQUAL', basis: null, rate: null },
  { method: 'USAGE', basis: 'INVOCATIONS', rate: null },
  { method: 'USAGE', basis: 'TOKENS', rate: null },
  { method: 'USAGE', basis: 'COMPUTE_TIME', rate: null },
  { method: 'USAGE', basis: 'RESOURCE_USES', rate: null },
  { method: 'REVENUE', basis: null, rate: null },
  { method: 'OVERHEAD_RATE', basis: null, rate: '0.2' },
] as const

/** Runs 20 pools of every method over the last whole month of a tenant of its own, in a worker process, down to the tasks. */
export async function measureAllocation(
  world: World,
  { events, nowMs, until }: { events: number; nowMs: number; until: number },
): Promise<AllocationMeasurement> {
  const tenant = await world.addTenant('bench-allocation')
  const month = addMonths(firstOfMonth(new Date(nowMs).toISOString().slice(0, 10)), -1)
  const [startMs, endMs] = [Date.parse(month), Date.parse(addMonths(month, 1))]
  // An hour in from either end: the month is London's.
  const span = { startMs: startMs + HOUR_MS, spanMs: endMs - startMs - 3 * HOUR_MS }
  const traffic = { name: 'm', events, agents: AGENTS, ...span }
  const load = await loadHistory(world, { tenantId: tenant.id, traffic, until })
  await world.owner.query('VACUUM ANALYZE')
  for (let number = 0; number < POOLS; number += 1) await declare(world, tenant.id, { number, month })
  const request = { month, poolIds: null, cause: 'REQUESTED', requestedBy: 'bench', nowMs } as const
  const { jobId, userErrors } = await requestRun({ pool: world.pool }, tenant.id, request)
  if (jobId === null) throw new Error(userErrors[0]?.message)

  const { result, usage } = await measured(world.parts, () => work(world, [tenant.id, jobId]))
  const { rows } = await world.owner.query<{ state: string; error: string | null; seconds: number; places: number }>(
    `SELECT j.state, j.error, extract(epoch FROM j.done_at - j.started_at)::float8 AS seconds,
       (SELECT sum(cardinality(s.amounts))::int FROM allocation_run r JOIN allocation_share s ON s.tenant_id = r.tenant_id AND s.run_id = r.id
        WHERE r.tenant_id = j.tenant_id AND r.job_id = j.id) AS places
     FROM allocation_job j WHERE j.tenant_id = $1 AND j.id = $2`,
    [tenant.id, jobId],
  )
  const [job] = rows
  if (job?.state !== 'DONE') throw new Error(`The allocation job ended as ${job?.state}: ${job?.error}`)
  const { places, seconds } = job
  return { events: load.events, agents: AGENTS, pools: POOLS, places, seconds, usage, ...result }
}

async function declare(
  { pool }: World,
  tenantId: string,
  { number, month }: { number: number; month: string },
): Promise<void> {
  const split = METHODS[number % METHODS.length] ?? METHODS[0]
  const none = { scope: [], fallback: null, idle: null, multipliers: [], exemptions: [], feeds: [], note: null }
  const { userErrors } = await createPool({ pool }, tenantId, {
    input: {
      ...{ name: `Pool ${number}`, category: 'OTHER', recurrence: 'ONCE', month, lastMonth: null, capacity: null },
      amount: { amount: `${5_000 + number * 137}.01`, currency: 'USD' },
      resource: split.basis === 'RESOURCE_USES' ? { provider: 'bench-tools', name: 'index' } : null,
      note: null,
      policy: { ...split, ...none },
    },
    actor: { by: 'bench', isPerson: true, mayOverride: true, today: month },
  })
  if (userErrors.length > 0) throw new Error(userErrors[0]?.message)
}

/** A step's time is what passed since the one before began. */
async function work(
  { urls }: World,
  job: readonly string[],
): Promise<Pick<AllocationMeasurement, 'steps' | 'workerPeak'>> {
  const child = fork(worker, [urls.appUrl, ...job, '-'], {
    // As the supervisor runs it.
    execArgv: [...WORKER_FLAGS, '--import', import.meta.resolve('tsx')],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { PATH: process.env.PATH },
  })
  const steps: AllocationMeasurement['steps'] = []
  let last: { step: AllocationStep; cpuMicros: number; atMs: number } | null = null
  let workerPeak: number | null = null
  child.on('message', (message: { step: AllocationStep; cpuMicros: number; atMs: number }) => {
    workerPeak = peakMemoryOf(child.pid ?? 0)
    if (last !== null) {
      const cpuMs = (message.cpuMicros - last.cpuMicros) / 1_000
      steps.push({ step: last.step, wallMs: message.atMs - last.atMs, cpuMs })
    }
    last = message
  })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`The worker ended with ${code}.`)
  return { steps, workerPeak }
}
