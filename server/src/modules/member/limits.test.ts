import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { addMembership } from '@outlay/db/admin/create-tenant'
import type { Role } from '@outlay/domain/audience/policy'
import { v7 as uuidv7 } from 'uuid'
import { createUser } from '../../auth/create-user.ts'
import { ask, signIn, startTestServer, type TestServer, type TestTenant } from '../../http/server-test-kit.ts'

let test: TestServer
let tenant: TestTenant

beforeAll(async () => {
  test = await startTestServer()
  tenant = await tenantWith('acme', 'birch', 'cedar')
}, 120_000)

afterAll(async () => {
  await test.close()
})

type Asking = TestTenant['ask']
type Errors = { code: string; field: string[] | null }[]

const PASSWORD = 'a-test-password'

async function tenantWith(...clients: string[]): Promise<TestTenant> {
  const made = await test.tenant()
  for (const key of clients)
    await test.owner.query('INSERT INTO client (tenant_id, id, key, name) VALUES ($1, $2, $3, upper($3))', [
      made.id,
      uuidv7(),
      key,
    ])
  return made
}

/** Somebody with a role in a tenant, signed in. */
async function person(of: TestTenant, role: Role): Promise<{ id: string; email: string; ask: Asking }> {
  const email = `${role.toLowerCase()}-${uuidv7()}@example.test`
  const userId = await createUser(test.server.authPool, { email, password: PASSWORD, name: `A ${role}` })
  await addMembership(test.server.pool, { tenantId: of.id, userId, role })
  const asking = askingAs(of, await signIn(test.url, email, PASSWORD))
  const { data } = await asking('{ viewer { id } }')
  return { id: (data as never as { viewer: { id: string } }).viewer.id, email, ask: asking }
}

function askingAs(of: TestTenant, cookie: string): Asking {
  return (query, variables) => ask(test.url, { cookie, 'x-outlay-tenant': of.key }, query, variables)
}

async function setClients(by: Asking, id: string, clients: readonly string[]): Promise<Errors> {
  const { data, errors } = await by(
    'mutation ($id: ID!, $clients: [String!]!) { setMemberClients(id: $id, clients: $clients) { userErrors { code field } } }',
    { id, clients },
  )
  expect(errors).toEqual([])
  return (data as never as { setMemberClients: { userErrors: Errors } }).setMemberClients.userErrors
}

/** The clients that somebody is limited to, as they themselves are told; null: to none. */
async function limitsOf(one: { ask: Asking }): Promise<string[] | null> {
  const { data } = await one.ask('{ viewer { clients { key } } }')
  const { clients } = (data as never as { viewer: { clients: { key: string }[] | null } }).viewer
  return clients === null ? null : clients.map(({ key }) => key).sort()
}

async function seenBy(one: { ask: Asking }): Promise<string[]> {
  const { data } = await one.ask('{ clients { nodes { key } } }')
  return (data as never as { clients: { nodes: { key: string }[] } }).clients.nodes.map(({ key }) => key)
}

describe('setMemberClients', () => {
  it('limits a project manager at once, in place of the clients before, and none lifts the limit', async () => {
    const manager = await person(tenant, 'PROJECT_MANAGER')
    expect([await limitsOf(manager), await seenBy(manager)]).toEqual([null, ['acme', 'birch', 'cedar']])
    for (const [asked, kept] of [
      [
        ['birch', 'acme', 'birch'],
        ['acme', 'birch'],
      ],
      [['cedar'], ['cedar']],
    ] as const) {
      expect(await setClients(tenant.ask, manager.id, asked)).toEqual([])
      expect([await limitsOf(manager), await seenBy(manager)]).toEqual([kept, kept])
    }
    expect(await setClients(tenant.ask, manager.id, [])).toEqual([])
    expect([await limitsOf(manager), await seenBy(manager)]).toEqual([null, ['acme', 'birch', 'cedar']])
  })

  it('is told to who manages members, and stands in the audit log with the clients', async () => {
    const here = await tenantWith('acme')
    const [owner, manager] = [await person(here, 'OWNER'), await person(here, 'PROJECT_MANAGER')]
    await setClients(owner.ask, manager.id, ['acme'])
    const { data } = await owner.ask('{ members { email clients { key } } }')
    expect((data as never as { members: object[] }).members).toEqual(
      expect.arrayContaining([
        { email: owner.email, clients: null },
        { email: manager.email, clients: [{ key: 'acme' }] },
      ]),
    )
    const { data: log } = await owner.ask('{ auditLog { nodes { action actor subject facts } } }')
    expect(log).toEqual({
      auditLog: {
        nodes: [
          {
            action: 'setMemberClients',
            actor: owner.email,
            subject: manager.id,
            facts: { id: manager.id, clients: ['acme'] },
          },
        ],
      },
    })
  })

  it('changes nothing when a client is unknown, or the member is none or no project manager', async () => {
    const manager = await person(tenant, 'PROJECT_MANAGER')
    await setClients(tenant.ask, manager.id, ['acme'])
    const elsewhere = await tenantWith('dogwood')
    const stranger = await person(elsewhere, 'PROJECT_MANAGER')
    const finance = await person(tenant, 'FINANCE')
    const many = Array.from({ length: 201 }, (_, i) => `client-${i}`)
    for (const [id, clients, error] of [
      [manager.id, ['birch', 'nobody'], { code: 'NOT_FOUND', field: ['clients'] }],
      [manager.id, ['dogwood'], { code: 'NOT_FOUND', field: ['clients'] }],
      [manager.id, ['a\u0000'], { code: 'NOT_FOUND', field: ['clients'] }],
      [manager.id, many, { code: 'LIMIT_REACHED', field: ['clients'] }],
      [finance.id, ['acme'], { code: 'INVALID_FIELD', field: ['clients'] }],
      [stranger.id, ['acme'], { code: 'NOT_FOUND', field: ['id'] }],
    ] as const)
      expect(await setClients(tenant.ask, id, clients)).toEqual([error])
    expect([await limitsOf(manager), await limitsOf(finance), await limitsOf(stranger)]).toEqual([['acme'], null, null])
  })

  it.each(['FINANCE', 'PROJECT_MANAGER', 'VIEWER'] as const)(
    'is not for a %s, also not for themselves',
    async (role) => {
      const [one, manager] = [await person(tenant, role), await person(tenant, 'PROJECT_MANAGER')]
      await setClients(tenant.ask, manager.id, ['acme'])
      for (const by of [one, manager]) {
        const { errors } = await by.ask(
          'mutation ($id: ID!) { setMemberClients(id: $id, clients: []) { userErrors { code } } }',
          {
            id: manager.id,
          },
        )
        expect(errors[0]?.extensions['code']).toBe('FORBIDDEN')
      }
      expect(await limitsOf(manager)).toEqual(['acme'])
    },
  )

  it('ends with another role, and does not come back with the role', async () => {
    const manager = await person(tenant, 'PROJECT_MANAGER')
    await setClients(tenant.ask, manager.id, ['acme'])
    const roles: [string, string[] | null][] = []
    for (const role of ['PROJECT_MANAGER', 'VIEWER', 'PROJECT_MANAGER']) {
      await tenant.ask(
        'mutation ($id: ID!, $role: Role!) { changeMemberRole(id: $id, role: $role) { userErrors { code } } }',
        { id: manager.id, role },
      )
      roles.push([role, await limitsOf(manager)])
    }
    expect(roles).toEqual([
      ['PROJECT_MANAGER', ['acme']],
      ['VIEWER', null],
      ['PROJECT_MANAGER', null],
    ])
  })

  it('never shows more when a row of the limit is lost', async () => {
    const manager = await person(tenant, 'PROJECT_MANAGER')
    await setClients(tenant.ask, manager.id, ['acme'])
    await test.owner.query('DELETE FROM membership_client c USING app_user u WHERE u.id = c.user_id AND u.email = $1', [
      manager.email,
    ])
    const later = askingAs(tenant, await signIn(test.url, manager.email, PASSWORD))
    expect([await limitsOf({ ask: later }), await seenBy({ ask: later })]).toEqual([[], []])
  })
})

