import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { ask, signIn, startTestServer, type TestServer, type TestTenant } from './server-test-kit.ts'

let test: TestServer
let tenant: TestTenant

beforeAll(async () => {
  test = await startTestServer()
  tenant = await test.tenant()
}, 120_000)

afterAll(async () => {
  await test.close()
})

type Headers = Record<string, string>

const VIEWER = '{ viewer { role email tenant { key } } }'
const RECORD = 'mutation { recordInvocations(input: { invocations: [] }) { accepted } }'
const withKey = (key: string, query: string) => ask(test.url, { authorization: `Bearer ${key}` }, query)
const withCookie = (cookie: string, query: string) => ask(test.url, { cookie }, query)

describe('API keys', () => {
  it('answer 401 with UNAUTHENTICATED and a request id when missing, malformed or unknown', async () => {
    for (const headers of [
      {},
      { authorization: 'Bearer short' },
      { authorization: 'Basic eDp5' },
      { authorization: `Bearer outl_live_${'x'.repeat(50)}` },
    ] as Headers[]) {
      const answer = await ask(test.url, headers, VIEWER)
      expect(answer.status).toBe(401)
      expect(answer.errors).toHaveLength(1)
      expect(answer.errors[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED', requestId: expect.any(String) })
    }
  })

  it('show the tenant they belong to', async () => {
    const answer = await withKey(tenant.apiKey, VIEWER)
    expect(answer).toEqual({
      status: 200,
      errors: [],
      data: { viewer: { role: 'ADMIN', email: null, tenant: { key: tenant.key } } },
    })
  })

  it('may do what their scopes say and nothing else', async () => {
    const [ingest, read] = [await tenant.keyWith('ingest'), await tenant.keyWith('read')]
    expect((await withKey(ingest, RECORD)).data).toEqual({ recordInvocations: { accepted: 0 } })
    expect((await withKey(read, RECORD)).errors[0]?.extensions['code']).toBe('FORBIDDEN')
    expect((await withKey(ingest, '{ agents { totalCount } }')).errors[0]?.extensions['code']).toBe('FORBIDDEN')
    expect((await withKey(read, '{ agents { totalCount } }')).data).toEqual({ agents: { totalCount: 0 } })
    expect((await withKey(read, '{ apiKeys { id } }')).errors[0]?.extensions['code']).toBe('FORBIDDEN')
    const post = await fetch(`${test.url}/v1/invocations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${read}`, 'content-type': 'application/json' },
      body: '[]',
    })
    expect(post.status).toBe(403)
  })

  it('are stored as a hash only, and shown once', async () => {
    const made = await tenant.ask(
      'mutation { createApiKey(input: { name: "CI", scopes: ["read"] }) { secret apiKey { id prefix scopes } userErrors { code } } }',
    )
    const { secret, apiKey } = (made.data as never as { createApiKey: { secret: string; apiKey: { prefix: string } } })
      .createApiKey
    expect(secret).toMatch(/^outl_live_[0-9A-Za-z]{8}_[0-9A-Za-z]{43}$/)
    expect(secret.startsWith(apiKey.prefix)).toBe(true)
    const stored = await test.owner.query<{ row: string; hash: Buffer }>('SELECT k::text AS row, hash FROM api_key k')
    expect(stored.rows.some(({ row }) => row.includes(secret.slice(20)))).toBe(false)
    expect(stored.rows.some(({ hash }) => hash.equals(createHash('sha256').update(secret).digest()))).toBe(true)
    expect((await withKey(secret, VIEWER)).status).toBe(200)
  })

  it('are refused within 5 seconds after they are revoked, also by a process that did not revoke them', async () => {
    const key = await tenant.keyWith('read')
    expect((await withKey(key, VIEWER)).status).toBe(200)
    const hash = createHash('sha256').update(key).digest()
    // Straight in the database, as another process would.
    await test.owner.query('UPDATE api_key SET revoked_at = now() WHERE hash = $1', [hash])
    const revokedAt = Date.now()
    let status = 200
    while (status === 200 && Date.now() - revokedAt < 10_000) {
      await new Promise((resolve) => setTimeout(resolve, 200))
      status = (await withKey(key, VIEWER)).status
    }
    expect(status).toBe(401)
    expect(Date.now() - revokedAt).toBeLessThan(5_000)
  }, 60_000)

  it('are refused at once by the process that revoked them', async () => {
    const made = await tenant.ask(
      'mutation { createApiKey(input: { name: "Gone", scopes: ["read"] }) { secret apiKey { id } } }',
    )
    const { secret, apiKey } = (made.data as never as { createApiKey: { secret: string; apiKey: { id: string } } })
      .createApiKey
    expect((await withKey(secret, VIEWER)).status).toBe(200)
    const revoked = await tenant.ask(
      'mutation Revoke($id: ID!) { revokeApiKey(id: $id) { apiKey { revokedAt } userErrors { code } } }',
      { id: apiKey.id },
    )
    expect(revoked.data).toEqual({ revokeApiKey: { apiKey: { revokedAt: expect.any(String) }, userErrors: [] } })
    expect((await withKey(secret, VIEWER)).status).toBe(401)
  })

  it('of another tenant cannot be revoked, and the answer does not tell that it exists', async () => {
    const other = await test.tenant()
    const keys = await other.ask('{ apiKeys { id } }')
    const [{ id }] = (keys.data as never as { apiKeys: [{ id: string }] }).apiKeys
    const answer = await tenant.ask(
      'mutation Revoke($id: ID!) { revokeApiKey(id: $id) { apiKey { id } userErrors { code } } }',
      { id },
    )
    expect(answer.data).toEqual({ revokeApiKey: { apiKey: null, userErrors: [{ code: 'NOT_FOUND' }] } })
    expect((await other.ask(VIEWER)).status).toBe(200)
  })
})

