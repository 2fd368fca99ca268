import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import pg from 'pg'
import { createTestDatabase, type TestDatabase } from '../embedded/test-database.ts'
import { applyMigrations } from './apply-migrations.ts'
import { migrationsFolder } from './paths.ts'

const REVENUE = '20261128100000_revenue'

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

const id = (digits: string) => `00000000-0000-0000-0000-0000000000${digits}`
const [NIL, TENANT, CLIENT, PROJECT] = [id('00'), id('aa'), id('bb'), id('cc')]

async function insert(table: string, rows: Record<string, string | number>[]): Promise<void> {
  for (const row of rows) {
    const columns = Object.keys(row)
    const places = columns.map((_, i) => `$${i + 1}`)
    await owner.query(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places.join(', ')})`, Object.values(row))
  }
}

it('keeps what counted as revenue, and makes the cells of client and project from what was stored', async () => {
  const earlier = path.join(scratch, 'migrations')
  cpSync(migrationsFolder, earlier, { recursive: true })
  for (const name of readdirSync(earlier)) {
    if (/^\d/.test(name) && name >= REVENUE) rmSync(path.join(earlier, name), { recursive: true })
  }
  await applyMigrations({ url: database.ownerUrl, folder: earlier })

  const of = { tenant_id: TENANT }
  await insert('tenant', [{ id: TENANT, key: 't', name: 't', currency: 'GBP', time_zone: 'Europe/London' }])
  await insert('client', [{ ...of, id: CLIENT, key: 'x', name: 'x' }])
  await insert('engagement', [
    {
      ...{ ...of, id: id('dd'), client_id: CLIENT, starts_on: '2026-10-01', model: 'PER_TASK', currency: 'GBP' },
      ...{ terms: '{"model":"PER_TASK","price":"5"}', created_by: 'somebody' },
    },
  ])
  const cell = { ...of, agent_id: id('ee'), client_id: CLIENT, project_id: PROJECT, resource_id: NIL, kind: 'MODEL' }
  const sums = { cost_direct: '1.5', cost_shared: '0.25', invocations: 1, tokens: 10, unpriced: 0, unconverted: 0 }
  await insert('rollup_fine', [
    // 1 October in London, though September in UTC.
    { ...cell, bucket: '2026-09-30T23:00:00Z', ...sums },
    { ...cell, bucket: '2026-10-01T22:00:00Z', ...sums, agent_id: NIL },
    { ...cell, bucket: '2026-10-01T23:00:00Z', ...sums, project_id: NIL },
  ])
  const share = { ...of, month: '2026-10-01', task_id: NIL, client_id: CLIENT, project_id: PROJECT }
  await insert('allocated_place', [
    { ...share, agent_id: id('ee'), amount: '2.50' },
    { ...share, agent_id: NIL, amount: '0.75' },
  ])
  expect(await applyMigrations({ url: database.ownerUrl })).toMatchObject({
    applied: expect.arrayContaining([REVENUE]),
  })

  const rows = async (text: string) => (await owner.query({ text, rowMode: 'array' })).rows as unknown
  expect(await rows('SELECT revenue_source FROM engagement')).toEqual([['BILLED']])
  expect(
    await rows(`SELECT day::text, a, b, trim_scale(cost_direct)::text, trim_scale(cost_shared)::text, invocations::int, tokens::int
      FROM rollup_day WHERE grain = 10 ORDER BY 1, 2, 3`),
  ).toEqual([
    ['2026-10-01', CLIENT, PROJECT, '3', '0.5', 2, 20],
    ['2026-10-02', CLIENT, NIL, '1.5', '0.25', 1, 10],
  ])
  expect(
    await rows('SELECT month::text, a, b, trim_scale(amount)::text FROM allocated_month WHERE grain = 10'),
  ).toEqual([['2026-10-01', CLIENT, PROJECT, '3.25']])
}, 60_000)
