import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { createTestDatabase, type TestDatabase } from '../embedded/test-database.ts'
import { TenantPool } from '../tenancy/tenant-pool.ts'
import { Ingestor } from './ingestor.ts'
import { publishRates } from './publish-rates.ts'
import { TenantConfigs } from './tenant-config.ts'
import { upsertTask } from './upsert-task.ts'
import { rebuildRollups, verifyRollups } from './verify-rollups.ts'

const NOW = Date.UTC(2026, 10, 23, 14, 5) * 1_000

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

/** A tenant with a price of 0.015 per 1,000 input tokens of `large`, 0.001 a call of `search`, and its own ingestor. */
async function tenant() {
  const tenantId = uuidv7()
  await owner.query(
    `INSERT INTO tenant (id, key, name, currency, time_zone) VALUES ($1::uuid, $1::text, 'Test', 'GBP', 'Europe/London')`,
    [tenantId],
  )
  const configs = new TenantConfigs({ pool, catalogue: null })
  const rate = (resource: string, meter: string, amount: string, per = '1') => ({
    provider: 'acme',
    resource,
    meter,
    price: { amount, currency: 'GBP' },
    per,
    effectiveFrom: '2026-01-01T00:00:00Z',
  })
  const rates = [rate('large', 'input_tokens', '0.015', '1000'), rate('search', 'requests', '0.001')]
  expect((await publishRates({ pool }, tenantId, rates)).userErrors).toEqual([])
  const ingestor = new Ingestor({ pool, configs, clock: () => NOW })
  return {
    tenantId,
    configs,
    record: (...items: object[]) => ingestor.record({ tenantId, items }),
    task: (input: Parameters<typeof upsertTask>[2]) => upsertTask({ pool, configs, now: NOW }, tenantId, input),
    sql: async (text: string) =>
      (await owner.query<Record<string, string | null>>(text.replaceAll('$T', `'${tenantId}'`))).rows,
    totals: async () =>
      (
        await owner.query<Record<string, string>>(
          `SELECT trim_scale(cost_direct)::text AS direct, trim_scale(cost_shared)::text AS shared, invocations::text, trim_scale(tokens)::text AS tokens, unpriced::text
           FROM rollup_day WHERE tenant_id = $1 AND grain = 0 ORDER BY day`,
          [tenantId],
        )
      ).rows,
  }
}

const model = (id: string, tokens: number, more: object = {}) => ({
  id,
  provider: 'acme',
  resource: 'large',
  occurredAt: '2026-11-20T10:00:00Z',
  usage: [{ meter: 'input_tokens', quantity: tokens }],
  ...more,
})

const search = (id: string, more: object = {}) => ({
  id,
  kind: 'RETRIEVAL',
  provider: 'acme',
  resource: 'search',
  occurredAt: '2026-11-20T10:00:00Z',
  usage: [{ meter: 'requests', quantity: 1 }],
  ...more,
})

const CLEAN = { duplicates: 0, unpriced: 0, rejected: [] }

