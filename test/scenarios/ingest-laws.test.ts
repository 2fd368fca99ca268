import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import type { Item } from '../oracle/delivery.ts'
import { Rational } from '../oracle/rational.ts'
import { deliver, type RecordAnswer, recordInvocations } from '../support/deliver.ts'
import { inParallel, item, plainRate } from '../support/items.ts'
import { type Outlay, startOutlay } from '../support/outlay.ts'
import type { HttpAnswer, TenantClient } from '../support/tenant-client.ts'

jest.setTimeout(300_000)

let outlay: Outlay
let tenant: TenantClient

beforeAll(async () => {
  outlay = await startOutlay()
})

/** Every test has a tenant of its own: what it counts is what it sent. */
async function freshTenant(): Promise<TenantClient> {
  const fresh = await outlay.createTenant({ currency: 'GBP', timeZone: 'Europe/London' })
  await deliver(fresh, { kind: 'rates', rates: [plainRate('GBP')] })
  return fresh
}

afterAll(async () => {
  await outlay?.stop()
})

const range = { from: '2026-10-01', to: '2026-11-01' }

async function fleet(of: TenantClient = tenant): Promise<{ total: string; invocations: string; unpriced: string }> {
  const { fleetCost } = await of.gql<{
    fleetCost: { cost: { total: { amount: string }; invocations: string; unpricedInvocations: string } }
  }>(
    'query ($range: DateRangeInput!) { fleetCost(range: $range) { cost { total { amount } invocations unpricedInvocations } } }',
    { range },
  )
  const { total, invocations, unpricedInvocations } = fleetCost.cost
  return { total: total.amount, invocations, unpriced: unpricedInvocations }
}

async function send(items: readonly unknown[], of: TenantClient = tenant): Promise<RecordAnswer> {
  const answer = await of.post('/v1/invocations', items)
  expect({ status: answer.status, body: answer.body }).toMatchObject({ status: 200 })
  return answer.body as RecordAnswer
}

function codes(answer: RecordAnswer): [number, string][] {
  return answer.rejected.map(({ index, code }) => [index, code])
}

