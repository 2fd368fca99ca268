import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { createTenant } from '../admin/create-tenant.ts'
import { createTestDatabase, type TestDatabase } from '../embedded/test-database.ts'
import { Ingestor } from '../ingest/ingestor.ts'
import { publishRates } from '../ingest/publish-rates.ts'
import { TenantConfigs } from '../ingest/tenant-config.ts'
import { upsertTask } from '../ingest/upsert-task.ts'
import { TenantPool } from './tenant-pool.ts'
import { updateTenantSettings, type TenantSettings } from './update-settings.ts'

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

async function newTenant() {
  const tenantId = await createTenant(pool, { key: uuidv7(), name: 'Harrow', currency: 'USD', timeZone: 'UTC' })
  const configs = new TenantConfigs({ pool, catalogue: null })
  return {
    tenantId,
    configs,
    ingestor: new Ingestor({ pool, configs }),
    update: (settings: TenantSettings) => updateTenantSettings(pool, tenantId, settings),
    stored: async () => {
      const { rows } = await owner.query<Record<string, unknown>>(
        'SELECT name, currency, time_zone AS "timeZone", use_reported_cost AS "useReportedCost" FROM tenant WHERE id = $1',
        [tenantId],
      )
      return rows[0]
    },
  }
}

const untouched = { name: 'Harrow', currency: 'USD', timeZone: 'UTC', useReportedCost: false }
const event = (id: string) => ({
  id,
  kind: 'TOOL',
  provider: 'acme',
  resource: 'm',
  occurredAt: '2026-10-10T23:30:00Z',
  usage: [{ meter: 'requests', quantity: '3' }],
})

