import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { createTenant } from '../admin/create-tenant.ts'
import { createTestDatabase, type TestDatabase } from '../embedded/test-database.ts'
import { Ingestor } from '../ingest/ingestor.ts'
import { TenantConfigs } from '../ingest/tenant-config.ts'
import { TenantPool } from '../tenancy/tenant-pool.ts'
import { adoptCatalogue, adoptFirstCatalogues } from './adopt-catalogue.ts'
import { OTHERWISE, otherCatalogue } from './catalogue-test-kit.ts'
import { importCatalogue } from './import-catalogue.ts'
import { loadCatalogue } from './load-catalogue.ts'

let database: TestDatabase
let pool: TenantPool
let owner: pg.Pool

beforeAll(async () => {
  database = await createTestDatabase()
  pool = new TenantPool({ url: database.appUrl })
  owner = new pg.Pool({ connectionString: database.ownerUrl })
}, 120_000)

afterAll(async () => {
  await pool.end()
  await owner.end()
  await database.drop()
})

const NEWER = '99.0.0'
const { dearer, added } = OTHERWISE

async function tenant() {
  const tenantId = await createTenant(pool, { key: uuidv7(), name: 'Test', currency: 'USD', timeZone: 'UTC' })
  return { tenantId, adopted: () => adoptedBy(tenantId), ...(await process(tenantId)) }
}

/** A process of its own, which records events of the tenant and answers `status cost`. */
async function process(tenantId: string) {
  const configs = new TenantConfigs({ pool, catalogue: await loadCatalogue() })
  const ingestor = new Ingestor({ pool, configs, clock: () => Date.UTC(2026, 10, 23) * 1_000 })
  return {
    record: async (id: string, model: { provider: string; resource: string; meter: string } = dearer) => {
      const { provider, resource, meter } = model
      const usage = [{ meter, quantity: 1_000_000 }]
      const item = { id, occurredAt: '2026-11-01T10:00:00Z', kind: 'MODEL', provider, resource, usage }
      const { rejected } = await ingestor.record({ tenantId, items: [item] })
      expect(rejected).toEqual([])
      return stored(tenantId, id)
    },
  }
}

async function stored(tenantId: string, id: string): Promise<string> {
  const result = await owner.query<{ text: string }>(
    `SELECT concat_ws(' ', status, trim_scale(cost)) AS text FROM invocation WHERE tenant_id = $1 AND id = $2`,
    [tenantId, id],
  )
  return result.rows[0]?.text ?? 'nothing'
}

async function adoptedBy(tenantId: string): Promise<string | null> {
  const result = await owner.query<{ version: string | null }>(
    'SELECT catalogue_version AS version FROM tenant WHERE id = $1',
    [tenantId],
  )
  return result.rows[0]?.version ?? null
}

describe('a newer catalogue', () => {
  it('prices nothing until the tenant adopts it, and then only what is recorded after', async () => {
    const { version } = await loadCatalogue()
    const t = await tenant()
    expect(await t.adopted()).toBe(version)
    expect(await t.record('before')).toBe('RATED 10')

    await importCatalogue({ url: database.ownerUrl, text: await otherCatalogue(NEWER, '2026-11-20') })
    expect(await t.record('imported')).toBe('RATED 10')
    // A process that starts now knows the newer one, and still rates under the adopted one.
    expect(await (await process(t.tenantId)).record('restarted')).toBe('RATED 10')
    expect(await t.record('unknown', added)).toBe('UNPRICED')

    expect(await adoptCatalogue({ pool }, t.tenantId, NEWER)).toEqual({ userErrors: [] })
    expect(await t.adopted()).toBe(NEWER)
    expect(await t.record('after')).toBe('RATED 12.5')
    expect(await t.record('known', added)).toBe('RATED 2')
    expect(await stored(t.tenantId, 'before')).toBe('RATED 10')
    expect(await stored(t.tenantId, 'unknown')).toBe('UNPRICED')

    expect(await adoptCatalogue({ pool }, t.tenantId, version)).toEqual({ userErrors: [] })
    expect(await t.record('back')).toBe('RATED 10')
  })

  it('is what a new tenant begins with, and what one without any behaves as', async () => {
    const t = await tenant()
    expect(await t.adopted()).toBe(NEWER)
    await owner.query('UPDATE tenant SET catalogue_version = NULL WHERE id = $1', [t.tenantId])
    expect(await t.record('without')).toBe('RATED 12.5')
  })

  it('is adopted at a start by the tenants that have none, and by no other', async () => {
    const { version } = await loadCatalogue()
    const [none, old] = [await tenant(), await tenant()]
    await owner.query('UPDATE tenant SET catalogue_version = NULL WHERE id = $1', [none.tenantId])
    await adoptCatalogue({ pool }, old.tenantId, version)
    const auth = new pg.Pool({ connectionString: database.authUrl, max: 1 })
    expect(await adoptFirstCatalogues({ app: pool, auth })).toBeGreaterThan(0)
    expect([await none.adopted(), await old.adopted()]).toEqual([NEWER, version])
    expect(await adoptFirstCatalogues({ app: pool, auth })).toBe(0)
    await auth.end()
  })

  it('keeps the rates of the older one for the lines that name them', async () => {
    const result = await owner.query<{ version: string; price: string }>(
      `SELECT version, trim_scale(price)::text AS price FROM catalogue_rate
       WHERE provider = $1 AND resource = $2 AND meter = $3 ORDER BY price`,
      [dearer.provider, dearer.resource, dearer.meter],
    )
    const { version } = await loadCatalogue()
    expect(result.rows).toEqual([
      { version, price: dearer.before },
      { version: NEWER, price: dearer.after },
    ])
  })
})

it.each(['0.0.1', '', 'a\u0000b', 'x'.repeat(200)])(
  'refuses the version %j, which is not imported',
  async (version) => {
    const t = await tenant()
    expect(await adoptCatalogue({ pool }, t.tenantId, version)).toEqual({
      userErrors: [
        {
          code: 'NOT_FOUND',
          message: expect.stringContaining('has not been imported'),
          field: ['input', 'version'],
        },
      ],
    })
  },
)