describe('L1: an invocation is unique by tenant and id, for ever', () => {
  beforeAll(async () => {
    tenant = await freshTenant()
  })

  it('answers a repeated event as a duplicate, in the same request and in a later one, on every channel', async () => {
    const one = item('once')
    expect(await send([one, one, one])).toEqual({ accepted: 1, duplicates: 2, unpriced: 0, rejected: [] })
    expect(await send([one])).toEqual({ accepted: 0, duplicates: 1, unpriced: 0, rejected: [] })
    expect(await recordInvocations(tenant, [one])).toEqual({ accepted: 0, duplicates: 1, unpriced: 0, rejected: [] })
    const ndjson = await tenant.post('/v1/invocations', `${JSON.stringify(one)}\n\n${JSON.stringify(one)}`, {
      headers: { 'content-type': 'application/x-ndjson' },
      gzip: true,
    })
    expect(ndjson.body).toEqual({ accepted: 0, duplicates: 2, unpriced: 0, rejected: [] })
    expect(await fleet()).toEqual({ total: '1.00', invocations: '1', unpriced: '0' })
  })

  it('takes the same content for the same however its numbers, instants and fields are written', async () => {
    await send([item('spelling', { qualifiers: { a: '1', b: '2' } })])
    const again = {
      qualifiers: { b: '2', a: '1' },
      ...item('spelling', {
        occurredAt: '2026-10-10T11:00:00.000+01:00',
        usage: [{ quantity: 1000, meter: 'input_tokens' }],
        task: null,
      }),
    }
    expect(await send([again])).toMatchObject({ duplicates: 1, rejected: [] })
    expect(await send([{ ...again, usage: [{ meter: 'input_tokens', quantity: '1000.000000' }] }])).toMatchObject({
      duplicates: 1,
    })
  })

  it('refuses other content under a known id with CONFLICT and keeps the stored one (1,000 pairs)', async () => {
    const before = await fleet()
    const firsts = Array.from({ length: 1_000 }, (_, index) => item(`pair-${index}`))
    const changes: Partial<Record<keyof Item, unknown>>[] = [
      { agent: 'other' },
      { client: null },
      { occurredAt: '2026-10-10T10:00:00.000001Z' },
      { occurredAt: '2026-09-10T10:00:00Z' },
      { usage: [{ meter: 'input_tokens', quantity: '1000.000001' }] },
      { usage: [{ meter: 'output_tokens', quantity: '1000' }] },
      { kind: 'TOOL' },
      { resource: 'small-2' },
      { trace: 't' },
      { qualifiers: { tier: 'batch' } },
    ]
    const seconds = firsts.map((first, index) => ({ ...first, ...changes[index % changes.length] }))
    expect(await send(firsts)).toMatchObject({ accepted: 1_000 })
    expect(codes(await send(seconds))).toEqual(firsts.map((_, index) => [index, 'CONFLICT']))
    const both = await recordInvocations(tenant, [
      item('pair-new'),
      item('pair-new', { agent: 'other' }),
      item('pair-0'),
    ])
    expect(both).toMatchObject({
      accepted: 1,
      duplicates: 1,
      rejected: [{ index: 1, id: 'pair-new', code: 'CONFLICT' }],
    })
    const total = Rational.parse(before.total).plus(Rational.parse('1001')).toDecimal(2)
    expect(await fleet()).toEqual({ ...before, total, invocations: String(Number(before.invocations) + 1_001) })
  })

  it('stores 64 concurrent sends of one id once, for 50 ids, and answers all alike', async () => {
    const before = await fleet()
    const sends = Array.from({ length: 50 * 64 }, (_, index) => `rush-${index % 50}`)
    const answers = await inParallel(sends, 64, (id) => send([item(id)]))
    for (let id = 0; id < 50; id += 1) {
      const ofId = answers.filter((_, index) => index % 50 === id)
      expect(ofId.reduce((sum, answer) => sum + answer.accepted, 0)).toBe(1)
      expect(ofId.reduce((sum, answer) => sum + answer.duplicates, 0)).toBe(63)
    }
    expect(Number((await fleet()).invocations) - Number(before.invocations)).toBe(50)
  })

  it('lets 64 concurrent senders of different contents under one id keep exactly one', async () => {
    const before = await fleet()
    const sends = Array.from({ length: 64 }, (_, index) => item('duel', { agent: `agent-${index}` }))
    const answers = await inParallel(sends, 64, (one) => send([one]))
    expect(answers.filter((answer) => answer.accepted === 1)).toHaveLength(1)
    expect(answers.filter((answer) => answer.rejected[0]?.code === 'CONFLICT')).toHaveLength(63)
    expect(Number((await fleet()).invocations) - Number(before.invocations)).toBe(1)
  })
})

