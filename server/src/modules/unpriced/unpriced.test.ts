import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { ask, startTestServer, type TestServer, type TestTenant } from '../../http/server-test-kit.ts'

let test: TestServer
let tenant: TestTenant

beforeAll(async () => {
  test = await startTestServer()
  tenant = await test.tenant()
}, 120_000)

afterAll(async () => {
  await test.close()
})

const MARCH = 'range: { from: "2026-03-01", to: "2026-04-01" }'

async function record(...events: object[]): Promise<void> {
  const { data, errors } = await tenant.ask(
    'mutation R($events: [InvocationInput!]!) { recordInvocations(input: { invocations: $events }) { accepted rejected { message } } }',
    { events },
  )
  expect(errors).toEqual([])
  expect(data).toEqual({ recordInvocations: { accepted: events.length, rejected: [] } })
}

function event(id: string, occurredAt: string, fields: object, usage: Record<string, string>): object {
  return { id, occurredAt, ...fields, usage: Object.entries(usage).map(([meter, quantity]) => ({ meter, quantity })) }
}

async function unpriced(): Promise<object[]> {
  const { data } = await tenant.ask(
    `{ unpricedUsage(${MARCH}) { provider resource meter invocations quantity tasks clients firstSeen lastSeen } }`,
  )
  return (data as unknown as { unpricedUsage: object[] }).unpricedUsage
}

async function unconverted(): Promise<object[]> {
  const { data } = await tenant.ask(`{ unconvertedUsage(${MARCH}) { currency date invocations isPublished } }`)
  return (data as unknown as { unconvertedUsage: object[] }).unconvertedUsage
}

describe('the queue of what has no price', () => {
  const model = { provider: 'lab', resource: 'unheard-of' }
  const lookup = { provider: 'store', resource: 'index', kind: 'RETRIEVAL', trace: 'one', task: 'T2' }

  it('names resource and meter, and how many tasks and clients are incomplete for it', async () => {
    await tenant.ask('mutation { upsertTask(input: { key: "T2", client: "gamma" }) { userErrors { message } } }')
    await record(
      event('a', '2026-03-02T10:00:00Z', { ...model, task: 'T1', client: 'acme' }, { input_tokens: '5' }),
      event(
        'b',
        '2026-03-02T10:00:00.000001Z',
        { ...model, task: 'T1', client: 'acme' },
        { input_tokens: '3', output_tokens: '2' },
      ),
      event('c', '2026-03-03T10:00:00Z', { ...model, client: 'beta' }, { input_tokens: '0.25' }),
      event('d', '2026-03-04T10:00:00Z', model, { input_tokens: '1' }),
      // A shared use belongs to the client of its task, gamma, whatever its report says; the second report counts nothing.
      event('s1', '2026-03-05T10:00:00Z', { ...lookup, sharedKey: 'k', client: 'beta', span: 's1' }, { requests: '1' }),
      event('s2', '2026-03-05T10:00:01Z', { ...lookup, sharedKey: 'k', client: 'acme', span: 's2' }, { requests: '1' }),
      event('e', '2026-03-06T10:00:00Z', { ...lookup, client: 'gamma', span: 'e' }, { requests: '2' }),
      // Neither before nor after March in London counts; the 31st ends at 23:00 UTC.
      event('before', '2026-02-28T23:59:59.999999Z', model, { input_tokens: '100' }),
      event('after', '2026-03-31T23:00:00Z', model, { input_tokens: '100' }),
    )
    expect(await unpriced()).toEqual([
      {
        ...model,
        meter: 'input_tokens',
        invocations: '4',
        quantity: '9.25',
        tasks: '1',
        clients: '2',
        firstSeen: '2026-03-02T10:00:00Z',
        lastSeen: '2026-03-04T10:00:00Z',
      },
      {
        provider: 'store',
        resource: 'index',
        meter: 'requests',
        invocations: '2',
        quantity: '3',
        tasks: '1',
        clients: '1',
        firstSeen: '2026-03-05T10:00:00Z',
        lastSeen: '2026-03-06T10:00:00Z',
      },
      {
        ...model,
        meter: 'output_tokens',
        invocations: '1',
        quantity: '2',
        tasks: '1',
        clients: '1',
        firstSeen: '2026-03-02T10:00:00.000001Z',
        lastSeen: '2026-03-02T10:00:00.000001Z',
      },
    ])
  })

  it('forgets what was voided', async () => {
    await test.owner.query("UPDATE invocation SET billing = 'VOID' WHERE tenant_id = $1 AND id IN ('a', 'b', 'e')", [
      tenant.id,
    ])
    expect(await unpriced()).toMatchObject([
      { resource: 'unheard-of', meter: 'input_tokens', invocations: '2', quantity: '1.25', tasks: '0', clients: '1' },
      { resource: 'index', invocations: '1', quantity: '1' },
    ])
  })
})

