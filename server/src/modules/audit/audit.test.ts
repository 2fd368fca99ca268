import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { insertAuditEvent } from '@outlay/db/sql/read-audit'
import { tenantSql } from '@outlay/db/sql/tenant-sql'
import { isNonNullType, isObjectType } from 'graphql'
import { schema } from '../../graphql/schema.ts'
import { ask, startTestServer, type TestServer, type TestTenant } from '../../http/server-test-kit.ts'

let test: TestServer

beforeAll(async () => {
  test = await startTestServer()
}, 120_000)

afterAll(async () => {
  await test.close()
})

interface Entry {
  id: string
  at: string
  actorKind: string
  actorId: string
  actor: string
  action: string
  subject: string | null
  facts: Record<string, unknown>
}

type Asking = TestTenant['ask']

const ENTRY = 'id at actorKind actorId actor action subject facts'

async function logOf(asking: Asking, args = '(first: 100)'): Promise<Entry[]> {
  const { data, errors } = await asking(`{ auditLog${args} { nodes { ${ENTRY} } } }`)
  expect(errors).toEqual([])
  return (data as never as { auditLog: { nodes: Entry[] } }).auditLog.nodes
}

const asPerson =
  (tenant: TestTenant, cookie: string): Asking =>
  (query, variables) =>
    ask(test.url, { cookie, 'x-outlay-tenant': tenant.key }, query, variables)

const CHANNEL =
  'mutation ($input: ChannelInput!) { createChannel(input: $input) { channel { id } userErrors { code } } }'

