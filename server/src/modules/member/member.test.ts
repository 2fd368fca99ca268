import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { addMembership } from '@outlay/db/admin/create-tenant'
import type { Role } from '@outlay/domain/audience/policy'
import { v7 as uuidv7 } from 'uuid'
import { createUser } from '../../auth/create-user.ts'
import { encodeId } from '../../graphql/ids.ts'
import { ask, signIn, startTestServer, type TestServer, type TestTenant } from '../../http/server-test-kit.ts'

let test: TestServer

beforeAll(async () => {
  test = await startTestServer()
}, 120_000)

afterAll(async () => {
  await test.close()
})

type Asking = TestTenant['ask']
type Errors = { code: string; field: string[] | null }[]

const PASSWORD = 'a-test-password'
const asking =
  (tenant: TestTenant, cookie: string): Asking =>
  (query, variables) =>
    ask(test.url, { cookie, 'x-outlay-tenant': tenant.key }, query, variables)

/** Somebody with a role in a tenant, signed in. */
async function person(
  tenant: TestTenant,
  role: Role,
): Promise<{ id: string; email: string; cookie: string; ask: Asking }> {
  const email = `${role.toLowerCase()}-${uuidv7()}@example.test`
  const userId = await createUser(test.server.authPool, { email, password: PASSWORD, name: `A ${role}` })
  await addMembership(test.server.pool, { tenantId: tenant.id, userId, role })
  const cookie = await signIn(test.url, email, PASSWORD)
  const { data } = await asking(tenant, cookie)('{ viewer { id } }')
  return { id: (data as never as { viewer: { id: string } }).viewer.id, email, cookie, ask: asking(tenant, cookie) }
}

async function errorsOf(by: Asking, call: string, variables: object = {}): Promise<Errors> {
  const declared = { id: '$id: ID!', input: '$input: InviteMemberInput!' } as const
  const args = Object.keys(variables).map((name) => declared[name as keyof typeof declared])
  const head = args.length === 0 ? 'mutation' : `mutation (${args.join(', ')})`
  const { data, errors } = await by(`${head} { done: ${call} { userErrors { code field } } }`, { ...variables })
  expect(errors).toEqual([])
  return (data as never as { done: { userErrors: Errors } }).done.userErrors
}

const INVITE = 'inviteMember(input: $input)'

async function invitationsOf(by: Asking): Promise<{ id: string; email: string; role: string; isExpired: boolean }[]> {
  const { data } = await by('{ invitations { id email role isExpired } }')
  return (data as never as { invitations: [] }).invitations
}

/** The token in the latest mail to somebody. */
async function tokenFor(email: string): Promise<string> {
  const outbox = await readFile(join(test.settings.dataDir, 'outbox.txt'), 'utf8')
  const mail = outbox.split('\n---\n').findLast((one) => one.includes(`To: ${email}\n`))
  return /\/join\/(\S+)/.exec(mail ?? '')?.[1] ?? ''
}

async function open(token: string, cookie?: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${test.url}/api/join/${token}`, { headers: cookie === undefined ? {} : { cookie } })
  return { status: response.status, body: await response.json() }
}

async function accept(
  token: string,
  body: object,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: { error?: { code: string; message: string } } }> {
  const response = await fetch(`${test.url}/api/join/${token}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: test.url, ...headers },
    body: JSON.stringify(body),
  })
  return { status: response.status, body: (await response.json()) as never }
}

const MEMBERS = '{ members { id name email role isViewer hasTwoFactor client { key } } }'

