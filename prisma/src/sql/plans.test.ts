import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { createTestDatabase, type TestDatabase } from '../embedded/test-database.ts'
import { TenantPool } from '../tenancy/tenant-pool.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { countAllocatedTasks } from './read-allocated-tasks.ts'
import { readPricedUsage } from './read-rate-review.ts'
import { readAttributedSums } from './read-reconciliation.ts'
import { readStaleMonths } from './read-stale-months.ts'
import { readUnconverted, readUnpriced } from './read-unpriced.ts'
import { countTasksWithCost, readTaskPositions } from './read-tasks.ts'
import type { Prepared, TenantSql } from './tenant-sql.ts'

const EVENTS = 40_000
/** One event in this many has no price, and another one no FX rate. */
const RARE = 200

let database: TestDatabase
let pool: TenantPool
let owner: pg.Pool
const tenantId = uuidv7()

beforeAll(async () => {
  database = await createTestDatabase()
  pool = new TenantPool({ url: database.appUrl })
  owner = new pg.Pool({ connectionString: database.ownerUrl, max: 1 })
  await owner.query(
    `INSERT INTO tenant (id, key, name, currency, time_zone) VALUES ($1::uuid, $1::text, 'Test', 'GBP', 'UTC')`,
    [tenantId],
  )
  // Half a year from December to May, spread evenly.
  await owner.query(
    `SELECT ensure_invocation_partition((date '2025-12-01' + (m || ' months')::interval)::date) FROM generate_series(0, 5) AS m`,
  )
  await owner.query(
    `INSERT INTO invocation (tenant_id, occurred_at, id, kind, billing, status, meters, quantities, rate_ids, amounts, cost)
     SELECT $1::uuid, timestamptz '2025-12-01Z' + n * interval '26 weeks' / $2::int, 'e' || n, 'MODEL', 'DIRECT', s.status,
       '{input_tokens,output_tokens}', '{100,10}', ARRAY[$3::uuid, CASE s.status WHEN 'UNPRICED' THEN NULL ELSE $3::uuid END],
       CASE s.status WHEN 'RATED' THEN '{1,1}' ELSE '{NULL,NULL}' END::numeric[], CASE s.status WHEN 'RATED' THEN 2 END
     FROM generate_series(0, $2::int - 1) AS n
     CROSS JOIN LATERAL (SELECT CASE n % $4::int WHEN 0 THEN 'UNPRICED' WHEN 1 THEN 'UNCONVERTED' ELSE 'RATED' END AS status) s`,
    [tenantId, EVENTS, uuidv7(), RARE],
  )
  await owner.query('ANALYZE invocation')
}, 120_000)

afterAll(async () => {
  await pool.end()
  await owner.end()
  await database.drop()
})

interface Plan {
  'Node Type': string
  'Relation Name'?: string
  'Index Name'?: string
  'Index Cond'?: string
  Plans?: Plan[]
}

/** The plan that the application's role gets for the statement of a read, node by node. */
async function planOf(read: (db: TenantSql) => Promise<unknown>): Promise<Plan[]> {
  const asked: { statement: Prepared; values: readonly unknown[] }[] = []
  await read({
    tenantId,
    query: (statement, values = []) => {
      asked.push({ statement, values })
      return Promise.resolve([])
    },
  })
  const [only] = asked
  if (only === undefined || asked.length !== 1) throw new Error(`The read asks ${asked.length} statements`)
  return tenantTransaction(pool, tenantId, async (client) => {
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
      `EXPLAIN (FORMAT JSON) ${only.statement.text}`,
      [tenantId, ...only.values],
    )
    return rows.flatMap((row) => nodes(row['QUERY PLAN'][0].Plan))
  })
}

function nodes(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodes)]
}

/** The partitions a plan reads, once each. */
function partitions(plan: readonly Plan[]): string[] {
  const names = plan.flatMap((node) => node['Relation Name'] ?? []).filter((name) => /^invocation_\d{6}$/.test(name))
  return [...new Set(names)].sort()
}

