import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { createTestDatabase, type TestDatabase } from '../embedded/test-database.ts'
import { diffSchema } from './diff-schema.ts'
import { migrationsFolder, schemaFile } from './paths.ts'

let database: TestDatabase
const scratch = mkdtempSync(path.join(os.tmpdir(), 'outlay-drift-'))

beforeAll(async () => {
  database = await createTestDatabase({ migrated: false })
}, 120_000)

afterAll(async () => {
  await database.drop()
  rmSync(scratch, { recursive: true, force: true })
})

/** A schema file with one thing changed. */
function changedSchema(from: string | RegExp, to: string): string {
  const text = readFileSync(schemaFile, 'utf8')
  const changed = text.replace(from, to)
  if (changed === text) throw new Error(`schema.prisma holds no ${String(from)}`)
  const file = path.join(scratch, 'schema.prisma')
  writeFileSync(file, changed)
  return file
}

describe('schema.prisma and the migrations', () => {
  it('say the same', async () => {
    const diff = await diffSchema({ url: database.ownerUrl })
    expect(diff.sql).toContain('empty migration')
    expect(diff.exitCode).toBe(0)
  })

  it('leave no shadow database and do not touch the given one', async () => {
    const client = new pg.Client({ connectionString: database.ownerUrl })
    await client.connect()
    const before = await client.query(`SELECT datname FROM pg_database WHERE datname LIKE 'outlay_shadow_%'`)
    await diffSchema({ url: database.ownerUrl })
    const tables = await client.query(`SELECT 1 FROM pg_class WHERE relnamespace = 'public'::regnamespace`)
    const after = await client.query(`SELECT datname FROM pg_database WHERE datname LIKE 'outlay_shadow_%'`)
    await client.end()
    expect(tables.rowCount).toBe(0)
    // Other tests may have one of their own at this moment; ours is gone.
    expect(after.rowCount).toBeLessThanOrEqual((before.rowCount ?? 0) + 1)
  })
})

/** The test above must be able to fail: each of these is one difference. */
describe('a difference is found', () => {
  it.each([
    ['a column that only the schema has', /isDemo +Boolean/, 'colour String?\n  isDemo Boolean', 'ADD COLUMN'],
    [
      'another precision of money',
      /cost +Decimal\? +@db\.Decimal\(38, 18\)/,
      'cost Decimal? @db.Decimal(38, 12)',
      'DECIMAL(38,12)',
    ],
    ['a lost unique key', '@@unique([tenantId, key], map: "agent_key_unique")', '', 'DROP INDEX "agent_key_unique"'],
    ['a table that only the migrations have', /model CompletedCell \{[^}]*\}/, '', 'DROP TABLE "completed_cell"'],
    ['another primary key', '@@id([tenantId, occurredAt, id])', '@@id([tenantId, id, occurredAt])', 'invocation_pkey'],
  ])('%s', async (_name, from, to, expected) => {
    const diff = await diffSchema({ url: database.ownerUrl, schema: changedSchema(from, to) })
    expect(diff.exitCode).toBe(2)
    expect(diff.sql).toContain(expected)
  })

  it('a migration that the schema does not know', async () => {
    const folder = path.join(scratch, 'migrations')
    cpSync(migrationsFolder, folder, { recursive: true })
    const extra = path.join(folder, '29990101000000_extra')
    mkdirSync(extra)
    writeFileSync(path.join(extra, 'migration.sql'), 'ALTER TABLE "agent" ADD COLUMN "colour" TEXT;')
    const diff = await diffSchema({ url: database.ownerUrl, folder })
    expect(diff.exitCode).toBe(2)
    expect(diff.sql).toContain('DROP COLUMN "colour"')
  })
})