describe('the audit log', () => {
  it('has every mutation of the schema, but the recording of usage and what clients ask', () => {
    const fields = Object.values(schema.getMutationType()?.getFields() ?? {})
    const ways = Object.fromEntries(fields.map(({ name, extensions }) => [name, extensions['audited']]))
    // A mutation that is missing here never came by auditMutations; one that is no longer ALWAYS needs a reason in docs/decisions/0021.
    expect(ways).toEqual({
      ...Object.fromEntries(fields.map(({ name }) => [name, 'ALWAYS'])),
      askQuestion: 'NEVER',
      recordInvocations: 'NEVER',
      upsertTask: 'PEOPLE',
    })
    expect(fields.length).toBeGreaterThan(40)
  })

  it('can tell of every mutation whether it succeeded: each payload has its userErrors', () => {
    const fields = Object.values(schema.getMutationType()?.getFields() ?? {})
    const blind = fields.filter(({ type }) => {
      const named = isNonNullType(type) ? type.ofType : type
      return !isObjectType(named) || named.getFields()['userErrors'] === undefined
    })
    expect(blind.map(({ name }) => name)).toEqual(['recordInvocations'])
  })

  it('says who did what to what with which input, and no secret', async () => {
    const tenant = await test.tenant()
    const owner = asPerson(tenant, await tenant.signedIn('OWNER'))
    const { data } = await owner('{ viewer { id email } }')
    const { viewer } = data as never as { viewer: { id: string; email: string } }
    const target = 'https://hooks.example.com/in?token=1'
    await owner(CHANNEL, { input: { name: 'Ops', kind: 'WEBHOOK', target } })
    await tenant.ask('mutation { createApiKey(input: { name: "CI", scopes: ["read"] }) { secret } }')
    const entries = await logOf(owner)
    expect(entries).toEqual([
      {
        id: expect.stringMatching(/^aud_/),
        at: expect.stringMatching(/Z$/),
        actorKind: 'KEY',
        actorId: expect.stringMatching(/^key_/),
        actor: 'API key Test',
        action: 'createApiKey',
        subject: 'CI',
        facts: { input: { name: 'CI', scopes: ['read'] } },
      },
      {
        id: expect.stringMatching(/^aud_/),
        at: expect.stringMatching(/Z$/),
        actorKind: 'USER',
        actorId: viewer.id,
        actor: viewer.email,
        action: 'createChannel',
        subject: 'Ops',
        facts: { input: expect.objectContaining({ name: 'Ops', kind: 'WEBHOOK', target: '[redacted]' }) },
      },
    ])
    const { rows } = await test.owner.query<{ row: string }>(
      'SELECT a::text AS row FROM audit_event a WHERE tenant_id = $1',
      [tenant.id],
    )
    expect(rows.map(({ row }) => row).join()).not.toContain('token=1')
  })

  it('has nothing of what was refused, whatever refused it', async () => {
    const tenant = await test.tenant()
    const viewer = asPerson(tenant, await tenant.signedIn('VIEWER'))
    await viewer(CHANNEL, { input: { name: 'Ops', kind: 'EMAIL', target: 'a@b.example' } })
    await tenant.ask(CHANNEL, { input: { name: ' ', kind: 'EMAIL', target: 'a@b.example' } })
    await tenant.ask(CHANNEL, { input: { name: 'Ops' } })
    await tenant.ask('mutation { revokeApiKey(id: "nonsense") { apiKey { id } } }')
    expect(await logOf(tenant.ask)).toEqual([])
  })

  it('has tasks that a person changed, and not those that a key sends with its usage', async () => {
    const tenant = await test.tenant()
    const manager = asPerson(tenant, await tenant.signedIn('PROJECT_MANAGER'))
    const upsert = (key: string) => `mutation { upsertTask(input: { key: "${key}" }) { userErrors { code } } }`
    await tenant.ask(upsert('sent'))
    await tenant.ask('mutation { recordInvocations(input: { invocations: [] }) { accepted } }')
    await manager(upsert('changed'))
    expect(await logOf(tenant.ask)).toMatchObject([{ action: 'upsertTask', subject: 'changed' }])
  })

  it('keeps what text and jsonb cannot hold as U+FFFD', async () => {
    const tenant = await test.tenant()
    await insertAuditEvent(tenantSql(test.server.pool, tenant.id), {
      actorKind: 'KEY',
      actorId: 'key_1',
      actorLabel: 'API key Test',
      action: 'setBudget',
      subject: 'a\u0000b',
      facts: { note: 'a\u0000b\ud800', '\u0000': 1 },
    })
    expect(await logOf(tenant.ask)).toMatchObject([
      { subject: 'a\ufffdb', facts: { note: 'a\ufffdb\ufffd', '\ufffd': 1 } },
    ])
  })

  it('is read in pages, the newest first, and filtered by action and by who', async () => {
    const tenant = await test.tenant()
    const owner = asPerson(tenant, await tenant.signedIn('OWNER'))
    for (const name of ['one', 'two', 'three'])
      await tenant.ask(`mutation { createApiKey(input: { name: "${name}", scopes: ["read"] }) { secret } }`)
    await owner(CHANNEL, { input: { name: 'Ops', kind: 'EMAIL', target: 'a@b.example' } })
    const page = async (args: string) => {
      const { data } = await tenant.ask(
        `{ auditLog${args} { nodes { subject } totalCount pageInfo { endCursor hasNextPage } } }`,
      )
      return (
        data as never as {
          auditLog: {
            nodes: { subject: string }[]
            totalCount: number
            pageInfo: { endCursor: string; hasNextPage: boolean }
          }
        }
      ).auditLog
    }
    const first = await page('(first: 3)')
    expect(first).toMatchObject({
      nodes: [{ subject: 'Ops' }, { subject: 'three' }, { subject: 'two' }],
      totalCount: 4,
      pageInfo: { hasNextPage: true },
    })
    const second = await page(`(first: 3, after: "${first.pageInfo.endCursor}")`)
    expect(second).toMatchObject({ nodes: [{ subject: 'one' }], pageInfo: { hasNextPage: false } })
    expect((await page('(action: "createChannel")')).totalCount).toBe(1)
    expect((await page('(actor: "API key Test")')).totalCount).toBe(3)
    expect((await page('(actor: "nobody", action: "createApiKey")')).totalCount).toBe(0)
    const { data } = await tenant.ask('{ auditFacets { actions actors } }')
    expect(data).toEqual({
      auditFacets: {
        actions: ['createApiKey', 'createChannel'],
        actors: ['API key Test', expect.stringMatching(/^owner-/)],
      },
    })
    for (const after of ['x', Buffer.from('["auditLog","a","b"]').toString('base64url')]) {
      const { errors } = await tenant.ask(`{ auditLog(after: "${after}") { totalCount } }`)
      expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'after' })
    }
  })

  it('is read by those who answer for it, and by keys of scope admin', async () => {
    const tenant = await test.tenant()
    const codes = async (asking: Asking) =>
      (await asking('{ auditLog { totalCount } }')).errors.map(({ extensions }) => extensions['code'])
    for (const role of ['OWNER', 'ADMIN', 'FINANCE'] as const)
      expect(await codes(asPerson(tenant, await tenant.signedIn(role)))).toEqual([])
    for (const role of ['PROJECT_MANAGER', 'VIEWER'] as const)
      expect(await codes(asPerson(tenant, await tenant.signedIn(role)))).toEqual(['NOT_FOUND'])
    const reader = await tenant.keyWith('read')
    expect(await codes((query) => ask(test.url, { authorization: `Bearer ${reader}` }, query))).toEqual(['FORBIDDEN'])
  })

  it('is of one tenant, and nobody can change or delete an entry', async () => {
    const [mine, theirs] = [await test.tenant(), await test.tenant()]
    await theirs.ask('mutation { createApiKey(input: { name: "theirs", scopes: ["read"] }) { secret } }')
    expect(await logOf(mine.ask)).toEqual([])
    const { rows } = await test.owner.query<{ privilege: string }>(
      `SELECT privilege_type AS privilege FROM information_schema.role_table_grants
       WHERE table_name = 'audit_event' AND grantee = 'outlay_app' ORDER BY 1`,
    )
    expect(rows.map(({ privilege }) => privilege)).toEqual(['INSERT', 'SELECT'])
  })
})
