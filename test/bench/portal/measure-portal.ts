import { DEMO_PASSWORD } from '@outlay/db/demo/seed-demo'
import { addMembership } from '@outlay/db/admin/create-tenant'
import { createUser } from '@outlay/server/auth/create-user'
import { ensureDemo } from '@outlay/server/supervisor/demo-tenant'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Browser, BrowserContext } from 'playwright-core'
import { launch } from '../../browser/launch.ts'
import { TenantClient } from '../../support/tenant-client.ts'
import { loadHistory } from '../load-history.ts'
import type { PortalOptions } from '../options.ts'
import { family, measured } from '../processes.ts'
import { EVENTS_PER_TASK, items, taskKey, type Traffic } from '../traffic.ts'
import type { BenchServer, BenchWorker, World } from '../world.ts'
import { makeThings, type Known } from './make-things.ts'
import { openPage } from './open-page.ts'
import { portalPages, type PortalPage } from './pages.ts'
import type { PageMeasurement, PortalSeries } from './portal-report.ts'
import { readDocument } from './read-document.ts'

const DAY_MS = 86_400_000
const HISTORY_DAYS = 90
const OWNER = { email: 'owner@bench.outlay.local', password: 'owner of the bench tenant' }

/** The two whose pages are measured: who signs in, and what the addresses name. */
interface Site {
  name: string
  login: { email: string; password: string }
  tenant: TenantClient
  known: Known
}

/** What runs while pages are measured. */
interface Rig {
  world: World
  server: BenchServer
  worker: BenchWorker
  browser: Browser
  visits: number
}

/**
 * Measures every staff page of the portal on the demo and on a tenant of `events` events, as its owner: the real server with the portal's
 * production build inside, and a worker beside it. Adds to `series` as it goes.
 */
export async function measurePortal(
  world: World,
  options: PortalOptions,
  began: number,
  series: PortalSeries[],
): Promise<void> {
  const sites = await seed(world, options, began)
  const [server, worker] = await Promise.all([world.startServer({ withPortal: true }), world.startWorker()])
  const browser = await launch()
  try {
    const door = new Set((await openPage(browser, { url: server.url, cookies: [] }, '/login')).scripts.keys())
    for (const make of sites) {
      const site = make(server.url)
      const pages = portalPages(await makeThings(site.tenant, site.known)).filter(
        ({ address }) => options.only === null || address.startsWith(options.only),
      )
      await isIdle(worker)
      const one: PortalSeries = { name: site.name, visits: options.visits, shared: [], pages: [] }
      series.push(one)
      await measureSite({ world, server, worker, browser, visits: options.visits }, { site, pages, door }, one)
    }
  } finally {
    await browser.close()
    await Promise.all([server.stop(), worker.stop()])
  }
}

const IDLE_CORES = 0.05
const IDLE_WAITS_MAX = 120

/** What making the things has begun, such as a report, is done before pages are measured: it is no part of any of them. */
async function isIdle(worker: BenchWorker): Promise<void> {
  say('Waiting for the worker to be done …')
  for (let idle = 0, waits = 0; idle < 3 && waits < IDLE_WAITS_MAX; waits++) {
    const { usage } = await measured({ worker: () => family(worker.pid) }, () => sleep(1_000))
    idle = (usage.cores.worker ?? 0) < IDLE_CORES ? idle + 1 : 0
  }
}

