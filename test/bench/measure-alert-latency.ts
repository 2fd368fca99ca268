import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { setBudget } from '@outlay/db/budgets/set-budget'
import { insertNames } from '@outlay/db/demo/insert-records'
import { lockTenant } from '@outlay/db/ingest/tenant-lock'
import { tenantTransaction } from '@outlay/db/tenancy/tenant-transaction'
import { Agent, request } from 'undici'
import { subscribeToAlerts } from '../support/alert-subscription.ts'
import { loadHistory } from './load-history.ts'
import { percentile } from './percentile.ts'
import { family, measured, type Usage } from './processes.ts'
import type { SendOrder, SendReport } from './sender.ts'
import { names, type Traffic } from './traffic.ts'
import type { BenchTenant, World } from './world.ts'

export interface Latency {
  p50Ms: number
  p95Ms: number
  maxMs: number
}

export interface LatencyMeasurement {
  crossings: number
  budgets: number
  /** Of the other events meanwhile, as they were committed. */
  eventsPerSecond: number
  untilCommit: Latency
  untilFrame: Latency
  usage: Usage
}

const DAY_MS = 86_400_000
const HISTORY = { days: 90, events: 90_000 }
const EVENTS_PER_SECOND = 1_000
const EVENTS_PER_REQUEST = 10
/** So that no crossing meets the others at the same place of their rhythm. */
const GAP_MS = { least: 80, spread: 140 }
const FRAME_MS_MAX = 30_000
/** The first crossings find nothing prepared: neither statements nor code. */
const WARM_UP = 10

/**
 * How long it takes from the POST of an event that crosses a limit to the frame on a subscriber's socket: server and worker as they run in
 * production, a tenant with a history of 90 days and a budget for every client, project and agent, and a thousand other events of it a
 * second from another process.
 */
export async function measureAlertLatency(
  world: World,
  { crossings, nowMs }: { crossings: number; nowMs: number },
): Promise<LatencyMeasurement> {
  const tenant = await world.addTenant('bench-alerts')
  const traffic: Traffic = {
    name: 'alerts',
    startMs: nowMs - HISTORY.days * DAY_MS,
    spanMs: (HISTORY.days - 1) * DAY_MS,
    events: HISTORY.events,
  }
  await loadHistory(world, { tenantId: tenant.id, traffic, until: Date.now() + 600_000 })
  const probes = Array.from({ length: crossings + WARM_UP }, (_, n) => `probe-${n}`)
  const budgets = await setBudgets(world, tenant, probes)
  await world.owner.query('VACUUM ANALYZE')
  const [server, worker] = [await world.startServer(), await world.startWorker()]
  const seconds = (probes.length * (GAP_MS.least + GAP_MS.spread / 2 + 400)) / 1_000
  const background = startBackground({ url: server.url, key: tenant.apiKey, seconds })
  try {
    await background.ready
    const parts = {
      ...world.parts,
      ...{ server: () => family(server.pid), worker: () => family(worker.pid), sender: () => family(background.pid) },
    }
    const crossing = new Crossing(server.url, tenant)
    await crossing.open()
    background.go()
    await crossing.each(probes.slice(0, WARM_UP))
    crossing.forget()
    const before = await countEvents(world, tenant)
    const { usage } = await measured(parts, () => crossing.each(probes.slice(WARM_UP)))
    const during = (await countEvents(world, tenant)) - before
    await crossing.close()
    return {
      ...{ crossings, budgets, eventsPerSecond: during / usage.seconds, usage },
      ...{ untilCommit: latency(crossing.commitMs), untilFrame: latency(crossing.frameMs) },
    }
  } finally {
    background.stop()
    await worker.stop()
    await server.stop()
  }
}

/** A budget that is never crossed for everybody of the fleet, and one of a dollar a day for each probe. */
async function setBudgets({ pool }: World, { id }: BenchTenant, probes: readonly string[]): Promise<number> {
  await tenantTransaction(pool, id, async (client) => {
    await lockTenant(client, id)
    await insertNames(client, id, { agents: probes.map((key) => ({ key, name: key })), clients: [] })
  })
  const wishes = [
    { scope: 'FLEET', key: null, window: 'MONTH', amount: '1000000000' } as const,
    ...names.clients.flatMap(({ key, projects }) => [
      { scope: 'CLIENT', key, window: 'TOTAL', amount: '1000000000' } as const,
      ...projects.map(
        (project) => ({ scope: 'PROJECT', key: project.key, window: 'MONTH', amount: '1000000' }) as const,
      ),
    ]),
    ...names.agents.map(({ key }) => ({ scope: 'AGENT', key, window: 'DAY', amount: '1000000' }) as const),
    ...probes.map((key) => ({ scope: 'AGENT', key, window: 'DAY', amount: '1' }) as const),
  ]
  for (const { amount, ...wish } of wishes) {
    const rest = { thresholds: ['1'], forecastThresholds: null, period: null, startsOn: null, learn: false, note: null }
    const { userErrors } = await setBudget({ pool, nowMs: Date.now() }, id, {
      wish: { ...wish, ...rest, amount: { amount, currency: 'USD' } },
      by: 'bench',
    })
    if (userErrors[0] !== undefined) throw new Error(userErrors[0].message)
  }
  return wishes.length
}

