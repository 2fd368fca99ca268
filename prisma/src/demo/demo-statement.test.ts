import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { FIXED18_ONE, parseFixed18 } from '@outlay/domain/money/fixed18'
import { reconcile, type Reconciliation } from '@outlay/domain/reconciliation/reconcile'
import { CAUSES, sumOfCauses } from '@outlay/domain/reconciliation/variance'
import { v7 as uuidv7 } from 'uuid'
import { createTenant } from '../admin/create-tenant.ts'
import { createTestDatabase, type TestDatabase } from '../embedded/test-database.ts'
import { Ingestor } from '../ingest/ingestor.ts'
import { TenantConfigs } from '../ingest/tenant-config.ts'
import { readFxRates } from '../sql/read-fx-rates.ts'
import { readAttributedSums, readProviderLines, readStatements } from '../sql/read-reconciliation.ts'
import { tenantSql } from '../sql/tenant-sql.ts'
import { TenantPool } from '../tenancy/tenant-pool.ts'
import { setDemoStatement } from './demo-statement.ts'
import { fillDemoTenant } from './fill-demo-tenant.ts'
import { DEMO_TENANT } from './fleet.ts'

const NOW = Date.parse('2026-11-20T12:00:00Z')
const OCTOBER = { from: '2026-10-01', to: '2026-11-01' }
const tenantId = uuidv7()

let database: TestDatabase
let pool: TenantPool

beforeAll(async () => {
  database = await createTestDatabase()
  pool = new TenantPool({ url: database.appUrl })
  const configs = new TenantConfigs({ pool, catalogue: null })
  const ingestor = new Ingestor({ pool, configs })
  await createTenant(pool, { ...DEMO_TENANT, id: tenantId, isDemo: true })
  await fillDemoTenant({ pool, configs, ingestor }, { tenantId, nowMs: NOW })
  await setDemoStatement({ pool, nowMs: NOW }, tenantId)
}, 180_000)

afterAll(async () => {
  await pool.end()
  await database.drop()
})

const db = () => tenantSql(pool, tenantId)

async function reconciled(): Promise<Reconciliation> {
  const [lines, sums, fx] = await Promise.all([
    readProviderLines(db(), OCTOBER),
    readAttributedSums(db(), OCTOBER),
    readFxRates(db(), { ...OCTOBER, base: 'USD', quote: 'GBP' }),
  ])
  const rates = new Map(fx.map(({ date, rate }) => [date, parseFixed18(rate)]))
  const stated = new Set(lines.map(({ provider }) => provider))
  return reconcile({
    lines,
    attributed: sums.filter(({ provider }) => stated.has(provider)),
    prices: [],
    storedFx: (currency, day) => (currency === 'GBP' ? FIXED18_ONE : (rates.get(day) ?? null)),
  })
}

describe('the demo’s invoices', () => {
  it('are of two providers and the whole month', async () => {
    const statements = await readStatements(db())
    expect(statements.map(({ name, providers }) => [name, providers]).sort()).toEqual([
      ['Gateway 2026-10', ['gateway']],
      ['Tools 2026-10', ['tools']],
    ])
  })

  it('differ from what was attributed by a little, of every cause but another tier', async () => {
    const { causes, invoiced, attributed, unconverted } = await reconciled()
    expect(unconverted).toEqual([])
    expect(CAUSES.filter((cause) => causes[cause] === 0n && cause !== 'TIMING')).toEqual(['TIER'])
    expect(sumOfCauses(causes)).toBe(invoiced - attributed)
    const gap = invoiced < attributed ? attributed - invoiced : invoiced - attributed
    expect(gap * 20n).toBeLessThan(attributed)
  })

  it('have usage on the other side of midnight, which is nothing over both days', async () => {
    const { rows, causes } = await reconciled()
    const moved = rows.filter((row) => row.causes.TIMING !== 0n)
    expect(moved.map(({ day, resource }) => [day, resource])).toEqual([
      ['2026-10-10', 'large-reasoning'],
      ['2026-10-11', 'large-reasoning'],
    ])
    expect(causes.TIMING).toBe(0n)
  })

  it('are the same when they are made again', async () => {
    await setDemoStatement({ pool, nowMs: NOW }, tenantId)
    expect(await readStatements(db())).toHaveLength(2)
  })
})
