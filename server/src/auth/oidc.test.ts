import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { addMembership } from '@outlay/db/admin/create-tenant'
import { v7 as uuidv7 } from 'uuid'
import { ask, signIn, startTestServer, type TestServer, type TestTenant } from '../http/server-test-kit.ts'
import { freePort } from '../supervisor/port.ts'
import { createUser } from './create-user.ts'
import { startProvider, type TestProvider } from './oidc-test-kit.ts'
import { totp } from './totp-test-kit.ts'

let provider: TestProvider
let test: TestServer

beforeAll(async () => {
  const port = await freePort()
  const publicUrl = `http://127.0.0.1:${port}`
  provider = await startProvider(publicUrl)
  test = await startTestServer({ port, publicUrl, hasPublicUrl: true, oidc: provider.settings })
}, 120_000)

afterAll(async () => {
  await test.close()
  await provider.close()
})

const PASSWORD = 'a-test-password'

/** A browser as far as signing in goes: it keeps cookies by host and does not follow by itself. */
class Browser {
  readonly #jars = new Map<string, Map<string, string>>()

  cookie(url: string): string {
    return [...(this.#jars.get(new URL(url).host)?.values() ?? [])].join('; ')
  }

  async send(url: string, init: RequestInit = {}): Promise<Response> {
    const headers = { ...(init.headers as Record<string, string>), cookie: this.cookie(url) }
    const response = await fetch(url, { ...init, headers, redirect: 'manual' })
    const { host } = new URL(url)
    const jar = this.#jars.get(host) ?? new Map<string, string>()
    this.#jars.set(host, jar)
    for (const set of response.headers.getSetCookie()) {
      const [pair = ''] = set.split(';')
      const [name = '', value = ''] = pair.split('=')
      if (value === '' || /max-age=0/i.test(set)) jar.delete(name)
      else jar.set(name, pair)
    }
    return response
  }

  /** Presses the button: the address at the provider that Outlay names. */
  async begin(callbackURL = '/', at = test.url): Promise<string> {
    const answer = await this.send(`${at}/api/auth/sign-in/social`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: at },
      body: JSON.stringify({ provider: 'oidc', callbackURL, errorCallbackURL: '/login', disableRedirect: true }),
    })
    expect(answer.status).toBe(200)
    return ((await answer.json()) as { url: string }).url
  }

  /** Signs in at the provider as `provider.next`: the address that it sends back to, of Outlay. */
  async comeBack(url: string): Promise<string> {
    let at = url
    for (let hop = 0; hop < 10; hop += 1) {
      if (new URL(at).origin !== provider.settings.issuer) return at
      const response = await this.send(at)
      const location = response.headers.get('location')
      if (location === null) throw new Error(`The provider answered ${response.status}: ${await response.text()}`)
      at = new URL(location, at).href
    }
    throw new Error('The provider does not come to an end.')
  }

  /** The whole way: where one ends up, as a path. */
  async enter(callbackURL = '/'): Promise<string> {
    const response = await this.send(await this.comeBack(await this.begin(callbackURL)))
    expect(response.status).toBe(302)
    const { pathname, searchParams } = new URL(response.headers.get('location') ?? '', test.url)
    const error = searchParams.get('error')
    return error === null ? pathname : `${pathname} ${error}`
  }

  async viewer(): Promise<{ email: string } | null> {
    const { data } = await ask(test.url, { cookie: this.cookie(test.url) }, '{ viewer { email } }')
    return (data as { viewer: { email: string } } | null)?.viewer ?? null
  }
}

function claims(email: string, given: Partial<TestProvider['next']> = {}): TestProvider['next'] {
  return { subject: `subject of ${email}`, email, isVerified: true, name: 'Ada Lovelace', ...given }
}

async function member(tenant: TestTenant): Promise<{ email: string; userId: string }> {
  const email = `member-${uuidv7()}@example.test`
  const userId = await createUser(test.server.authPool, { email, password: PASSWORD, name: 'A Member' })
  await addMembership(test.server.pool, { tenantId: tenant.id, userId, role: 'FINANCE' })
  return { email, userId }
}