describe('invitations', () => {
  it('go out by mail, make a person with the role, and work once', async () => {
    const tenant = await test.tenant()
    const admin = await person(tenant, 'ADMIN')
    const email = `ada-${uuidv7()}@example.test`
    expect(
      await errorsOf(admin.ask, INVITE, { input: { email: ` ${email.toUpperCase()} `, role: 'FINANCE' } }),
    ).toEqual([])
    expect(await invitationsOf(admin.ask)).toEqual([
      { id: expect.stringMatching(/^ivt_/), email, role: 'FINANCE', isExpired: false },
    ])
    const token = await tokenFor(email)
    expect(await open(token)).toEqual({
      status: 200,
      body: {
        tenant: 'Test',
        email,
        role: 'FINANCE',
        invitedBy: admin.email,
        expiresAt: expect.any(String),
        isKnown: false,
        isSignedIn: false,
      },
    })
    for (const [body, message] of [
      [{}, /./],
      [{ name: ' ', password: PASSWORD }, /called/],
      [{ name: 'Ada', password: 'short' }, /at least 8/],
    ] as const) {
      const refused = await accept(token, body)
      expect(refused).toMatchObject({ status: 400, body: { error: { code: 'INVALID_FIELD' } } })
      expect(refused.body.error?.message).toMatch(message)
    }
    const newcomer = { name: 'Ada Lovelace', password: 'her own password' }
    expect(await accept(token, newcomer)).toEqual({ status: 200, body: { tenantKey: tenant.key, email } })
    const cookie = await signIn(test.url, email, newcomer.password)
    const { data } = await asking(tenant, cookie)('{ viewer { name role } }')
    expect(data).toEqual({ viewer: { name: 'Ada Lovelace', role: 'FINANCE' } })
    expect((await accept(token, newcomer)).status).toBe(404)
    expect(await invitationsOf(admin.ask)).toEqual([])
    const { data: log } = await tenant.ask('{ auditLog { nodes { action actor subject facts } } }')
    expect(log).toEqual({
      auditLog: {
        nodes: [
          {
            action: 'acceptInvitation',
            actor: email,
            subject: email,
            facts: { role: 'FINANCE', invitedBy: admin.email },
          },
          expect.objectContaining({ action: 'inviteMember', actor: admin.email }),
        ],
      },
    })
  })

  it('hold 256 random bits, of which only the SHA-256 is stored', async () => {
    const tenant = await test.tenant()
    const email = `hash-${uuidv7()}@example.test`
    await errorsOf(tenant.ask, INVITE, { input: { email, role: 'VIEWER' } })
    const secret = (await tokenFor(email)).split('~')[1] ?? ''
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32)
    const { rows } = await test.owner.query<{ row: string; hash: Buffer; days: number }>(
      `SELECT i::text AS row, token_hash AS hash, extract(epoch FROM expires_at - created_at) / 86400 AS days
       FROM invitation i WHERE email = $1`,
      [email],
    )
    expect(rows).toHaveLength(1)
    expect(rows[0]?.row).not.toContain(secret)
    expect(rows[0]?.hash.equals(createHash('sha256').update(secret).digest())).toBe(true)
    expect(Number(rows[0]?.days)).toBeCloseTo(7, 3)
  })

  it('are answered alike when unknown, withdrawn, too old, used, or nonsense', async () => {
    const tenant = await test.tenant()
    const [withdrawn, old] = [`gone-${uuidv7()}@example.test`, `old-${uuidv7()}@example.test`]
    for (const email of [withdrawn, old]) await errorsOf(tenant.ask, INVITE, { input: { email, role: 'VIEWER' } })
    const made = await invitationsOf(tenant.ask)
    const id = made.find((one) => one.email === withdrawn)?.id
    expect(await errorsOf(tenant.ask, 'revokeInvitation(id: $id)', { id })).toEqual([])
    expect(await errorsOf(tenant.ask, 'revokeInvitation(id: $id)', { id })).toEqual([])
    await test.owner.query(`UPDATE invitation SET expires_at = now() WHERE email = $1`, [old])
    expect(await invitationsOf(tenant.ask)).toMatchObject([{ email: old, isExpired: true }])
    const unknown = `${encodeId('Tenant', tenant.id)}~${'A'.repeat(43)}`
    const nowhere = `${encodeId('Tenant', uuidv7())}~${'A'.repeat(43)}`
    const answers = await Promise.all(
      [await tokenFor(withdrawn), await tokenFor(old), unknown, nowhere, 'nonsense', '%00', 'ten_~'].map(
        async (token) => {
          const [seen, done] = [await open(token), await accept(token, { name: 'Eve', password: PASSWORD })]
          return [seen, done].map(({ status, body }) => {
            const { error } = body as { error: { code: string; message: string } }
            return { status, code: error.code, message: error.message }
          })
        },
      ),
    )
    const gone = {
      status: 404,
      code: 'NOT_FOUND',
      message: 'This invitation was used, withdrawn, or is too old. Ask for a new one.',
    }
    for (const answer of answers) expect(answer).toEqual([gone, gone])
    expect((await test.owner.query('SELECT 1 FROM app_user WHERE email = ANY ($1)', [[withdrawn, old]])).rowCount).toBe(
      0,
    )
  })

  it('of an address that is invited again replace the one before', async () => {
    const tenant = await test.tenant()
    const email = `again-${uuidv7()}@example.test`
    await errorsOf(tenant.ask, INVITE, { input: { email, role: 'VIEWER' } })
    const first = await tokenFor(email)
    await errorsOf(tenant.ask, INVITE, { input: { email, role: 'ADMIN' } })
    expect(await invitationsOf(tenant.ask)).toMatchObject([{ email, role: 'ADMIN' }])
    expect((await open(first)).status).toBe(404)
    expect((await open(await tokenFor(email))).status).toBe(200)
  })

  it('add a tenant to somebody who signs in already, and only when they are signed in', async () => {
    const [first, second] = [await test.tenant(), await test.tenant()]
    const [ada, eve] = [await person(first, 'VIEWER'), await person(first, 'OWNER')]
    await errorsOf(second.ask, INVITE, { input: { email: ada.email, role: 'ADMIN' } })
    const token = await tokenFor(ada.email)
    expect(await open(token)).toMatchObject({ body: { isKnown: true, isSignedIn: false } })
    const newcomer = { name: 'Eve', password: 'another password' }
    for (const headers of [{}, { cookie: eve.cookie }] as Record<string, string>[])
      expect(await accept(token, newcomer, headers)).toMatchObject({
        status: 401,
        body: { error: { code: 'UNAUTHENTICATED' } },
      })
    await expect(signIn(test.url, ada.email, newcomer.password)).rejects.toThrow('401')
    expect(await accept(token, {}, { cookie: ada.cookie, origin: 'https://evil.example' })).toMatchObject({
      status: 403,
    })
    expect(await open(token, ada.cookie)).toMatchObject({ body: { isKnown: true, isSignedIn: true } })
    expect(await accept(token, {}, { cookie: ada.cookie })).toMatchObject({ status: 200 })
    const { data } = await asking(second, ada.cookie)('{ viewer { role memberships { tenantKey } } }')
    expect(data).toMatchObject({ viewer: { role: 'ADMIN' } })
    expect((data as never as { viewer: { memberships: [] } }).viewer.memberships).toHaveLength(2)
  })

  it.each<[object, string, string[]]>([
    [{ email: ' ', role: 'VIEWER' }, 'MISSING_FIELD', ['input', 'email']],
    [{ email: 'nobody', role: 'VIEWER' }, 'INVALID_FIELD', ['input', 'email']],
    [{ email: 'a@b.example, c@d.example', role: 'VIEWER' }, 'INVALID_FIELD', ['input', 'email']],
    [{ email: 'a@b.example\nBcc: c@d.example', role: 'VIEWER' }, 'INVALID_FIELD', ['input', 'email']],
    [{ email: 'a@b.example', role: 'OWNER' }, 'OWNERS_ONLY', ['input', 'role']],
    [{ email: 'a@b.example', role: 'CLIENT' }, 'MISSING_FIELD', ['input', 'client']],
    [{ email: 'a@b.example', role: 'VIEWER', client: 'acme' }, 'INVALID_FIELD', ['input', 'client']],
    [{ email: 'a@b.example', role: 'CLIENT', client: 'nobody' }, 'NOT_FOUND', ['input', 'client']],
    [{ email: 'a@b.example', role: 'CLIENT', client: 'a\u0000' }, 'NOT_FOUND', ['input', 'client']],
  ])('are refused with what is wrong: %j', async (input, code, field) => {
    refusing ??= await test.tenant()
    expect(await errorsOf(refusing.ask, INVITE, { input })).toEqual([{ code, field }])
    expect(await invitationsOf(refusing.ask)).toEqual([])
  })
  let refusing: TestTenant | null = null

  it('are not sent to members, nor to more than 100 who have not answered', async () => {
    const tenant = await test.tenant()
    const member = await person(tenant, 'VIEWER')
    const again = { email: member.email, role: 'ADMIN' }
    expect(await errorsOf(tenant.ask, INVITE, { input: again })).toEqual([
      { code: 'CONFLICT', field: ['input', 'email'] },
    ])
    await test.owner.query(
      `INSERT INTO invitation (tenant_id, id, email, role, token_hash, invited_by, expires_at)
       SELECT $1::uuid, gen_random_uuid(), n || '@example.test', 'VIEWER', decode(md5(n::text), 'hex'), 'test', now() + interval '1 day'
       FROM generate_series(1, 100) n`,
      [tenant.id],
    )
    const next = { email: 'one-more@example.test', role: 'VIEWER' }
    expect(await errorsOf(tenant.ask, INVITE, { input: next })).toEqual([{ code: 'LIMIT_REACHED', field: null }])
  })
})