describe('the queue of what is not converted', () => {
  it('names each missing rate by currency and UTC date, and how many wait for it', async () => {
    tenant = await test.tenant({ timeZone: 'Asia/Tokyo' })
    const rate = (meter: string, amount: string, currency: string) => ({
      provider: 'acme',
      resource: 'large',
      meter,
      price: { amount, currency },
      effectiveFrom: '2026-01-01T00:00:00Z',
    })
    await tenant.ask(
      'mutation P($rates: [RateInput!]!) { publishRates(input: { rates: $rates }) { userErrors { message } } }',
      {
        rates: [
          rate('input_tokens', '0.01', 'USD'),
          rate('output_tokens', '0.02', 'USD'),
          rate('images', '6', 'JPY'),
          rate('seconds', '1', 'GBP'),
        ],
      },
    )
    const large = { provider: 'acme', resource: 'large' }
    await record(
      // Two lines wait for one rate: the invocation counts once.
      event('a', '2026-03-02T23:59:59.999999Z', large, { input_tokens: '1', output_tokens: '1' }),
      event('b', '2026-03-03T00:00:00Z', large, { input_tokens: '1' }),
      event('c', '2026-03-03T12:00:00Z', large, { input_tokens: '1', images: '2', seconds: '3' }),
      // It lacks a price as well; the rate is missing all the same.
      event('d', '2026-03-03T13:00:00Z', large, { images: '2', pages: '1' }),
      event('e', '2026-03-04T12:00:00Z', large, { seconds: '3' }),
      // The last instant of February in Tokyo, and the first of March.
      event('f', '2026-02-28T14:59:59.999999Z', large, { input_tokens: '1' }),
      event('g', '2026-02-28T15:00:00Z', large, { input_tokens: '1' }),
    )
    expect(await unconverted()).toEqual([
      { currency: 'USD', date: '2026-02-28', invocations: '1', isPublished: false },
      { currency: 'USD', date: '2026-03-02', invocations: '1', isPublished: false },
      { currency: 'JPY', date: '2026-03-03', invocations: '2', isPublished: false },
      { currency: 'USD', date: '2026-03-03', invocations: '2', isPublished: false },
    ])
    const { data } = await tenant.ask(`{ fleetCost(${MARCH}) { cost { total { amount } unconvertedInvocations } } }`)
    expect(data).toEqual({ fleetCost: { cost: { total: { amount: '3.00' }, unconvertedInvocations: '4' } } })
  })

  it('keeps what waits when the rate arrives, says so, and converts what is recorded from then on', async () => {
    await tenant.ask(
      'mutation { publishFxRates(input: { rates: [{ date: "2026-03-03", base: "USD", quote: "GBP", rate: "0.79" }] }) { userErrors { message } } }',
    )
    await record(event('h', '2026-03-03T14:00:00Z', { provider: 'acme', resource: 'large' }, { input_tokens: '100' }))
    expect(await unconverted()).toContainEqual({
      currency: 'USD',
      date: '2026-03-03',
      invocations: '2',
      isPublished: true,
    })
    const { data } = await tenant.ask(`{ fleetCost(${MARCH}) { cost { total { amount } } } }`)
    expect(data).toEqual({ fleetCost: { cost: { total: { amount: '3.79' } } } })
  })

  it('names the currency of a cost that its sender reported', async () => {
    await record(
      event(
        'r',
        '2026-03-20T12:00:00Z',
        { provider: 'x', resource: 'y', reportedCost: { amount: '3', currency: 'KWD' } },
        { pages: '1' },
      ),
    )
    await test.owner.query(
      "UPDATE invocation SET status = 'UNCONVERTED', cost_basis = 'REPORTED' WHERE tenant_id = $1 AND id = 'r'",
      [tenant.id],
    )
    expect((await unconverted()).at(-1)).toEqual({
      currency: 'KWD',
      date: '2026-03-20',
      invocations: '1',
      isPublished: false,
    })
  })

  it('does not exist for a client of the tenant', async () => {
    await record(event('z', '2026-03-21T12:00:00Z', { client: 'acme', provider: 'x', resource: 'y' }, { pages: '1' }))
    const cookie = await tenant.signedIn('CLIENT', 'acme')
    for (const field of ['unconvertedUsage', 'unpricedUsage']) {
      const answer = await ask(test.url, { cookie }, `{ ${field}(${MARCH}) { invocations } }`)
      expect(answer.errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }])
    }
  })
})