describe('settings of a tenant', () => {
  it('change together, and what is left out stays', async () => {
    const { update, stored } = await newTenant()
    expect(await update({})).toEqual({ userErrors: [] })
    expect(await stored()).toEqual(untouched)
    expect(await update({ name: '  Harrow & Vale ', currency: 'GBP', timeZone: 'Europe/London' })).toEqual({
      userErrors: [],
    })
    const changed = { name: 'Harrow & Vale', currency: 'GBP', timeZone: 'Europe/London', useReportedCost: false }
    expect(await stored()).toEqual(changed)
    await update({ useReportedCost: true, name: null })
    expect(await stored()).toEqual({ ...changed, useReportedCost: true })
  })

  it('take the colours of the firm together, and give them up together', async () => {
    const { tenantId, update } = await newTenant()
    const brand = async () => {
      const asked = 'SELECT brand_light AS light, brand_dark AS dark FROM tenant WHERE id = $1'
      return (await owner.query(asked, [tenantId])).rows[0] as unknown
    }
    expect(await update({ brand: { light: '#1D5C48', dark: '#6CC6A0' } })).toEqual({ userErrors: [] })
    expect(await brand()).toEqual({ light: '#1d5c48', dark: '#6cc6a0' })
    expect(await update({ name: 'Other', brand: { light: '#8FC7A8', dark: '#6CC6A0' } })).toMatchObject({
      userErrors: [{ code: 'LOW_CONTRAST', field: ['input', 'brand', 'light'] }],
    })
    await update({ name: 'Third', brand: null })
    expect(await brand()).toEqual({ light: '#1d5c48', dark: '#6cc6a0' })
    expect(await update({ brand: {} })).toEqual({ userErrors: [] })
    expect(await brand()).toEqual({ light: null, dark: null })
    // What is checked before is held by the table, too.
    for (const [light, dark] of [
      ['#1d5c48', null],
      ['red', '#6cc6a0'],
    ])
      await expect(
        owner.query('UPDATE tenant SET brand_light = $2, brand_dark = $3 WHERE id = $1', [tenantId, light, dark]),
      ).rejects.toThrow('tenant_brand_is_of_colours')
  })

  it.each<[TenantSettings, string, string, string]>([
    [{ name: ' ' }, 'INVALID_FIELD', 'name', 'name is empty; leave it out when there is none.'],
    [{ name: 'x'.repeat(81) }, 'INVALID_FIELD', 'name', 'name has 81 characters; the most is 80.'],
    [{ currency: 'gbp' }, 'UNKNOWN_CURRENCY', 'currency', '"gbp" is not an ISO 4217 currency code such as GBP.'],
    [
      { timeZone: 'Mars/Olympus' },
      'UNKNOWN_TIME_ZONE',
      'timeZone',
      '"Mars/Olympus" is not a time zone such as Europe/London.',
    ],
    [{ timeZone: '+01:00' }, 'UNKNOWN_TIME_ZONE', 'timeZone', '"+01:00" is not a time zone such as Europe/London.'],
  ])('refuse %j by its name, and then change nothing', async (settings, code, field, message) => {
    const { update, stored } = await newTenant()
    expect(await update({ useReportedCost: true, ...settings })).toEqual({
      userErrors: [{ code, message, field: ['input', field] }],
    })
    expect(await stored()).toEqual(untouched)
  })

  it('count the first event in the currency and by the days that hold when it comes', async () => {
    const { tenantId, configs, update, ingestor } = await newTenant()
    const price = { amount: '1', currency: 'GBP' }
    const rate = { provider: 'acme', resource: 'm', meter: 'requests', price, effectiveFrom: '2026-01-01T00:00:00Z' }
    expect((await publishRates({ pool }, tenantId, [rate])).userErrors).toEqual([])
    // What ingest remembers of the tenant is of before.
    expect((await configs.get(tenantId)).currency).toBe('USD')
    await update({ currency: 'GBP', timeZone: 'Europe/London' })
    expect(await ingestor.record({ tenantId, items: [event('1')] })).toMatchObject({ accepted: 1 })
    const { rows } = await owner.query(
      `SELECT i.status, i.cost::numeric(20, 2)::text AS cost, (SELECT max(day)::text FROM rollup_day r WHERE r.tenant_id = i.tenant_id) AS day
       FROM invocation i WHERE tenant_id = $1`,
      [tenantId],
    )
    // 23:30 UTC is the next day in London's summer.
    expect(rows).toEqual([{ status: 'RATED', cost: '3.00', day: '2026-10-11' }])
  })

  it('keep currency and zone once amounts and days are stored in them, and say so by their values', async () => {
    const { tenantId, update, stored, ingestor } = await newTenant()
    await ingestor.record({ tenantId, items: [event('1')] })
    expect(await update({ currency: 'GBP', name: 'Other' })).toEqual({
      userErrors: [
        {
          code: 'CURRENCY_SETTLED',
          message:
            'The currency stays USD: the tenant has usage, completed tasks, budgets, cost pools or closed months that are stored in it. For GBP, make another tenant.',
          field: ['input', 'currency'],
        },
      ],
    })
    expect(await update({ timeZone: 'Europe/London' })).toMatchObject({
      userErrors: [{ code: 'TIME_ZONE_SETTLED', field: ['input', 'timeZone'] }],
    })
    expect(await stored()).toEqual(untouched)
    expect(await update({ currency: 'USD', timeZone: 'UTC', name: 'Other' })).toEqual({ userErrors: [] })
    expect(await stored()).toEqual({ ...untouched, name: 'Other' })
  })

  it('keep the zone once a task was completed on one of its days', async () => {
    const { tenantId, update, configs } = await newTenant()
    const task = { key: 't', status: 'COMPLETED', completedAt: '2026-10-10T23:30:00Z' } as const
    await upsertTask({ pool, configs, now: Date.parse('2026-11-01T00:00:00Z') * 1_000 }, tenantId, task)
    expect(await update({ timeZone: 'Europe/London' })).toMatchObject({ userErrors: [{ code: 'TIME_ZONE_SETTLED' }] })
  })

  it('are settled by a budget, a cost pool or a month that was decided on, too', async () => {
    const inserts = [
      `INSERT INTO budget (tenant_id, id, scope, member_id, window_kind, amount, currency, amount_base, thresholds, forecast_thresholds,
         created_by, updated_by) VALUES ($1::uuid, $1::uuid, 'CLIENT', $1::uuid, 'MONTH', 1, 'USD', 1, '{1}', '{}', 'a', 'a')`,
      `INSERT INTO cost_pool (tenant_id, id, name, category, recurrence, first_month, last_month, currency, created_by)
       VALUES ($1::uuid, $1::uuid, 'pool', 'OTHER', 'ONCE', '2026-10-01', '2026-10-01', 'USD', 'a')`,
      `INSERT INTO period (tenant_id, month, state, edition) VALUES ($1::uuid, '2026-09-01', 'OPEN', 1)`,
    ]
    for (const insert of inserts) {
      const { tenantId, update } = await newTenant()
      await owner.query(insert, [tenantId])
      expect(await update({ currency: 'GBP' })).toMatchObject({ userErrors: [{ code: 'CURRENCY_SETTLED' }] })
    }
  })
})
