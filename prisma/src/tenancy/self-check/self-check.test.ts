import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { startEmbeddedPostgres } from '../../embedded/start.ts'
import { createTestDatabase, type TestDatabase } from '../../embedded/test-database.ts'
import { TenantPool } from '../tenant-pool.ts'
import type { SelfCheckCode } from './fault.ts'
import { requireSafeDatabase, selfCheck } from './self-check.ts'

let database: TestDatabase

async function asOwner(statement: string): Promise<void> {
  const owner = new pg.Client({ connectionString: database.ownerUrl })
  await owner.connect()
  try {
    await owner.query(statement)
  } finally {
    await owner.end()
  }
}

async function codes(options: { url?: string; now?: () => number } = {}): Promise<SelfCheckCode[]> {
  const pool = new pg.Pool({ connectionString: options.url ?? database.appUrl, max: 1 })
  try {
    const faults = await selfCheck(pool, options.now ? { now: options.now } : {})
    return [...new Set(faults.map((fault) => fault.code))]
  } finally {
    await pool.end()
  }
}

beforeEach(async () => {
  database = await createTestDatabase()
}, 120_000)

afterEach(async () => {
  await database.drop()
})

const settingOf = (name: string, value: string) => () => `ALTER DATABASE ${database.name} SET ${name} = '${value}'`

/** Each breaks one thing that keeps tenants apart or events safe. */
const faults: [string, SelfCheckCode, string | (() => string)][] = [
  ['a table without row-level security', 'RLS_NOT_ENABLED', 'ALTER TABLE agent DISABLE ROW LEVEL SECURITY'],
  ['a table whose owner passes by', 'RLS_NOT_FORCED', 'ALTER TABLE task NO FORCE ROW LEVEL SECURITY'],
  ['a tenant table itself without force', 'RLS_NOT_FORCED', 'ALTER TABLE tenant NO FORCE ROW LEVEL SECURITY'],
  [
    'a partition made by hand',
    'RLS_NOT_ENABLED',
    `CREATE TABLE invocation_hand PARTITION OF invocation FOR VALUES FROM ('2020-01-01') TO ('2020-02-01')`,
  ],
  ['a new table with tenant_id', 'RLS_NOT_ENABLED', 'CREATE TABLE note (tenant_id uuid NOT NULL, body text)'],
  ['a table without a policy', 'POLICY_MISSING', 'DROP POLICY tenant_isolation ON client'],
  [
    'a policy without WITH CHECK',
    'POLICY_WRONG',
    `DROP POLICY tenant_isolation ON client; CREATE POLICY tenant_isolation ON client TO outlay_app
       USING (tenant_id = current_setting('app.tenant_id')::uuid)`,
  ],
  ['a second policy for everybody', 'POLICY_WRONG', 'CREATE POLICY report ON rollup_day FOR SELECT USING (true)'],
  [
    'a policy that lets a missing tenant through',
    'POLICY_WRONG',
    `ALTER POLICY tenant_isolation ON rate USING (tenant_id = current_setting('app.tenant_id')::uuid
       OR current_setting('app.tenant_id', true) IS NULL)`,
  ],
  [
    'a lookup beyond keys and memberships',
    'POLICY_WRONG',
    'CREATE POLICY l ON invocation FOR SELECT TO outlay_auth USING (true)',
  ],
  [
    'a lookup that may write',
    'POLICY_WRONG',
    'DROP POLICY auth_lookup ON api_key; CREATE POLICY l ON api_key TO outlay_auth USING (true)',
  ],
  ['a view with its owner’s rights', 'VIEW_NOT_INVOKER', 'CREATE VIEW all_agents AS SELECT * FROM agent'],
  [
    'a materialised view that is granted',
    'MATVIEW_GRANTED',
    'CREATE MATERIALIZED VIEW m AS SELECT * FROM agent; GRANT SELECT ON m TO outlay_app',
  ],
  [
    'a new function with its owner’s rights',
    'DEFINER_UNKNOWN',
    `CREATE FUNCTION peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
       AS 'SELECT count(*) FROM public.agent'`,
  ],
  [
    'a definer without a search_path',
    'DEFINER_SEARCH_PATH',
    'ALTER FUNCTION ensure_invocation_partition(date) RESET search_path',
  ],
  [
    'a definer that a temporary table could fool',
    'DEFINER_SEARCH_PATH',
    'ALTER FUNCTION ensure_invocation_partition(date) SET search_path = public',
  ],
  ['the right to truncate', 'ROLE_MAY_TRUNCATE', 'GRANT TRUNCATE ON rollup_day TO outlay_app'],
  ['the right to create in public', 'ROLE_MAY_CREATE', 'GRANT CREATE ON SCHEMA public TO outlay_app'],
  ['a queue that sees tenants', 'QUEUE_NOT_APART', 'GRANT SELECT (key) ON tenant TO outlay_queue'],
  [
    'requests that see the queue of all tenants',
    'QUEUE_NOT_APART',
    'GRANT USAGE ON SCHEMA bullmq TO outlay_app; GRANT SELECT ON bullmq.job TO outlay_app',
  ],
  ['a queue that may make objects', 'ROLE_MAY_CREATE', 'GRANT CREATE ON SCHEMA bullmq TO outlay_queue'],
  ['a queue that owns its tables', 'ROLE_OWNS_TABLES', 'ALTER TABLE bullmq.job OWNER TO outlay_queue'],
  ['a table owned by the serving role', 'ROLE_OWNS_TABLES', 'ALTER TABLE catalogue_rate OWNER TO outlay_app'],
  ['commits that are not waited for', 'NOT_DURABLE', settingOf('synchronous_commit', 'off')],
  [
    'a tenant that is set for every session',
    'TENANT_PRESET',
    settingOf('app.tenant_id', '00000000-0000-0000-0000-000000000001'),
  ],
  ['row_security switched off', 'ROW_SECURITY_OFF', settingOf('row_security', 'off')],
  [
    'a role without a statement timeout',
    'NO_STATEMENT_TIMEOUT',
    () => `ALTER ROLE outlay_app IN DATABASE ${database.name} SET statement_timeout = 0`,
  ],
]

