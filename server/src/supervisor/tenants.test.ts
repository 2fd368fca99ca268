import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { hashApiKey } from '@outlay/db/admin/api-key'
import { loadCatalogue } from '@outlay/db/catalogue/load-catalogue'
import { createTestDatabase, type TestDatabase, testSecret } from '@outlay/db/embedded/test-database'
import { verifyPassword } from 'better-auth/crypto'
import { Pool } from 'pg'
import { demoApiKey } from './demo-tenant.ts'
import { readSettings } from './env.ts'
import { createTenants } from './tenants.ts'

let database: TestDatabase
let owner: Pool

beforeAll(async () => {
  database = await createTestDatabase()
  owner = new Pool({ connectionString: database.ownerUrl })
}, 120_000)

afterAll(async () => {
  await owner.end()
  await database.drop()
})

const create = (environment: NodeJS.ProcessEnv) =>
  createTenants({
    settings: readSettings(environment, { root: '/' }).settings,
    urls: database,
    secret: testSecret,
    log: () => {},
  })

const tenants = async () => (await owner.query('SELECT key, currency, time_zone FROM tenant ORDER BY key')).rows

describe('tenants at start', () => {
  const init = {
    OUTLAY_INIT_TENANT: 'acme',
    OUTLAY_INIT_CURRENCY: 'EUR',
    OUTLAY_INIT_TIME_ZONE: 'Europe/Berlin',
    OUTLAY_INIT_EMAIL: 'Owner@Acme.example',
    OUTLAY_INIT_PASSWORD: 'correct horse battery',
    OUTLAY_INIT_API_KEY: 'outl_live_acme_0123456789abcdefghijklmnop',
  }

  it('makes the tenant of an unattended install with its owner and key, and no demo beside it', async () => {
    expect(await create(init)).toBeNull()
    expect(await tenants()).toEqual([{ key: 'acme', currency: 'EUR', time_zone: 'Europe/Berlin' }])
    const people = await owner.query(
      `SELECT u.email, m.role, a.provider_id, a.account_id = u.id AS own, a.password FROM app_user u
       JOIN membership m ON m.user_id = u.id JOIN account a ON a.user_id = u.id`,
    )
    expect(people.rows).toEqual([
      {
        email: 'owner@acme.example',
        role: 'OWNER',
        provider_id: 'credential',
        own: true,
        password: expect.any(String),
      },
    ])
    expect(await verifyPassword({ hash: people.rows[0].password, password: init.OUTLAY_INIT_PASSWORD })).toBe(true)
    const keys = await owner.query('SELECT hash, scopes FROM api_key')
    expect(keys.rows).toEqual([{ hash: hashApiKey(init.OUTLAY_INIT_API_KEY), scopes: ['ingest', 'read', 'admin'] }])
  })

  it('makes nothing twice and changes no password', async () => {
    await create({ ...init, OUTLAY_INIT_PASSWORD: 'another password', OUTLAY_INIT_CURRENCY: 'USD' })
    expect(await tenants()).toEqual([{ key: 'acme', currency: 'EUR', time_zone: 'Europe/Berlin' }])
    const counts = await owner.query(
      `SELECT (SELECT count(*)::int FROM app_user) AS people, (SELECT count(*)::int FROM account) AS accounts,
        (SELECT count(*)::int FROM membership) AS memberships, (SELECT count(*)::int FROM api_key) AS keys`,
    )
    expect(counts.rows).toEqual([{ people: 1, accounts: 1, memberships: 1, keys: 1 }])
    const { rows } = await owner.query('SELECT password FROM account')
    expect(await verifyPassword({ hash: rows[0].password, password: init.OUTLAY_INIT_PASSWORD })).toBe(true)
  })

  it('lets every tenant rate under the newest catalogue: new ones at once, those of before catalogues were adopted now', async () => {
    const adopted = async () => (await owner.query('SELECT catalogue_version AS version FROM tenant')).rows
    const { version } = await loadCatalogue()
    expect(await adopted()).toEqual([{ version }])
    await owner.query('UPDATE tenant SET catalogue_version = NULL')
    await create({ OUTLAY_DEMO: 'false' })
    expect(await adopted()).toEqual([{ version }])
  })

  it('makes no demo in a database that holds a tenant, unless it is asked to', async () => {
    expect(await create({})).toBeNull()
    expect(await create({ OUTLAY_DEMO: 'false' })).toBeNull()
    expect(await tenants()).toHaveLength(1)
  })

  it('makes the demo with four people and a key that every start can print again', async () => {
    const made = await create({ OUTLAY_DEMO: 'true' })
    expect(made).toEqual({
      password: 'outlay-demo-2026',
      logins: [
        { email: 'leadership@demo.outlay.local', role: 'OWNER' },
        { email: 'finance@demo.outlay.local', role: 'FINANCE' },
        { email: 'pm@demo.outlay.local', role: 'PROJECT_MANAGER' },
        { email: 'client@demo.outlay.local', role: 'CLIENT' },
      ],
      apiKey: demoApiKey(testSecret),
    })
    expect(made?.apiKey).toMatch(/^outl_test_[0-9a-f]{8}_[0-9a-f]{43}$/)
    const events = 'SELECT count(*)::int AS events FROM invocation'
    const { rows: before } = await owner.query(events)
    expect(await create({})).toEqual(made)
    expect((await owner.query(events)).rows).toEqual(before)
    const roles = await owner.query(
      `SELECT u.email, m.role, c.key AS client FROM membership m JOIN app_user u ON u.id = m.user_id
       LEFT JOIN client c ON c.tenant_id = m.tenant_id AND c.id = m.client_id WHERE u.email LIKE '%demo%' ORDER BY m.role`,
    )
    expect(roles.rows).toEqual([
      { email: 'client@demo.outlay.local', role: 'CLIENT', client: 'northwind' },
      { email: 'finance@demo.outlay.local', role: 'FINANCE', client: null },
      { email: 'leadership@demo.outlay.local', role: 'OWNER', client: null },
      { email: 'pm@demo.outlay.local', role: 'PROJECT_MANAGER', client: null },
    ])
  }, 120_000)
})
