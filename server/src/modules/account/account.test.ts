import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { addMembership } from '@outlay/db/admin/create-tenant'
import { v7 as uuidv7 } from 'uuid'
import { createUser } from '../../auth/create-user.ts'
import { totp } from '../../auth/totp-test-kit.ts'
import { ask, signIn, startTestServer, type TestServer, type TestTenant } from '../../http/server-test-kit.ts'

let test: TestServer

beforeAll(async () => {
  test = await startTestServer()
}, 120_000)

afterAll(async () => {
  await test.close()
})

const PASSWORD = 'a-test-password'

async function somebody(...tenants: TestTenant[]): Promise<string> {
  const email = `somebody-${uuidv7()}@example.test`
  const userId = await createUser(test.server.authPool, { email, password: PASSWORD, name: 'Somebody' })
  for (const { id } of tenants) await addMembership(test.server.pool, { tenantId: id, userId, role: 'VIEWER' })
  return email
}

const as = (cookie: string) => (query: string, variables?: Record<string, unknown>) =>
  ask(test.url, { cookie }, query, variables)

interface Session {
  id: string
  userAgent: string | null
  address: string | null
  lastUsedAt: string | null
  isCurrent: boolean
}

async function accountOf(cookie: string): Promise<{ email: string; hasTwoFactor: boolean; sessions: Session[] }> {
  const fields = 'email hasTwoFactor sessions { id userAgent address createdAt lastUsedAt isCurrent }'
  const { data } = await as(cookie)(`{ account { ${fields} } }`)
  return (data as never as { account: { email: string; hasTwoFactor: boolean; sessions: Session[] } }).account
}

