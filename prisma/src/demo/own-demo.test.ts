import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { addMembership, createApiKey, createTenant } from '../admin/create-tenant.ts'
import { loadCatalogue } from '../catalogue/load-catalogue.ts'
import { createTestDatabase, type TestDatabase } from '../embedded/test-database.ts'
import { TenantConfigs } from '../ingest/tenant-config.ts'
import { verifyRollups } from '../ingest/verify-rollups.ts'
import { readDemoData } from '../sql/read-demo-data.ts'
import { tenantSql } from '../sql/tenant-sql.ts'
import { TenantPool } from '../tenancy/tenant-pool.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { eraseDemo } from './erase-demo.ts'
import { loadDemo } from './load-demo.ts'
import { queuedDemo, requestDemo, requestRemoval } from './own-demo.ts'

let database: TestDatabase
let pool: TenantPool
let owner: pg.Pool
let configs: TenantConfigs
/** A firm whose example was asked for three times and given to two workers, and that is let alone from then on. */
let bystander: Firm
let asked: unknown[]

beforeAll(async () => {
  database = await createTestDatabase()
  pool = new TenantPool({ url: database.appUrl })
  owner = new pg.Pool({ connectionString: database.ownerUrl })
  configs = new TenantConfigs({ pool, catalogue: await loadCatalogue() })
  bystander = await firm()
  asked = await Promise.all([1, 2, 3].map(() => requestDemo({ pool }, bystander.tenantId, bystander.by)))
  await Promise.all([1, 2].map(() => loadDemo({ pool, configs }, bystander, control)))
}, 300_000)

afterAll(async () => {
  await pool.end()
  await owner.end()
  await database.drop()
})

const control = { signal: new AbortController().signal, settleMs: 0 }

interface Firm {
  tenantId: string
  by: { userId: string; email: string }
}

async function firm(): Promise<Firm> {
  const key = `firm-${uuidv7()}`
  const tenantId = await createTenant(pool, { key, name: 'Harrow & Vale', currency: 'USD', timeZone: 'UTC' })
  const email = `${key}@example.test`
  await owner.query('INSERT INTO app_user (id, name, email) VALUES ($1, $1, $1)', [email])
  await addMembership(pool, { tenantId, userId: email, role: 'OWNER' })
  return { tenantId, by: { userId: email, email } }
}

async function demoOf(tenantId: string) {
  const demo = await readDemoData(tenantSql(pool, tenantId))
  return { demoId: demo?.demoId ?? '', state: demo?.state ?? 'GONE' }
}

async function tenantTables(): Promise<string[]> {
  const { rows } = await owner.query<{ name: string }>(
    `SELECT c.oid::regclass::text AS name FROM pg_class c
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1`,
  )
  return rows.map(({ name }) => name)
}

/** What each table holds of everybody but `but`: how many rows, and a sum over their whole text. */
async function contents(but: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const table of ['tenant', ...(await tenantTables())]) {
    const column = table === 'tenant' ? 'id' : 'tenant_id'
    const { rows } = await owner.query<{ sum: string }>(
      `SELECT count(*) || ' rows, ' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) AS sum FROM ${table} t WHERE ${column} <> $1`,
      [but],
    )
    found[table] = rows[0]?.sum ?? ''
  }
  return found
}

