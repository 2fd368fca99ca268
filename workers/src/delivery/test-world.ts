import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createTenant } from '@outlay/db/admin/create-tenant'
import type { ChannelInput } from '@outlay/db/channels/channel-input'
import { channelChanges, type ChannelChanges } from '@outlay/db/channels/channels'
import { hookPolicy } from '@outlay/db/channels/hook-policy'
import { sealer } from '@outlay/db/channels/seal'
import { createTestDatabase, testSecret, type TestDatabase } from '@outlay/db/embedded/test-database'
import { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import { Pool } from 'pg'
import { pino } from 'pino'
import { openMailer } from '../mail/mailer.ts'
import { openDeliveries, type Deliveries } from './deliveries.ts'
import type { SendTools } from './send.ts'

/** What a receiver heard. */
export interface Heard {
  url: string
  headers: http.IncomingHttpHeaders
  body: string
}

/** Somebody else's server, on loopback. */
export interface Receiver {
  url: string
  heard: Heard[]
  /** What it answers from now on; null: nothing at all. */
  answer: (status: number | null, text?: string) => void
  close: () => Promise<void>
}

export async function openReceiver(): Promise<Receiver> {
  const heard: Heard[] = []
  let answering: { status: number; text: string } | null = { status: 200, text: 'ok' }
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      heard.push({ url: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() })
      if (answering !== null) response.writeHead(answering.status).end(answering.text)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard,
    answer: (status, text = '') => {
      answering = status === null ? null : { status, text }
    },
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** An alert to be told, beside what is the same for all. */
export interface TestAlert {
  title: string
  purpose?: 'RAISED' | 'UPDATED' | 'RESOLVED' | 'ESCALATED'
  channels: readonly string[]
  /** When it may be told; now when absent. */
  notBefore?: Date
}

export interface DeliveryWorld {
  database: TestDatabase
  /** Superuser, for arranging and looking. */
  owner: Pool
  app: TenantPool
  channels: ChannelChanges
  tools: SendTools
  tenant: (name?: string) => Promise<string>
  channel: (tenantId: string, input: Partial<ChannelInput>) => Promise<{ id: string; secret: string }>
  raise: (tenantId: string, alert: TestAlert) => Promise<string[]>
  /** The deliveries of a worker. */
  worker: () => Deliveries
  stopWorkers: () => Promise<void>
  /** The file that mails without SMTP are in. */
  outbox: () => Promise<string>
  rows: (sql: string, values?: readonly unknown[]) => Promise<Record<string, unknown>[]>
  close: () => Promise<void>
}

export async function openDeliveryWorld(): Promise<DeliveryWorld> {
  const database = await createTestDatabase()
  const owner = new Pool({ connectionString: database.ownerUrl, max: 4 })
  const auth = new Pool({ connectionString: database.authUrl, max: 2 })
  const app = new TenantPool({ url: database.appUrl, max: 24 })
  const dataDir = await mkdtemp(join(tmpdir(), 'outlay-delivery-'))
  const hooks = hookPolicy('127.0.0.0/8')
  const seal = sealer(testSecret)
  const channels = channelChanges({ pool: app, sealer: seal, hooks })
  const mailer = openMailer({ smtp: null, dataDir })
  const publicUrl = 'https://outlay.example.com'
  const tools: SendTools = { mailer, mailDomain: 'outlay.example.com', sealer: seal, hooks, publicUrl }
  const workers: Deliveries[] = []
  const stopWorkers = async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.close()))
  }
  return {
    database,
    owner,
    app,
    channels,
    tools,
    tenant: (name = 'Fernhill') =>
      createTenant(app, { key: `t-${randomUUID()}`, name, currency: 'GBP', timeZone: 'Europe/London' }),
    channel: async (tenantId, input) => {
      const { channelId, signingSecret, userErrors } = await channels.create(tenantId, {
        input: channelInput(input),
        by: 'ada@example.com',
      })
      if (channelId === null) throw new Error(JSON.stringify(userErrors))
      return { id: channelId, secret: signingSecret ?? '' }
    },
    raise: (tenantId, alert) => raiseAlert(owner, tenantId, alert),
    worker: () => {
      const opened = openDeliveries({ app, auth, log: pino({ level: 'silent' }), tools, lookMs: 100 })
      workers.push(opened)
      return opened
    },
    stopWorkers,
    outbox: () => readFile(join(dataDir, 'outbox.txt'), 'utf8').catch(() => ''),
    rows: async (sql, values = []) => (await owner.query(sql, [...values])).rows as Record<string, unknown>[],
    close: async () => {
      await stopWorkers()
      await Promise.all([app.end(), auth.end(), owner.end()])
      await database.drop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

export function channelInput(fields: Partial<ChannelInput>): ChannelInput {
  return {
    name: `channel ${randomUUID()}`,
    kind: 'EMAIL',
    target: 'ops@example.com',
    kinds: [],
    minSeverity: 'INFO',
    scopes: [],
    digest: 'NONE',
    digestHour: null,
    quietFrom: null,
    quietTo: null,
    criticalBreaksQuiet: true,
    ...fields,
  }
}

const NIL = '00000000-0000-0000-0000-000000000000'

const INSERT_ALERT = `
INSERT INTO alert (tenant_id, id, kind, severity, state, scope, member_id, series, dedupe_key, title, reason, expected, actual, impact,
  first_day, last_day, window_start, window_end, raised_at, updated_at)
VALUES ($1::uuid, $2::uuid, 'COST_SPIKE', 'CRITICAL', 'OPEN', 'FLEET', '${NIL}', $2, $2, $3, 'The fleet costs six times as much as usual.',
  50, 300.125, 250.125, '2026-11-26', '2026-11-26', '2026-11-26T00:00:00Z', '2026-11-27T00:00:00Z', '2026-11-26T10:00:00Z', '2026-11-26T10:00:00Z')`

const INSERT_EVENT = `
INSERT INTO alert_event (tenant_id, id, alert_id, revision, action, actor, at)
VALUES ($1::uuid, $2::uuid, $3::uuid, 1, $4, 'Outlay', '2026-11-26T10:00:00Z')`

const INSERT_DELIVERY = `
INSERT INTO alert_delivery (tenant_id, id, channel_id, event_id, alert_id, purpose, state, not_before)
VALUES ($1::uuid, $2::uuid, $3::uuid, $4::uuid, $5::uuid, $6, 'PENDING', $7)`

/** Writes an alert, its event and what tells of it, as raising one does. Answers the deliveries. */
export async function raiseAlert(owner: Pick<Pool, 'query'>, tenantId: string, alert: TestAlert): Promise<string[]> {
  const [alertId, eventId] = [randomUUID(), randomUUID()]
  const { purpose = 'RAISED', notBefore = new Date() } = alert
  await owner.query(INSERT_ALERT, [tenantId, alertId, alert.title])
  await owner.query(INSERT_EVENT, [tenantId, eventId, alertId, purpose])
  const deliveryIds = alert.channels.map(() => randomUUID())
  for (const [n, channelId] of alert.channels.entries()) {
    await owner.query(INSERT_DELIVERY, [tenantId, deliveryIds[n], channelId, eventId, alertId, purpose, notBefore])
  }
  return deliveryIds
}

/** Waits until a question has the answer true; the test's own limit ends it else. */
export async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await isSo())) await sleep(20)
}
