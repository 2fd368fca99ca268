import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { createTestDatabase, type TestDatabase } from '../embedded/test-database.ts'
import { applyMigrations } from './apply-migrations.ts'
import { migrationStatus } from './migration-status.ts'

let database: TestDatabase
let folder: string

beforeEach(async () => {
  database = await createTestDatabase({ migrated: false })
  folder = mkdtempSync(path.join(os.tmpdir(), 'outlay-migrations-'))
  writeFileSync(path.join(folder, 'migration_lock.toml'), 'provider = "postgresql"\n')
}, 120_000)

afterEach(async () => {
  await database.drop()
  rmSync(folder, { recursive: true, force: true })
})

function write(name: string, sql: string): void {
  mkdirSync(path.join(folder, name), { recursive: true })
  writeFileSync(path.join(folder, name, 'migration.sql'), sql)
}

async function ask(sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: database.ownerUrl })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

const apply = () => applyMigrations({ url: database.ownerUrl, folder })

describe('applyMigrations', () => {
  it('applies what is new, in the order of the names, and nothing twice', async () => {
    write('2_second', 'ALTER TABLE a ADD COLUMN two int;')
    write('1_first', 'CREATE TABLE a (one int);')
    expect(await apply()).toEqual({ applied: ['1_first', '2_second'] })
    expect(await apply()).toEqual({ applied: [] })
    write('3_third', 'ALTER TABLE a ADD COLUMN three int;')
    expect(await apply()).toEqual({ applied: ['3_third'] })
  })

  it('keeps functions, strings and DO blocks with semicolons whole', async () => {
    write(
      '1_function',
      `CREATE FUNCTION f() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN 'a;b'; END $$; DO $$ BEGIN PERFORM f(); END $$;`,
    )
    await apply()
    expect(await ask('SELECT f()')).toEqual([{ f: 'a;b' }])
  })

  it('records each as `prisma migrate deploy` does', async () => {
    const sql = 'CREATE TABLE a (one int);'
    write('1_first', sql)
    await apply()
    const checksum = createHash('sha256').update(sql).digest('hex')
    const rows = await ask(
      `SELECT migration_name, checksum, finished_at IS NOT NULL AS finished, rolled_back_at, logs, applied_steps_count FROM _prisma_migrations`,
    )
    expect(rows).toEqual([
      { migration_name: '1_first', checksum, finished: true, rolled_back_at: null, logs: null, applied_steps_count: 1 },
    ])
  })

  it('lets several processes start at once', async () => {
    write('1_slow', 'SELECT pg_sleep(0.3); CREATE TABLE a (one int);')
    const results = await Promise.all([apply(), apply(), apply(), apply()])
    expect(results.flatMap((r) => r.applied)).toEqual(['1_slow'])
  })

  it('undoes a migration that fails, names it, and refuses to go on until it is repaired', async () => {
    write('1_good', 'CREATE TABLE a (one int);')
    write('2_bad', 'CREATE TABLE b (one int); SELECT 1/0;')
    await expect(apply()).rejects.toThrow('Migration 2_bad failed and was undone: ERROR: division by zero')
    expect(await ask(`SELECT to_regclass('b') AS b`)).toEqual([{ b: null }])
    await expect(apply()).rejects.toThrow('Migration 2_bad failed before')
    expect((await migrationStatus({ url: database.ownerUrl, folder })).failed).toEqual(['2_bad'])
    write('2_bad', 'CREATE TABLE b (one int);')
    await ask(`DELETE FROM _prisma_migrations WHERE migration_name = '2_bad'`)
    expect(await apply()).toEqual({ applied: ['2_bad'] })
  })

  it('refuses a migration that was changed after it was applied', async () => {
    write('1_first', 'CREATE TABLE a (one int);')
    await apply()
    write('1_first', 'CREATE TABLE a (one bigint);')
    await expect(apply()).rejects.toThrow('Migration 1_first was changed')
  })

  it('refuses a database of a newer Outlay', async () => {
    write('1_first', 'CREATE TABLE a (one int);')
    write('2_newer', 'CREATE TABLE b (one int);')
    await apply()
    rmSync(path.join(folder, '2_newer'), { recursive: true })
    expect((await migrationStatus({ url: database.ownerUrl, folder })).unknown).toEqual(['2_newer'])
    await expect(apply()).rejects.toThrow('2_newer')
  })
})
