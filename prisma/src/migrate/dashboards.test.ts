import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import pg from 'pg'
import { createTestDatabase, type TestDatabase } from '../embedded/test-database.ts'
import { applyMigrations } from './apply-migrations.ts'
import { migrationsFolder } from './paths.ts'

const DASHBOARDS = '20261126090000_dashboards'

let database: TestDatabase
let owner: pg.Client
const scratch = mkdtempSync(path.join(os.tmpdir(), 'outlay-before-'))

beforeAll(async () => {
  database = await createTestDatabase({ migrated: false })
  owner = new pg.Client({ connectionString: database.ownerUrl })
  await owner.connect()
}, 120_000)

afterAll(async () => {
  await owner.end()
  await database.drop()
  rmSync(scratch, { recursive: true, force: true })
})

const id = (digit: number | string) => `00000000-0000-0000-0000-0000000000${String(digit).padStart(2, '0')}`
const [NIL, TENANT, X, AGENT] = [id(0), id('aa'), id('bb'), id('cc')]

async function insert(table: string, rows: Record<string, string | number | null>[]): Promise<void> {
  for (const row of rows) {
    const columns = Object.keys(row)
    const places = columns.map((_, i) => `$${i + 1}`)
    await owner.query(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places.join(', ')})`, Object.values(row))
  }
}

it('makes the cells of clients from what an earlier version stored', async () => {
  const earlier = path.join(scratch, 'migrations')
  cpSync(migrationsFolder, earlier, { recursive: true })
  for (const name of readdirSync(earlier)) {
    if (/^\d/.test(name) && name >= DASHBOARDS) rmSync(path.join(earlier, name), { recursive: true })
  }
  await applyMigrations({ url: database.ownerUrl, folder: earlier })

  const sums = { cost_direct: 1, cost_shared: 0, invocations: 1, tokens: 0, unpriced: 0, unconverted: 0 }
  const day = (date: number) => `2026-10-${String(date).padStart(2, '0')}`
  const completed = { tenant_id: TENANT, name: '', status: 'COMPLETED', completed_on: day(3) }
  const billed = { billed_amount: '2.5', billed_currency: 'GBP' }
  await insert('tenant', [{ id: TENANT, key: 't', name: 't', currency: 'GBP', time_zone: 'UTC' }])
  await insert('client', [{ tenant_id: TENANT, id: X, key: 'x', name: 'x' }])
  await insert('task', [
    { ...completed, id: id(1), key: 'T1', client_id: X, ...billed },
    { ...completed, id: id(2), key: 'T2', client_id: X, ...billed },
    { ...completed, id: id(3), key: 'T3', client_id: X },
    { ...completed, id: id(4), key: 'T4', status: 'OPEN', completed_on: null },
  ])
  const active = (task: number, date: number, more: object = {}) => ({
    ...{ tenant_id: TENANT, task_id: id(task), day: day(date), agent_id: NIL, ...sums },
    ...more,
  })
  await insert('rollup_task', [
    active(0, 1),
    ...[active(1, 1), active(1, 1, { agent_id: AGENT }), active(1, 3), active(1, 2, { invocations: 0 })],
    ...[active(2, 3), active(4, 3)],
  ])
  const pair = { tenant_id: TENANT, grain: 7, a: X, b: AGENT, ...sums }
  await insert('rollup_day', [
    { ...pair, day: day(1) },
    { ...pair, day: day(3) },
    { ...pair, day: day(3), b: NIL },
    { ...pair, day: day(2), invocations: 0 },
    { ...pair, day: day(3), grain: 6 },
  ])
  expect(await applyMigrations({ url: database.ownerUrl })).toMatchObject({
    applied: expect.arrayContaining([DASHBOARDS]),
  })

  const activity = await owner.query({
    text: `SELECT day::text, client_id, day_before::text, tasks::int, agents::int FROM client_activity ORDER BY 1, 2, 3`,
    rowMode: 'array',
  })
  expect(activity.rows).toEqual([
    [day(1), X, '-infinity', 1, 1],
    [day(3), NIL, '-infinity', 1, 0],
    [day(3), X, '-infinity', 1, 0],
    [day(3), X, day(1), 1, 1],
  ])
  const revenue = await owner.query({
    text: `SELECT day::text, client_id, currency, tasks::int, billed::float8 FROM client_revenue ORDER BY 1, 2, 3`,
    rowMode: 'array',
  })
  expect(revenue.rows).toEqual([
    [day(3), X, 'GBP', 2, 5],
    [day(3), X, 'XXX', 1, 0],
  ])
}, 60_000)