describe('inviteMember with clients', () => {
  async function invite(input: object): Promise<Errors> {
    const { data, errors } = await tenant.ask(
      'mutation ($input: InviteMemberInput!) { inviteMember(input: $input) { userErrors { code field } } }',
      { input },
    )
    expect(errors).toEqual([])
    return (data as never as { inviteMember: { userErrors: Errors } }).inviteMember.userErrors
  }

  it('limits from the first moment on, and says so while the invitation is open', async () => {
    const email = `limited-${uuidv7()}@example.test`
    expect(await invite({ email, role: 'PROJECT_MANAGER', clients: ['cedar', 'acme'] })).toEqual([])
    const { data } = await tenant.ask('{ invitations { email clients { key } } }')
    const { invitations } = data as never as { invitations: { email: string; clients: { key: string }[] }[] }
    const open = invitations.find((one) => one.email === email)
    expect(open?.clients.map(({ key }) => key).sort()).toEqual(['acme', 'cedar'])

    const outbox = await readFile(join(test.settings.dataDir, 'outbox.txt'), 'utf8')
    const mail = outbox.split('\n---\n').findLast((one) => one.includes(`To: ${email}\n`))
    const token = /\/join\/(\S+)/.exec(mail ?? '')?.[1] ?? ''
    const joined = await fetch(`${test.url}/api/join/${token}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: test.url },
      body: JSON.stringify({ name: 'Ada', password: PASSWORD }),
    })
    expect(joined.status).toBe(200)
    const ada = { ask: askingAs(tenant, await signIn(test.url, email, PASSWORD)) }
    expect([await limitsOf(ada), await seenBy(ada)]).toEqual([
      ['acme', 'cedar'],
      ['acme', 'cedar'],
    ])
  })

  it('without any invites somebody who is not limited', async () => {
    const email = `free-${uuidv7()}@example.test`
    expect(await invite({ email, role: 'PROJECT_MANAGER', clients: [] })).toEqual([])
    const { data } = await tenant.ask('{ invitations { email clients { key } } }')
    const { invitations } = data as never as { invitations: { email: string; clients: unknown }[] }
    expect(invitations.find((one) => one.email === email)?.clients).toBeNull()
  })

  it.each<[string, object, string]>([
    ['another role', { role: 'FINANCE', clients: ['acme'] }, 'INVALID_FIELD'],
    ['a client that is none', { role: 'PROJECT_MANAGER', clients: ['acme', 'nobody'] }, 'NOT_FOUND'],
    ['too many', { role: 'PROJECT_MANAGER', clients: Array.from({ length: 201 }, (_, i) => `c${i}`) }, 'LIMIT_REACHED'],
  ])('is refused for %s', async (_what, input, code) => {
    const email = `refused-${uuidv7()}@example.test`
    expect(await invite({ email, ...input })).toEqual([{ code, field: ['input', 'clients'] }])
    const { data } = await tenant.ask('{ invitations { email } }')
    expect((data as never as { invitations: { email: string }[] }).invitations).not.toContainEqual({ email })
  })
})