describe('people', () => {
  it('sign in with e-mail and password, and are known by their cookie', async () => {
    const cookie = await tenant.signedIn('FINANCE')
    const answer = await withCookie(cookie, VIEWER)
    expect(answer.data).toEqual({
      viewer: { role: 'FINANCE', email: expect.stringContaining('@example.test'), tenant: { key: tenant.key } },
    })
  })

  it('get a cookie that scripts cannot read and other sites cannot send', async () => {
    const email = `someone-${Date.now()}@example.test`
    const { createUser } = await import('../auth/create-user.ts')
    await createUser(test.server.authPool, { email, password: 'a-test-password', name: 'Someone' })
    const response = await fetch(`${test.url}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: test.url },
      body: JSON.stringify({ email, password: 'a-test-password' }),
    })
    const [cookie] = response.headers.getSetCookie()
    expect(cookie).toMatch(/^outlay\.session_token=/)
    expect(cookie).toContain('HttpOnly')
    expect(cookie).toContain('SameSite=Lax')
    // A person without a membership is signed in and may see nothing.
    const answer = await withCookie(cookie?.split(';')[0] ?? '', VIEWER)
    expect([answer.status, answer.errors[0]?.extensions['code']]).toEqual([403, 'FORBIDDEN'])
  })

  it('are refused with a wrong password, and cannot sign themselves up', async () => {
    await expect(signIn(test.url, 'nobody@example.test', 'wrong-password')).rejects.toThrow('401')
    const response = await fetch(`${test.url}/api/auth/sign-up/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: test.url },
      body: JSON.stringify({ email: 'new@example.test', password: 'a-test-password', name: 'New' }),
    })
    expect(response.status).toBeGreaterThanOrEqual(400)
    expect((await test.owner.query("SELECT 1 FROM app_user WHERE email = 'new@example.test'")).rowCount).toBe(0)
  })

  it('are unknown again after they sign out', async () => {
    const cookie = await tenant.signedIn('VIEWER')
    expect((await withCookie(cookie, VIEWER)).status).toBe(200)
    const out = await fetch(`${test.url}/api/auth/sign-out`, {
      method: 'POST',
      headers: { cookie, origin: test.url, 'content-type': 'application/json' },
      body: '{}',
    })
    expect(out.status).toBe(200)
    expect((await withCookie(cookie, VIEWER)).status).toBe(401)
  })

  it('sign in by a link in a mail, once; a stranger gets the same answer and no mail', async () => {
    const { createUser } = await import('../auth/create-user.ts')
    const email = `linked-${Date.now()}@example.test`
    await createUser(test.server.authPool, { email, password: 'a-test-password', name: 'Linked' })
    const request = (to: string) =>
      fetch(`${test.url}/api/auth/sign-in/magic-link`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: test.url },
        body: JSON.stringify({ email: to, callbackURL: '/' }),
      })
    const [known, stranger] = [await request(email), await request('stranger@example.test')]
    expect([known.status, await known.json()]).toEqual([stranger.status, await stranger.json()])
    const outbox = await readFile(join(test.settings.dataDir, 'outbox.txt'), 'utf8')
    expect(outbox).toContain(email)
    expect(outbox).not.toContain('stranger@')
    const link = /http:\/\/127\.0\.0\.1(\/api\/auth\/magic-link\/verify\?\S+)/.exec(outbox)?.[1] ?? ''
    const first = await fetch(test.url + link, { redirect: 'manual' })
    expect(first.status).toBe(302)
    expect(first.headers.getSetCookie().join()).toContain('outlay.session_token=')
    const second = await fetch(test.url + link, { redirect: 'manual' })
    expect(second.headers.getSetCookie().join()).not.toContain('outlay.session_token=')
  })

  it.each([
    'https://evil.example',
    '//evil.example',
    'https://127.0.0.1.evil.example/',
    '/\\evil.example',
    'javascript:alert(1)',
  ])('are never sent on to %j by a link', async (callbackURL) => {
    const response = await fetch(
      `${test.url}/api/auth/magic-link/verify?token=x&callbackURL=${encodeURIComponent(callbackURL)}`,
      { redirect: 'manual' },
    )
    expect(response.headers.get('location') ?? '').not.toContain('evil')
    expect(response.headers.get('location') ?? '').not.toContain('javascript')
  })

  it('are not answered when another site sends their request', async () => {
    const cookie = await tenant.signedIn('OWNER')
    const answer = await ask(test.url, { cookie, origin: 'https://evil.example' }, VIEWER)
    expect([answer.status, answer.errors[0]?.extensions['code']]).toEqual([403, 'FORBIDDEN'])
    expect((await ask(test.url, { cookie, origin: test.url }, VIEWER)).status).toBe(200)
  })

  it('of several tenants choose one by header or cookie, and cannot name one they do not belong to', async () => {
    const { createUser } = await import('../auth/create-user.ts')
    const { addMembership } = await import('@outlay/db/admin/create-tenant')
    const other = await test.tenant()
    const stranger = await test.tenant()
    const email = `both-${Date.now()}@example.test`
    const userId = await createUser(test.server.authPool, { email, password: 'a-test-password', name: 'Both' })
    await addMembership(test.server.pool, { tenantId: tenant.id, userId, role: 'VIEWER' })
    await addMembership(test.server.pool, { tenantId: other.id, userId, role: 'ADMIN' })
    const cookie = await signIn(test.url, email, 'a-test-password')
    const query = '{ viewer { role tenant { key } memberships { tenantKey role } } }'
    const role = async (headers: Record<string, string>) => {
      const answer = await ask(test.url, { cookie, ...headers }, query)
      return (
        (answer.data as never as { viewer: { role: string } } | null)?.viewer.role ??
        answer.errors[0]?.extensions['code']
      )
    }
    expect(await role({ 'x-outlay-tenant': tenant.key })).toBe('VIEWER')
    expect(await role({ 'x-outlay-tenant': other.key })).toBe('ADMIN')
    expect(await role({ cookie: `${cookie}; outlay_tenant=${other.key}` })).toBe('ADMIN')
    expect(await role({ 'x-outlay-tenant': stranger.key })).toBe('NOT_FOUND')
  })
})

