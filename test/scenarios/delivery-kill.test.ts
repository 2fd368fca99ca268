import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { createTenant } from '@outlay/db/admin/create-tenant'
import { channelChanges, type ChannelChanges } from '@outlay/db/channels/channels'
import { hookPolicy } from '@outlay/db/channels/hook-policy'
import { sealer } from '@outlay/db/channels/seal'
import { setBudget } from '@outlay/db/budgets/set-budget'
import { createTestDatabase, testSecret, type TestDatabase } from '@outlay/db/embedded/test-database'
import { Ingestor } from '@outlay/db/ingest/ingestor'
import { publishRates } from '@outlay/db/ingest/publish-rates'
import { TenantConfigs } from '@outlay/db/ingest/tenant-config'
import { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import { channelInput, openReceiver, raiseAlert, until, type Receiver } from '@outlay/workers/delivery/test-world'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { Random } from '../oracle/random.ts'
import { item, plainRate } from '../support/items.ts'
import { WorkerProcess } from '../support/worker-process.ts'

jest.setTimeout(600_000)

const seed = Number.parseInt(process.env['OUTLAY_SEED'] ?? '', 10) || Date.now() % 1_000_000
const killsMin = 6

describe('alerts whose worker is killed', () => {
  let database: TestDatabase
  let owner: pg.Pool
  let app: TenantPool
  let channels: ChannelChanges
  let dataDir: string
  let [hook, slack]: Receiver[] = []
  const random = new Random(seed)

  beforeAll(async () => {
    console.log(`Killing workers that tell alerts: OUTLAY_SEED=${seed} replays the moments.`)
    database = await createTestDatabase()
    owner = new pg.Pool({ connectionString: database.ownerUrl, max: 4 })
    app = new TenantPool({ url: database.appUrl, max: 4 })
    channels = channelChanges({ pool: app, sealer: sealer(testSecret), hooks: hookPolicy('127.0.0.1') })
    dataDir = await mkdtemp(join(tmpdir(), 'outlay-kill-'))
    ;[hook, slack] = [await openReceiver(), await openReceiver()]
  })

  afterAll(async () => {
    await Promise.all([hook?.close(), slack?.close(), app?.end(), owner?.end()])
    await database?.drop()
    await rm(dataDir, { recursive: true, force: true })
  })

  it('between detection and delivery are told after the restart, once by each of mail, webhook and Slack', async () => {
    const { tenantId } = await tenantWithChannels()
    await spend(tenantId, '20')
    // What is raised may be told two seconds later, as at the end of quiet hours: time to kill the worker that raised it.
    await owner.query(`CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN NEW.not_before := clock_timestamp() + interval '2 s'; RETURN NEW; END $$`)
    await owner.query('CREATE TRIGGER hold BEFORE INSERT ON alert_delivery FOR EACH ROW EXECUTE FUNCTION hold()')
    const worker = startWorker()
    await until(async () => (await states(tenantId)).length > 0)
    await worker.kill()
    await owner.query('DROP TRIGGER hold ON alert_delivery')
    expect(await states(tenantId)).toEqual(['PENDING', 'PENDING', 'PENDING'])
    const ofAlert = async () => (await messages()).filter((message) => /fleet/i.test(message))
    expect(await ofAlert()).toEqual([])

    const next = startWorker()
    await until(async () => (await pending(tenantId)) === 0)
    await next.stop()
    expect(await states(tenantId)).toEqual(['SENT', 'SENT', 'SENT'])
    expect((await ofAlert()).map((message) => message.split(' ')[0])).toEqual(['EMAIL', 'WEBHOOK', 'SLACK'])
  })

  it('at any moment are all told, and what is told again has the id that it had', async () => {
    const { tenantId, channelIds } = await tenantWithChannels()
    const raised = new Set<string>()
    let kills = 0
    for (; kills < killsMin; kills += 1) {
      const worker = startWorker()
      const before = hook?.heard.length ?? 0
      for (let n = 0; n < 5; n += 1) {
        const title = `life ${kills}, no. ${n}`
        await raiseAlert(owner, tenantId, { title, channels: channelIds })
        for (const kind of ['EMAIL', 'WEBHOOK', 'SLACK']) raised.add(`${kind} ${title}`)
      }
      await until(() => (hook?.heard.length ?? 0) > before)
      await sleep(random.int(0, 20))
      await worker.kill()
    }
    const last = startWorker()
    await until(async () => (await pending(tenantId)) === 0)
    await last.stop()
    expect(await states(tenantId)).toEqual(Array(raised.size).fill('SENT'))

    const told = (await messages()).flatMap((message) => {
      const [kind = ''] = message.split(' ')
      const [title] = /life \d+, no\. \d+/.exec(message) ?? []
      return title === undefined ? [] : [`${kind} ${title}`]
    })
    console.log(`Killed ${kills} times: ${told.length} messages for ${raised.size} deliveries.`)
    expect(new Set(told)).toEqual(raised)
    // A worker sends one message of a channel at a time: a kill repeats at most one of each, under its own id.
    expect(told.length - raised.size).toBeLessThanOrEqual(kills * channelIds.length)
    const own = hook?.heard.filter(({ body }) => body.includes('life ')) ?? []
    expect(new Set(own.map(({ headers }) => headers['webhook-id'])).size).toBe(raised.size / 3)
  })

  function startWorker(): WorkerProcess {
    const environment = {
      OUTLAY_DATA_DIR: dataDir,
      OUTLAY_WEBHOOK_ALLOW: '127.0.0.1',
      OUTLAY_PUBLIC_URL: 'https://outlay.example.com',
    }
    const worker = new WorkerProcess({ ...database, environment })
    worker.start()
    return worker
  }

  async function tenantWithChannels(): Promise<{ tenantId: string; channelIds: string[] }> {
    const tenantId = await createTenant(app, { key: uuidv7(), name: 'Fernhill', currency: 'GBP', timeZone: 'UTC' })
    const channelIds: string[] = []
    const targets = { EMAIL: 'ops@example.com', WEBHOOK: hook?.url ?? '', SLACK: slack?.url ?? '' } as const
    for (const [kind, target] of Object.entries(targets)) {
      const input = channelInput({ kind: kind as keyof typeof targets, target })
      const { channelId, userErrors } = await channels.create(tenantId, { input, by: 'test' })
      expect(userErrors).toEqual([])
      channelIds.push(channelId ?? '')
    }
    return { tenantId, channelIds }
  }

  async function states(tenantId: string): Promise<string[]> {
    const { rows } = await owner.query<{ state: string }>('SELECT state FROM alert_delivery WHERE tenant_id = $1', [
      tenantId,
    ])
    return rows.map(({ state }) => state)
  }

  const pending = async (tenantId: string) => (await states(tenantId)).filter((state) => state === 'PENDING').length

  /** All that receivers have, mails first, each behind the kind of its channel. */
  async function messages(): Promise<string[]> {
    const outbox = await readFile(join(dataDir, 'outbox.txt'), 'utf8').catch(() => '')
    const mails = outbox.split('\n---\n').slice(0, -1)
    return [
      ...mails.map((text) => `EMAIL ${text}`),
      ...(hook?.heard ?? []).map(({ body }) => `WEBHOOK ${body}`),
      ...(slack?.heard ?? []).map(({ body }) => `SLACK ${body}`),
    ]
  }

  /** Spends an amount today in a fleet that has half of it for the month; nobody has looked at that yet. */
  async function spend(tenantId: string, amount: string): Promise<void> {
    expect((await publishRates({ pool: app }, tenantId, [plainRate('GBP')])).userErrors).toEqual([])
    const wish = {
      scope: 'FLEET' as const,
      key: null,
      window: 'MONTH' as const,
      amount: { amount: String(Number(amount) / 2), currency: 'GBP' },
      ...{ thresholds: ['1'], forecastThresholds: null, period: null, startsOn: null, learn: false, note: null },
    }
    expect((await setBudget({ pool: app, nowMs: Date.now() }, tenantId, { wish, by: 'test' })).userErrors).toEqual([])
    const ingestor = new Ingestor({ pool: app, configs: new TenantConfigs({ pool: app, catalogue: null }) })
    const usage = [{ meter: 'input_tokens', quantity: `${amount}000` }]
    const occurredAt = new Date(Date.now() - 1_000).toISOString()
    const { accepted } = await ingestor.record({ tenantId, items: [item('event', { occurredAt, usage })] })
    expect(accepted).toBe(1)
  }
})
