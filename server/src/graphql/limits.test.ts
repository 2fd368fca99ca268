import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { ask, startTestServer, type TestServer, type TestTenant } from '../http/server-test-kit.ts'

let test: TestServer
let tenant: TestTenant

beforeAll(async () => {
  test = await startTestServer()
  tenant = await test.tenant()
}, 120_000)

afterAll(async () => {
  await test.close()
})

const RANGE = 'range: { from: "2026-03-01", to: "2026-04-01" }'
const times = (count: number, make: (i: number) => string) => Array.from({ length: count }, (_, i) => make(i)).join(' ')

/** Posts any bytes. */
async function post(body: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${test.url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tenant.apiKey}`, 'content-type': 'application/json', ...headers },
    body,
  })
  const text = await response.text()
  return { status: response.status, text }
}

const query = (text: string, variables?: object) => post(JSON.stringify({ query: text, variables }))

describe('an abusive document', () => {
  const deep = (levels: number) => `{ ${times(levels, () => 'tenant {')} name ${'}'.repeat(levels)} }`
  const fragments = (count: number) =>
    `{ viewer { ...f0 } } ${times(count, (i) => `fragment f${i} on Viewer { ...f${i + 1} ...f${i + 1} }`)} fragment f${count} on Viewer { id }`

  it.each([
    ['60 levels', deep(60)],
    ['5,000 levels', deep(5_000)],
    ['1,000 aliases', `{ ${times(1_000, (i) => `a${i}: tenant { name }`)} }`],
    ['10,000 aliases', `{ ${times(10_000, (i) => `a${i}: tenant { name }`)} }`],
    ['3,000 directives', `{ tenant { name ${times(3_000, () => '@include(if: true)')} } }`],
    ['20,000 duplicate fields', `{ tenant { ${times(20_000, () => 'name')} } }`],
    ['300 overlapping fields', `{ tenant { ${times(300, () => 'name')} } }`],
    ['fragments that double 20 times', fragments(20)],
    ['fragments that double 100 times', fragments(100)],
    [
      'a page of pages of pages',
      `{ taskCosts(${RANGE}, first: 100) { nodes { traces { spans { ratedLines { rate { price { amount } } } } } } } }`,
    ],
    ['100,000 tokens', `{ ${times(100_000, () => 'x')} }`],
  ])('of %s is refused, with a short answer', async (_name, text) => {
    const { status, text: answer } = await query(text)
    expect([status, JSON.parse(answer).errors[0].extensions.code]).toEqual([400, 'QUERY_TOO_COMPLEX'])
    expect(answer.length).toBeLessThan(16_000)
  })

  it('with a cycle of fragments is refused as invalid', async () => {
    const { status, text } = await query(
      '{ tenant { ...a } } fragment a on Tenant { ...b } fragment b on Tenant { ...a }',
    )
    expect([status, JSON.parse(text).errors[0].extensions.code]).toEqual([400, 'GRAPHQL_VALIDATION_FAILED'])
  })

  it('with a thousand faults gets twenty of them explained, without suggesting names', async () => {
    const { status, text } = await query(`{ tenant { ${times(900, (i) => `nam${i}`)} } }`)
    expect(status).toBe(400)
    expect(JSON.parse(text).errors).toHaveLength(20)
    expect(text).not.toContain('Did you mean')
  })
})

describe('an abusive request', () => {
  it.each([
    ['a batch', JSON.stringify([{ query: '{ tenant { name } }' }]), {}, 400],
    ['a text', '{ tenant { name } }', { 'content-type': 'text/plain' }, 415],
    ['a form', 'query=%7Btenant%7Bname%7D%7D', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['broken JSON', '{"query":', {}, 400],
    ['no document', '{}', {}, 400],
    ['a poisoned prototype', '{"query":"{ tenant { name } }","__proto__":{"admin":true}}', {}, 400],
    ['5 MB', JSON.stringify({ query: `{ tenant { name } } # ${'x'.repeat(5_000_000)}` }), {}, 413],
  ])('of %s is refused', async (_name, body, headers, expected) => {
    const { status, text } = await post(body, headers as Record<string, string>)
    expect(status).toBe(expected)
    expect(text.length).toBeLessThan(2_000)
  })

  it('larger than 256 KB is refused to people, who record no batches', async () => {
    const cookie = await tenant.signedIn('OWNER')
    const response = await fetch(`${test.url}/graphql`, {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/json' },
      body: JSON.stringify({ query: `{ tenant { name } } # ${'x'.repeat(300_000)}` }),
    })
    expect(response.status).toBe(413)
  })

  it('by GET is refused', async () => {
    const response = await fetch(`${test.url}/graphql?query={tenant{name}}`, {
      headers: { authorization: `Bearer ${tenant.apiKey}` },
    })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
  })

  it('for the schema is answered to nobody who is not signed in', async () => {
    expect((await ask(test.url, {}, '{ __schema { types { name } } }')).status).toBe(401)
    const { getIntrospectionQuery } = await import('graphql')
    expect((await tenant.ask(getIntrospectionQuery())).errors).toEqual([])
  })
})

