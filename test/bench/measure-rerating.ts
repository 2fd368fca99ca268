import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { publishRates } from '@outlay/db/ingest/publish-rates'
import { requestApply } from '@outlay/db/rerating/request-apply'
import { requestPreview } from '@outlay/db/rerating/request-preview'
import { WORKER_FLAGS } from '@outlay/server/supervisor/worker-flags'
import { askDashboards } from './measure-queries.ts'
import { percentile } from './percentile.ts'
import { family, measured, peakMemoryOf, type Usage } from './processes.ts'
import type { QueryWorld } from './queries.ts'
import { MODELS } from './traffic.ts'
import type { BenchTenant, World } from './world.ts'

export interface ReratingPhase {
  name: string
  events: number
  changed: number
  /** From the first look to the last page, as the job itself tells it. */
  seconds: number
  usage: Usage
  /** Microseconds of processor time an event, its start included. */
  workerMicros: number
  workerPeak: number | null
  /** Of all dashboards meanwhile, asked one after the other; null when there was no time for any. */
  dashboardP95Ms: number | null
  dashboards: number
}

const worker = fileURLToPath(new URL('../support/rerating-worker.ts', import.meta.url))

type Work = 'PREVIEW' | 'APPLY'
const PAGE_SIZE: Record<Work, number> = { PREVIEW: 5_000, APPLY: 2_000 }

/**
 * Re-rates a range of the history in a worker process of its own: a preview that finds nothing to change, then one after every price of a
 * model's input has changed, and its applying; with somebody at the dashboards all the while.
 */
export async function measureRerating(
  world: World,
  { tenant, range, queries }: { tenant: BenchTenant; range: { from: string; to: string }; queries: QueryWorld },
): Promise<ReratingPhase[]> {
  const server = await world.startServer()
  const run = async (name: string, reratingId: string, work: Work): Promise<ReratingPhase> => {
    let workerPeak: number | null = null
    let cpuMicros = 0
    const child = fork(worker, [world.urls.appUrl, tenant.id, reratingId, work, String(PAGE_SIZE[work])], {
      // As the supervisor runs it.
      execArgv: [...WORKER_FLAGS, '--import', import.meta.resolve('tsx')],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { PATH: process.env.PATH },
    })
    child.on('message', (message) => {
      workerPeak = peakMemoryOf(child.pid ?? 0)
      cpuMicros = Number(message)
    })
    const parts = { ...world.parts, server: () => family(server.pid) }
    const { result: latencies, usage } = await measured(parts, () =>
      whileRunning(child, (isOver) => askDashboards({ url: server.url, key: tenant.apiKey }, queries, isOver)),
    )
    const [job] = (await world.owner.query<JobRow>(JOB, [tenant.id, reratingId])).rows
    if (job === undefined || job.state !== (work === 'APPLY' ? 'APPLIED' : 'PREVIEWED')) {
      throw new Error(`${name}: the job ended as ${job?.state ?? 'nothing'}`)
    }
    return {
      name,
      events: job.events,
      changed: job.changed,
      seconds: work === 'APPLY' ? job.apply_seconds : job.preview_seconds,
      usage,
      workerMicros: cpuMicros / job.events,
      workerPeak,
      dashboardP95Ms: latencies.length === 0 ? null : percentile(latencies, 0.95),
      dashboards: latencies.length,
    }
  }
  try {
    const unchanged = await request(world, tenant.id, range)
    const first = await run('preview, nothing changes', unchanged, 'PREVIEW')
    await raisePrices(world, tenant.id)
    const changed = await request(world, tenant.id, range)
    const second = await run('preview, new prices of input', changed, 'PREVIEW')
    const ref = { tenantId: tenant.id, reratingId: changed }
    const { userErrors } = await requestApply({ pool: world.pool }, ref, { reason: 'bench', appliedBy: 'bench' })
    if (userErrors.length > 0) throw new Error(userErrors[0]?.message)
    return [first, second, await run('apply, new prices of input', changed, 'APPLY')]
  } finally {
    await server.stop()
  }
}

interface JobRow {
  state: string
  events: number
  changed: number
  preview_seconds: number
  apply_seconds: number
}

const JOB = `
SELECT state, events_done::int AS events, events_changed::int AS changed,
  extract(epoch FROM previewed_at - started_at)::float8 AS preview_seconds,
  extract(epoch FROM applied_at - apply_started_at)::float8 AS apply_seconds
FROM rerating WHERE tenant_id = $1 AND id = $2`

async function whileRunning<T>(child: ChildProcess, work: (isOver: () => boolean) => Promise<T>): Promise<T> {
  const [[code], result] = await Promise.all([
    once(child, 'exit') as Promise<[number | null]>,
    work(() => child.exitCode !== null || child.signalCode !== null),
  ])
  if (code !== 0) throw new Error(`The worker ended with ${code}.`)
  return result
}

async function request({ pool }: World, tenantId: string, range: { from: string; to: string }): Promise<string> {
  const wanted = { range, filter: null, whatIf: null, requestedBy: 'bench' }
  const { reratingId, userErrors } = await requestPreview({ pool }, tenantId, wanted)
  if (reratingId === null) throw new Error(userErrors[0]?.message)
  return reratingId
}

async function raisePrices({ pool }: World, tenantId: string): Promise<void> {
  const rates = MODELS.map((resource, index) => ({
    provider: 'bench',
    resource,
    meter: 'input_tokens',
    price: { amount: `${1 + index}.5`, currency: 'USD' },
    per: '1000000',
    effectiveFrom: '2020-01-02T00:00:00Z',
  }))
  const { userErrors } = await publishRates({ pool }, tenantId, rates)
  if (userErrors.length > 0) throw new Error(userErrors[0]?.message)
}
