import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { loadCatalogue } from '../catalogue/load-catalogue.ts'
import { createTestDatabase, type TestDatabase } from '../embedded/test-database.ts'
import { TenantPool } from '../tenancy/tenant-pool.ts'
import { DEMO_POOLS } from './demo-pools.ts'
import { DEMO_TERMS } from './demo-terms.ts'
import { seedDemo } from './seed-demo.ts'

let database: TestDatabase
let pool: TenantPool
let owner: pg.Pool
const lines: string[] = []

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

async function seed(apiKey: string) {
  const createUser = async ({ email, name }: { email: string; name: string }) => {
    await owner.query('INSERT INTO app_user (id, name, email) VALUES ($1, $2, $1) ON CONFLICT DO NOTHING', [
      email,
      name,
    ])
    return email
  }
  return seedDemo({ pool, catalogue: await loadCatalogue(), apiKey, createUser, log: (line) => lines.push(line) })
}

describe('seeding the demo', () => {
  it('makes the tenant with four logins, a key, and catalogue usage converted into its currency', async () => {
    await seed('outl_test_demo_0123456789012345678901234567890')
    const members = await owner.query(
      'SELECT user_id, role, (SELECT key FROM client c WHERE c.id = client_id) AS client FROM membership ORDER BY 1',
    )
    expect(members.rows).toEqual([
      { user_id: 'client@demo.outlay.local', role: 'CLIENT', client: 'northwind' },
      { user_id: 'finance@demo.outlay.local', role: 'FINANCE', client: null },
      { user_id: 'leadership@demo.outlay.local', role: 'OWNER', client: null },
      { user_id: 'pm@demo.outlay.local', role: 'PROJECT_MANAGER', client: null },
    ])
    const strays = await owner.query(
      `SELECT i.status, i.fx_rates[1]::numeric = 0.8 AS converted, count(*)::int > 500 AS many
       FROM invocation i JOIN resource r ON r.id = i.resource_id WHERE r.provider = 'openai' GROUP BY 1, 2`,
    )
    expect(strays.rows).toEqual([{ status: 'RATED', converted: true, many: true }])
    const future = await owner.query(
      'SELECT count(*)::int AS n FROM invocation WHERE occurred_at > now() OR ended_at > now()',
    )
    expect(future.rows).toEqual([{ n: 0 }])
  }, 120_000)

  it('sets a budget of each kind, and tells nothing of the days before them', async () => {
    const budgets = await owner.query(
      'SELECT scope, window_kind AS window, amount::numeric(20, 2)::text AS amount, is_learned AS learned FROM budget ORDER BY id',
    )
    expect(budgets.rows).toEqual([
      { scope: 'FLEET', window: 'MONTH', amount: '4500.00', learned: false },
      { scope: 'CLIENT', window: 'MONTH', amount: '1000.00', learned: false },
      { scope: 'CLIENT', window: 'TOTAL', amount: '2000.00', learned: false },
      { scope: 'AGENT', window: 'DAY', amount: '55.00', learned: true },
    ])
    const past = await owner.query(
      `SELECT count(*)::int AS n FROM budget_crossing x JOIN budget b ON b.id = x.budget_id
       WHERE b.window_kind <> 'TOTAL' AND x.window_start < date_trunc('month', (now() AT TIME ZONE 'Europe/London'))::date`,
    )
    expect(past.rows).toEqual([{ n: 0 }])
    const pending = await owner.query(
      `SELECT count(*)::int AS n FROM sums_change m LEFT JOIN sums_seen s ON s.tenant_id = m.tenant_id AND s.day = m.day
       WHERE m.generation > coalesce(s.generation, 0)`,
    )
    expect(pending.rows).toEqual([{ n: 0 }])
  })

  it('splits its pools over the agents in the present month alone, each to the penny', async () => {
    const shares = await owner.query(
      `SELECT p.name, r.method, r.state, r.total::numeric(20, 2)::text AS total,
              (coalesce(sum(s.amount), 0) + r.unallocated)::numeric(20, 2)::text AS split
       FROM allocation_run r JOIN cost_pool p ON p.id = r.pool_id LEFT JOIN allocation_share s ON s.run_id = r.id
       WHERE r.month = date_trunc('month', (now() AT TIME ZONE 'Europe/London'))::date
       GROUP BY p.name, r.id, r.method, r.state, r.total, r.unallocated ORDER BY p.name`,
    )
    expect(shares.rows).toEqual(
      DEMO_POOLS.map(({ name, method, pounds }) => ({
        ...{ name, method, state: 'CURRENT', total: pounds, split: pounds },
      })).sort((a, b) => (a.name < b.name ? -1 : 1)),
    )
    const { rows } = await owner.query('SELECT count(*)::int AS runs FROM allocation_run')
    expect(rows).toEqual([{ runs: DEMO_POOLS.length }])
  })

  it('agrees on terms of every model from the present month on', async () => {
    const terms = await owner.query(
      `SELECT e.model, coalesce(p.key, c.key) AS of, e.ends_on AS ends, e.revenue_source AS source FROM engagement e
       LEFT JOIN project p ON p.id = e.project_id LEFT JOIN client c ON c.id = e.client_id
       WHERE e.starts_on = date_trunc('month', (now() AT TIME ZONE 'Europe/London'))::date ORDER BY e.id`,
    )
    expect(terms.rows).toEqual(
      DEMO_TERMS.map(({ of, terms: { model }, revenueSource: source = 'BILLED' }) => ({
        ...{ model, of: Object.values(of)[0], ends: null, source },
      })),
    )
    expect((await owner.query('SELECT count(*)::int AS n FROM engagement')).rows).toEqual([{ n: DEMO_TERMS.length }])
  })

  it('does nothing the second time but take a key that it does not know', async () => {
    const [line] = lines
    expect(line).toContain('Fernhill Partners')
    await seed('outl_test_demo_0123456789012345678901234567890')
    await seed('outl_test_other_012345678901234567890123456789')
    expect(lines).toHaveLength(1)
    expect((await owner.query('SELECT count(*)::int AS n FROM api_key')).rows).toEqual([{ n: 2 }])
  }, 120_000)
})