export async function seed(
  world: World,
  { events, loadMinutesMax }: PortalOptions,
  began: number,
): Promise<((url: string) => Site)[]> {
  say(`Making the demo, and loading ${events} events of ${HISTORY_DAYS} days …`)
  const auth = new pg.Pool({ connectionString: world.urls.authUrl, max: 1 })
  try {
    const demo = await ensureDemo({ app: world.pool, auth }, { secret: world.secret, log: () => {} })
    const bench = await world.addTenant('bench')
    const userId = await createUser(auth, { ...OWNER, name: 'Owner' })
    await addMembership(world.pool, { tenantId: bench.id, userId, role: 'OWNER' })
    // As in the other measurements, the history ends at midnight yesterday.
    const endMs = Math.floor(began / DAY_MS) * DAY_MS - DAY_MS
    const spanMs = HISTORY_DAYS * DAY_MS
    const traffic = { name: 'h0', startMs: endMs - spanMs, spanMs, events }
    const load = await loadHistory(world, {
      tenantId: bench.id,
      traffic,
      until: Date.now() + loadMinutesMax * 60_000,
    })
    // Statistics and visibility as autovacuum would leave them a minute later.
    await world.owner.query('VACUUM ANALYZE')
    const email = demo.logins.find(({ role }) => role === 'OWNER')?.email ?? ''
    const demoEvent = await anEventOf(world, 'market-entry-analysis')
    return [
      (url) => ({
        name: 'the demo',
        login: { email, password: DEMO_PASSWORD },
        tenant: new TenantClient(() => url, 'demo', demo.apiKey),
        known: {
          agent: 'coding',
          client: 'northwind',
          project: 'site-rebuild',
          task: 'market-entry-analysis',
          event: demoEvent,
        },
      }),
      (url) => ({
        name: `${load.events.toLocaleString('en-GB')} events of one tenant${load.isCutShort ? ' (stopped by --load-minutes)' : ''}`,
        login: OWNER,
        tenant: new TenantClient(() => url, 'bench', bench.apiKey),
        known: knownOf(traffic, load.events),
      }),
    ]
  } finally {
    await auth.end()
  }
}

/** Something from the middle of what was loaded. */
function knownOf(traffic: Traffic, loaded: number): Known {
  const task = Math.floor(loaded / EVENTS_PER_TASK / 2)
  const [event] = items(traffic, task * EVENTS_PER_TASK + 1, task * EVENTS_PER_TASK + 2)
  if (event === undefined) throw new Error('Nothing was loaded.')
  return { agent: 'agent-0', client: 'client-0', project: 'project-0-0', task: taskKey(traffic, task), event: event.id }
}

async function anEventOf(world: World, task: string): Promise<string> {
  const { rows } = await world.owner.query<{ id: string }>(
    `SELECT i.id FROM invocation i JOIN task t ON t.tenant_id = i.tenant_id AND t.id = i.task_id
     WHERE t.key = $1 AND i.resource_id IS NOT NULL ORDER BY i.occurred_at LIMIT 1`,
    [task],
  )
  const [event] = rows
  if (event === undefined) throw new Error(`The demo has no event of ${task}.`)
  return event.id
}

async function measureSite(
  { world, server, worker, browser, visits }: Rig,
  { site, pages, door }: { site: Site; pages: readonly PortalPage[]; door: ReadonlySet<string> },
  series: PortalSeries,
): Promise<void> {
  const cookies = await signIn(browser, server.url, site.login)
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
  const parts = {
    ...world.parts,
    server: () => family(server.pid),
    worker: () => family(worker.pid),
    bench: [process.pid],
  }
  for (const { route, address } of pages) {
    say(`${site.name}: ${address}`)
    const { result: read, usage } = await measured(parts, () =>
      readDocument({ url: server.url, cookie }, { address, rounds: visits }),
    )
    const page: PageMeasurement = { route, address, ...read, usage, openings: [], failures: [] }
    series.pages.push(page)
    // Round −1 warms up what only the first visit of all needs, and does not count.
    for (let round = -1; round < visits; round++) {
      const opened = await openPage(browser, { url: server.url, cookies }, address).catch((error: Error) => error)
      if (opened instanceof Error) page.failures.push(opened.message)
      if (opened instanceof Error || round < 0) continue
      const { scripts, ...opening } = opened
      const sizeOf = (isShared: boolean) =>
        [...scripts].reduce((sum, [name, bytes]) => (door.has(name) === isShared ? sum + bytes : sum), 0)
      series.shared.push(sizeOf(true))
      page.openings.push({ ...opening, scriptBytes: sizeOf(false) })
    }
  }
}

async function signIn(
  browser: Browser,
  url: string,
  login: { email: string; password: string },
): Promise<Awaited<ReturnType<BrowserContext['cookies']>>> {
  const context = await browser.newContext()
  try {
    const answer = await context.request.post(`${url}/api/auth/sign-in/email`, {
      data: login,
      headers: { origin: url },
    })
    if (!answer.ok()) throw new Error(`${login.email} cannot sign in: ${answer.status()} ${await answer.text()}`)
    return await context.cookies()
  } finally {
    await context.close()
  }
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}
