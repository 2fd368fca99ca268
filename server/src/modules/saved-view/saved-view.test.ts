import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { ask, startTestServer, type Answer, type TestServer, type TestTenant } from '../../http/server-test-kit.ts'

let test: TestServer
let tenant: TestTenant
let mine: string
let colleague: string
let stranger: string

beforeAll(async () => {
  test = await startTestServer()
  tenant = await test.tenant()
  const other = await test.tenant()
  ;[mine, colleague, stranger] = await Promise.all([
    tenant.signedIn('FINANCE'),
    tenant.signedIn('VIEWER'),
    other.signedIn('OWNER'),
  ])
}, 60_000)

afterAll(async () => {
  await test.close()
})

const VIEW = 'view { id name query isShared isOwn } userErrors { code field }'

function as(cookie: string, query: string, variables: Record<string, unknown> = {}): Promise<Answer> {
  return ask(test.url, { cookie }, query, variables)
}

interface View {
  id: string
  name: string
  query: string
  isShared: boolean
  isOwn: boolean
}

interface Payload {
  view: View | null
  userErrors: { code: string; field: string[] | null }[]
}

async function save(cookie: string, input: Record<string, unknown>): Promise<Payload> {
  const answer = await as(cookie, `mutation ($input: SaveViewInput!) { saveView(input: $input) { ${VIEW} } }`, {
    input: { page: 'SPEND', query: '', ...input },
  })
  expect(answer.errors).toEqual([])
  return (answer.data as never as { saveView: Payload }).saveView
}

async function remove(cookie: string, id: string): Promise<Payload> {
  const answer = await as(cookie, `mutation ($id: ID!) { deleteView(id: $id) { ${VIEW} } }`, { id })
  expect(answer.errors).toEqual([])
  return (answer.data as never as { deleteView: Payload }).deleteView
}

async function namesOf(cookie: string): Promise<string[]> {
  const { data } = await as(cookie, '{ savedViews(page: SPEND) { name } }')
  return (data as never as { savedViews: View[] }).savedViews.map(({ name }) => name)
}

describe('saved views', () => {
  it('are one’s own until they are shared, and their name takes a new address', async () => {
    const { view } = await save(mine, { name: 'Clients', query: 'then=agent&by=client' })
    expect(view).toMatchObject({ name: 'Clients', query: 'by=client&then=agent', isShared: false, isOwn: true })
    expect([await namesOf(mine), await namesOf(colleague)]).toEqual([['Clients'], []])

    const again = await save(mine, { name: 'Clients', query: 'by=client', isShared: true })
    expect(again.view).toMatchObject({ id: view?.id, query: 'by=client', isShared: true })
    expect([await namesOf(mine), await namesOf(colleague)]).toEqual([['Clients'], ['Clients']])
  })

  it('stand with one’s own first, and two persons may use one name', async () => {
    await save(colleague, { name: 'Clients' })
    await save(colleague, { name: 'Zoo' })
    const { data } = await as(colleague, '{ savedViews(page: SPEND) { name isOwn } }')
    expect(data).toEqual({
      savedViews: [
        { name: 'Clients', isOwn: true },
        { name: 'Zoo', isOwn: true },
        { name: 'Clients', isOwn: false },
      ],
    })
  })

  it('are deleted by whom they belong to, and by nobody else', async () => {
    const { view } = await save(mine, { name: 'Shared', isShared: true })
    const id = view?.id ?? ''
    const missing = await remove(mine, `viw_${'0'.repeat(26)}`)
    expect(missing).toEqual({ view: null, userErrors: [{ code: 'NOT_FOUND', field: ['id'] }] })
    for (const other of [colleague, stranger]) expect(await remove(other, id)).toEqual(missing)
    expect((await remove(mine, id)).view).toMatchObject({ id, name: 'Shared' })
    expect(await namesOf(mine)).not.toContain('Shared')
  })

  it('are never seen by another tenant', async () => {
    expect(await namesOf(stranger)).toEqual([])
  })

  it.each([
    [{ name: ' ' }, 'MISSING_FIELD', 'name'],
    [{ name: 'Away', query: 'next=https://elsewhere.example' }, 'INVALID_FIELD', 'query'],
    [{ name: 'Away', query: '//elsewhere.example' }, 'INVALID_FIELD', 'query'],
  ])('refuse %j', async (input, code, field) => {
    expect(await save(mine, input)).toEqual({ view: null, userErrors: [{ code, field: ['input', field] }] })
  })

  it('are a hundred of one person at most', async () => {
    const cookie = await tenant.signedIn('OWNER')
    for (let i = 0; i < 100; i += 1) await save(cookie, { name: `View ${i}` })
    expect((await save(cookie, { name: 'One more' })).userErrors).toEqual([
      { code: 'LIMIT_REACHED', field: ['input', 'name'] },
    ])
    expect((await save(cookie, { name: 'View 7', query: 'by=kind' })).view?.query).toBe('by=kind')
  })

  it('are not there for a client’s people, nor for keys', async () => {
    await tenant.ask('mutation { upsertTask(input: { key: "t", client: "north" }) { userErrors { message } } }')
    const client = await tenant.signedIn('CLIENT', 'north')
    const list = '{ savedViews(page: SPEND) { id } }'
    const change = 'mutation { saveView(input: { page: SPEND, name: "x", query: "" }) { view { id } } }'
    const codes = async (answer: Promise<Answer>) => (await answer).errors.map(({ extensions }) => extensions['code'])
    expect(await codes(as(client, list))).toEqual(['NOT_FOUND'])
    expect(await codes(as(client, change))).toEqual(['FORBIDDEN'])
    expect(await codes(tenant.ask(list))).toEqual(['FORBIDDEN'])
    expect(await codes(tenant.ask(change))).toEqual(['FORBIDDEN'])
  })
})