describe('selfCheck', () => {
  it('finds nothing in the database that the migrations make, with partitions', async () => {
    await asOwner(
      `SELECT ensure_invocation_partition('2026-03-01'); CREATE VIEW v WITH (security_invoker = true) AS SELECT 1 AS one`,
    )
    const pool = new TenantPool({ url: database.appUrl, max: 1 })
    expect(await selfCheck(pool)).toEqual([])
    await pool.end()
  })

  it.each(faults)('finds %s', async (_name, code, break_) => {
    await asOwner(typeof break_ === 'string' ? break_ : break_())
    expect(await codes()).toContain(code)
  })

  it('finds a clock that is three seconds off, either way', async () => {
    expect(await codes({ now: () => Date.now() + 3_000 })).toEqual(['CLOCK_DIFFERS'])
    expect(await codes({ now: () => Date.now() - 3_000 })).toEqual(['CLOCK_DIFFERS'])
    expect(await codes({ now: () => Date.now() + 1_000 })).toEqual([])
  })

  it('finds the owner of the tables where the serving role should be', async () => {
    expect(await codes({ url: database.ownerUrl })).toContain('ROLE_TOO_POWERFUL')
  })

  it('says all of it in one error', async () => {
    await asOwner('ALTER TABLE agent DISABLE ROW LEVEL SECURITY; GRANT TRUNCATE ON task TO outlay_app')
    const pool = new TenantPool({ url: database.appUrl, max: 1 })
    await expect(requireSafeDatabase(pool)).rejects.toThrow(/agent is not enabled\.\n- This role may TRUNCATE task/)
    await pool.end()
  })
})

describe('selfCheck of roles', () => {
  // Roles belong to the cluster that all tests share: these are of this test only.
  const suffix = randomBytes(4).toString('hex')
  const [me, strong] = [`outlay_check_${suffix}`, `outlay_strong_${suffix}`]

  it.each([
    ['bypasses row-level security', `ALTER ROLE ${me} BYPASSRLS`],
    ['may create roles', `ALTER ROLE ${me} CREATEROLE`],
    [
      'is a member of one that bypasses row-level security',
      `CREATE ROLE ${strong} BYPASSRLS; GRANT ${strong} TO ${me}`,
    ],
  ])('finds a role that %s', async (_name, statement) => {
    const url = new URL(database.ownerUrl)
    url.username = me
    url.password = 'check'
    try {
      await asOwner(
        `CREATE ROLE ${me} LOGIN PASSWORD 'check' IN ROLE outlay_app; ALTER ROLE ${me} SET statement_timeout = '9s'`,
      )
      expect(await codes({ url: url.href })).toEqual([])
      await asOwner(statement)
      expect(await codes({ url: url.href })).toEqual(['ROLE_TOO_POWERFUL'])
    } finally {
      await asOwner(`DROP ROLE IF EXISTS ${strong}; DROP ROLE IF EXISTS ${me}`)
    }
  })
})

describe('selfCheck of a server', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'outlay-self-check-'))
  let server: Awaited<ReturnType<typeof startEmbeddedPostgres>>

  beforeAll(async () => {
    // mkdtemp closes it to the user that runs Postgres for root.
    chmodSync(folder, 0o755)
    server = await startEmbeddedPostgres({ dataDir: folder, settings: { fsync: 'off', full_page_writes: 'off' } })
  }, 180_000)

  afterAll(async () => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it('finds fsync and full_page_writes switched off', async () => {
    const pool = new pg.Pool({ connectionString: server.adminUrl, max: 1 })
    const messages = (await selfCheck(pool)).map((fault) => fault.message).join('\n')
    expect(messages).toMatch(/fsync is off[^]*full_page_writes is off/)
    await pool.end()
  })
})
