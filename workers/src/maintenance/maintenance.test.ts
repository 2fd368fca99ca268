import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createTenant } from '@outlay/db/admin/create-tenant'
import { sealer } from '@outlay/db/channels/seal'
import { createTestDatabase, type TestDatabase } from '@outlay/db/embedded/test-database'
import { Ingestor } from '@outlay/db/ingest/ingestor'
import { TenantConfigs } from '@outlay/db/ingest/tenant-config'
import { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import { Pool } from 'pg'
import { pino } from 'pino'
import { allHandlers } from '../handlers/all.ts'
import type { JobTools } from '../job-tools.ts'
import { openQueue } from '../queue.ts'
import type { QueueHome } from '../queue-home.ts'
import { runJobs } from '../run-jobs.ts'
import { preparePartitions } from './prepare-partitions.ts'
import { requestRollupChecks } from './request-rollup-checks.ts'

let database: TestDatabase
let owner: Pool
let tools: JobTools
let home: QueueHome

type Line = { level: number; msg: string; tenantId?: string; differences?: unknown }
const told: Line[] = []
const log = pino({ level: 'info' }, { write: (line: string) => told.push(JSON.parse(line)) })

beforeAll(async () => {
  database = await createTestDatabase()
  home = { kind: 'postgres', url: database.queueUrl }
  owner = new Pool({ connectionString: database.ownerUrl })
  const app = new TenantPool({ url: database.appUrl })
  tools = {
    app,
    configs: new TenantConfigs({ pool: app, catalogue: null }),
    auth: new Pool({ connectionString: database.authUrl }),
    queue: openQueue(home, { log }),
    publish: async () => {},
    deliveries: { look: async () => {} },
    mails: {
      mailer: { send: () => Promise.reject(new Error('no mail here')) },
      mailDomain: 'localhost',
      sealer: sealer('x'.repeat(32)),
      publicUrl: null,
    },
  }
}, 120_000)

afterAll(async () => {
  await Promise.all([owner.end(), tools.auth.end(), tools.app.end(), tools.queue.close()])
  await database.drop()
})

async function makeTenantWithEvent(key: string): Promise<string> {
  const tenantId = await createTenant(tools.app, { key, name: key, currency: 'GBP', timeZone: 'Europe/London' })
  const ingestor = new Ingestor({ pool: tools.app, configs: new TenantConfigs({ pool: tools.app, catalogue: null }) })
  const item = {
    id: 'a',
    agent: 'coding',
    task: 't',
    occurredAt: new Date(Date.now() - 60_000).toISOString(),
    provider: 'p',
    resource: 'm',
    usage: [{ meter: 'input_tokens', quantity: '7' }],
  }
  expect((await ingestor.record({ tenantId, items: [item] })).accepted).toBe(1)
  return tenantId
}

/** Asks for all checks and runs them; answers what was said of each tenant. */
async function checkAll(tenants: number): Promise<Line[]> {
  const from = told.length
  await requestRollupChecks(tools, { signal: new AbortController().signal })
  const jobs = runJobs(home, allHandlers(tools), { log })
  const said = () => told.slice(from)
  while (said().filter(({ msg }) => msg === 'job done').length < tenants) await sleep(20)
  await jobs.close()
  return said().filter(({ level }) => level === 50)
}

describe('maintenance', () => {
  it('makes the partitions of this month and the coming two, and does so again without harm', async () => {
    const now = new Date('2026-12-15T12:00:00Z')
    await preparePartitions(tools.app, { now, log })
    await preparePartitions(tools.app, { now, log })
    const { rows } = await owner.query<{ name: string }>(
      `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'invocation'::regclass ORDER BY 1`,
    )
    const names = rows.map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['invocation_202612', 'invocation_202701', 'invocation_202702']))
    expect(told.filter(({ msg }) => msg === 'partition made')).toHaveLength(3)
  })

  it('says loudly that a rollup differs from its events, for that tenant only', async () => {
    const tenants = [await makeTenantWithEvent('right'), await makeTenantWithEvent('wrong')]
    expect(await checkAll(tenants.length)).toEqual([])
    await owner.query('UPDATE rollup_fine SET tokens = tokens + 1 WHERE tenant_id = $1', [tenants[1]])
    const faults = await checkAll(tenants.length)
    expect(faults).toEqual([
      expect.objectContaining({ tenantId: tenants[1], differences: [{ table: 'rollup_fine', cells: 1 }] }),
    ])
  })
})