async function rowsOf(tenantId: string): Promise<Record<string, number>> {
  const found: Record<string, number> = {}
  for (const table of ['tenant', ...(await tenantTables())]) {
    const column = table === 'tenant' ? 'id' : 'tenant_id'
    const { rows } = await owner.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table} WHERE ${column} = $1`, [
      tenantId,
    ])
    const n = rows[0]?.n ?? 0
    if (n > 0) found[table] = n
  }
  return found
}

describe('the example of a tenant', () => {
  it('is the worked example in a tenant of its own, owned by who asked, and goes without a trace', async () => {
    const { tenantId, by } = await firm()
    expect(await requestDemo({ pool }, tenantId, by)).toEqual({ userErrors: [] })
    await loadDemo({ pool, configs }, { tenantId }, control)
    const { demoId } = await demoOf(tenantId)
    const { rows } = await owner.query(
      'SELECT name, currency, is_demo, demo_of, (SELECT array_agg(m.user_id || m.role) FROM membership m WHERE m.tenant_id = t.id) AS members FROM tenant t WHERE id = $1',
      [demoId],
    )
    expect(rows).toEqual([
      {
        name: 'Example: Harrow & Vale',
        currency: 'GBP',
        is_demo: true,
        demo_of: tenantId,
        members: [`${by.email}OWNER`],
      },
    ])
    expect(await readDemoData(tenantSql(pool, tenantId))).toMatchObject({ state: 'READY', percent: 100 })
    const month = await owner.query(
      `SELECT a.name, sum(r.cost_direct + r.cost_shared)::numeric(20, 2)::text AS cost FROM rollup_fine r JOIN agent a ON a.tenant_id = r.tenant_id AND a.id = r.agent_id
       WHERE r.tenant_id = $1 AND r.bucket >= date_trunc('month', now() AT TIME ZONE 'Europe/London') AT TIME ZONE 'Europe/London' - interval '1 month'
         AND r.bucket < date_trunc('month', now() AT TIME ZONE 'Europe/London') AT TIME ZONE 'Europe/London' GROUP BY 1 ORDER BY 1`,
      [demoId],
    )
    expect(month.rows).toEqual([
      { name: 'Campaign Agent', cost: '430.00' },
      { name: 'Coding Agent', cost: '2180.00' },
      { name: 'Research Agent', cost: '1240.00' },
      { name: 'Summarisation Agent', cost: '85.00' },
    ])
    expect(await verifyRollups(pool, demoId)).toEqual([])
    expect(Object.keys(await rowsOf(demoId)).length).toBeGreaterThan(15)
    // Rows of tables that the demo leaves empty, so that what refers to other rows is there to be removed in the right order.
    await leaveTraces(demoId)

    const before = await contents(demoId)
    expect(await requestRemoval({ pool }, tenantId)).toEqual({ userErrors: [] })
    expect(await rowsOf(demoId)).not.toHaveProperty('membership')
    await eraseDemo({ pool }, { tenantId }, { ...control, rowsMax: 7_000 })
    expect(await rowsOf(demoId)).toEqual({})
    expect(await readDemoData(tenantSql(pool, tenantId))).toBeNull()
    const after = await contents(demoId)
    // The request is a row of the asking tenant, and went too.
    expect({ ...after, demo_data: '' }).toEqual({ ...before, demo_data: '' })
    expect(await rowsOf((await demoOf(bystander.tenantId)).demoId)).toMatchObject({ tenant: 1, membership: 1 })
    expect(after['demo_data']).toMatch(/^1 rows/)

    expect(await requestDemo({ pool }, tenantId, by)).toEqual({ userErrors: [] })
    expect((await demoOf(tenantId)).demoId).not.toBe(demoId)
  }, 300_000)

  it('is one, however often and by however many workers it is asked for', async () => {
    const { tenantId, by } = bystander
    expect(asked).toEqual([1, 2, 3].map(() => ({ userErrors: [] })))
    const { demoId, state } = await demoOf(tenantId)
    expect(state).toBe('READY')
    await loadDemo({ pool, configs }, { tenantId }, control)
    const { rows } = await owner.query('SELECT id FROM tenant WHERE demo_of = $1', [tenantId])
    expect(rows).toEqual([{ id: demoId }])
    expect(await verifyRollups(pool, demoId)).toEqual([])
    expect(await requestDemo({ pool }, demoId, by)).toMatchObject({ userErrors: [{ code: 'DEMO_OF_DEMO' }] })
  })

  it('goes on where a killed worker left it, once that one is silent', async () => {
    const { tenantId, by } = await firm()
    await requestDemo({ pool }, tenantId, by)
    const interruption = new AbortController()
    const timer = setTimeout(() => interruption.abort(new Error('stopped')), 1_500)
    await expect(loadDemo({ pool, configs }, { tenantId }, { signal: interruption.signal })).rejects.toThrow('stopped')
    clearTimeout(timer)
    const stopped = await demoOf(tenantId)
    expect(stopped.state).toBe('LOADING')
    expect(await rowsOf(stopped.demoId)).not.toHaveProperty('membership')
    // As a worker leaves it that had no time to give it back.
    await owner.query('UPDATE demo_data SET worker = $2 WHERE tenant_id = $1', [tenantId, uuidv7()])
    await loadDemo({ pool, configs }, { tenantId }, control)
    expect((await demoOf(tenantId)).state).toBe('LOADING')
    expect(await queuedDemo(pool, tenantId)).toBeNull()
    await owner.query(`UPDATE demo_data SET updated_at = now() - interval '2 minutes' WHERE tenant_id = $1`, [tenantId])
    expect(await queuedDemo(pool, tenantId)).toBe('load')
    await loadDemo({ pool, configs }, { tenantId }, control)
    expect((await demoOf(tenantId)).state).toBe('READY')
    expect(await verifyRollups(pool, stopped.demoId)).toEqual([])
  }, 300_000)

  it('can be removed while it is loaded: the loading ends, and nothing of it comes after', async () => {
    const { tenantId, by } = await firm()
    await requestDemo({ pool }, tenantId, by)
    const loading = loadDemo({ pool, configs }, { tenantId }, control)
    const { demoId } = await demoOf(tenantId)
    while ((await rowsOf(demoId))['invocation'] === undefined);
    await requestRemoval({ pool }, tenantId)
    await eraseDemo({ pool }, { tenantId }, control)
    await loading
    expect(await rowsOf(demoId)).toEqual({})
    expect(await readDemoData(tenantSql(pool, tenantId))).toBeNull()
  }, 300_000)

  it('is all that can be erased: no real tenant, no example of somebody else, none that nobody asked to remove', async () => {
    const [mine, theirs] = [await firm(), await firm()]
    await requestDemo({ pool }, mine.tenantId, mine.by)
    const { demoId } = await demoOf(mine.tenantId)
    const erase = (asking: string, erased: string) =>
      tenantTransaction(pool, asking, (client) => client.query('SELECT erase_demo_tenant($1, 1000)', [erased]))
    const refusal = /is no example of tenant .* that is to be removed/
    await expect(erase(mine.tenantId, demoId)).rejects.toThrow(refusal)
    await requestRemoval({ pool }, mine.tenantId)
    await expect(erase(theirs.tenantId, demoId)).rejects.toThrow(refusal)
    await expect(erase(mine.tenantId, theirs.tenantId)).rejects.toThrow(refusal)
    await expect(erase(mine.tenantId, mine.tenantId)).rejects.toThrow(refusal)
    expect(await requestRemoval({ pool }, theirs.tenantId)).toMatchObject({ userErrors: [{ code: 'NOT_FOUND' }] })

    // A request that names a real tenant, which no code of ours writes, erases nothing either.
    await owner.query(
      `INSERT INTO demo_data (tenant_id, demo_id, state, user_id, requested_by) VALUES ($1, $2, 'REMOVING', 'u', 'u')`,
      [theirs.tenantId, mine.tenantId],
    )
    await expect(erase(theirs.tenantId, mine.tenantId)).rejects.toThrow(refusal)
    const become = `UPDATE tenant SET is_demo = true, demo_of = $2 WHERE id = $1`
    await expect(owner.query(become, [mine.tenantId, theirs.tenantId])).rejects.toThrow(/settled when it is made/)
    expect(await rowsOf(mine.tenantId)).toMatchObject({ tenant: 1, membership: 1 })
  })

  /** A key, an audit entry, and an alert that holds another one back. */
  async function leaveTraces(tenantId: string): Promise<void> {
    await createApiKey(pool, { tenantId, name: 'Trace', scopes: ['read'] })
    const [first, second] = [uuidv7(), uuidv7()]
    for (const [id, by] of [
      [first, null],
      [second, first],
    ])
      await owner.query(
        `INSERT INTO alert (tenant_id, id, kind, severity, state, scope, member_id, series, dedupe_key, title, reason, first_day, last_day,
           window_start, window_end, raised_at, updated_at, suppressed_by)
         VALUES ($1, $2::uuid, 'COST_SPIKE', 'WARNING', 'OPEN', 'CLIENT', $2::uuid, $2::text, $2::text, 't', 'r', '2026-10-10', '2026-10-10',
           '2026-10-10', '2026-10-11', now(), now(), $3)`,
        [tenantId, id, by],
      )
    await owner.query(
      `INSERT INTO audit_event (tenant_id, id, actor_kind, actor_id, actor_label, action, facts) VALUES ($1, $1, 'KEY', 'k', 'k', 'setBudget', '{}')`,
      [tenantId],
    )
    // A plan that is adopted stands against everybody but who removes an example.
    const parts = [
      `INSERT INTO plan (tenant_id, id, name, currency, starts_on, basis, created_by, updated_by) VALUES ($1, $1, '2027', 'GBP', '2027-01-01', '{}', 'k', 'k')`,
      `INSERT INTO plan_scenario (tenant_id, plan_id, position, name, changes) VALUES ($1, $1, 0, 'Base', '[]')`,
      `INSERT INTO plan_line (tenant_id, plan_id, position, line, month, kind, unit, measure, volume, use, amount)
       VALUES ($1, $1, 0, 1, '2027-01-01', 'WORK', 'TASKS', 'TOKENS', 1, 1, 1)`,
      `INSERT INTO plan_note (tenant_id, id, plan_id, month, text, written_by) VALUES ($1, $1, $1, '2027-01-01', 'n', 'k')`,
      `UPDATE plan SET status = 'ADOPTED', adopted_scenario = 0, adopted_by = 'k', adopted_at = now() WHERE tenant_id = $1`,
      `INSERT INTO client_link (tenant_id, id, client_id, hash, label, first_month, created_by, expires_at)
       SELECT $1::uuid, $1::uuid, c.id, sha256($1::text::bytea), 'link', '2026-10-01', 'k', now() + interval '1 day' FROM client c
       WHERE c.tenant_id = $1::uuid LIMIT 1`,
      `INSERT INTO client_link_view (tenant_id, id, link_id, what) VALUES ($1, $1, $1, 'PAGE')`,
      `INSERT INTO client_question (tenant_id, id, client_id, link_id, month, body)
       SELECT $1::uuid, $1::uuid, l.client_id, l.id, '2026-10-01', 'why' FROM client_link l WHERE l.tenant_id = $1::uuid`,
    ]
    for (const part of parts) await owner.query(part, [tenantId])
  }
})
