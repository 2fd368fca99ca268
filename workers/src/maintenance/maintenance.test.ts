import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createTenant } from '@outlay/db/admin/create-tenant'
import { createTestDatabase, type TestDatabase } from '@outlay/db/embedded/test-database'
import { Ingestor } from '@outlay/db/ingest/ingestor'
import { TenantConfigs } from '@outlay/db/ingest/tenant-config'
import { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import { Pool } from 'pg'
import { pino } from 'pino'
import { checkRollups } from './check-rollups.ts'
import { preparePartitions } from './prepare-partitions.ts'

let database: TestDatabase
let owner: Pool
let auth: Pool
let app: TenantPool

beforeAll(async () => {
  database = await createTestDatabase()
  owner = new Pool({ connectionString: database.ownerUrl })
  auth = new Pool({ connectionString: database.authUrl })
  app = new TenantPool({ url: database.appUrl })
}, 120_000)

afterAll(async () => {
  await Promise.all([owner.end(), auth.end(), app.end()])
  await database.drop()
})

const told: { level: number; msg: string }[] = []
const log = pino({ level: 'info' }, { write: (line: string) => told.push(JSON.parse(line)) })

describe('maintenance', () => {
  it('makes the partitions of this month and the coming two, and does so again without harm', async () => {
    const now = new Date('2026-12-15T12:00:00Z')
    await preparePartitions(app, { now, log })
    await preparePartitions(app, { now, log })
    const { rows } = await owner.query<{ name: string }>(
      `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'invocation'::regclass ORDER BY 1`,
    )
    const names = rows.map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['invocation_202612', 'invocation_202701', 'invocation_202702']))
    expect(told.filter(({ msg }) => msg === 'partition made')).toHaveLength(3)
  })

  it('says loudly that a rollup differs from its events, for that tenant only', async () => {
    const tenants = ['right', 'wrong'].map((key) => ({ key, name: key, currency: 'GBP', timeZone: 'Europe/London' }))
    const [right, wrong] = await Promise.all(tenants.map((tenant) => createTenant(app, tenant)))
    const ingestor = new Ingestor({ pool: app, configs: new TenantConfigs({ pool: app, catalogue: null }) })
    for (const tenantId of [right, wrong]) {
      const item = {
        id: 'a',
        agent: 'coding',
        task: 't',
        occurredAt: new Date(Date.now() - 60_000).toISOString(),
        provider: 'p',
        resource: 'm',
        usage: [{ meter: 'input_tokens', quantity: '7' }],
      }
      const outcome = await ingestor.record({ tenantId: tenantId ?? '', items: [item] })
      expect(outcome.accepted).toBe(1)
    }
    const signal = new AbortController().signal
    expect(await checkRollups({ app, auth }, { log, signal })).toBe(0)

    await owner.query('UPDATE rollup_fine SET tokens = tokens + 1 WHERE tenant_id = $1', [wrong])
    expect(await checkRollups({ app, auth }, { log, signal })).toBe(1)
    expect(told.at(-1)).toMatchObject({
      level: 50,
      tenant: 'wrong',
      differences: [{ table: 'rollup_fine', cells: expect.any(Number) }],
    })
  })
})
