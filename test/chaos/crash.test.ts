import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { verifyRollups } from '@outlay/db/ingest/verify-rollups'
import pg from 'pg'
import { costFields, costText } from '../oracle/answers.ts'
import type { Delivered, Delivery, Item, PublishedRate } from '../oracle/delivery.ts'
import { type Ledger, replay } from '../oracle/ledger.ts'
import { Random } from '../oracle/random.ts'
import { type Dimension, type Entry, entries, group, sum } from '../oracle/views.ts'
import { deliver, type RecordAnswer } from '../support/deliver.ts'
import { plainRate } from '../support/items.ts'
import { PrivatePostgres } from '../support/private-postgres.ts'
import { makeTenant } from '../support/make-tenant.ts'
import { freePort, ServerProcess } from '../support/server-process.ts'
import type { TenantClient } from '../support/tenant-client.ts'
import { workLoad } from './work-load.ts'

jest.setTimeout(600_000)

const secret = 'outlay-crash-secret-outlay-crash-secret'
const seed = Number(process.env['OUTLAY_SEED'] ?? '7')
const clients = 8
const chaosMs = 40_000
const serverLifeMs = 2_000
const serverKillsMin = 5
const batchesMin = 10
const databaseCrashes = 3
const october = { from: '2026-10-01', to: '2026-11-01' }

