import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import {
  buildSchema,
  getNamedType,
  getNullableType,
  type GraphQLField,
  type GraphQLInputType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql'
import { deliver } from '../support/deliver.ts'
import { item, plainRate } from '../support/items.ts'
import { type Outlay, startOutlay } from '../support/outlay.ts'
import { TenantClient } from '../support/tenant-client.ts'

jest.setTimeout(300_000)

const schema = buildSchema(readFileSync(new URL('../../server/schema.graphql', import.meta.url), 'utf8'))

/** All that a CLIENT may ask. A field that is not here must not exist for it: think before you add one. */
const open = ['account', 'node', 'task', 'tasks', 'tenant', 'viewer']

/** All that a CLIENT may do: about its own account. */
const done = ['revokeOtherSessions', 'revokeSession']

describe('a person of a client', () => {
  let outlay: Outlay
  let cookie: string
  let tenant: TenantClient

  beforeAll(async () => {
    outlay = await startOutlay()
    tenant = await outlay.createTenant({ currency: 'GBP', timeZone: 'Europe/London' })
    await deliver(tenant, { kind: 'rates', rates: [plainRate('GBP')] })
    const tags = { trace: 'own', span: 's', task: 'own', project: 'own' }
    const items = [item('mine', tags), item('theirs', { ...tags, trace: 'other', task: 'other', client: 'contoso' })]
    await tenant.post('/v1/invocations', items)
    for (const key of ['own', 'other'])
      await deliver(tenant, { kind: 'task', change: { key, billed: { amount: '87.65', currency: 'GBP' } } })
    cookie = await outlay.signIn(await outlay.createMember(tenant, { role: 'CLIENT', clientKey: 'northwind' }))
  })

  afterAll(async () => {
    await outlay?.stop()
  })

  async function ask(document: string): Promise<{ status: number; text: string; code: unknown }> {
    const { status, body } = await tenant.post(
      '/graphql',
      { query: document },
      { headers: { authorization: null, cookie, origin: outlay.url } },
    )
    const errors = (body as { errors?: { extensions: { code: string } }[] }).errors
    return { status, text: JSON.stringify(body), code: errors?.[0]?.extensions.code }
  }

  it.each(fieldsOf('Query').filter((field) => !open.includes(field.name)))(
    'cannot ask for $name: it does not exist for it',
    async (field) => {
      expect(await ask(`{ ${selection(field)} }`)).toMatchObject({ code: 'NOT_FOUND' })
    },
  )

  it.each(fieldsOf('Mutation').filter((field) => !done.includes(field.name)))('cannot $name', async (field) => {
    expect(await ask(`mutation { ${selection(field)} }`)).toMatchObject({ code: 'FORBIDDEN' })
  })

  it('sees of its own tasks no more than key, name, status and times, and nothing of others’', async () => {
    const answer =
      await ask(`{ tasks { nodes { key name status completedAt billed { amount } client { key } project { key } } }
      other: task(key: "other") { key } own: task(key: "own") { key billed { amount } } }`)
    const hidden = { billed: null, client: null, project: null }
    const own = { key: 'own', name: 'own', status: 'OPEN', completedAt: null, ...hidden }
    expect(JSON.parse(answer.text)).toEqual({
      data: { tasks: { nodes: [own] }, other: null, own: { key: 'own', billed: null } },
    })
  })

  it('cannot record, whatever it sends along', async () => {
    const headers = { authorization: null, cookie }
    expect((await tenant.post('/v1/invocations', [item('x')], { headers })).status).toBe(401)
    expect((await tenant.post('/v1/traces', '{}', { headers })).status).toBe(401)
  })
})

function fieldsOf(type: 'Query' | 'Mutation'): GraphQLField<unknown, unknown>[] {
  const root = type === 'Query' ? schema.getQueryType() : schema.getMutationType()
  return Object.values(root?.getFields() ?? {})
}

/** The field with the fewest arguments that are valid, and `__typename` of what it answers. */
function selection(field: GraphQLField<unknown, unknown>): string {
  const given = field.args.filter(isRequiredArgument).map((argument) => `${argument.name}: ${literal(argument.type)}`)
  const inside = isCompositeType(getNamedType(field.type)) ? ' { __typename }' : ''
  return `${field.name}${given.length === 0 ? '' : `(${given.join(', ')})`}${inside}`
}

const samples: Record<string, string> = {
  Date: '"2026-10-01"',
  DateTime: '"2026-10-01T00:00:00Z"',
  Decimal: '"1"',
  CurrencyCode: '"GBP"',
  Int: '1',
  Boolean: 'true',
}

function literal(type: GraphQLInputType): string {
  const bare = getNullableType(type)
  if (isListType(bare)) return `[${literal(bare.ofType as GraphQLInputType)}]`
  if (isEnumType(bare)) return bare.getValues()[0]?.name ?? ''
  if (!isInputObjectType(bare)) return samples[getNamedType(bare).name] ?? '"own"'
  const fields = Object.values(bare.getFields()).filter(isRequiredInputField)
  return `{ ${fields.map((field) => `${field.name}: ${literal(field.type)}`).join(', ')} }`
}