describe('members', () => {
  it('are listed by name, each with role and client, to those who manage them', async () => {
    const tenant = await test.tenant()
    const owner = await person(tenant, 'OWNER')
    await test.owner.query(`INSERT INTO client (tenant_id, id, key, name) VALUES ($1, $2, 'acme', 'Acme')`, [
      tenant.id,
      uuidv7(),
    ])
    await tenant.signedIn('CLIENT', 'acme')
    expect((await owner.ask(MEMBERS)).data).toEqual({
      members: [
        {
          id: owner.id,
          name: 'A OWNER',
          email: owner.email,
          role: 'OWNER',
          isViewer: true,
          hasTwoFactor: false,
          client: null,
        },
        expect.objectContaining({ name: 'A Person', role: 'CLIENT', isViewer: false, client: { key: 'acme' } }),
      ],
    })
    for (const role of ['FINANCE', 'PROJECT_MANAGER', 'VIEWER'] as const) {
      const { errors } = await (await person(tenant, role)).ask(MEMBERS)
      expect(errors[0]?.extensions['code']).toBe('NOT_FOUND')
    }
  })

  it('who are removed are refused at once here, and within 5 seconds by a process that did not remove them', async () => {
    const tenant = await test.tenant()
    const owner = await person(tenant, 'OWNER')
    const [here, there] = [await person(tenant, 'VIEWER'), await person(tenant, 'VIEWER')]
    const status = async (one: { ask: Asking }) => (await one.ask('{ viewer { id } }')).status
    expect([await status(here), await status(there)]).toEqual([200, 200])
    expect(await errorsOf(owner.ask, 'removeMember(id: $id)', { id: here.id })).toEqual([])
    expect(await status(here)).toBe(403)
    expect(await status(there)).toBe(200)
    // Straight in the database, as another process would.
    await test.owner.query(`DELETE FROM membership m USING app_user u WHERE u.id = m.user_id AND u.email = $1`, [
      there.email,
    ])
    const removedAt = Date.now()
    while ((await status(there)) === 200 && Date.now() - removedAt < 10_000)
      await new Promise((resolve) => setTimeout(resolve, 200))
    expect(await status(there)).toBe(403)
    expect(Date.now() - removedAt).toBeLessThan(5_000)
    expect(await errorsOf(owner.ask, 'removeMember(id: $id)', { id: here.id })).toEqual([
      { code: 'NOT_FOUND', field: ['id'] },
    ])
  }, 60_000)

  it('have another role at once when it is changed, and a client only as CLIENT', async () => {
    const tenant = await test.tenant()
    const [owner, member] = [await person(tenant, 'OWNER'), await person(tenant, 'VIEWER')]
    await test.owner.query(`INSERT INTO client (tenant_id, id, key, name) VALUES ($1, $2, 'acme', 'Acme')`, [
      tenant.id,
      uuidv7(),
    ])
    const role = async () =>
      ((await member.ask('{ viewer { role } }')).data as never as { viewer: { role: string } }).viewer.role
    expect(await role()).toBe('VIEWER')
    expect(await errorsOf(owner.ask, 'changeMemberRole(id: $id, role: FINANCE)', { id: member.id })).toEqual([])
    expect(await role()).toBe('FINANCE')
    expect(await errorsOf(owner.ask, 'changeMemberRole(id: $id, role: CLIENT)', { id: member.id })).toEqual([
      { code: 'MISSING_FIELD', field: ['client'] },
    ])
    expect(await role()).toBe('FINANCE')
    expect(
      await errorsOf(owner.ask, 'changeMemberRole(id: $id, role: CLIENT, client: "acme")', { id: member.id }),
    ).toEqual([])
    expect(await role()).toBe('CLIENT')
    expect(await errorsOf(owner.ask, 'changeMemberRole(id: $id, role: VIEWER)', { id: member.id })).toEqual([])
    expect(await role()).toBe('VIEWER')
  })

  it('keep their last owner, whoever asks', async () => {
    const tenant = await test.tenant()
    const [owner, admin] = [await person(tenant, 'OWNER'), await person(tenant, 'ADMIN')]
    const remove = (by: Asking, id: string) => errorsOf(by, 'removeMember(id: $id)', { id })
    const demote = (by: Asking, id: string) => errorsOf(by, 'changeMemberRole(id: $id, role: ADMIN)', { id })
    expect(await remove(owner.ask, owner.id)).toEqual([{ code: 'LAST_OWNER', field: ['id'] }])
    expect(await demote(owner.ask, owner.id)).toEqual([{ code: 'LAST_OWNER', field: ['role'] }])
    for (const by of [admin.ask, tenant.ask]) {
      expect(await remove(by, owner.id)).toEqual([{ code: 'OWNERS_ONLY', field: ['id'] }])
      expect(await demote(by, owner.id)).toEqual([{ code: 'OWNERS_ONLY', field: ['role'] }])
      expect(await errorsOf(by, 'changeMemberRole(id: $id, role: OWNER)', { id: admin.id })).toEqual([
        { code: 'OWNERS_ONLY', field: ['role'] },
      ])
    }
    expect(await errorsOf(owner.ask, 'changeMemberRole(id: $id, role: OWNER)', { id: admin.id })).toEqual([])
    expect(await remove(owner.ask, owner.id)).toEqual([])
  })

  it('keep an owner also when two owners remove each other at the same instant', async () => {
    const tenant = await test.tenant()
    const [one, two] = [await person(tenant, 'OWNER'), await person(tenant, 'OWNER')]
    const outcomes = await Promise.all([
      one.ask('mutation ($id: ID!) { removeMember(id: $id) { userErrors { code } } }', { id: two.id }),
      two.ask('mutation ($id: ID!) { removeMember(id: $id) { userErrors { code } } }', { id: one.id }),
    ])
    const done = outcomes.map(
      ({ data }) => (data as never as { removeMember: { userErrors: Errors } }).removeMember.userErrors,
    )
    expect(done.filter((errors) => errors.length === 0)).toHaveLength(1)
    const { rows } = await test.owner.query(`SELECT role FROM membership WHERE tenant_id = $1`, [tenant.id])
    expect(rows).toEqual([{ role: 'OWNER' }])
  })

  it('are of one tenant: another one neither sees, changes nor removes them', async () => {
    const [mine, theirs] = [await test.tenant(), await test.tenant()]
    const [owner, member] = [await person(mine, 'OWNER'), await person(theirs, 'VIEWER')]
    await errorsOf(theirs.ask, INVITE, { input: { email: `x-${uuidv7()}@example.test`, role: 'VIEWER' } })
    const [invitation] = await invitationsOf(theirs.ask)
    expect(JSON.stringify(await owner.ask(MEMBERS))).not.toContain(member.email)
    expect(await invitationsOf(owner.ask)).toEqual([])
    const missing = [{ code: 'NOT_FOUND', field: ['id'] }]
    expect(await errorsOf(owner.ask, 'removeMember(id: $id)', { id: member.id })).toEqual(missing)
    expect(await errorsOf(owner.ask, 'changeMemberRole(id: $id, role: ADMIN)', { id: member.id })).toEqual(missing)
    expect(await errorsOf(owner.ask, 'revokeInvitation(id: $id)', { id: invitation?.id })).toEqual(missing)
    expect(await invitationsOf(theirs.ask)).toHaveLength(1)
    for (const id of ['usr_', 'usr_AA', 'key_AAAA', 'nonsense'])
      expect(
        (await owner.ask('mutation ($id: ID!) { removeMember(id: $id) { userErrors { code } } }', { id })).errors,
      ).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'id' } }])
  })
})
