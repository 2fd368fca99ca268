import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { startTestServer, type TestServer, type TestTenant } from '../../http/server-test-kit.ts'

let test: TestServer
let tenant: TestTenant
let finance: string

beforeAll(async () => {
  test = await startTestServer()
  tenant = await test.tenant()
  finance = await tenant.signedIn('FINANCE')
}, 60_000)

afterAll(() => test.close())

interface Sent {
  status: number
  body: {
    format?: string
    statement?: { id: string; name: string; lines: number } | null
    isRepeat?: boolean
    lineCount?: number
    refusedCount?: number
    refused?: { reference: string; reason: string }[]
    lines?: object[]
    mapping?: object[]
    userErrors?: { code: string }[]
    error?: { code: string; message: string }
  }
}

async function send(
  file: string,
  query: Record<string, string> = {},
  headers: Record<string, string> = { cookie: finance },
): Promise<Sent> {
  const address = new URLSearchParams({ name: 'October', ...query }).toString()
  const response = await fetch(`${test.url}/v1/statements?${address}`, { method: 'POST', headers, body: file })
  return { status: response.status, body: (await response.json()) as Sent['body'] }
}

const statements = async (of: TestTenant) => {
  const { data } = await of.ask('{ providerStatements { id name lines } }')
  return (data as never as { providerStatements: { id: string; name: string }[] }).providerStatements
}

const HEADINGS = 'Date,Vendor,Model,Token type,Tokens,Cost,Currency'
const line = (day: number, tokens = '1000', cost = '1.25') =>
  `2026-10-${String(day).padStart(2, '0')},acme,small,input_tokens,${tokens},${cost},GBP`
const csv = (...lines: string[]) => [HEADINGS, ...lines].join('\n')

const COSTS = JSON.stringify({
  object: 'page',
  data: [
    {
      ...{ object: 'bucket', start_time: 1791072000, end_time: 1791158400 },
      results: [
        { object: 'organization.costs.result', amount: { value: 0.06, currency: 'usd' }, line_item: 'gpt-4o, input' },
      ],
    },
  ],
  has_more: false,
})

describe('the route for a provider’s file', () => {
  it('tells what a file is, shows what it would store, and stores nothing', async () => {
    const { status, body } = await send(COSTS, { dryRun: 'true' })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      format: 'OPENAI_COSTS',
      statement: null,
      lineCount: 1,
      refusedCount: 0,
      userErrors: [],
    })
    expect(body.lines).toMatchObject([{ day: '2026-10-04', resource: 'gpt-4o', meter: 'input_tokens', amount: '0.06' }])
    expect((await send(csv(line(1)), { dryRun: 'true' })).body.format).toBe('CSV')
    expect((await send('{"data": [{"rows": []}]}', { dryRun: 'true' })).body.error?.code).toBe('UNKNOWN_SHAPE')
    expect(await statements(tenant)).toEqual([])
  })

  it('takes a map of the columns in place of the guess', async () => {
    const mapping = [
      ...[
        { field: 'provider', text: 'acme' },
        { field: 'day', column: 'When' },
      ],
      ...[
        { field: 'amount', column: 'Paid' },
        { field: 'currency', text: 'GBP' },
      ],
    ]
    const file = 'When,Paid\n2026-10-01,3.50\n'
    const { body } = await send(file, { dryRun: 'true', mapping: JSON.stringify(mapping) })
    expect(body).toMatchObject({ lineCount: 1, lines: [{ provider: 'acme', amount: '3.5', currency: 'GBP' }] })
    expect((await send(file, { dryRun: 'true' })).body.userErrors).toMatchObject([{ code: 'INVALID_MAP' }])
    expect((await send(file, { dryRun: 'true', mapping: '{' })).status).toBe(400)
  })

  it('refuses lines by their place, and takes the others only when it is asked to', async () => {
    const file = csv(line(1), line(2, '1000', 'dear'), line(3))
    const refused = await send(file)
    expect(refused.body).toMatchObject({
      statement: null,
      refused: [{ reference: 'line 3', reason: expect.stringContaining('dear') }],
      userErrors: [{ code: 'REFUSED_LINES' }],
    })
    expect(await statements(tenant)).toEqual([])
    expect((await send(file, { withoutRefused: 'true' })).body.statement).toMatchObject({ name: 'October', lines: 2 })
    expect((await send(file, { withoutRefused: 'true' })).body.isRepeat).toBe(true)
    const [statement] = await statements(tenant)
    await tenant.ask('mutation ($id: ID!) { removeProviderStatement(id: $id) { userErrors { code } } }', {
      id: statement?.id,
    })
  })

  it('takes a file that a person’s GraphQL request could not carry, and says in the audit log that it was imported', async () => {
    const file = csv(...Array.from({ length: 20_000 }, (_, n) => line(1 + (n % 31), String(n))))
    expect(file.length).toBeGreaterThan(256 * 1024 * 3)
    const { status, body } = await send(file, { name: 'Large' })
    expect([status, body.statement?.lines, body.lines?.length]).toEqual([200, 20_000, 50])
    const { data } = await tenant.ask(
      '{ auditLog(action: "importProviderStatement", first: 1) { edges { node { subject facts } } } }',
    )
    expect(JSON.stringify(data)).toContain('Large')
    expect(JSON.stringify(data)).not.toContain('input_tokens')
    await tenant.ask('mutation ($id: ID!) { removeProviderStatement(id: $id) { userErrors { code } } }', {
      id: body.statement?.id,
    })
  }, 60_000)

  it('does not read more than 16 MB', async () => {
    expect((await send('x'.repeat(16 * 1024 * 1024 + 1))).status).toBe(413)
  })

  it('is there for who may manage reconciliation, from a page of ours, and nobody else', async () => {
    const file = csv(line(9))
    const viewer = await tenant.signedIn('VIEWER')
    expect((await send(file, {}, { cookie: viewer })).status).toBe(404)
    expect((await send(file, {}, {})).status).toBe(401)
    expect((await send(file, {}, { cookie: finance, origin: 'https://elsewhere.example' })).status).toBe(403)
    expect(await statements(tenant)).toEqual([])
  })

  it('is of the asker’s tenant only', async () => {
    const other = await test.tenant()
    const file = csv(line(9), line(10))
    const mine = await send(file)
    const theirs = await send(file, { name: 'Theirs' }, { cookie: await other.signedIn('OWNER') })
    expect([mine.body.isRepeat, theirs.body.isRepeat]).toEqual([false, false])
    expect((await statements(other)).map(({ name }) => name)).toEqual(['Theirs'])
    expect((await statements(tenant)).map(({ name }) => name)).toEqual(['October'])
  })

  it('answers who asks wrongly what is wrong', async () => {
    const response = await fetch(`${test.url}/v1/statements`, {
      method: 'POST',
      headers: { cookie: finance },
      body: csv(line(1)),
    })
    expect(response.status).toBe(400)
    expect((await send(csv(line(1)), { format: 'PDF' })).status).toBe(400)
    expect((await send('')).body.userErrors).not.toEqual([])
  })
})

