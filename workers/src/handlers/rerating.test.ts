import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createTenant } from '@outlay/db/admin/create-tenant'
import { createTestDatabase, type TestDatabase } from '@outlay/db/embedded/test-database'
import { Ingestor } from '@outlay/db/ingest/ingestor'
import { publishRates } from '@outlay/db/ingest/publish-rates'
import { TenantConfigs } from '@outlay/db/ingest/tenant-config'
import { verifyRollups } from '@outlay/db/ingest/verify-rollups'
import { requestApply } from '@outlay/db/rerating/request-apply'
import { requestPreview } from '@outlay/db/rerating/request-preview'
import { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import { Pool } from 'pg'
import { requeueReratings } from '../maintenance/requeue-reratings.ts'
import { applyReratingOf } from './rerating-apply.ts'
import { previewReratingOf, type ReratingTools } from './rerating-preview.ts'

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

describe('the jobs of a re-rating', () => {
  it('may run twice, tell how far they are, and are put in again when nobody works on them', async () => {
    const configs = new TenantConfigs({ pool: app, catalogue: null })
    const tenantId = await createTenant(app, { key: 't', name: 'T', currency: 'GBP', timeZone: 'Europe/London' })
    const publish = async (amount: string, effectiveFrom: string) => {
      const price = { amount, currency: 'GBP' }
      const rate = { provider: 'acme', resource: 'm', meter: 'requests', price, effectiveFrom }
      expect((await publishRates({ pool: app }, tenantId, [rate])).userErrors).toEqual([])
    }
    await publish('1', '2026-01-01T00:00:00Z')
    const usage = [{ meter: 'requests', quantity: '3' }]
    const event = { id: 'a', kind: 'TOOL', provider: 'acme', resource: 'm', occurredAt: '2026-10-10T10:00:00Z', usage }
    await new Ingestor({ pool: app, configs }).record({ tenantId, items: [event] })
    await publish('2', '2026-10-01T00:00:00Z')

    const told: unknown[] = []
    const tools: ReratingTools = { app, configs, publish: async (...message) => void told.push(message) }
    const run = { signal: new AbortController().signal }
    const range = { from: '2026-10-01', to: '2026-11-01' }
    const request = { range, filter: null, whatIf: null, requestedBy: 'ada@example.test' }
    const { reratingId } = await requestPreview({ pool: app }, tenantId, request)
    const ref = { tenantId, reratingId: reratingId ?? '' }

    expect(await lost()).toEqual([['rerating.preview', ref]])
    await previewReratingOf(ref, run, tools)
    await previewReratingOf(ref, run, tools)
    expect(told).toEqual([['rerating', tenantId, { reratingId }]])
    expect(await lost()).toEqual([])

    await requestApply({ pool: app }, ref, { reason: 'A test.', appliedBy: 'ada@example.test' })
    expect(await lost()).toEqual([['rerating.apply', ref]])
    await applyReratingOf(ref, run, tools)
    await applyReratingOf(ref, run, tools)
    expect(await lost()).toEqual([])
    const { rows } = await owner.query('SELECT trim_scale(cost)::text AS cost FROM invocation')
    expect(rows).toEqual([{ cost: '6' }])
    expect((await owner.query('SELECT 1 FROM superseded_rating')).rowCount).toBe(1)
    expect(await verifyRollups(app, tenantId)).toEqual([])
  })

  /** What the sweeper puts in, a minute later. */
  async function lost(): Promise<[string, unknown][]> {
    await owner.query(`UPDATE rerating SET updated_at = now() - interval '1 minute'`)
    const found: [string, unknown][] = []
    await requeueReratings({ app, auth }, async ({ name, payload }, ref) => void found.push([name, payload.parse(ref)]))
    return found
  }
})