async function accountsOf(email: string): Promise<Record<string, unknown>[]> {
  const { rows } = await test.owner.query<Record<string, unknown>>(
    `SELECT a.provider_id, a.account_id, a.access_token, a.refresh_token, a.id_token FROM account a JOIN app_user u ON u.id = a.user_id
     WHERE u.email = $1 AND a.provider_id = 'oidc'`,
    [email],
  )
  return rows
}

async function isPerson(email: string): Promise<boolean> {
  return (await test.owner.query('SELECT 1 FROM app_user WHERE email = $1', [email])).rowCount === 1
}

/** Invites somebody; the token of the link in their mail. */
async function invite(tenant: TestTenant, email: string): Promise<string> {
  const { errors } = await tenant.ask(
    'mutation ($input: InviteMemberInput!) { inviteMember(input: $input) { userErrors { code } } }',
    { input: { email, role: 'FINANCE' } },
  )
  expect(errors).toEqual([])
  const outbox = await readFile(join(test.settings.dataDir, 'outbox.txt'), 'utf8')
  const mail = outbox.split('\n---\n').findLast((one) => one.includes(`To: ${email}\n`))
  return /\/join\/(\S+)/.exec(mail ?? '')?.[1] ?? ''
}

const lastActions = async (tenant: TestTenant) =>
  (
    (await tenant.ask('{ auditLog { nodes { action actor } } }')).data as never as {
      auditLog: { nodes: { action: string; actor: string }[] }
    }
  ).auditLog.nodes