describe('events under crashes of the server and of Postgres', () => {
  const postgres = new PrivatePostgres()
  let server: ServerProcess
  let tenant: TenantClient
  let owner: pg.Pool
  let app: pg.Pool
  let tenantId: string
  const sent = new Map<string, Item>()
  const acknowledged = new Set<string>()
  const surprises: string[] = []
  const counts = { requests: 0, failures: 0, serverKills: 0, databaseKills: 0, resent: 0 }

  beforeAll(async () => {
    console.log(`Crash test: seed ${seed}; OUTLAY_SEED=${seed} replays its events.`)
    const urls = await postgres.start(secret)
    owner = pool(urls.ownerUrl)
    app = pool(urls.appUrl)
    server = new ServerProcess({ ...urls, secret, port: await freePort() })
    await server.start()
    const made = await makeTenant(urls, { key: 'crash', currency: 'GBP', timeZone: 'Europe/London' })
    tenantId = made.tenantId
    tenant = made.client(() => server.url)
    await deliver(tenant, { kind: 'rates', rates: [plainRate('GBP')] })
  })

  afterAll(async () => {
    await server?.stop()
    await owner?.end()
    await app?.end()
    await postgres.stop()
  })

  function pool(connectionString: string): pg.Pool {
    const made = new pg.Pool({ connectionString, max: 2 })
    // Connections die with the server they lead to; the next query opens a new one.
    made.on('error', () => {})
    return made
  }

  it('keeps every acknowledged event exactly once, with its cost, in every view', async () => {
    await wreckWhileSending()
    expect(surprises).toEqual([])
    expect(counts.serverKills).toBeGreaterThanOrEqual(serverKillsMin)
    expect(counts.databaseKills).toBe(databaseCrashes)
    console.log(`Crash test: ${sent.size} events, ${JSON.stringify(counts)}`)

    expect(acknowledged.size).toBe(sent.size)
    const { rows } = await owner.query<{ id: string }>('SELECT id FROM invocation WHERE tenant_id = $1', [tenantId])
    expect(rows.length).toBe(sent.size)
    expect(rows.filter(({ id }) => !acknowledged.has(id))).toEqual([])
    const keys = await owner.query('SELECT count(*)::int AS n FROM invocation_key WHERE tenant_id = $1', [tenantId])
    expect(keys.rows).toEqual([{ n: sent.size }])

    expect(await verifyRollups(app, tenantId)).toEqual([])
    await expectTheOraclesTotals()
  })

  async function wreckWhileSending(): Promise<void> {
    const end = Date.now() + chaosMs
    let isOver = false
    const loops = Promise.all(Array.from({ length: clients }, (_, client) => sendAll(client, () => isOver)))
    await Promise.all([killServer(end), crashPostgres(end)])
    isOver = true
    // Nothing is killed any more: whatever is not yet acknowledged is now, by trying again.
    await loops
  }

  async function killServer(end: number): Promise<void> {
    // A busy machine starts a server slowly; the number of kills is what counts, not the clock.
    while (Date.now() < end || counts.serverKills < serverKillsMin) {
      await sleep(serverLifeMs)
      await server.kill()
      counts.serverKills += 1
      await startServer()
    }
  }

  /** A server that starts while Postgres is down may give up; a supervisor would start it again, so do we. */
  async function startServer(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await server.start()
      } catch (error) {
        if (attempt === 20) throw error
        await sleep(250)
      }
    }
  }

  async function crashPostgres(end: number): Promise<void> {
    const pause = (end - Date.now()) / (databaseCrashes + 1)
    for (let crash = 0; crash < databaseCrashes; crash += 1) {
      await sleep(pause)
      await postgres.crash()
      counts.databaseKills += 1
    }
  }

  /** One sender: its batches one after the other, each until it is acknowledged, with repeats of its own and of others. */
  async function sendAll(client: number, isOver: () => boolean): Promise<void> {
    const random = new Random(seed * 77 + client)
    const batches = workLoad({ seed, client, batches: 400 })
    for (const [index, batch] of batches.entries()) {
      if (isOver() && index >= batchesMin) return
      for (const item of batch) sent.set(item.id, item)
      const known = [...sent.values()]
      const repeats = Array.from({ length: random.int(0, 8) }, () => random.pick(known))
      const halves = random.chance(0.2) ? [batch, batch] : [batch]
      await Promise.all(halves.map((half) => untilAcknowledged([...half, ...repeats])))
      await sleep(random.int(0, 40))
    }
  }

  async function untilAcknowledged(items: readonly Item[]): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      if (attempt > 0) counts.resent += 1
      const answer = await trySend(items)
      if (answer === null) {
        await sleep(100)
        continue
      }
      if (answer.rejected.length > 0 || answer.accepted + answer.duplicates !== items.length)
        surprises.push(`${items.length} items were answered with ${JSON.stringify(answer).slice(0, 500)}`)
      for (const item of items) acknowledged.add(item.id)
      return
    }
  }

  /** The answer, or null when there was none that says the events are recorded. */
  async function trySend(items: readonly Item[]): Promise<RecordAnswer | null> {
    counts.requests += 1
    try {
      const { status, body } = await tenant.post('/v1/invocations', items, { signal: AbortSignal.timeout(30_000) })
      if (status === 200) return body as RecordAnswer
      counts.failures += 1
      if (status !== 503 && status !== 429) surprises.push(`status ${status}: ${JSON.stringify(body).slice(0, 500)}`)
    } catch {
      counts.failures += 1
    }
    return null
  }

  async function expectTheOraclesTotals(): Promise<void> {
    const items = [...sent.values()].map((item): Delivered => ({ kind: 'sound', item }))
    const deliveries: Delivery[] = [
      { kind: 'rates', rates: [plainRate('GBP') as PublishedRate] },
      { kind: 'batch', channel: 'JSON', gzip: false, items },
    ]
    const ledger: Ledger = replay({ currency: 'GBP', timeZone: 'Europe/London' }, deliveries)
    const all = entries(ledger)
    const { fleetCost } = await tenant.gql(
      `query ($range: DateRangeInput!) { fleetCost(range: $range) { cost ${costFields} conservation { balanced } } }`,
      { range: october },
    )
    expect(fleetCost).toEqual({ cost: costText(sum(all), 'GBP'), conservation: { balanced: true } })
    for (const dimension of ['AGENT', 'CLIENT', 'TASK', 'PROVIDER', 'KIND'] as const)
      expect(await rollUp(dimension)).toEqual(expectedRollUp(all, dimension))
  }

  async function rollUp(dimension: Dimension): Promise<object> {
    const { costRollup } = await tenant.gql<{
      costRollup: { rows: { keys: { key: string | null }[]; cost: object }[] }
    }>(
      `query ($range: DateRangeInput!, $groupBy: [Dimension!]!) { costRollup(range: $range, groupBy: $groupBy, top: 100) {
        rows { keys { key } cost ${costFields} }
      } }`,
      { range: october, groupBy: [dimension] },
    )
    return Object.fromEntries(costRollup.rows.map((row) => [JSON.stringify([row.keys[0]?.key]), row.cost]))
  }

  function expectedRollUp(all: readonly Entry[], dimension: Dimension): object {
    return Object.fromEntries(
      [...group(all, [dimension])].map(([key, members]) => [key, costText(sum(members), 'GBP')]),
    )
  }
})