describe('an argument that cannot be', () => {
  const ranges = (from: string, to: string) => `range: { from: "${from}", to: "${to}" }`

  it.each([
    [`{ agentCosts(${RANGE}, first: 0) { totalCount } }`, 'first'],
    [`{ agentCosts(${RANGE}, first: -1) { totalCount } }`, 'first'],
    [`{ taskCosts(${RANGE}, first: 1000000000) { totalCount } }`, 'first'],
    ['{ tasks(first: 101) { totalCount } }', 'first'],
    ['{ recentInvocations(first: 0) { id } }', 'first'],
    ['{ agents(after: "garbage") { totalCount } }', 'after'],
    [`{ fleetCost(${ranges('2026-04-01', '2026-04-01')}) { currency } }`, 'range.to'],
    [`{ fleetCost(${ranges('2026-04-02', '2026-04-01')}) { currency } }`, 'range.to'],
    [`{ clientCosts(${ranges('2010-01-01', '2026-04-01')}) { totalCount } }`, 'range'],
    ['{ fxRates(from: "2026-04-02", to: "2026-04-01") { rate } }', 'to'],
    ['mutation { revokeApiKey(id: "agt_00000000000000000000000000") { apiKey { id } } }', 'id'],
  ])('is refused by its name: %s', async (text, argument) => {
    const { status, data, errors } = await tenant.ask(text)
    expect(data).toBeNull()
    expect(status).toBe(200)
    expect(errors.map(({ extensions }) => extensions)).toEqual([
      { code: 'BAD_USER_INPUT', argument, requestId: expect.any(String) },
    ])
  })

  it.each([
    '2026-02-30',
    '2026-13-01',
    '26-01-01',
    '2026-03-01T00:00:00Z',
    '',
    '0000-00-00',
    '+2026-03-01',
    '2026-3-1',
  ])('is refused as a date: %j', async (date) => {
    const { status, errors } = await tenant.ask(
      `{ fleetCost(range: { from: ${JSON.stringify(date)}, to: "2026-04-01" }) { currency } }`,
    )
    expect([status, errors[0]?.extensions['code']]).toEqual([400, 'GRAPHQL_VALIDATION_FAILED'])
    const variable = await tenant.ask(
      'query F($from: Date!) { fleetCost(range: { from: $from, to: "2026-04-01" }) { currency } }',
      { from: date },
    )
    expect([variable.status, variable.errors[0]?.extensions['code']]).toEqual([400, 'BAD_USER_INPUT'])
  })

  it('is never answered by a 500, whatever the cursor', async () => {
    const lists = [
      'agents',
      'clients',
      'projects',
      'tasks',
      `agentCosts(${RANGE}`,
      `clientCosts(${RANGE}`,
      `projectCosts(${RANGE}`,
      `taskCosts(${RANGE}`,
      `taskCosts(${RANGE}, orderBy: COST`,
    ]
    const json = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url')
    const cursors = [
      '',
      '%%%',
      'AAAA',
      json(),
      json('agents'),
      json('agents', 1),
      json('agents', '\u0000'),
      json('agentCosts', 'NaN', 'x'),
      json('agentCosts', "1'; DROP TABLE agent; --", 'x'),
      json('agentCosts', '1e5', 'x'),
      json('clientCosts', '1', 'x', 'y'),
      json('projectCosts', 'NaN', 'x'),
      json('taskCosts RECENT', '2026-99-99', '00000000-0000-0000-0000-000000000000'),
      json('taskCosts RECENT', '2026-01-01', 'x'),
      json('taskCosts COST', 'Infinity', '00000000-0000-0000-0000-000000000000'),
      json('taskCosts COST', '9'.repeat(400), '00000000-0000-0000-0000-000000000000'),
      'A'.repeat(50_000),
    ]
    for (const list of lists) {
      for (const cursor of cursors) {
        const call = `${list}${list.includes('(') ? ', ' : '('}after: ${JSON.stringify(cursor)})`
        const { errors } = await tenant.ask(`{ ${call} { totalCount } }`)
        expect([call.slice(0, 100), errors.map(({ extensions }) => extensions['code'])]).toEqual([
          call.slice(0, 100),
          ['BAD_USER_INPUT'],
        ])
      }
    }
  })

  it('leaks nothing of the inside, whatever text it is', async () => {
    const texts = ["' OR 1=1 --", '$1', '\u0000', '\ud800', '💥', '%', '../../etc/passwd', '{{7*7}}', 'x'.repeat(2_000)]
    const keyed = `query Q($k: String!, $id: ID!) { a: agent(key: $k) { id } c: client(key: $k) { id } p: project(key: $k) { id } t: task(key: $k) { id }
      tc: taskCost(taskKey: $k) { margin { amount } } tr: trace(traceId: $k) { traceId } n: node(id: $id) { id }
      r: rateCards(provider: $k) { provider } ac: agentCost(agentKey: $k, ${RANGE}) { tasksCompleted }
      x: costRollup(${RANGE}, groupBy: [AGENT], filter: { agents: [$k], resources: [$k], providers: [$k] }) { rows { keys { key } } } }`
    for (const text of texts) {
      const { errors, data } = await tenant.ask(keyed, { k: text, id: text })
      expect([text, errors]).toEqual([text, []])
      expect(Object.values(data ?? {}).flatMap((value) => (value === null ? [] : [JSON.stringify(value)]))).toEqual([
        '[]',
        '{"rows":[]}',
      ])
    }
  })

  it('in a mutation comes back as something to mend, with its place in the input', async () => {
    const { errors, data } = await tenant.ask(`mutation {
      task: upsertTask(input: { key: "", status: OPEN }) { task { id } userErrors { code field } }
      rates: publishRates(input: { rates: [{ provider: "p", resource: "r", meter: "input_tokens", price: { amount: "1e5", currency: "GBP" }, effectiveFrom: "yesterday" }] }) { rates { id } userErrors { code field } }
      key: createApiKey(input: { name: " ", scopes: ["read"] }) { secret userErrors { code field } }
      scope: createApiKey(input: { name: "x", scopes: ["root"] }) { secret userErrors { code field } }
    }`)
    expect(errors).toEqual([])
    expect(data).toMatchObject({
      task: { task: null, userErrors: [{ field: ['input', 'key'] }] },
      rates: { rates: null, userErrors: [{ field: expect.arrayContaining(['input', 'rates', '0']) }] },
      key: { secret: null, userErrors: [{ code: 'INVALID_FIELD', field: ['input', 'name'] }] },
      scope: { secret: null, userErrors: [{ code: 'INVALID_FIELD', field: ['input', 'scopes'] }] },
    })
  })

  it('in one event of a batch refuses that event by its index and keeps the others', async () => {
    const good = { id: 'good', occurredAt: '2026-03-01T00:00:00Z', usage: [{ meter: 'input_tokens', quantity: '1' }] }
    const invocations = [
      good,
      { ...good, id: 'money', usage: [{ meter: 'input_tokens', quantity: '1e5' }] },
      { ...good, id: 'time', occurredAt: 'yesterday' },
      { ...good, id: 'negative', usage: [{ meter: 'input_tokens', quantity: '-1' }] },
      { ...good, id: 'currency', reportedCost: { amount: '1', currency: 'pounds' } },
      { ...good, id: 'number', usage: [{ meter: 'input_tokens', quantity: 1500 }] },
    ]
    const { data, errors } = await tenant.ask(
      'mutation R($invocations: [InvocationInput!]!) { recordInvocations(input: { invocations: $invocations }) { accepted rejected { index id code } } }',
      { invocations },
    )
    expect(errors).toEqual([])
    expect(data).toEqual({
      recordInvocations: {
        accepted: 2,
        rejected: [
          { index: 1, id: 'money', code: 'INVALID_DECIMAL' },
          { index: 2, id: 'time', code: 'INVALID_INSTANT' },
          { index: 3, id: 'negative', code: 'NEGATIVE_DECIMAL' },
          { index: 4, id: 'currency', code: 'INVALID_FIELD' },
        ],
      },
    })
  })

  it('of 1,001 events in one mutation is refused, naming the limit', async () => {
    const invocations = Array.from({ length: 1_001 }, (_, i) => ({
      id: `i${i}`,
      occurredAt: '2026-03-01T00:00:00Z',
      usage: [],
    }))
    const send =
      'mutation R($invocations: [InvocationInput!]!) { recordInvocations(input: { invocations: $invocations }) { accepted } }'
    expect((await tenant.ask(send, { invocations })).errors.map(({ extensions }) => extensions['argument'])).toEqual([
      'input.invocations',
    ])
    expect((await tenant.ask(send, { invocations: invocations.slice(1) })).data).toEqual({
      recordInvocations: { accepted: 1_000 },
    })
  })
})

