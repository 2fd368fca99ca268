import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { createTestDatabase, type TestDatabase } from '../embedded/test-database.ts'
import { Ingestor } from '../ingest/ingestor.ts'
import { TenantConfigs } from '../ingest/tenant-config.ts'
import { verifyRollups } from '../ingest/verify-rollups.ts'
import { TenantPool } from '../tenancy/tenant-pool.ts'
import { fillDemoTenant } from './fill-demo-tenant.ts'

const NOW = Date.UTC(2026, 10, 23, 14, 5)

let database: TestDatabase
let pool: TenantPool
let owner: pg.Pool
const tenantId = uuidv7()

beforeAll(async () => {
  database = await createTestDatabase()
  pool = new TenantPool({ url: database.appUrl })
  owner = new pg.Pool({ connectionString: database.ownerUrl })
  await owner.query(
    `INSERT INTO tenant (id, key, name, currency, time_zone) VALUES ($1, 'fernhill', 'Fernhill Partners', 'GBP', 'Europe/London')`,
    [tenantId],
  )
}, 120_000)

afterAll(async () => {
  await pool.end()
  await owner.end()
  await database.drop()
})

function fill(interrupt: (share: number) => void = () => {}) {
  const configs = new TenantConfigs({ pool, catalogue: null })
  const ingestor = new Ingestor({ pool, configs, clock: () => NOW * 1_000 })
  return fillDemoTenant({ pool, configs, ingestor }, { tenantId, nowMs: NOW, onProgress: interrupt })
}

describe('filling the demo tenant', () => {
  it('goes on after an interruption and comes to the worked example in the stored sums', async () => {
    const interrupted = fill((share) => {
      if (share > 0.3) throw new Error('interrupted')
    })
    await expect(interrupted).rejects.toThrow('interrupted')
    const { invocations, tasks } = await fill()

    const stored = await owner.query<{ events: number; tasks: number }>(
      `SELECT (SELECT count(*) FROM invocation)::int AS events, (SELECT count(*) FROM task)::int AS tasks`,
    )
    expect(stored.rows).toEqual([{ events: invocations, tasks }])
    expect(await agents()).toEqual([
      { name: 'Campaign Agent', cost: '430', tasks: '180' },
      { name: 'Coding Agent', cost: '2180', tasks: '310' },
      { name: 'Research Agent', cost: '1240', tasks: '620' },
      { name: 'Summarisation Agent', cost: '85', tasks: '4200' },
    ])
    expect(await taskCosts()).toEqual([
      { key: 'market-entry-analysis', client: 'Northwind Capital', direct: '4.4076', shared: '0.0024', billed: '50' },
      { key: 'market-entry-refresh', client: 'Northwind Capital', direct: '4.4076', shared: '0.0024', billed: '5' },
    ])
    expect(await verifyRollups(pool, tenantId)).toEqual([])
  }, 120_000)

  it('changes nothing when it runs again', async () => {
    const sums = () => owner.query('SELECT sum(cost_direct)::text AS d, sum(invocations)::text AS n FROM rollup_day')
    const before = await sums()
    await fill()
    expect((await sums()).rows).toEqual(before.rows)
  }, 120_000)
})

async function agents() {
  const result = await owner.query(
    `SELECT a.name, trim_scale(sum(d.cost_direct))::text AS cost,
       (SELECT sum(c.tasks) FROM completed_cell c WHERE c.agent_id = a.id AND c.day >= '2026-10-01' AND c.day < '2026-11-01')::text AS tasks
     FROM rollup_day d JOIN agent a ON a.id = d.a WHERE d.grain = 1 AND d.day >= '2026-10-01' AND d.day < '2026-11-01'
     GROUP BY a.id, a.name ORDER BY a.name`,
  )
  return result.rows
}

async function taskCosts() {
  const result = await owner.query(
    `SELECT t.key, c.name AS client, trim_scale(sum(r.cost_direct))::text AS direct, trim_scale(sum(r.cost_shared))::text AS shared,
       trim_scale(t.billed_amount)::text AS billed
     FROM rollup_task r JOIN task t ON t.id = r.task_id JOIN client c ON c.id = t.client_id
     WHERE t.key IN ('market-entry-analysis', 'market-entry-refresh') GROUP BY t.key, c.name, t.billed_amount ORDER BY t.key`,
  )
  return result.rows
}