describe('signing in by an OpenID Connect provider', () => {
  it('asks for a code with PKCE, a state and a nonce, and for nothing but who somebody is', async () => {
    const url = new URL(await new Browser().begin())
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      response_type: 'code',
      client_id: 'outlay',
      redirect_uri: `${test.url}/api/auth/callback/oidc`,
      scope: 'openid email profile',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^.{32}$/),
      nonce: expect.stringMatching(/^.{32}$/),
    })
  })

  it('opens the account of who has the address already, and notes once in their tenants that it does', async () => {
    const tenant = await test.tenant()
    const { email } = await member(tenant)
    provider.next = claims(email.toUpperCase())
    const browser = new Browser()
    expect(await browser.enter('/clients')).toBe('/clients')
    expect(await browser.viewer()).toEqual({ email })
    const account = {
      provider_id: 'oidc',
      account_id: `${provider.settings.issuer} ${provider.next.subject}`,
      access_token: null,
      refresh_token: null,
      id_token: null,
    }
    expect(await accountsOf(email)).toEqual([account])
    expect(await lastActions(tenant)).toEqual([{ action: 'linkProvider', actor: email }])

    // The provider's name for somebody stays when their address there changes.
    provider.next = { ...provider.next, email: `renamed-${uuidv7()}@example.test` }
    const later = new Browser()
    expect(await later.enter()).toBe('/')
    expect(await later.viewer()).toEqual({ email })
    expect(await accountsOf(email)).toEqual([account])
    expect(await lastActions(tenant)).toHaveLength(1)
    // Their password opens it as before.
    expect(await signIn(test.url, email, PASSWORD)).toContain('outlay.session_token=')
  })

  it('does not know somebody else by the subject of another', async () => {
    const tenant = await test.tenant()
    const [first, second] = [await member(tenant), await member(tenant)]
    for (const { email } of [first, second]) {
      provider.next = claims(email)
      const browser = new Browser()
      await browser.enter()
      expect(await browser.viewer()).toEqual({ email })
    }
  })

  it('lets nobody in whose address the provider has not verified, and links nothing', async () => {
    const { email } = await member(await test.tenant())
    const stranger = `stranger-${uuidv7()}@example.test`
    for (const [address, error] of [
      [email, 'account_not_linked'],
      [stranger, 'email_not_verified'],
    ] as const) {
      provider.next = claims(address, { isVerified: false })
      const browser = new Browser()
      expect(await browser.enter()).toBe(`/login ${error}`)
      expect(await browser.viewer()).toBeNull()
    }
    expect(await accountsOf(email)).toEqual([])
    expect(await isPerson(stranger)).toBe(false)

    // Also not whom it knew as verified before.
    provider.next = claims(email)
    expect(await new Browser().enter()).toBe('/')
    provider.next = claims(email, { isVerified: false })
    expect(await new Browser().enter()).toBe('/login email_not_verified')
  })

  it('makes nobody a person of Outlay', async () => {
    const email = `unknown-${uuidv7()}@example.test`
    provider.next = claims(email)
    const browser = new Browser()
    expect(await browser.enter()).toBe('/login not_invited')
    expect(await browser.viewer()).toBeNull()
    expect(await isPerson(email)).toBe(false)
  })

  it('lets somebody new in by the link of their invitation, and makes them a member when they join', async () => {
    const tenant = await test.tenant()
    const email = `invited-${uuidv7()}@example.test`
    const token = await invite(tenant, email)
    const path = `/join/${token}`

    provider.next = claims(`other-${uuidv7()}@example.test`)
    expect(await new Browser().enter(path)).toBe('/login not_invited')
    provider.next = claims(email)
    expect(await new Browser().enter('/')).toBe('/login not_invited')
    expect(await isPerson(email)).toBe(false)

    const browser = new Browser()
    expect(await browser.enter(path)).toBe(path)
    expect(await browser.viewer()).toBeNull()
    const joined = await browser.send(`${test.url}/api/join/${token}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: test.url },
      body: '{}',
    })
    expect(await joined.json()).toEqual({ tenantKey: tenant.key, email })
    expect(await browser.viewer()).toEqual({ email })
    const { data } = await tenant.ask('{ members { name email role } }')
    expect(data).toEqual({ members: [{ name: 'Ada Lovelace', email, role: 'FINANCE' }] })
    expect(await lastActions(tenant)).toContainEqual({ action: 'acceptInvitation', actor: email })
  })

  it('takes no invitation that was withdrawn', async () => {
    const tenant = await test.tenant()
    const email = `withdrawn-${uuidv7()}@example.test`
    const token = await invite(tenant, email)
    const { data } = await tenant.ask('{ invitations { id } }')
    const [{ id }] = (data as never as { invitations: [{ id: string }] }).invitations
    await tenant.ask('mutation ($id: ID!) { revokeInvitation(id: $id) { userErrors { code } } }', { id })
    provider.next = claims(email)
    expect(await new Browser().enter(`/join/${token}`)).toBe('/login not_invited')
    expect(await isPerson(email)).toBe(false)
  })

  it('does not walk around a second factor', async () => {
    const { email } = await member(await test.tenant())
    provider.next = claims(email)
    expect(await new Browser().enter()).toBe('/')
    const cookie = await signIn(test.url, email, PASSWORD)
    const post = (path: string, body: object) =>
      fetch(`${test.url}/api/auth${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: test.url, cookie },
        body: JSON.stringify(body),
      })
    const { secret } = (await (await post('/two-factor/enable', { password: PASSWORD })).json()) as { secret: string }
    expect((await post('/two-factor/verify-totp', { code: totp(secret) })).status).toBe(200)
    // By the account that was linked before, and by the address alone.
    for (const subject of [provider.next.subject, `another subject of ${email}`]) {
      provider.next = claims(email, { subject })
      const browser = new Browser()
      expect(await browser.enter()).toBe('/login second_factor')
      expect(await browser.viewer()).toBeNull()
    }
    expect(await accountsOf(email)).toHaveLength(1)
  })

  it('takes an answer only for the question of the same browser, and once', async () => {
    const { email } = await member(await test.tenant())
    provider.next = claims(email)
    const browser = new Browser()
    const answer = await browser.comeBack(await browser.begin())
    const errorOf = (response: Response) =>
      new URL(response.headers.get('location') ?? '', test.url).searchParams.get('error')

    const wrong = new URL(answer)
    wrong.searchParams.set('state', 'x'.repeat(32))
    expect(errorOf(await browser.send(wrong.href))).toBe('state_mismatch')
    const without = new URL(answer)
    without.searchParams.delete('state')
    expect(errorOf(await browser.send(without.href))).toBe('state_not_found')
    const elsewhere = new Browser()
    expect(errorOf(await elsewhere.send(answer))).toBe('state_mismatch')
    expect(await elsewhere.viewer()).toBeNull()
    expect(await browser.viewer()).toBeNull()

    expect(errorOf(await browser.send(answer))).toBeNull()
    expect(await browser.viewer()).toEqual({ email })
    expect(errorOf(await browser.send(answer))).toBe('state_mismatch')
  })

  it('takes no code of another sign-in: what proves it is of its own', async () => {
    const { email } = await member(await test.tenant())
    provider.next = claims(email)
    const [browser, other] = [new Browser(), new Browser()]
    const [mine, theirs] = [
      new URL(await browser.comeBack(await browser.begin())),
      await other.comeBack(await other.begin()),
    ]
    mine.searchParams.set('code', new URL(theirs).searchParams.get('code') ?? '')
    const response = await browser.send(mine.href)
    expect(response.headers.get('location')).toBe('/login?error=invalid_code')
    expect(await browser.viewer()).toBeNull()
  })

  it('says when the provider refuses', async () => {
    const browser = new Browser()
    const state = new URL(await browser.begin()).searchParams.get('state') ?? ''
    const response = await browser.send(`${test.url}/api/auth/callback/oidc?error=access_denied&state=${state}`)
    expect(response.headers.get('location')).toBe('/login?error=access_denied')
  })

  it('takes no identity token that somebody brings, and never leads to another site', async () => {
    const post = async (body: object) => {
      const response = await fetch(`${test.url}/api/auth/sign-in/social`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: test.url },
        body: JSON.stringify({ provider: 'oidc', ...body }),
      })
      return response.status
    }
    expect(await post({ idToken: { token: 'x.y.z' } })).toBe(400)
    expect(await post({ callbackURL: 'https://evil.example/' })).toBe(403)
    expect(await post({ errorCallbackURL: '//evil.example/' })).toBe(403)
  })

  it.each(['/link-social', '/unlink-account', '/get-access-token', '/refresh-token', '/account-info'])(
    'has no use for %s',
    async (path) => {
      const response = await fetch(`${test.url}/api/auth${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: test.url },
        body: JSON.stringify({ providerId: 'oidc', provider: 'oidc' }),
      })
      expect(response.status).toBe(404)
    },
  )

  it('is told to the sign-in page', async () => {
    expect(await (await fetch(`${test.url}/api/sign-in`)).json()).toEqual({ oidc: { label: 'Fernhill account' } })
  })
})

describe('without a provider', () => {
  it('there is nothing to sign in by but what was there before', async () => {
    const plain = await startTestServer()
    try {
      expect(await (await fetch(`${plain.url}/api/sign-in`)).json()).toEqual({ oidc: null })
      const response = await fetch(`${plain.url}/api/auth/sign-in/social`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: plain.url },
        body: JSON.stringify({ provider: 'oidc', callbackURL: '/' }),
      })
      expect(response.status).toBe(404)
    } finally {
      await plain.close()
    }
  }, 120_000)
})

describe('a provider that does not answer when Outlay starts', () => {
  it('keeps nobody with a password out, and is asked again', async () => {
    const [port, issuerPort] = [await freePort(), await freePort()]
    const publicUrl = `http://127.0.0.1:${port}`
    const issuer = `http://127.0.0.1:${issuerPort}`
    const late = await startTestServer({
      port,
      publicUrl,
      hasPublicUrl: true,
      oidc: { ...provider.settings, issuer },
    })
    try {
      await createUser(late.server.authPool, { email: 'early@example.test', password: PASSWORD, name: 'Early' })
      expect(await signIn(late.url, 'early@example.test', PASSWORD)).toContain('outlay.session_token=')
      const come = await startProvider(publicUrl, issuerPort)
      try {
        expect(await new Browser().begin('/', late.url)).toContain(issuer)
      } finally {
        await come.close()
      }
    } finally {
      await late.close()
    }
  }, 120_000)
})
