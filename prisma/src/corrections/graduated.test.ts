import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { createTestDatabase, type TestDatabase } from '../embedded/test-database.ts'
import { Ingestor } from '../ingest/ingestor.ts'
import { publishRates } from '../ingest/publish-rates.ts'
import { TenantConfigs } from '../ingest/tenant-config.ts'
import { verifyRollups } from '../ingest/verify-rollups.ts'
import { TenantPool } from '../tenancy/tenant-pool.ts'
import { Corrections } from './correct-invocation.ts'

const clock = () => Date.UTC(2026, 10, 23, 14, 5) * 1_000

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

/** 5 a page up to 100 pages a month, then 4; four events of 60, 60, 50 and 10 pages, and a further report of the shared third. */
async function tenant() {
  const tenantId = uuidv7()
  await owner.query(
    `INSERT INTO tenant (id, key, name, currency, time_zone) VALUES ($1::uuid, $1::text, 'Test', 'GBP', 'Europe/London')`,
    [tenantId],
  )
  const step = (amount: string, aboveMonthlyQuantity: string) => ({
    provider: 'acme',
    resource: 'ocr',
    meter: 'pages',
    price: { amount, currency: 'GBP' },
    effectiveFrom: '2026-01-01T00:00:00Z',
    aboveMonthlyQuantity,
  })
  expect((await publishRates({ pool }, tenantId, [step('5', '0'), step('4', '100')])).userErrors).toEqual([])
  const configs = new TenantConfigs({ pool, catalogue: null })
  const ingestor = new Ingestor({ pool, configs, clock })
  const event = (id: string, day: number, pages: number, more: object = {}) => ({
    id,
    kind: 'TOOL',
    provider: 'acme',
    resource: 'ocr',
    occurredAt: new Date(Date.UTC(2026, 10, day, 10)).toISOString(),
    usage: [{ meter: 'pages', quantity: pages }],
    ...more,
  })
  const shared = { trace: 't', sharedKey: 'k' }
  const outcome = await ingestor.record({
    tenantId,
    items: [
      event('b', 2, 60),
      event('c', 3, 50, { ...shared, span: 'x' }),
      event('report', 4, 30, { ...shared, span: 'y' }),
      event('d', 5, 10),
      event('a', 1, 60),
    ],
  })
  expect(outcome).toMatchObject({ accepted: 5 })
  return { tenantId, corrections: new Corrections({ pool, configs, clock }) }
}

async function lines(tenantId: string): Promise<Record<string, string>> {
  const { rows } = await owner.query<{ id: string; lines: string }>(
    `SELECT CASE WHEN i.id LIKE 'cor\\_%' THEN 'replacement' ELSE i.id END AS id,
       (SELECT string_agg(trim_scale(l.quantity) || '@' || trim_scale(r.unit_price), ' ' ORDER BY l.n)
        FROM unnest(i.quantities, i.rate_ids) WITH ORDINALITY AS l(quantity, rate_id, n) JOIN rate r ON r.id = l.rate_id) AS lines
     FROM invocation i WHERE i.tenant_id = $1 AND i.billing IN ('DIRECT', 'SHARED')`,
    [tenantId],
  )
  return Object.fromEntries(rows.map((row) => [row.id, row.lines]))
}

describe('a correction on a graduated price', () => {
  it('frees the place of a voided event for those after it', async () => {
    const { tenantId, corrections } = await tenant()
    expect(await lines(tenantId)).toEqual({ a: '60@5', b: '40@5 20@4', c: '50@4', d: '10@4' })
    await corrections.voidInvocation(tenantId, { id: 'a', reason: 'Sent twice', by: 'finance@example.test' })
    expect(await lines(tenantId)).toEqual({ b: '60@5', c: '40@5 10@4', d: '10@4' })
    expect(await verifyRollups(pool, tenantId)).toEqual([])
  })

  it('gives the report that carries a shared use from then on a place of its own', async () => {
    const { tenantId, corrections } = await tenant()
    await corrections.voidInvocation(tenantId, { id: 'c', reason: 'Never happened', by: 'finance@example.test' })
    expect(await lines(tenantId)).toEqual({ a: '60@5', b: '40@5 20@4', report: '30@4', d: '10@4' })
    expect(await verifyRollups(pool, tenantId)).toEqual([])
  })

  it('places a replacement by its own time, as if it had been the one that was recorded', async () => {
    const { tenantId, corrections } = await tenant()
    const replacement = { occurredAt: '2026-11-06T10:00:00Z', usage: [{ meter: 'pages', quantity: '70' }] }
    const { userErrors } = await corrections.replaceInvocation(tenantId, {
      id: 'a',
      reason: 'Wrong day and count',
      by: 'finance@example.test',
      replacement,
    })
    expect(userErrors).toEqual([])
    expect(await lines(tenantId)).toEqual({ b: '60@5', c: '40@5 10@4', d: '10@4', replacement: '70@4' })
    expect(await verifyRollups(pool, tenantId)).toEqual([])
  })
})