async function countEvents({ owner }: World, { id }: BenchTenant): Promise<number> {
  const { rows } = await owner.query<{ count: number }>(
    'SELECT coalesce(sum(invocations), 0)::int AS count FROM rollup_day WHERE tenant_id = $1 AND grain = 0',
    [id],
  )
  return rows[0]?.count ?? 0
}

/** Crosses the limit of one probe after the other, and notes when each was committed and when its alert came. */
class Crossing {
  readonly commitMs: number[] = []
  readonly frameMs: number[] = []
  readonly #url: string
  readonly #tenant: BenchTenant
  readonly #agent = new Agent({ connections: 1, pipelining: 1 })
  readonly #awaited = new Map<string, (atMs: number) => void>()
  #closeSubscription: () => Promise<void> = async () => {}

  constructor(url: string, tenant: BenchTenant) {
    this.#url = url
    this.#tenant = tenant
  }

  async open(): Promise<void> {
    const { close } = await subscribeToAlerts(this.#url, this.#tenant.apiKey, ({ title }, atMs) => {
      this.#awaited.get(title.split(' ')[0] ?? '')?.(atMs)
    })
    this.#closeSubscription = close
  }

  async close(): Promise<void> {
    await this.#closeSubscription()
    await this.#agent.close()
  }

  async each(probes: readonly string[]): Promise<void> {
    for (const [n, probe] of probes.entries()) {
      await this.#cross(probe)
      await sleep(GAP_MS.least + ((n * 37) % GAP_MS.spread))
    }
  }

  forget(): void {
    this.commitMs.length = 0
    this.frameMs.length = 0
  }

  async #cross(probe: string): Promise<void> {
    const came = new Promise<number>((resolve) => this.#awaited.set(probe, resolve))
    const began = performance.now()
    await this.#post(probe)
    this.commitMs.push(performance.now() - began)
    const timer = new AbortController()
    const late = sleep(FRAME_MS_MAX, undefined, { signal: timer.signal }).then(() => {
      throw new Error(`No alert of ${probe} came within ${FRAME_MS_MAX / 1_000} s.`)
    })
    late.catch(() => {})
    this.frameMs.push((await Promise.race([came, late])) - began)
    timer.abort()
    this.#awaited.delete(probe)
  }

  async #post(probe: string): Promise<void> {
    // 500 searches at half a cent.
    const usage = [{ meter: 'requests', quantity: '500' }]
    const event = {
      id: `crossing-${probe}`,
      agent: probe,
      kind: 'TOOL',
      provider: 'bench-tools',
      resource: 'search',
      usage,
    }
    const { statusCode, body } = await request(`${this.#url}/v1/invocations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.#tenant.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify([{ ...event, occurredAt: new Date().toISOString() }]),
      dispatcher: this.#agent,
    })
    const text = await body.text()
    if (statusCode !== 200 || (JSON.parse(text) as { accepted: number }).accepted !== 1) throw new Error(text)
  }
}

interface Background {
  pid: number
  ready: Promise<void>
  go: () => void
  stop: () => void
}

/** Other events of the tenant at a steady pace, from a process of its own. A sender that is refused ends the measurement. */
function startBackground({ url, key, seconds }: { url: string; key: string; seconds: number }): Background {
  const child: ChildProcess = fork(fileURLToPath(new URL('./sender.ts', import.meta.url)), {
    execArgv: ['--import', import.meta.resolve('tsx')],
  })
  const spanMs = 3_600_000
  const order: SendOrder = {
    ...{ url, key, connections: 16, format: 'json' },
    ...{ eventsPerRequest: EVENTS_PER_REQUEST, eventsPerSecond: EVENTS_PER_SECOND },
    traffic: {
      ...{ name: 'beside', spanMs, startMs: Date.now() - 2 * spanMs },
      events: Math.ceil(seconds * EVENTS_PER_SECOND),
    },
  }
  child.on('message', (message: { report?: SendReport }) => {
    const failure = message.report?.failures[0]
    if (failure !== undefined) process.stderr.write(`An event beside was refused: ${failure}\n`)
  })
  child.send({ kind: 'prepare', order })
  return {
    pid: child.pid ?? 0,
    ready: once(child, 'message').then(() => {}),
    go: () => void child.send({ kind: 'go' }),
    stop: () => void child.kill(),
  }
}

function latency(values: readonly number[]): Latency {
  return { p50Ms: percentile(values, 0.5), p95Ms: percentile(values, 0.95), maxMs: Math.max(...values) }
}