describe('L2: a refused item is named by its index, and the others of its batch are kept', () => {
  beforeAll(async () => {
    tenant = await freshTenant()
  })

  const usage = (quantity: unknown): Partial<Record<keyof Item, unknown>> => ({
    usage: [{ meter: 'input_tokens', quantity }],
  })

  it.each<[string, unknown]>([
    ['null', null],
    ['a string', 'event'],
    ['a list', []],
    ['an empty object', {}],
    ['an empty id', item('')],
    ['an id of blanks', item('  ')],
    ['a number as id', item(7 as unknown as string)],
    ['an agent that is an object', item('x', { agent: {} })],
    ['an unknown field', { ...item('x'), agnet: 'typo' }],
    ['a prototype', JSON.parse('{"__proto__":{"id":"x"},"id":"x"}')],
    ['an unknown kind', item('x', { kind: 'LLM' })],
    ['no instant', item('x', { occurredAt: null })],
    ['a date', item('x', { occurredAt: '2026-10-10' })],
    ['a local time', item('x', { occurredAt: '2026-10-10T10:00:00' })],
    ['a day that does not exist', item('x', { occurredAt: '2026-02-30T10:00:00Z' })],
    ['an hour that does not exist', item('x', { occurredAt: '2026-10-10T25:00:00Z' })],
    ['ten decimals of a second', item('x', { occurredAt: '2026-10-10T10:00:00.1234567890Z' })],
    ['a year before time', item('x', { occurredAt: '0001-01-01T00:00:00Z' })],
    ['milliseconds as a number', item('x', { occurredAt: 1_790_000_000_000 })],
    ['an end before the start', item('x', { endedAt: '2026-10-10T09:59:59Z' })],
    ['no usage', item('x', { usage: null })],
    ['usage that is an object', item('x', { usage: { input_tokens: '1' } })],
    ['a meter without a name', item('x', { usage: [{ meter: '', quantity: '1' }] })],
    ['one meter twice', item('x', { usage: [1, 2].map(() => ({ meter: 'input_tokens', quantity: '1' })) })],
    ['a negative quantity', item('x', usage('-1'))],
    ['seven decimals', item('x', usage('0.0000001'))],
    ['an exponent', item('x', usage('1e5'))],
    ['hexadecimal', item('x', usage('0x10'))],
    ['a comma', item('x', usage('1,5'))],
    ['a plus sign', item('x', usage('+1'))],
    ['blanks around a number', item('x', usage(' 1 '))],
    ['Arabic digits', item('x', usage('١'))],
    ['forty digits', item('x', usage('1'.repeat(40)))],
    ['Infinity', item('x', usage('Infinity'))],
    ['NaN', item('x', usage('NaN'))],
    ['an empty quantity', item('x', usage(''))],
    ['true', item('x', usage(true))],
    ['a control character', item('x', { agent: 'a\u0000b' })],
    ['half a surrogate pair', item('x', { agent: '\ud800' })],
    ['a reported cost with an exponent', item('x', { reportedCost: { amount: '1e5', currency: 'GBP' } } as object)],
    ['a reported cost in no currency', item('x', { reportedCost: { amount: '1', currency: 'POUND' } } as object)],
    ['a qualifier that is an object', item('x', { qualifiers: { tier: {} } })],
    ['a shared use without a trace', item('x', { sharedKey: 'k' })],
    ['a span that is its own parent', item('x', { trace: 't', span: 's', parentSpan: 's' })],
  ])('refuses %s', async (name, bad) => {
    const neighbour = item(`beside ${name}`)
    const answer = await send([neighbour, bad, neighbour])
    expect(answer).toMatchObject({ accepted: 1, duplicates: 1, unpriced: 0 })
    expect(answer.rejected).toHaveLength(1)
    expect(answer.rejected[0]).toMatchObject({ index: 1, code: expect.stringMatching(/^[A-Z][A-Z_]+$/) })
    expect(answer.rejected[0]?.message).toMatch(/^[A-Z“"a-z].{10,}\.$/)
  })

  it('never rounds a quantity that JSON wrote as a number: it is exact or refused', async () => {
    const numbers = [
      '0.1',
      '1000000.000001',
      '9007199254740993',
      '12345678901234567',
      '0.30000000000000004',
      '1e2',
      '-0',
      '1e400',
    ]
    for (const [index, number] of numbers.entries()) {
      const text = JSON.stringify([item(`number-${index}`, { agent: `number-${index}` })]).replace('"1000"', number)
      const { status, body } = await tenant.post('/v1/invocations', text)
      const answer = body as RecordAnswer
      if (status !== 200 || answer.rejected.length > 0) continue
      const expected = { '0.1': '0.0001', '1000000.000001': '1000.000000001', '9007199254740993': '9007199254740.993' }
      const exact = { ...expected, '12345678901234567': '12345678901234.567', '1e2': '0.10', '-0': '0.00' }
      const { costRollup } = await tenant.gql<{ costRollup: { total: { direct: { amount: string } } } }>(
        `query ($range: DateRangeInput!, $agents: [String!]) {
          costRollup(range: $range, groupBy: [AGENT], filter: { agents: $agents }) { total { direct { amount } } }
        }`,
        { range, agents: [`number-${index}`] },
      )
      expect({ number, cost: costRollup.total.direct.amount }).toEqual({
        number,
        cost: Rational.parse((exact as Record<string, string>)[number] ?? 'refused').toDecimal(2),
      })
    }
  })

  it('keeps what is good on a line of NDJSON beside lines that are no JSON', async () => {
    const body = [JSON.stringify(item('line-0')), '{"id": ', 'hello', JSON.stringify(item('line-3'))].join('\r\n')
    const answer = await tenant.post('/v1/invocations', body, { headers: { 'content-type': 'application/x-ndjson' } })
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({
      accepted: 2,
      rejected: [
        { index: 1, id: null },
        { index: 2, id: null },
      ],
    })
  })

  it('stores and rolls up every event that it acknowledged, and nothing else', async () => {
    const fresh = await freshTenant()
    const items = Array.from({ length: 3_000 }, (_, index) =>
      index % 3 === 0 ? item(`mixed-${index}`, usage('-1')) : item(`mixed-${index}`),
    )
    const answer = await send(items, fresh)
    expect(answer).toMatchObject({ accepted: 2_000, duplicates: 0 })
    expect(answer.rejected.map(({ index, id }) => [index, id])).toEqual(
      Array.from({ length: 1_000 }, (_, index) => [index * 3, `mixed-${index * 3}`]),
    )
    expect(await fleet(fresh)).toEqual({ total: '2000.00', invocations: '2000', unpriced: '0' })
  })
})

describe('L3: what a tag names exists from the first event on, and a missing tag is unattributed', () => {
  it('creates agent, client, project and task on first sight, once, named by their keys', async () => {
    const fresh = await freshTenant()
    const tags = { agent: 'Ünï 🚀 agent', client: "o'neill; DROP TABLE task", project: '<b>p</b>', task: '=1+1' }
    await inParallel(Array.from({ length: 24 }), 24, (_, index) => send([item(`first-${index}`, tags)], fresh))
    const data = await fresh.gql(
      `{ agents { nodes { key name } } clients { nodes { key name } } projects { nodes { key name client { key } } }
         tasks { nodes { key name status client { key } project { key } } } }`,
    )
    const named = (key: string): object => ({ key, name: key })
    expect(data).toEqual({
      agents: { nodes: [named(tags.agent)] },
      clients: { nodes: [named(tags.client)] },
      projects: { nodes: [{ ...named(tags.project), client: { key: tags.client } }] },
      tasks: {
        nodes: [{ ...named(tags.task), status: 'OPEN', client: { key: tags.client }, project: { key: tags.project } }],
      },
    })
  })

  it('shows cost without a tag as the named remainder of each view', async () => {
    const fresh = await freshTenant()
    await send([item('tagged', { task: 'T' }), item('bare', { agent: null, client: null })], fresh)
    const { fleetCost } = await fresh.gql(
      `query ($range: DateRangeInput!) { fleetCost(range: $range) {
        withoutAgent { amount } withoutTask { amount } withoutClient { amount } cost { total { amount } }
      } }`,
      { range },
    )
    expect(fleetCost).toEqual({
      withoutAgent: { amount: '1.00' },
      withoutTask: { amount: '1.00' },
      withoutClient: { amount: '1.00' },
      cost: { total: { amount: '2.00' } },
    })
  })
})

describe('L4: two clocks', () => {
  it('counts a late event in the month it occurred in, and refuses one more than five minutes ahead', async () => {
    const fresh = await freshTenant()
    const ahead = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString()
    const answer = await send(
      [
        // Nanoseconds are cut, never rounded into the next day.
        item('late', { occurredAt: '2026-10-31T23:59:59.999999999Z' }),
        item('soon', { occurredAt: ahead(4) }),
        item('far', { occurredAt: ahead(6) }),
        item('in ten years', { occurredAt: ahead(10 * 365 * 24 * 60) }),
      ],
      fresh,
    )
    expect(answer.accepted).toBe(2)
    expect(answer.rejected.map(({ index }) => index)).toEqual([2, 3])
    expect(await fleet(fresh)).toMatchObject({ invocations: '1' })
  })

  it('takes the first events of a month from eight tenants at once', async () => {
    const tenants = await inParallel(Array.from({ length: 8 }), 4, freshTenant)
    for (const year of [2017, 2018, 2019]) {
      const months = Array.from({ length: 12 }, (_, month) =>
        item(`${year}-${month}`, { occurredAt: `${year}-${String(month + 1).padStart(2, '0')}-10T10:00:00Z` }),
      )
      const answers = await inParallel(tenants, 8, (one) => send(months, one))
      expect(answers.map((answer) => answer.accepted)).toEqual(tenants.map(() => 12))
    }
  })
})

describe('L5 and L9: quantities are kept apart by meter, and what has no price is unpriced, never 0', () => {
  it('prices each meter by itself and leaves the whole event unpriced when one has no rate', async () => {
    const fresh = await freshTenant()
    const answer = await send(
      [
        item('partly', {
          usage: [
            { meter: 'input_tokens', quantity: '1000' },
            { meter: 'cache_read_tokens', quantity: '500' },
          ],
        }),
        item('unknown', { resource: 'unheard-of' }),
        item('whole'),
      ],
      fresh,
    )
    expect(answer).toEqual({ accepted: 3, duplicates: 0, unpriced: 2, rejected: [] })
    expect(await fleet(fresh)).toEqual({ total: '1.00', invocations: '3', unpriced: '2' })
    const { unpricedUsage } = await fresh.gql<{ unpricedUsage: { meter: string }[] }>(
      'query ($range: DateRangeInput!) { unpricedUsage(range: $range) { provider resource meter invocations quantity } }',
      { range },
    )
    expect(unpricedUsage.sort((a, b) => (a.meter < b.meter ? -1 : 1))).toEqual([
      { provider: 'acme', resource: 'small-1', meter: 'cache_read_tokens', invocations: '1', quantity: '500' },
      { provider: 'acme', resource: 'unheard-of', meter: 'input_tokens', invocations: '1', quantity: '1000' },
    ])
  })
})

describe('L11: a rate is in force from its first instant to just before its last', () => {
  it.each([
    ['-1', '09:29:59.999999', '1.00'],
    ['0', '09:30:00', '2.00'],
    ['+1', '09:30:00.000001', '2.00'],
  ])('prices the very first event of a resource, %s microseconds from a price change', async (_shift, time, total) => {
    const fresh = await outlay.createTenant({ currency: 'GBP', timeZone: 'Europe/London' })
    const change = '2026-10-14T09:30:00Z'
    const [old, next] = [plainRate('GBP'), { ...plainRate('GBP'), price: { amount: '2', currency: 'GBP' } }]
    const rates = [
      { ...old, effectiveTo: change },
      { ...next, effectiveFrom: change },
    ]
    await deliver(fresh, { kind: 'rates', rates })
    await send([item('first', { occurredAt: `2026-10-14T${time}Z` })], fresh)
    expect(await fleet(fresh)).toEqual({ total, invocations: '1', unpriced: '0' })
  })

  it('ends an open rate where the next one begins, and refuses one that overlaps another', async () => {
    const fresh = await freshTenant()
    const publish = (rate: object) =>
      fresh.gql<{ publishRates: { userErrors: { code: string; message: string }[] } }>(
        'mutation ($input: PublishRatesInput!) { publishRates(input: $input) { userErrors { code message } } }',
        { input: { rates: [{ ...plainRate('GBP'), ...rate }] } },
      )
    const dearer = { price: { amount: '3', currency: 'GBP' }, effectiveFrom: '2026-10-12T00:00:00Z' }
    expect((await publish(dearer)).publishRates.userErrors).toEqual([])
    const within = { effectiveFrom: '2026-01-01T00:00:00Z', effectiveTo: '2026-02-01T00:00:00Z' }
    const refused = await publish(within)
    expect(refused.publishRates.userErrors).toEqual([
      { code: 'RATE_OVERLAP', message: expect.stringContaining('small-1') },
    ])
    await send([item('before'), item('after', { occurredAt: '2026-10-12T00:00:00Z' })], fresh)
    expect(await fleet(fresh)).toMatchObject({ total: '4.00', invocations: '2' })
  })
})

describe('L6: usage on wrappers is claimed, compared and never added', () => {
  it('bills a wrapper until its first leaf arrives, then the leaf alone', async () => {
    const fresh = await freshTenant()
    const wrapper = item('w', { kind: 'AGENT', trace: 't', span: 'w' })
    const leaf = item('l', {
      trace: 't',
      span: 'l',
      parentSpan: 'm',
      usage: [{ meter: 'input_tokens', quantity: '600' }],
    })
    const between = item('m', { kind: 'OTHER', trace: 't', span: 'm', parentSpan: 'w', usage: [] })
    await send([wrapper], fresh)
    expect(await fleet(fresh)).toMatchObject({ total: '1.00', invocations: '1' })
    await send([leaf], fresh)
    expect(await fleet(fresh)).toMatchObject({ total: '1.60', invocations: '2' })
    // The missing link arrives: the leaf lies below the wrapper now.
    await send([between], fresh)
    expect(await fleet(fresh)).toMatchObject({ total: '0.60', invocations: '1' })
  })
})

describe('limits and envelopes', () => {
  beforeAll(async () => {
    tenant = await freshTenant()
  })

  const many = (count: number, prefix: string): Item[] =>
    Array.from({ length: count }, (_, index) => item(`${prefix}-${index}`))

  it('takes 1,000 items in a mutation and refuses 1,001 as a whole', async () => {
    expect(await recordInvocations(tenant, many(1_000, 'mutation'))).toMatchObject({ accepted: 1_000 })
    const over = await tenant.tryGql(
      'mutation ($input: RecordInvocationsInput!) { recordInvocations(input: $input) { accepted } }',
      { input: { invocations: many(1_001, 'over') } },
    )
    expect(over.data?.['recordInvocations'] ?? null).toBeNull()
    expect(over.errors).toHaveLength(1)
    expect(over.errors[0]?.extensions['code']).toMatch(/^[A-Z_]+$/)
    expect(over.errors[0]?.extensions['code']).not.toBe('INTERNAL_SERVER_ERROR')
    expect(await fleet()).toMatchObject({ invocations: '1000' })
  })

  it('takes 10,000 items in a POST and refuses 10,001 as a whole', async () => {
    const before = Number((await fleet()).invocations)
    const compact = many(10_000, 'post').map(({ id, occurredAt, usage }) => ({ id, occurredAt, usage }))
    expect(await send(compact)).toMatchObject({ accepted: 10_000, duplicates: 0, rejected: [] })
    const over = [...compact, { ...compact[0], id: 'post-over' }]
    expectRefused(await tenant.post('/v1/invocations', over), 413)
    const lines = over.map((one) => JSON.stringify(one)).join('\n')
    expectRefused(await tenant.post('/v1/invocations', lines, ndjson), 413)
    expect(Number((await fleet()).invocations)).toBe(before + 10_000)
  })

  const ndjson = { headers: { 'content-type': 'application/x-ndjson' } }

  it('takes 64 quantities and keys of 256 characters, and refuses one more of either', async () => {
    const quantities = (count: number): object[] =>
      Array.from({ length: count }, (_, index) => ({ meter: `meter_${index}`, quantity: '1' }))
    const long = (length: number): object =>
      Object.fromEntries(
        ['agent', 'client', 'project', 'task', 'trace', 'span', 'parentSpan', 'provider', 'resource', 'sharedKey'].map(
          (field, index) => [field, String.fromCharCode(97 + index).repeat(length)],
        ),
      )
    const answer = await send([
      item('64', { usage: quantities(64) }),
      item('65', { usage: quantities(65) }),
      item('i'.repeat(256), long(256)),
      item('i'.repeat(257)),
      ...Object.entries(long(257)).map(([field, value]) => item(`long ${field}`, { trace: 't', [field]: value })),
    ])
    expect(answer.accepted).toBe(2)
    expect(answer.rejected.map(({ index }) => index)).toEqual([1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13])
  })

  it('stops a gzip bomb at the limit, and takes 16 MiB exactly', async () => {
    const padding = (bytes: number): string => {
      const text = JSON.stringify([item(`padded-${bytes}`)])
      return text + ' '.repeat(bytes - Buffer.byteLength(text))
    }
    const limit = 16 * 1024 * 1024
    expect((await tenant.post('/v1/invocations', padding(limit), { gzip: true })).body).toMatchObject({ accepted: 1 })
    expect((await tenant.post('/v1/invocations', padding(limit - 1))).body).toMatchObject({ accepted: 1 })
    expectRefused(await tenant.post('/v1/invocations', padding(limit + 1), { gzip: true }), 413)
    const bomb = gzipSync(Buffer.alloc(256 * 1024 * 1024))
    const headers = { 'content-encoding': 'gzip' }
    expectRefused(await tenant.post('/v1/invocations', bomb, { headers }), 413)
    expectRefused(await tenant.post('/v1/traces', bomb, { headers }), 413)
  })

  it.each<[number, string, unknown, Record<string, string | null>]>([
    [400, 'a body that is no JSON', '[{', {}],
    [400, 'an empty body', '', {}],
    [400, 'a number', '1', {}],
    [400, 'a string', '"x"', {}],
    [400, 'null', 'null', {}],
    [400, 'bytes that are no gzip', 'not gzip', { 'content-encoding': 'gzip' }],
    [400, 'half of a gzip', gzipSync('[]').subarray(0, 15), { 'content-encoding': 'gzip' }],
    [401, 'no key', '[]', { authorization: null }],
    [401, 'an unknown key', '[]', { authorization: `Bearer outl_live_${'x'.repeat(40)}` }],
    [401, 'another scheme', '[]', { authorization: 'Basic dXNlcjpwYXNz' }],
    [401, 'a session instead of a key', '[]', { authorization: null, cookie: 'better-auth.session_token=x' }],
    [415, 'plain text', '[]', { 'content-type': 'text/plain' }],
    [415, 'a form', 'a=1', { 'content-type': 'application/x-www-form-urlencoded' }],
    [415, 'XML', '<a/>', { 'content-type': 'application/xml' }],
    [415, 'an unknown encoding', '[]', { 'content-encoding': 'zstd-9000' }],
  ])('answers %i to %s, in JSON', async (status, _name, body, headers) => {
    expectRefused(await tenant.post('/v1/invocations', body, { headers }), status)
  })

  it('answers 403 to a key that may not ingest, and lets one that may only ingest read nothing', async () => {
    const make = async (scope: string): Promise<TenantClient> => {
      const { createApiKey } = await tenant.gql<{ createApiKey: { secret: string } }>(
        `mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret userErrors { message } } }`,
        { input: { name: scope, scopes: [scope] } },
      )
      return outlay.clientFor(tenant.key, createApiKey.secret)
    }
    const [reader, sender] = [await make('read'), await make('ingest')]
    expectRefused(await reader.post('/v1/invocations', [item('forbidden')]), 403)
    expectRefused(await reader.post('/v1/traces', '{}'), 403)
    expect(await send([item('allowed')], sender)).toMatchObject({ accepted: 1 })
    const { errors } = await sender.tryGql(
      'query ($range: DateRangeInput!) { fleetCost(range: $range) { cost { total { amount } } } }',
      { range },
    )
    expect(errors.map((error) => error.extensions['code'])).toEqual(['FORBIDDEN'])
    const written = await reader.tryGql(
      'mutation ($input: RecordInvocationsInput!) { recordInvocations(input: $input) { accepted } }',
      { input: { invocations: [item('forbidden')] } },
    )
    expect(written.errors.map((error) => error.extensions['code'])).toEqual(['FORBIDDEN'])
  })

  it('refuses a revoked key within five seconds', async () => {
    const { createApiKey } = await tenant.gql<{ createApiKey: { secret: string; apiKey: { id: string } } }>(
      `mutation { createApiKey(input: { name: "short-lived", scopes: ["ingest"] }) { secret apiKey { id } } }`,
    )
    const client = outlay.clientFor(tenant.key, createApiKey.secret)
    expect(await send([item('before revocation')], client)).toMatchObject({ accepted: 1 })
    await tenant.gql('mutation ($id: ID!) { revokeApiKey(id: $id) { userErrors { message } } }', {
      id: createApiKey.apiKey.id,
    })
    await new Promise((resolve) => setTimeout(resolve, 5_000))
    expectRefused(await client.post('/v1/invocations', [item('after revocation')]), 401)
  })

  it('takes brotli and deflate or says 415, never anything else', async () => {
    const { brotliCompressSync, deflateSync } = await import('node:zlib')
    const body = JSON.stringify([item('compressed')])
    for (const [encoding, bytes] of [
      ['br', brotliCompressSync(body)],
      ['deflate', deflateSync(body)],
    ] as const) {
      const answer = await tenant.post('/v1/invocations', bytes, { headers: { 'content-encoding': encoding } })
      expect([200, 415]).toContain(answer.status)
    }
  })

  it('takes an empty array and an empty body of lines for nothing', async () => {
    const nothing = { accepted: 0, duplicates: 0, unpriced: 0, rejected: [] }
    expect((await tenant.post('/v1/invocations', '[]')).body).toEqual(nothing)
    expect((await tenant.post('/v1/invocations', '\n\n', ndjson)).body).toEqual(nothing)
  })

  it('survives ten thousand nested brackets and duplicate keys', async () => {
    const deep = `[${'['.repeat(10_000)}${']'.repeat(10_000)}]`
    const answer = await tenant.post('/v1/invocations', deep)
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ accepted: 0, rejected: [{ index: 0 }] })
    const qualifiers = `{"a":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}`
    const nested = JSON.stringify([item('nested', { qualifiers: {} })]).replace('{}', qualifiers)
    expect((await tenant.post('/v1/invocations', nested)).body).toMatchObject({ rejected: [{ index: 0 }] })
  })
})

/** A refused envelope: the status, JSON, a stable code, a sentence, and nothing of our insides. */
function expectRefused(answer: HttpAnswer, status: number): void {
  expect({ status: answer.status, body: answer.body }).toMatchObject({ status, body: expect.any(Object) })
  expect(answer.headers.get('content-type')).toContain('application/json')
  const text = JSON.stringify(answer.body)
  expect(text).toMatch(/"code":"[A-Z_]+"/)
  expect(text).toMatch(/"message":".{10,}"/)
  expect(text).not.toMatch(/at .*\.(ts|js):|SELECT |INSERT |node_modules/)
}