describe('recording', () => {
  it('stores, rates and rolls up an event before it is acknowledged', async () => {
    const t = await tenant()
    expect(await t.record(model('a', 1_000, { agent: 'research', client: 'northwind', task: 'T1' }))).toEqual({
      accepted: 1,
      ...CLEAN,
    })
    expect(await t.totals()).toEqual([
      { direct: '0.015', shared: '0', invocations: '1', tokens: '1000', unpriced: '0' },
    ])
    expect(await t.sql('SELECT key, name FROM agent WHERE tenant_id = $T')).toEqual([
      { key: 'research', name: 'research' },
    ])
    expect(await verifyRollups(pool, t.tenantId)).toEqual([])
  })

  it('answers a retry as a duplicate and changes nothing; another content under the id is refused and the first stays (L1)', async () => {
    const t = await tenant()
    await t.record(model('a', 1_000))
    expect(await t.record(model('a', 1_000), model('b', 1), model('b', 1))).toEqual({
      accepted: 1,
      duplicates: 2,
      unpriced: 0,
      rejected: [],
    })
    const conflict = await t.record(model('a', 2_000))
    expect(conflict.rejected).toMatchObject([{ index: 0, id: 'a', code: 'CONFLICT' }])
    expect(await t.totals()).toMatchObject([{ direct: '0.015015', invocations: '2' }])
  })

  it('keeps uniqueness across months: the same id in another month is the same event', async () => {
    const t = await tenant()
    await t.record(model('a', 1_000))
    const moved = await t.record(model('a', 1_000, { occurredAt: '2026-09-20T10:00:00Z' }))
    expect(moved.rejected).toMatchObject([{ code: 'CONFLICT' }])
  })

  it('refuses a wrong item by index and keeps the good ones of the batch (L2)', async () => {
    const t = await tenant()
    const outcome = await t.record(model('a', 1), model('b', -1), { id: 'c' }, model('d', 1))
    expect(outcome).toMatchObject({
      accepted: 2,
      rejected: [
        { index: 1, id: 'b', code: 'NEGATIVE_DECIMAL' },
        { index: 2, id: 'c', code: 'MISSING_FIELD' },
      ],
    })
    expect(await t.totals()).toMatchObject([{ invocations: '2' }])
  })

  it('records one of many concurrent deliveries of an id', async () => {
    const t = await tenant()
    const other = new Ingestor({ pool, configs: new TenantConfigs({ pool, catalogue: null }), clock: () => NOW })
    const outcomes = await Promise.all(
      Array.from({ length: 64 }, (_, index) =>
        index % 2 === 0
          ? t.record(model('a', 1_000))
          : other.record({ tenantId: t.tenantId, items: [model('a', 1_000)] }),
      ),
    )
    expect(outcomes.reduce((sum, outcome) => sum + outcome.accepted, 0)).toBe(1)
    expect(outcomes.reduce((sum, outcome) => sum + outcome.duplicates, 0)).toBe(63)
    expect(await t.totals()).toMatchObject([{ direct: '0.015', invocations: '1' }])
  })

  it('shows unknown prices as unpriced and never as 0 (L9)', async () => {
    const t = await tenant()
    expect(await t.record(model('a', 1_000, { resource: 'unheard-of' }))).toMatchObject({ accepted: 1, unpriced: 1 })
    expect(await t.totals()).toMatchObject([{ direct: '0', invocations: '1', unpriced: '1' }])
    expect(await t.sql('SELECT cost::text, status FROM invocation WHERE tenant_id = $T')).toEqual([
      { cost: null, status: 'UNPRICED' },
    ])
  })

  it('rates with prices published a moment before by another process', async () => {
    const t = await tenant()
    await t.record(model('a', 1_000))
    await publishRates({ pool }, t.tenantId, [
      {
        provider: 'acme',
        resource: 'large',
        meter: 'input_tokens',
        price: { amount: '0.03', currency: 'GBP' },
        per: '1000',
        effectiveFrom: '2026-11-01T00:00:00Z',
      },
    ])
    await t.record(model('b', 1_000))
    expect(await t.totals()).toMatchObject([{ direct: '0.045' }])
  })

  it('counts a shared use once per trace, for its task; the other reports are reporters (L13)', async () => {
    const t = await tenant()
    const use = (id: string, agent: string) =>
      search(id, { agent, trace: 'tr', task: 'T1', client: 'northwind', sharedKey: 'index' })
    await t.record(use('a', 'research'), use('b', 'coding'))
    await t.record(use('c', 'campaign'))
    expect(await t.totals()).toMatchObject([{ direct: '0', shared: '0.001', invocations: '1' }])
    expect(await t.sql('SELECT id, billing FROM invocation WHERE tenant_id = $T ORDER BY id')).toEqual([
      { id: 'a', billing: 'SHARED' },
      { id: 'b', billing: 'REPORT' },
      { id: 'c', billing: 'REPORT' },
    ])
    expect(await verifyRollups(pool, t.tenantId)).toEqual([])
  })

  it('moves a shared use with its task, to the client that a later event or upsertTask names', async () => {
    const t = await tenant()
    await t.record(search('a', { trace: 'tr', task: 'T1', sharedKey: 'index' }))
    await t.record(model('b', 1_000, { task: 'T1', client: 'northwind' }))
    expect(await verifyRollups(pool, t.tenantId)).toEqual([])
    await t.task({ key: 'T1', client: 'meridian' })
    expect(await verifyRollups(pool, t.tenantId)).toEqual([])
    const cells = `SELECT c.key, trim_scale(r.cost_direct)::text AS direct, trim_scale(r.cost_shared)::text AS shared FROM rollup_day r
      JOIN client c ON c.id = r.a WHERE r.tenant_id = $T AND grain = 2 AND r.invocations <> 0 ORDER BY 1`
    expect(await t.sql(cells)).toEqual([
      { key: 'meridian', direct: '0', shared: '0.001' },
      { key: 'northwind', direct: '0.015', shared: '0' },
    ])
  })

  it('bills a wrapper only until its first billable descendant arrives, in whatever order (L6)', async () => {
    const t = await tenant()
    const wrapper = model('w', 5_000, { kind: 'AGENT', trace: 'tr', span: 's0' })
    const leaf = model('l', 1_000, { trace: 'tr', span: 's2', parentSpan: 's1' })
    const middle = { ...model('m', 0, { kind: 'OTHER', trace: 'tr', span: 's1', parentSpan: 's0' }), usage: [] }
    await t.record(wrapper)
    expect(await t.totals()).toMatchObject([{ direct: '0.075', invocations: '1' }])
    await t.record(leaf)
    expect(await t.totals()).toMatchObject([{ direct: '0.09', invocations: '2' }])
    await t.record(middle)
    expect(await t.totals()).toMatchObject([{ direct: '0.015', invocations: '1', tokens: '1000' }])
    expect(await verifyRollups(pool, t.tenantId)).toEqual([])
  })

  it('refuses a parent that is a descendant, across batches (L14)', async () => {
    const t = await tenant()
    await t.record(
      model('a', 1, { trace: 'tr', span: 's1', parentSpan: 's3' }),
      model('b', 1, { trace: 'tr', span: 's2', parentSpan: 's1' }),
    )
    const outcome = await t.record(model('c', 1, { trace: 'tr', span: 's3', parentSpan: 's2' }))
    expect(outcome).toMatchObject({ accepted: 0, rejected: [{ index: 0, id: 'c', code: 'CYCLE' }] })
  })

  it('narrows what the database refuses down to the item, and keeps the events of others', async () => {
    const t = await tenant()
    await publishRates({ pool }, t.tenantId, [
      ...Array.from({ length: 64 }, (_, index) => ({
        provider: 'acme',
        resource: 'gold',
        meter: `m${index}`,
        price: { amount: '9999999', currency: 'GBP' },
        per: '1',
        effectiveFrom: '2026-01-01T00:00:00Z',
      })),
    ])
    const vast = (id: string, lines: number) => ({
      ...model(id, 1, { resource: 'gold' }),
      usage: Array.from({ length: lines }, (_, index) => ({ meter: `m${index}`, quantity: '999999999999' })),
    })
    // Each of v and w can be stored, but no sum can hold both.
    const outcome = await t.record(model('a', 1_000), vast('v', 9), vast('w', 9), vast('x', 64), model('b', 1_000))
    expect(outcome).toMatchObject({
      accepted: 3,
      rejected: [
        { index: 2, id: 'w', code: 'UNSTORABLE' },
        { index: 3, id: 'x', code: 'AMOUNT_TOO_LARGE' },
      ],
    })
    expect(await t.totals()).toMatchObject([{ invocations: '3' }])
    expect(await verifyRollups(pool, t.tenantId)).toEqual([])
  })
})