describe('the number of statements', () => {
  it('does not grow with the length of a list', async () => {
    const invocations = Array.from({ length: 100 }, (_, i) => ({
      id: `n${i}`,
      occurredAt: `2026-03-${String(1 + (i % 28)).padStart(2, '0')}T10:00:00Z`,
      agent: `agent-${i}`,
      client: `client-${i}`,
      project: `project-${i}`,
      task: `task-${i}`,
      trace: `trace-${i}`,
      provider: 'lab',
      resource: `model-${i}`,
      usage: [{ meter: 'input_tokens', quantity: '1' }],
    }))
    await tenant.ask(
      'mutation R($invocations: [InvocationInput!]!) { recordInvocations(input: { invocations: $invocations }) { accepted } }',
      { invocations },
    )
    const questions = (first: number) => [
      `{ agentCosts(${RANGE}, first: ${first}) { totalCount nodes { agent { key } resources previous { invocations } tasksCompleted costPerTask { amount } } } }`,
      `{ clientCosts(${RANGE}, first: ${first}) { totalCount nodes { client { key } agentsUsed tasks } } }`,
      `{ projectCosts(${RANGE}, first: ${first}) { totalCount nodes { project { key client { key } } previous { invocations } agentsUsed costPerTask { amount } budget { id } } } }`,
      `{ taskCosts(${RANGE}, first: ${first}) { totalCount nodes { task { key client { key } project { key } } byAgent { agent { key } } } } }`,
      `{ taskCosts(${RANGE}, first: ${Math.min(first, 20)}) { nodes { traces { traceId task { key } spans { agent { key } ratedLines { rate { id } } } } } } }`,
      `{ recentInvocations(first: ${first}) { agent { key } task { key } client { key } project { key } } }`,
    ]
    const { pool } = test.server
    for (const [i, many] of questions(100).entries()) {
      const counts: number[] = []
      for (const text of [questions(1)[i] ?? '', many]) {
        let count = 0
        const query = pool.query.bind(pool)
        pool.query = ((...args: Parameters<typeof query>) => {
          count += 1
          return query(...args)
        }) as typeof pool.query
        expect((await tenant.ask(text)).errors).toEqual([])
        pool.query = query
        counts.push(count)
      }
      expect(counts[1]).toBeLessThanOrEqual(10)
      expect(counts[1]).toBeLessThanOrEqual((counts[0] ?? 0) + 1)
    }
  })
})

describe('an answer', () => {
  it.each([
    ['with data', '{ tenant { name } }', 200],
    ['with errors', '{ nothing }', 400],
  ])('%s is kept by no cache', async (_name, text, status) => {
    const response = await fetch(`${test.url}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tenant.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query: text }),
    })
    expect([response.status, response.headers.get('cache-control')]).toEqual([status, 'no-store'])
    await response.text()
  })
})
