import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { channelChanges } from '@outlay/db/channels/channels'
import { hookPolicy } from '@outlay/db/channels/hook-policy'
import { sealer } from '@outlay/db/channels/seal'
import { evaluateLimits } from '@outlay/db/alerts/evaluate-limits'
import { createTestDatabase, testSecret, type TestDatabase } from '@outlay/db/embedded/test-database'
import { addDays, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import { channelInput } from '@outlay/workers/delivery/test-world'
import pg from 'pg'
import { Random } from '../oracle/random.ts'
import { subscribeToAlerts } from '../support/alert-subscription.ts'
import { recordInvocations } from '../support/deliver.ts'
import { inParallel, item, plainRate } from '../support/items.ts'
import { makeTenant } from '../support/make-tenant.ts'
import { freePort, ServerProcess } from '../support/server-process.ts'
import type { TenantClient } from '../support/tenant-client.ts'
import { WorkerProcess } from '../support/worker-process.ts'

const SENDERS = 32
const ROUNDS = 3
const seed = Number.parseInt(process.env['OUTLAY_SEED'] ?? '', 10) || Date.now() % 1_000_000

/** A home of hints and jobs beside the database; null: the database is it. */
export interface LimitsHome {
  redisUrl: string | null
  close: () => Promise<void>
}

/** What limits promise of the whole product, two servers and two workers, whatever the home of hints and jobs. */
export function describeLimits(name: string, openHome: () => Promise<LimitsHome>): void {
  describe(`limits with hints and jobs on ${name}`, () => {
    let home: LimitsHome
    let database: TestDatabase
    let owner: pg.Pool
    let app: TenantPool
    let environment: Record<string, string>
    const servers: ServerProcess[] = []
    let workers: WorkerProcess[] = []
    const random = new Random(seed)

    beforeAll(async () => {
      console.log(`Limits on ${name}: OUTLAY_SEED=${seed} replays the moments.`)
      home = await openHome()
      environment = home.redisUrl === null ? {} : { REDIS_URL: home.redisUrl }
      database = await createTestDatabase()
      owner = new pg.Pool({ connectionString: database.ownerUrl, max: 4 })
      app = new TenantPool({ url: database.appUrl, max: 4 })
      for (let n = 0; n < 2; n += 1) {
        const server = new ServerProcess({ ...database, secret: testSecret, port: await freePort(), environment })
        servers.push(server)
      }
      await Promise.all(servers.map((server) => server.start()))
    }, 180_000)

    afterEach(async () => {
      await Promise.all(workers.map((worker) => worker.stop()))
      workers = []
    })

    afterAll(async () => {
      await Promise.all(servers.map((server) => server.stop()))
      await Promise.all([app?.end(), owner?.end()])
      await database?.drop()
      await home?.close()
    })

    function startWorker(): WorkerProcess {
      const worker = new WorkerProcess({ ...database, environment })
      worker.start()
      workers.push(worker)
      return worker
    }

    const tenant = () => openTenant({ database, app, owner, url: (n) => servers[n % 2]?.url ?? '' })

    it(`a threshold that ${SENDERS} senders cross at the same time alerts once, and each channel is told once`, async () => {
      for (let n = 0; n < 2; n += 1) startWorker()
      for (let round = 0; round < ROUNDS; round += 1) {
        const one = await tenant()
        const subscription = await subscribeToAlerts(servers[round % 2]?.url ?? '', one.apiKey)
        // Of 160.00: each threshold is crossed with many requests on their way, and none by so much that it is told again.
        await one.setBudget({ scope: 'FLEET', window: 'MONTH', amount: '180', thresholds: ['0.5'] })
        await one.setBudget({ scope: 'FLEET', window: 'TOTAL', amount: '150', thresholds: ['0.3', '0.6', '1'] })
        await one.channel('ops')
        await one.channel('audit')
        await one.channel('elsewhere', { kinds: ['COST_SPIKE'] })
        await inParallel(Array.from({ length: SENDERS * 5 }), SENDERS, (_, index) => one.spend(index, '1'))
        await one.isCrossed(['MONTH 0.5', 'TOTAL 0.3', 'TOTAL 0.6', 'TOTAL 1'])

        // One look may find several thresholds of a budget crossed: then the highest alerts for all of them.
        const alerts = await one.alerts()
        expect(alerts.filter((said) => said.startsWith('MONTH'))).toEqual(['MONTH 0.5 OPEN'])
        expect(alerts).toEqual([...new Set(alerts)])
        expect(await one.deliveries()).toEqual(
          ['audit', 'ops'].flatMap((channel) => alerts.map((said) => `${channel} RAISED ${said}`)).sort(),
        )
        await until(() => new Set(subscription.frames.map(({ frame }) => frame.id)).size === alerts.length)
        await subscription.close()
      }
    }, 300_000)

    it('what a worker was killed over is looked at by the next one', async () => {
      const one = await tenant()
      await one.channel('ops')
      await one.setBudget({ scope: 'FLEET', window: 'MONTH', amount: '100', thresholds: ['0.9'] })
      const worker = startWorker()
      const holder = await owner.connect()
      await holder.query('BEGIN')
      // Whoever looks at the limits of the tenant waits here, and dies waiting.
      await holder.query('SELECT pg_advisory_xact_lock(hashtextextended($1::text, 2))', [one.tenantId])
      await one.spend(0, '95')
      await until(async () => (await waitingForLocks()) > 0)
      await worker.kill()
      await holder.query('COMMIT')
      holder.release()
      await until(async () => (await waitingForLocks()) === 0)
      expect(await one.alerts()).toEqual([])

      startWorker()
      await one.isCrossed(['MONTH 0.9'])
      expect(await one.alerts()).toEqual(['MONTH 0.9 OPEN'])
      expect(await one.deliveries()).toEqual(['ops RAISED MONTH 0.9 OPEN'])
    }, 180_000)

    it('workers that are killed at any moment leave every crossing with one alert', async () => {
      const one = await tenant()
      await one.channel('ops')
      const agents = Array.from({ length: 20 }, (_, n) => `agent-${n}`)
      for (const agent of agents) {
        await one.spend(0, '1', { agent })
        await one.setBudget({ scope: 'AGENT', key: agent, window: 'DAY', amount: '10' })
      }
      for (let life = 0; life < 3; life += 1) {
        const worker = startWorker()
        await inParallel(agents.slice(life * 5, life * 5 + 5), 5, (agent, n) => one.spend(n, '20', { agent }))
        await until(async () => (await one.alerts()).length > life * 5)
        await sleep(random.int(0, 30))
        await worker.kill()
      }
      await inParallel(agents.slice(15), 5, (agent, n) => one.spend(n, '20', { agent }))
      for (let n = 0; n < 2; n += 1) startWorker()
      await one.isCrossed(agents.map(() => 'DAY 1.5'))
      expect(await one.alerts()).toEqual(agents.map(() => 'DAY 1.5 OPEN'))
      expect(await one.deliveries()).toEqual(agents.map(() => 'ops RAISED DAY 1.5 OPEN'))
    }, 240_000)

    it('late, voided, replaced and re-rated events raise and end alerts, and a changed budget alerts anew', async () => {
      startWorker()
      const one = await tenant()
      const tuesday = addDays(one.today(), -5)
      await one.spend(0, '1')
      const day = { scope: 'AGENT', key: 'research', window: 'DAY', thresholds: ['1'] }
      await one.setBudget({ ...day, amount: '50' })

      const [late = ''] = await one.spend(1, '60', { day: tuesday })
      await one.sees([`DAY 1 OPEN 60 ${tuesday}`])
      await one.voids(late)
      await one.sees([`DAY 1 RESOLVED 60 ${tuesday}`])

      const [small = ''] = await one.spend(0, '2')
      await one.replace(small, '70')
      await one.sees([`DAY 1 OPEN 71 ${one.today()}`, `DAY 1 RESOLVED 60 ${tuesday}`])

      const monday = addDays(one.today(), -6)
      await one.spend(1, '30', { day: monday })
      await one.publish('2', `${monday}T00:00:00Z`)
      await one.rerate({ from: monday, to: addDays(monday, 1) })
      await one.sees([`DAY 1 OPEN 60 ${monday}`, `DAY 1 OPEN 71 ${one.today()}`, `DAY 1 RESOLVED 60 ${tuesday}`])

      await one.setBudget({ ...day, amount: '40' })
      await one.sees([
        `DAY 1 OPEN 71 ${one.today()}`,
        `DAY 1 RESOLVED 60 ${monday}`,
        `DAY 1 RESOLVED 60 ${tuesday}`,
        `DAY 1 RESOLVED 71 ${one.today()}`,
      ])
    }, 180_000)

    async function waitingForLocks(): Promise<number> {
      const { rows } = await owner.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = $1 AND wait_event_type = 'Lock' AND wait_event = 'advisory'`,
        [database.name],
      )
      return rows[0]?.n ?? 0
    }
  })
}

async function openTenant({
  database,
  app,
  owner,
  url,
}: {
  database: TestDatabase
  app: TenantPool
  owner: pg.Pool
  /** Of one of the servers. */
  url: (n: number) => string
}) {
  const { tenantId, apiKey, client } = await makeTenant(database, { currency: 'GBP', timeZone: 'UTC' })
  const clients: TenantClient[] = [client(() => url(0)), client(() => url(1))]
  const at = (n: number): TenantClient => clients[n % clients.length] as TenantClient
  const channels = channelChanges({ pool: app, sealer: sealer(testSecret), hooks: hookPolicy('127.0.0.1') })
  let events = 0
  const said = async (sql: string): Promise<string[]> =>
    (await owner.query<{ said: string }>(sql, [tenantId])).rows.map((row) => row.said)
  const change = async (field: string, input: string, value: object) => {
    const answer = await at(1).gql<Record<string, { userErrors: unknown[] }>>(
      `mutation ($input: ${input}!) { ${field}(input: $input) { userErrors { code message } } }`,
      { input: value },
    )
    expect(answer[field]?.userErrors).toEqual([])
  }

  const tenant = {
    tenantId,
    apiKey,
    today: (): CalendarDate => new Date().toISOString().slice(0, 10),
    /** A thousand tokens cost so much from then on. */
    publish: (amount: string, effectiveFrom?: string) =>
      change('publishRates', 'PublishRatesInput', {
        rates: [
          {
            ...plainRate('GBP'),
            price: { amount, currency: 'GBP' },
            ...(effectiveFrom === undefined ? {} : { effectiveFrom }),
          },
        ],
      }),
    /** Sends one event through the n-th server. */
    spend: async (
      n: number,
      pounds: string,
      fields: { agent?: string; day?: CalendarDate } = {},
    ): Promise<string[]> => {
      const { day, ...tags } = fields
      const occurredAt = day === undefined ? new Date().toISOString() : `${day}T10:00:00Z`
      const usage = [{ meter: 'input_tokens', quantity: `${pounds}000` }]
      const sent = [item(`event-${(events += 1)}`, { ...tags, occurredAt, usage })]
      await recordInvocations(at(n), sent)
      return sent.map(({ id }) => id)
    },
    voids: (id: string) => change('voidInvocation', 'VoidInvocationInput', { id, reason: 'sent twice' }),
    replace: (id: string, pounds: string) =>
      change('replaceInvocation', 'ReplaceInvocationInput', {
        ...{ id, reason: 'wrong count' },
        replacement: { usage: [{ meter: 'input_tokens', quantity: `${pounds}000` }] },
      }),
    rerate: async (range: { from: string; to: string }) => {
      const { previewRerating } = await at(0).gql<{ previewRerating: { rerating: { id: string; state: string } } }>(
        `mutation ($input: PreviewReratingInput!) { previewRerating(input: $input) { rerating { id state } userErrors { message } } }`,
        { input: { range, wait: true } },
      )
      expect(previewRerating.rerating.state).toBe('PREVIEWED')
      await change('applyRerating', 'ApplyReratingInput', {
        ...{ previewId: previewRerating.rerating.id, reason: 'The price was wrong.', wait: true },
      })
    },
    setBudget: ({ amount, ...input }: Record<string, unknown>) =>
      change('setBudget', 'BudgetInput', { ...input, amount: { amount, currency: 'GBP' } }),
    channel: async (name: string, fields: object = {}) => {
      const { userErrors } = await channels.create(tenantId, { input: channelInput({ name, ...fields }), by: 'test' })
      expect(userErrors).toEqual([])
    },
    /** Waits until these thresholds are crossed (`window threshold`), and looks once more: that finds nothing new. */
    isCrossed: async (wanted: readonly string[]) => {
      await comes(() => tenant.crossings(), wanted)
      expect((await evaluateLimits({ pool: app, nowMs: Date.now() }, tenantId)).deliveryIds).toEqual([])
      expect(await tenant.crossings()).toEqual(wanted)
    },
    /** `window threshold state`. */
    alerts: () =>
      said(`SELECT b.window_kind || ' ' || trim_scale(a.threshold) || ' ' || a.state AS said
        FROM alert a JOIN budget b ON b.tenant_id = a.tenant_id AND b.id = a.budget_id WHERE a.tenant_id = $1 ORDER BY 1`),
    crossings: () =>
      said(`SELECT b.window_kind || ' ' || trim_scale(x.threshold) AS said
        FROM budget_crossing x JOIN budget b ON b.tenant_id = x.tenant_id AND b.id = x.budget_id WHERE x.tenant_id = $1 ORDER BY 1`),
    /** `channel purpose window threshold state`. */
    deliveries: () =>
      said(`SELECT c.name || ' ' || d.purpose || ' ' || b.window_kind || ' ' || trim_scale(a.threshold) || ' ' || a.state AS said
        FROM alert_delivery d JOIN channel c ON c.tenant_id = d.tenant_id AND c.id = d.channel_id
        JOIN alert a ON a.tenant_id = d.tenant_id AND a.id = d.alert_id JOIN budget b ON b.tenant_id = a.tenant_id AND b.id = a.budget_id
        WHERE d.tenant_id = $1 ORDER BY 1`),
    /** Waits until the alerts are these: `window threshold state actual firstDay`. */
    sees: async (wanted: readonly string[]) => {
      const sql = `SELECT b.window_kind || ' ' || trim_scale(a.threshold) || ' ' || a.state || ' ' || trim_scale(a.actual) || ' ' || a.first_day AS said
        FROM alert a JOIN budget b ON b.tenant_id = a.tenant_id AND b.id = a.budget_id WHERE a.tenant_id = $1`
      await comes(async () => (await said(sql)).sort(), [...wanted].sort())
    },
  }
  await tenant.publish('1')
  return tenant
}

/** Waits for what has to come; what comes instead is shown. */
async function comes(look: () => Promise<string[]>, wanted: readonly string[]): Promise<void> {
  let seen: string[] = []
  const isThere = async () => {
    seen = await look()
    return JSON.stringify(seen) === JSON.stringify(wanted)
  }
  await until(isThere).catch(() => expect(seen).toEqual(wanted))
}

const PATIENCE_MS = 60_000

/** Waits for what has to come; a time that is never reached by a product that works. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE_MS
  while (!(await holds())) {
    if (Date.now() > end) throw new Error('It did not come about within a minute.')
    await sleep(20)
  }
}