/** Posts to better-auth as a page of ours would; answers status, body and the cookies after it. */
async function post(path: string, body: object, cookie = ''): Promise<{ status: number; body: never; cookie: string }> {
  const response = await fetch(`${test.url}/api/auth${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: test.url, cookie },
    body: JSON.stringify(body),
  })
  const jar = new Map(
    cookie
      .split('; ')
      .filter((one) => one !== '')
      .map((one): [string, string] => [one.split('=')[0] ?? '', one]),
  )
  for (const set of response.headers.getSetCookie()) {
    const pair = set.split(';')[0] ?? ''
    jar.set(pair.split('=')[0] ?? '', pair)
  }
  return { status: response.status, body: (await response.json()) as never, cookie: [...jar.values()].join('; ') }
}

interface Setup {
  secret: string
  totpURI: string
  backupCodes: string[]
  qr: { size: number; path: string }
}

/** Sets a second factor up; answers what was shown and the cookie of the session after it. */
async function withFactor(email: string): Promise<{ setup: Setup; cookie: string }> {
  const before = await signIn(test.url, email, PASSWORD)
  const { body } = await post('/two-factor/enable', { password: PASSWORD }, before)
  const setup = body as Setup
  const { status, cookie } = await post('/two-factor/verify-totp', { code: totp(setup.secret) }, before)
  expect(status).toBe(200)
  return { setup, cookie }
}

describe('sessions', () => {
  it('are listed to their person, with this one marked, and end one by one or all but this', async () => {
    const tenant = await test.tenant()
    const email = await somebody(tenant)
    const [here, second, third, fourth] = [
      await signIn(test.url, email, PASSWORD),
      await signIn(test.url, email, PASSWORD),
      await signIn(test.url, email, PASSWORD),
      await signIn(test.url, email, PASSWORD),
    ]
    const { sessions } = await accountOf(here)
    expect(sessions).toHaveLength(4)
    expect(sessions.filter(({ isCurrent }) => isCurrent)).toEqual([
      expect.objectContaining({
        id: expect.stringMatching(/^ses_/),
        userAgent: 'node',
        address: expect.stringMatching(/127\.0\.0\.1/),
        lastUsedAt: expect.stringMatching(/Z$/),
      }),
    ])
    const ofSecond = (await accountOf(second)).sessions.find(({ isCurrent }) => isCurrent)?.id ?? ''
    const revoke = 'mutation ($id: ID!) { revokeSession(id: $id) { userErrors { code field } } }'
    expect((await as(here)(revoke, { id: ofSecond })).data).toEqual({ revokeSession: { userErrors: [] } })
    expect((await as(second)('{ viewer { id } }')).status).toBe(401)
    expect((await as(here)(revoke, { id: ofSecond })).data).toEqual({
      revokeSession: { userErrors: [{ code: 'NOT_FOUND', field: ['id'] }] },
    })
    await as(here)('mutation { revokeOtherSessions { userErrors { code } } }')
    expect((await accountOf(here)).sessions).toMatchObject([{ isCurrent: true }])
    for (const cookie of [third, fourth]) expect((await as(cookie)('{ viewer { id } }')).status).toBe(401)
    const { data } = await tenant.ask('{ auditLog { nodes { action actor subject } } }')
    expect(data).toEqual({
      auditLog: {
        nodes: [
          { action: 'revokeOtherSessions', actor: email, subject: null },
          { action: 'revokeSession', actor: email, subject: ofSecond },
        ],
      },
    })
  })

  it('of somebody else are not there, and a key has none', async () => {
    const tenant = await test.tenant()
    const [mine, theirs] = [
      await signIn(test.url, await somebody(tenant), PASSWORD),
      await signIn(test.url, await somebody(tenant), PASSWORD),
    ]
    const id = (await accountOf(theirs)).sessions[0]?.id
    const revoke = 'mutation ($id: ID!) { revokeSession(id: $id) { userErrors { code } } }'
    expect((await as(mine)(revoke, { id })).data).toEqual({ revokeSession: { userErrors: [{ code: 'NOT_FOUND' }] } })
    expect((await as(theirs)('{ viewer { id } }')).status).toBe(200)
    for (const document of ['{ account { email } }', 'mutation { revokeOtherSessions { userErrors { code } } }'])
      expect((await tenant.ask(document)).errors[0]?.extensions['code']).toBe('FORBIDDEN')
  })

  it('show no token, which would be as good as a password', async () => {
    const tenant = await test.tenant()
    const cookie = await signIn(test.url, await somebody(tenant), PASSWORD)
    const token = decodeURIComponent(cookie.split('=').slice(1).join('=')).split('.')[0] ?? ''
    expect(token.length).toBeGreaterThan(20)
    expect(JSON.stringify(await accountOf(cookie))).not.toContain(token)
  })
})

describe('a second factor', () => {
  it('takes the password to set up, is on once a code was given, and is asked for from then on', async () => {
    const [tenant, other] = [await test.tenant(), await test.tenant()]
    const email = await somebody(tenant, other)
    const before = await signIn(test.url, email, PASSWORD)
    expect((await post('/two-factor/enable', { password: 'not the password' }, before)).status).toBe(400)
    const { setup, cookie } = await withFactor(email)
    expect(setup).toMatchObject({
      totpURI: expect.stringMatching(/^otpauth:\/\/totp\/Outlay:/),
      backupCodes: expect.any(Array),
      qr: { size: expect.any(Number), path: expect.stringMatching(/^(M\d+ \d+h1v1h-1z)+$/) },
    })
    expect(setup.backupCodes).toHaveLength(10)
    expect((await accountOf(cookie)).hasTwoFactor).toBe(true)
    const { rows } = await test.owner.query<{ row: string }>('SELECT t::text AS row FROM two_factor t')
    for (const { row } of rows) {
      expect(row).not.toContain(setup.secret)
      for (const code of setup.backupCodes) expect(row).not.toContain(code)
    }

    const first = await post('/sign-in/email', { email, password: PASSWORD })
    expect(first.body).toMatchObject({ twoFactorRedirect: true })
    expect((await as(first.cookie)('{ viewer { id } }')).status).toBe(401)
    expect((await post('/two-factor/verify-totp', { code: '000000' }, first.cookie)).status).toBe(401)
    const second = await post('/two-factor/verify-totp', { code: totp(setup.secret) }, first.cookie)
    expect(second.status).toBe(200)
    expect((await as(second.cookie)('{ viewer { email } }')).data).toEqual({ viewer: { email } })

    for (const one of [tenant, other]) {
      const { data } = await one.ask('{ auditLog { nodes { action actor facts } } }')
      expect(data).toEqual({ auditLog: { nodes: [{ action: 'enableTwoFactor', actor: email, facts: {} }] } })
    }
  }, 60_000)

  it('is opened by each backup code once', async () => {
    const email = await somebody(await test.tenant())
    const { setup } = await withFactor(email)
    const code = setup.backupCodes[3] ?? ''
    const attempt = async () => {
      const { cookie } = await post('/sign-in/email', { email, password: PASSWORD })
      return (await post('/two-factor/verify-backup-code', { code }, cookie)).status
    }
    expect([await attempt(), await attempt()]).toEqual([200, 401])
  }, 60_000)

  it('is not walked around by a link in a mail', async () => {
    const email = await somebody(await test.tenant())
    await withFactor(email)
    await post('/sign-in/magic-link', { email, callbackURL: '/' })
    const outbox = await readFile(join(test.settings.dataDir, 'outbox.txt'), 'utf8')
    const mail = outbox.split('\n---\n').findLast((one) => one.includes(`To: ${email}\n`)) ?? ''
    expect(mail).toContain('Your account takes a second factor')
    expect(mail).not.toContain('magic-link')
  }, 60_000)

  it('is turned off with the password, and then is asked for no more', async () => {
    const tenant = await test.tenant()
    const email = await somebody(tenant)
    const { cookie } = await withFactor(email)
    expect((await post('/two-factor/disable', { password: 'not the password' }, cookie)).status).toBe(400)
    expect((await post('/two-factor/disable', { password: PASSWORD }, cookie)).status).toBe(200)
    await signIn(test.url, email, PASSWORD)
    expect((await post('/sign-in/email', { email, password: PASSWORD })).body).not.toMatchObject({
      twoFactorRedirect: true,
    })
    const { data } = await tenant.ask('{ auditLog { nodes { action } } }')
    expect(data).toEqual({ auditLog: { nodes: [{ action: 'disableTwoFactor' }, { action: 'enableTwoFactor' }] } })
  }, 60_000)
})

describe('the policy', () => {
  it('is printed whole to staff, and is nothing to a client', async () => {
    const tenant = await test.tenant()
    const { data } = await tenant.ask('{ policy { action may roles scopes } }')
    const { policy } = data as never as { policy: { action: string }[] }
    expect(policy.find(({ action }) => action === 'member.manage')).toEqual({
      action: 'member.manage',
      may: 'see, invite, change and remove members',
      roles: ['OWNER', 'ADMIN'],
      scopes: ['admin'],
    })
    await test.owner.query(`INSERT INTO client (tenant_id, id, key, name) VALUES ($1, $2, 'acme', 'Acme')`, [
      tenant.id,
      uuidv7(),
    ])
    const client = as(await tenant.signedIn('CLIENT', 'acme'))
    expect((await client('{ policy { action } }')).errors[0]?.extensions['code']).toBe('NOT_FOUND')
    expect((await client('{ account { sessions { isCurrent } } }')).data).toEqual({
      account: { sessions: [{ isCurrent: true }] },
    })
  })
})