async function unratedIndexes(): Promise<Set<string>> {
  const { rows } = await owner.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid
     WHERE x.indrelid::regclass::text LIKE 'invocation_2%' AND pg_get_expr(x.indpred, x.indrelid) LIKE '%status <> %RATED%'`,
  )
  return new Set(rows.map(({ name }) => name))
}

const QUARTER = { start: '2026-01-01T00:00:00Z', end: '2026-04-01T00:00:00Z' }
const OF_QUARTER = ['invocation_202601', 'invocation_202602', 'invocation_202603']

describe('the queues of what is not rated', () => {
  it.each([
    ['unpriced', (db: TenantSql) => readUnpriced(db, QUARTER)],
    ['unconverted', (db: TenantSql) => readUnconverted(db, { ...QUARTER, currency: 'GBP' })],
  ])('%s usage is found through the index that holds nothing else', async (_what, read) => {
    const plan = await planOf(read)
    const indexes = plan.flatMap((node) => node['Index Name'] ?? []).filter((name) => name.startsWith('invocation_'))
    const unrated = await unratedIndexes()
    expect(partitions(plan)).toEqual(OF_QUARTER)
    expect(unrated.size).toBe(6)
    expect(indexes.filter((name) => !unrated.has(name))).toEqual([])
    expect(indexes.length).toBeGreaterThanOrEqual(3)
    expect(
      plan.filter((node) => node['Node Type'] === 'Seq Scan' && node['Relation Name']?.startsWith('invocation')),
    ).toEqual([])
  })
})

describe('the review of a quarter', () => {
  it('reads the partitions of its three months alone', async () => {
    const quarter = { from: '2026-01-01', to: '2026-04-01' }
    expect(partitions(await planOf((db) => readPricedUsage(db, quarter, 'UTC')))).toEqual(OF_QUARTER)
  })

  it('reads the month before as well where the quarter begins in it by UTC', async () => {
    const quarter = { from: '2026-01-01', to: '2026-04-01' }
    const plan = await planOf((db) => readPricedUsage(db, quarter, 'Asia/Tokyo'))
    expect(partitions(plan)).toEqual(['invocation_202512', ...OF_QUARTER])
  })
})

describe('whether a month has changed since it was seen', () => {
  it('is told by the index of arrivals, without going through the events of the month', async () => {
    const seen = new Date(Date.now() + 3_600_000).toISOString()
    const february = { month: '2026-02-01', start: '2026-02-01T00:00:00Z', end: '2026-03-01T00:00:00Z', snapshot: seen }
    const plan = await planOf((db) => readStaleMonths(db, [february]))
    const ofEvents = plan.flatMap((node) => node['Index Name'] ?? []).filter((name) => name.startsWith('invocation_2'))
    expect(ofEvents).toEqual(['invocation_202602_ingested_at_idx'])
    expect(
      plan.filter((node) => node['Node Type'] === 'Seq Scan' && node['Relation Name']?.startsWith('invocation_2')),
    ).toEqual([])
  })
})

describe('what is compared with an invoice', () => {
  it('is read from the partitions of its days alone', async () => {
    const plan = await planOf((db) => readAttributedSums(db, { from: '2026-01-01', to: '2026-04-01' }))
    expect(partitions(plan)).toEqual(OF_QUARTER)
  })
})

describe('the tasks of a project', () => {
  const range = { from: '2026-01-01', to: '2026-04-01' }
  const asked = { range, clientId: null, projectId: uuidv7(), after: null, limit: 26 }

  // These tables have no statistics here, as after a first import: then joins were planned that read all cells for each task.
  it.each([
    ['by cost', (db: TenantSql) => readTaskPositions(db, { ...asked, order: 'COST' })],
    ['by day', (db: TenantSql) => readTaskPositions(db, { ...asked, order: 'RECENT' })],
    ['counted', (db: TenantSql) => countTasksWithCost(db, asked)],
    ['with a share alone', (db: TenantSql) => countAllocatedTasks(db, asked)],
  ])('are looked up one by one: %s', async (_what, read) => {
    const cells = (await planOf(read)).filter((node) => node['Relation Name'] === 'rollup_task')
    expect(cells).toHaveLength(1)
    expect(cells[0]?.['Index Cond']).toContain('task_id = ')
  })
})