describe('tasks', () => {
  it('counts a completed task for each agent that took part, however participation and completion interleave', async () => {
    const t = await tenant()
    await t.record(model('a', 1, { agent: 'research', task: 'T1' }))
    await t.task({
      key: 'T1',
      status: 'COMPLETED',
      completedAt: '2026-11-20T12:00:00Z',
      billed: { amount: '50', currency: 'GBP' },
    })
    await t.record(model('b', 1, { agent: 'coding', task: 'T1' }), model('c', 1, { agent: 'coding', task: 'T1' }))
    const cells = `SELECT a.key, c.day::text, c.tasks::text FROM completed_cell c JOIN agent a ON a.id = c.agent_id WHERE c.tenant_id = $T AND c.tasks <> 0 ORDER BY 1`
    expect(await t.sql(cells)).toEqual([
      { key: 'coding', day: '2026-11-20', tasks: '1' },
      { key: 'research', day: '2026-11-20', tasks: '1' },
    ])
    await t.task({ key: 'T1', status: 'COMPLETED' })
    expect(await t.sql(cells)).toHaveLength(2)
    await t.task({ key: 'T1', status: 'FAILED' })
    expect(await t.sql(cells)).toEqual([])
    expect(await verifyRollups(pool, t.tenantId)).toEqual([])
  })

  it('answers wrong input with the field and changes nothing', async () => {
    const t = await tenant()
    expect(await t.task({ key: 'T1', billed: { amount: '1e3', currency: 'GBP' } })).toMatchObject({
      taskId: null,
      userErrors: [{ code: 'INVALID_DECIMAL', field: ['input', 'billed', 'amount'] }],
    })
    expect(await t.sql('SELECT 1 FROM task WHERE tenant_id = $T')).toEqual([])
  })
})

describe('rollups', () => {
  it('are found wrong when a cell is off by one unit in the last decimal, and repaired by a rebuild', async () => {
    const t = await tenant()
    await t.record(model('a', 1_000, { agent: 'x' }), search('b', { trace: 'tr', sharedKey: 'k', task: 'T' }))
    for (const table of ['rollup_fine', 'rollup_day', 'rollup_task']) {
      await owner.query(
        `UPDATE ${table} SET cost_direct = cost_direct + 0.000000000000000001 WHERE ctid = (SELECT min(ctid) FROM ${table} WHERE tenant_id = $1)`,
        [t.tenantId],
      )
      expect(await verifyRollups(pool, t.tenantId)).toEqual([{ table, cells: 1 }])
      await rebuildRollups(pool, t.tenantId)
      expect(await verifyRollups(pool, t.tenantId)).toEqual([])
    }
  })
})