describe('roles', () => {
  it('do not let a client see any cost: the field does not exist for it', async () => {
    await tenant.ask(
      'mutation { upsertTask(input: { key: "shown", client: "northwind", billed: { amount: "50", currency: "GBP" } }) { task { id } } }',
    )
    await tenant.ask('mutation { upsertTask(input: { key: "hidden", client: "southwind" }) { task { id } } }')
    const cookie = await tenant.signedIn('CLIENT', 'northwind')
    const tasks = await withCookie(
      cookie,
      '{ tasks { totalCount nodes { key name status completedAt billed { amount } client { key } project { key } } } }',
    )
    const shown = {
      key: 'shown',
      name: 'shown',
      status: 'OPEN',
      completedAt: null,
      billed: null,
      client: null,
      project: null,
    }
    expect(tasks.data).toEqual({ tasks: { totalCount: 1, nodes: [shown] } })
    for (const query of [
      '{ fleetCost(range: { from: "2026-01-01", to: "2026-02-01" }) { cost { invocations } } }',
      '{ agentCosts(range: { from: "2026-01-01", to: "2026-02-01" }) { totalCount } }',
      '{ taskCost(taskKey: "shown") { cost { invocations } } }',
      '{ trace(traceId: "t") { traceId } }',
      '{ clients { totalCount } }',
      '{ apiKeys { id } }',
      '{ rateCards { provider } }',
    ]) {
      expect((await withCookie(cookie, query)).errors[0]?.extensions['code']).toBe('NOT_FOUND')
    }
    expect((await withCookie(cookie, RECORD)).errors[0]?.extensions['code']).toBe('FORBIDDEN')
    expect(
      (await withCookie(cookie, '{ hidden: task(key: "hidden") { key } shown: task(key: "shown") { key } }')).data,
    ).toEqual({ hidden: null, shown: { key: 'shown' } })
    expect((await withCookie(cookie, '{ tenant { name dataThrough } }')).data).toEqual({
      tenant: { name: 'Test', dataThrough: null },
    })
  })

  it('hide records of others behind node(id) as well', async () => {
    const made = await tenant.ask(
      'mutation { upsertTask(input: { key: "by-id", client: "southwind" }) { task { id client { id } } } }',
    )
    const { task } = (made.data as never as { upsertTask: { task: { id: string; client: { id: string } } } }).upsertTask
    const node = '{ node(id: $id) { id __typename } }'
    const asked = (headers: Record<string, string>, id: string) =>
      ask(test.url, headers, `query Node($id: ID!) ${node}`, { id })
    expect((await asked({ authorization: `Bearer ${tenant.apiKey}` }, task.id)).data).toEqual({
      node: { id: task.id, __typename: 'Task' },
    })
    const other = await test.tenant()
    const cookie = await tenant.signedIn('CLIENT', 'northwind')
    for (const headers of [{ authorization: `Bearer ${other.apiKey}` }, { cookie }] as Headers[]) {
      for (const id of [task.id, task.client.id, 'tsk_zzz', '', task.id.toUpperCase()]) {
        expect(await asked(headers, id)).toEqual({
          status: 200,
          errors: [],
          data: { node: null },
        })
      }
    }
  })
})
