import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import pg from 'pg'
import { ensureDatabase } from '../embedded/ensure-database.ts'
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../embedded/start.ts'
import { applyMigrations } from '../migrate/apply-migrations.ts'
import { applyQueueMigrations } from '../migrate/apply-queue-migrations.ts'
import { provisionRoles } from './provision-roles.ts'

jest.setTimeout(180_000)

// A server of its own: passwords of roles belong to the whole cluster, and other tests rely on theirs.
const scratch = mkdtempSync(path.join(os.tmpdir(), 'outlay-roles-'))
let server: EmbeddedPostgres
let ownerUrls: string[]

beforeAll(async () => {
  chmodSync(scratch, 0o755)
  server = await startEmbeddedPostgres({
    dataDir: path.join(scratch, 'postgres'),
    settings: { log_statement: 'all' },
  })
  ownerUrls = await Promise.all(['one', 'two', 'three'].map((name) => ensureDatabase(server.adminUrl, name)))
  for (const url of ownerUrls) {
    await applyMigrations({ url })
    await Promise.all([applyQueueMigrations({ url }), applyQueueMigrations({ url })])
  }
})

afterAll(async () => {
  await server.stop()
  rmSync(scratch, { recursive: true, force: true })
})

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

describe('provisionRoles', () => {
  it('gives the same working logins to several processes and databases that ask at once', async () => {
    const asked = [...ownerUrls, ...ownerUrls, ...ownerUrls]
    const given = await Promise.all(asked.map((ownerUrl) => provisionRoles({ ownerUrl, secret: 'first' })))
    for (const { appUrl, authUrl, queueUrl } of given) {
      expect(await ask(appUrl, 'SELECT current_user::text AS me')).toEqual([{ me: 'outlay_app' }])
      expect(await ask(authUrl, 'SELECT current_user::text AS me')).toEqual([{ me: 'outlay_auth' }])
      expect(await ask(queueUrl, 'SELECT current_user::text AS me')).toEqual([{ me: 'outlay_queue' }])
    }
    expect(new Set(given.map((urls) => new URL(urls.appUrl).password)).size).toBe(1)
    expect(new URL(given[0]?.appUrl ?? '').password).not.toBe(new URL(given[0]?.authUrl ?? '').password)
  })

  it('lets the queue work in its own schema, and nowhere else', async () => {
    const { queueUrl } = await provisionRoles({ ownerUrl: ownerUrls[0] ?? '', secret: 'first' })
    expect(await ask(queueUrl, 'SELECT count(*)::int AS jobs FROM job')).toEqual([{ jobs: 0 }])
    for (const table of ['tenant', 'invocation', 'app_user', 'catalogue_rate']) {
      await expect(ask(queueUrl, `SELECT 1 FROM public.${table}`)).rejects.toThrow('permission denied')
    }
    await expect(ask(queueUrl, 'CREATE TABLE bullmq.note (body text)')).rejects.toThrow('permission denied')
    await expect(ask(queueUrl, 'DROP TABLE job')).rejects.toThrow('must be owner')
  })

  it('limits what a session may take', async () => {
    const [ownerUrl = ''] = ownerUrls
    const { appUrl } = await provisionRoles({ ownerUrl, secret: 'first' })
    const names = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'timezone']
    const rows = await ask(appUrl, `SELECT ${names.map((n) => `current_setting('${n}') AS ${n}`).join(', ')}`)
    expect(rows).toEqual([
      { statement_timeout: '30s', lock_timeout: '10s', idle_in_transaction_session_timeout: '1min', timezone: 'UTC' },
    ])
  })

  it('takes a new secret, after which the old logins are refused', async () => {
    const [ownerUrl = ''] = ownerUrls
    const old = await provisionRoles({ ownerUrl, secret: 'first' })
    const fresh = await provisionRoles({ ownerUrl, secret: 'second' })
    await expect(ask(old.appUrl, 'SELECT 1')).rejects.toThrow('password authentication failed')
    expect(await ask(fresh.appUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  it('never shows a password to the server’s log', async () => {
    const { appUrl, authUrl, queueUrl } = await provisionRoles({ ownerUrl: ownerUrls[0] ?? '', secret: 'third' })
    const log = readFileSync(path.join(server.folder, 'postgres.log'), 'utf8')
    expect(log).toContain('ALTER ROLE outlay_app LOGIN PASSWORD')
    for (const url of [appUrl, authUrl, queueUrl]) expect(log).not.toContain(new URL(url).password)
  })
})