describe('the gap on the cost of the fleet', () => {
  const GAP =
    'invoiceGap { from to providers captureRate invoiced { amount } attributed { amount } gap { amount } open { amount } unexplained { amount } }'
  const gap = async (of: TestTenant, from: string, to: string) => {
    const { data, errors } = await of.ask(
      `{ fleetCost(range: { from: "${from}", to: "${to}" }, compareTo: NONE) { ${GAP} } }`,
    )
    expect(errors).toEqual([])
    return (data as never as { fleetCost: { invoiceGap: Record<string, unknown> | null } }).fleetCost.invoiceGap
  }

  it('is of the days that a statement is there for, and of nothing where none is', async () => {
    const other = await test.tenant()
    expect(await gap(other, '2026-10-01', '2026-11-01')).toBeNull()
    await send(csv(line(9), line(10), '2026-10-10,acme,,,,2.00,GBP'), {}, { cookie: await other.signedIn('FINANCE') })
    expect(await gap(other, '2026-10-01', '2026-11-01')).toEqual({
      ...{ from: '2026-10-09', to: '2026-10-11', providers: ['acme'], captureRate: '0' },
      ...{
        invoiced: { amount: '4.50' },
        attributed: { amount: '0.00' },
        gap: { amount: '4.50' },
        open: { amount: '4.50' },
      },
      unexplained: { amount: '0.00' },
    })
    expect(await gap(other, '2026-10-10', '2026-10-12')).toMatchObject({ from: '2026-10-10', to: '2026-10-11' })
    expect(await gap(other, '2026-09-01', '2026-10-09')).toBeNull()
    expect(await gap(other, '2025-11-01', '2026-10-10')).toMatchObject({ from: '2026-10-09', to: '2026-10-10' })
  })

  it('has what is not accepted', async () => {
    const [statement] = await statements(tenant)
    expect(statement?.name).toBe('October')
    const before = await gap(tenant, '2026-10-01', '2026-11-01')
    expect(before).toMatchObject({ gap: { amount: '2.50' }, open: { amount: '2.50' } })
    const input = { provider: 'acme', from: '2026-10-09', to: '2026-10-10', cause: 'COVERAGE', reason: 'Sent by hand.' }
    const { errors } = await tenant.ask(
      'mutation ($input: AcceptVarianceInput!) { acceptVariance(input: $input) { accepted userErrors { code } } }',
      { input },
    )
    expect(errors).toEqual([])
    expect(await gap(tenant, '2026-10-01', '2026-11-01')).toMatchObject({
      gap: { amount: '2.50' },
      open: { amount: '1.25' },
    })
  })
})
