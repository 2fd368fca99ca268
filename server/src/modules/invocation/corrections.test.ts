import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { verifyRollups } from '@outlay/db/ingest/verify-rollups'
import { v7 as uuidv7 } from 'uuid'
import { ask, startTestServer, type TestServer, type TestTenant } from '../../http/server-test-kit.ts'

let test: TestServer

beforeAll(async () => {
  test = await startTestServer()
}, 120_000)

afterAll(() => test.close())

const PRICES = `mutation ($rates: [RateInput!]!) { publishRates(input: { rates: $rates }) { userErrors { code message } } }`
const FX = `mutation ($rates: [FxRateInput!]!) { publishFxRates(input: { rates: $rates }) { userErrors { code } } }`
const RECORD = `mutation ($items: [InvocationInput!]!) { recordInvocations(input: { invocations: $items }) {
  accepted duplicates unpriced rejected { code } } }`
const PAYLOAD = `{ correction { kind invocationId replacementId reason correctedBy correctedAt } userErrors { code message field } }`
const VOID = `mutation ($input: VoidInvocationInput!) { voidInvocation(input: $input) ${PAYLOAD} }`
const REPLACE = `mutation ($input: ReplaceInvocationInput!) { replaceInvocation(input: $input) ${PAYLOAD} }`
const SETTINGS = `mutation ($on: Boolean) { updateTenantSettings(input: { useReportedCost: $on }) { tenant { useReportedCost } userErrors { code } } }`

/** A tenant in GBP with `large` at 0.02 USD per 1,000 input tokens, `search` at 0.50 GBP, and USD at 0.8 on 10 March 2026 only. */
async function tenant(timeZone = 'Europe/London'): Promise<TestTenant> {
  const made = await test.tenant({ timeZone })
  const rate = (resource: string, meter: string, amount: string, currency: string, per: string) => ({
    provider: 'acme',
    resource,
    meter,
    price: { amount, currency },
    per,
    effectiveFrom: '2026-01-01T00:00:00Z',
  })
  const rates = [rate('large', 'input_tokens', '0.02', 'USD', '1000'), rate('search', 'requests', '0.50', 'GBP', '1')]
  expect((await made.ask(PRICES, { rates })).data).toEqual({ publishRates: { userErrors: [] } })
  const fx = [{ date: '2026-03-10', base: 'USD', quote: 'GBP', rate: '0.8' }]
  expect((await made.ask(FX, { rates: fx })).data).toEqual({ publishFxRates: { userErrors: [] } })
  return made
}

const model = (id: string, tokens: string, more: object = {}) => ({
  id,
  provider: 'acme',
  resource: 'large',
  occurredAt: '2026-03-10T23:30:00Z',
  usage: [{ meter: 'input_tokens', quantity: tokens }],
  ...more,
})

async function record(to: TestTenant, ...items: object[]): Promise<void> {
  const { data, errors } = await to.ask(RECORD, { items })
  expect(errors).toEqual([])
  expect(data).toMatchObject({ recordInvocations: { accepted: items.length } })
}

async function data<T = Record<string, never>>(of: TestTenant, query: string, variables?: Record<string, unknown>) {
  const answer = await of.ask(query, variables)
  expect(answer.errors).toEqual([])
  return answer.data as unknown as T
}

const LINE = `meter quantity per unitPrice { amount currency } amountNative { amount currency } fxRate fxDate amount { amount currency }`
const COSTS = `fleetCost(range: { from: "2026-03-01", to: "2026-04-01" }) { cost { total { amount } invocations unpricedInvocations } }`

describe('an invocation', () => {
  it('opens the arithmetic of its cost: native amount, FX rate and its date, which is the UTC date of the event', async () => {
    // At 23:30 UTC on the 10th it is the 11th in Auckland; the FX rate is still that of the 10th.
    const t = await tenant('Pacific/Auckland')
    await record(
      t,
      model('a', '1500', {
        agent: 'research',
        client: 'northwind',
        trace: 'tr',
        span: 's',
        reportedCost: { amount: '0.05', currency: 'USD' },
        qualifiers: { tier: 'batch' },
      }),
    )
    const read = await data(
      t,
      `{ invocation(id: "a") { invocationId kind billing status isVoided costBasis cost { amount currency } ratedLines { ${LINE} rate { card source } }
        reportedCost { amount currency } reportedDifference { amount currency } usage { meter quantity } agent { key } client { key } task { key }
        traceId spanId parentSpanId qualifiers occurredAt correction { kind } replaces supersededRatings { status } } }`,
    )
    expect(read).toEqual({
      invocation: {
        invocationId: 'a',
        kind: 'MODEL',
        billing: 'DIRECT',
        status: 'RATED',
        isVoided: false,
        costBasis: 'RATES',
        cost: { amount: '0.024', currency: 'GBP' },
        ratedLines: [
          {
            meter: 'input_tokens',
            quantity: '1500',
            per: '1000',
            unitPrice: { amount: '0.00002', currency: 'USD' },
            amountNative: { amount: '0.03', currency: 'USD' },
            fxRate: '0.8',
            fxDate: '2026-03-10',
            amount: { amount: '0.024', currency: 'GBP' },
            rate: { card: 'acme 1', source: 'MANUAL' },
          },
        ],
        reportedCost: { amount: '0.05', currency: 'USD' },
        // 0.024 - 0.05 x 0.8
        reportedDifference: { amount: '-0.016', currency: 'GBP' },
        usage: [{ meter: 'input_tokens', quantity: '1500' }],
        agent: { key: 'research' },
        client: { key: 'northwind' },
        task: null,
        traceId: 'tr',
        spanId: 's',
        parentSpanId: null,
        qualifiers: { tier: 'batch' },
        occurredAt: '2026-03-10T23:30:00Z',
        correction: null,
        replaces: null,
        supersededRatings: [],
      },
    })
    const { trace } = await data<{ trace: { spans: object[] } }>(
      t,
      `{ trace(traceId: "tr") { spans { isVoided correction { kind } costBasis reportedCost { amount } reportedDifference { amount } ratedLines { ${LINE} } } } }`,
    )
    expect(trace.spans).toMatchObject([
      {
        isVoided: false,
        correction: null,
        costBasis: 'RATES',
        reportedCost: { amount: '0.05' },
        reportedDifference: { amount: '-0.016' },
        ratedLines: [{ amountNative: { amount: '0.03', currency: 'USD' }, fxDate: '2026-03-10' }],
      },
    ])
  })

  it('keeps the ratings it had before, with who replaced them and why', async () => {
    const t = await tenant()
    await record(t, model('a', '1000', { provider: 'acme' }))
    const reratingId = uuidv7()
    await test.owner.query(
      `INSERT INTO rerating (tenant_id, id, kind, state, range_from, range_to, reason, requested_by, applied_by)
       VALUES ($1, $2, 'RERATING', 'APPLIED', '2026-03-01', '2026-04-01', 'A new contract', 'a@example.test', 'b@example.test')`,
      [t.id, reratingId],
    )
    await test.owner.query(
      `INSERT INTO superseded_rating (tenant_id, invocation_id, rerating_id, occurred_at, status, cost, cost_basis, meters, quantities, rate_ids, amounts, fx_rates)
       SELECT tenant_id, id, $2, occurred_at, status, cost, cost_basis, meters, quantities, rate_ids, amounts, fx_rates FROM invocation WHERE tenant_id = $1`,
      [t.id, reratingId],
    )
    const read = await data(
      t,
      `{ invocation(id: "a") { supersededRatings { status cost { amount } reason by ratedLines { amount { amount } amountNative { amount } } } } }`,
    )
    expect(read).toEqual({
      invocation: {
        supersededRatings: [
          {
            status: 'RATED',
            cost: { amount: '0.016' },
            reason: 'A new contract',
            by: 'b@example.test',
            ratedLines: [{ amount: { amount: '0.016' }, amountNative: { amount: '0.02' } }],
          },
        ],
      },
    })
  })
})

describe('a correction', () => {
  it('shows the voided span at 0 in its place, and the replacement as the node of the span', async () => {
    const t = await tenant()
    await record(
      t,
      model('root', '1000', { kind: 'AGENT', trace: 'tr', span: 'root', task: 'T1', agent: 'lead' }),
      model('a', '1000', { trace: 'tr', span: 'a', parentSpan: 'root', task: 'T1', agent: 'research' }),
      model('b', '2000', { trace: 'tr', span: 'b', parentSpan: 'a', task: 'T1', agent: 'research' }),
    )
    const replaced = await data<{ replaceInvocation: { correction: { replacementId: string } } }>(t, REPLACE, {
      input: {
        id: 'b',
        reason: 'counted twice',
        replacement: { usage: [{ meter: 'input_tokens', quantity: '500' }], client: 'meridian' },
      },
    })
    const id = replaced.replaceInvocation.correction.replacementId
    expect(replaced.replaceInvocation).toEqual({
      correction: {
        kind: 'REPLACE',
        invocationId: 'b',
        replacementId: id,
        reason: 'counted twice',
        correctedBy: 'API key Test',
        correctedAt: expect.stringMatching(/Z$/),
      },
      userErrors: [],
    })
    await data(t, VOID, { input: { id: 'a', reason: 'a rehearsal' } })
    const read = await data<{ trace: unknown; invocation: unknown; replacement: unknown }>(
      t,
      `query ($id: String!) {
        trace(traceId: "tr") { cost { total { amount } invocations } byAgent { agent { key } direct { amount } }
          spans { invocationId depth billing isVoided self { amount } subtree { amount } ratedLines { meter } correction { kind reason replacementId } } }
        invocation(id: "b") { billing isVoided cost { amount } correction { kind replacementId } }
        replacement: invocation(id: $id) { billing replaces cost { amount } client { key } task { key } spanId parentSpanId }
        taskCost(taskKey: "T1") { cost { total { amount } invocations } }
      }`,
      { id },
    )
    const none = { amount: '0.00' }
    expect(read).toEqual({
      trace: {
        cost: { total: { amount: '0.008' }, invocations: '1' },
        byAgent: [{ agent: { key: 'research' }, direct: { amount: '0.008' } }],
        spans: [
          {
            invocationId: 'root',
            depth: 0,
            billing: 'CLAIMED',
            isVoided: false,
            self: none,
            subtree: { amount: '0.008' },
            ratedLines: [],
            correction: null,
          },
          {
            invocationId: 'a',
            depth: 1,
            billing: 'VOID',
            isVoided: true,
            self: none,
            subtree: { amount: '0.008' },
            ratedLines: [],
            correction: { kind: 'VOID', reason: 'a rehearsal', replacementId: null },
          },
          {
            invocationId: id,
            depth: 2,
            billing: 'DIRECT',
            isVoided: false,
            self: { amount: '0.008' },
            subtree: { amount: '0.008' },
            ratedLines: [{ meter: 'input_tokens' }],
            correction: null,
          },
          {
            invocationId: 'b',
            depth: 3,
            billing: 'VOID',
            isVoided: true,
            self: none,
            subtree: none,
            ratedLines: [],
            correction: { kind: 'REPLACE', reason: 'counted twice', replacementId: id },
          },
        ],
      },
      invocation: {
        billing: 'VOID',
        isVoided: true,
        cost: { amount: '0.032' },
        correction: { kind: 'REPLACE', replacementId: id },
      },
      replacement: {
        billing: 'DIRECT',
        replaces: 'b',
        cost: { amount: '0.008' },
        client: { key: 'meridian' },
        task: { key: 'T1' },
        spanId: 'b',
        parentSpanId: 'a',
      },
      taskCost: { cost: { total: { amount: '0.008' }, invocations: '1' } },
    })
    expect(await verifyRollups(test.server.pool, t.id)).toEqual([])
  })

  it('moves the trace to the task of the replacement, and leaves a task of voided events its trace', async () => {
    const t = await tenant()
    const traces = async () => {
      const read = await data<Record<string, { traces: { traceId: string; cost: { total: { amount: string } } }[] }>>(
        t,
        `{ T1: taskCost(taskKey: "T1") { traces { traceId cost { total { amount } } } }
           T2: taskCost(taskKey: "T2") { traces { traceId cost { total { amount } } } } }`,
      )
      return Object.entries(read).map(([task, cost]) => [
        task,
        ...(cost?.traces ?? []).map((trace) => `${trace.traceId} ${trace.cost.total.amount}`),
      ])
    }
    await record(t, model('a', '1000', { trace: 'tr', task: 'T1' }), model('b', '1000', { trace: 'other', task: 'T2' }))
    await data(t, REPLACE, { input: { id: 'a', reason: 'x', replacement: { task: 'T2' } } })
    expect(await traces()).toEqual([['T1'], ['T2', 'other 0.016', 'tr 0.016']])
    await data(t, VOID, { input: { id: 'b', reason: 'x' } })
    expect(await traces()).toEqual([['T1'], ['T2', 'other 0.00', 'tr 0.016']])
  })

  it('names the person who made it', async () => {
    const t = await tenant()
    await record(t, model('a', '1'))
    const cookie = await t.signedIn('FINANCE')
    const answer = await ask(test.url, { cookie, origin: 'http://127.0.0.1' }, VOID, {
      input: { id: 'a', reason: 'why not' },
    })
    expect(answer).toMatchObject({
      data: { voidInvocation: { correction: { correctedBy: expect.stringMatching(/^finance-.*@example\.test$/) } } },
    })
  })

  it('answers what is wrong with the input and where', async () => {
    const t = await tenant()
    await record(t, model('a', '1'), model('b', '1'))
    await data(t, VOID, { input: { id: 'a', reason: 'once' } })
    const errors = async (document: string, input: object) =>
      Object.values(
        await data<Record<string, { userErrors: { code: string; field: string[] }[] }>>(t, document, { input }),
      ).flatMap((payload) => payload.userErrors.map(({ code, field }) => [code, ...field]))
    expect(await errors(VOID, { id: 'a', reason: 'twice' })).toEqual([['ALREADY_CORRECTED', 'input', 'id']])
    expect(await errors(VOID, { id: 'c', reason: 'x' })).toEqual([['NOT_FOUND', 'input', 'id']])
    expect(await errors(VOID, { id: 'b', reason: '' })).toEqual([['MISSING_FIELD', 'input', 'reason']])
    expect(await errors(REPLACE, { id: 'b', reason: 'x', replacement: {} })).toEqual([
      ['NO_CHANGE', 'input', 'replacement'],
    ])
    expect(await errors(REPLACE, { id: 'b', reason: 'x', replacement: { endedAt: '2026-03-01T00:00:00Z' } })).toEqual([
      ['INVALID_FIELD', 'input', 'replacement', 'endedAt'],
    ])
  })

  it('of another tenant’s event finds nothing, and touches nothing', async () => {
    const [mine, other] = [await tenant(), await tenant()]
    await record(other, model('theirs', '1000'))
    const foreign = await data(mine, VOID, { input: { id: 'theirs', reason: 'x' } })
    const missing = await data(mine, VOID, { input: { id: 'nobody', reason: 'x' } })
    expect(JSON.stringify(foreign)).toBe(JSON.stringify(missing).replaceAll('nobody', 'theirs'))
    const input = { id: 'theirs', reason: 'x', replacement: { agent: 'me' } }
    expect(await data(mine, REPLACE, { input })).toMatchObject({
      replaceInvocation: { userErrors: [{ code: 'NOT_FOUND' }] },
    })
    expect(await data(mine, '{ invocation(id: "theirs") { id } }')).toEqual({ invocation: null })
    expect(await data(mine, '{ invocation(id: "no\\u0000body") { id } }')).toEqual({ invocation: null })
    expect(await data(other, `{ invocation(id: "theirs") { billing } ${COSTS} }`)).toEqual({
      invocation: { billing: 'DIRECT' },
      fleetCost: { cost: { total: { amount: '0.016' }, invocations: '1', unpricedInvocations: '0' } },
    })
  })

  it('is for who keeps the money: others may not make it, and a client does not learn that there is any', async () => {
    const t = await tenant()
    await record(t, model('a', '1000', { client: 'northwind', task: 'T1' }))
    const as = async (cookie: string, document: string, variables?: Record<string, unknown>) => {
      const answer = await ask(test.url, { cookie, origin: 'http://127.0.0.1' }, document, variables)
      return answer.errors[0]?.extensions['code'] ?? answer.data
    }
    const input = { id: 'a', reason: 'x' }
    for (const role of ['VIEWER', 'PROJECT_MANAGER', 'CLIENT'] as const) {
      const cookie = await t.signedIn(role, role === 'CLIENT' ? 'northwind' : undefined)
      expect(await as(cookie, VOID, { input })).toBe('FORBIDDEN')
      expect(await as(cookie, REPLACE, { input: { ...input, replacement: {} } })).toBe('FORBIDDEN')
      expect(await as(cookie, SETTINGS, { on: true })).toBe('FORBIDDEN')
      if (role !== 'CLIENT') continue
      expect(await as(cookie, '{ invocation(id: "a") { id } }')).toBe('NOT_FOUND')
      expect(await as(cookie, '{ tenant { useReportedCost } }')).toEqual({ tenant: { useReportedCost: null } })
    }
    expect(await as(await t.signedIn('FINANCE'), SETTINGS, { on: true })).toBe('FORBIDDEN')
    expect(
      (await ask(test.url, { authorization: `Bearer ${await t.keyWith('ingest', 'read')}` }, VOID, { input })).errors,
    ).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])
    expect(await data(t, '{ invocation(id: "a") { billing } }')).toEqual({ invocation: { billing: 'DIRECT' } })
  })

  it('refuses at every door an id that only replacements have', async () => {
    const t = await tenant()
    expect(await data(t, RECORD, { items: [model('cor_x', '1')] })).toMatchObject({
      recordInvocations: { accepted: 0, rejected: [{ code: 'RESERVED_ID' }] },
    })
    const response = await fetch(`${test.url}/v1/invocations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${t.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify([model('cor_x', '1')]),
    })
    expect(await response.json()).toMatchObject({ accepted: 0, rejected: [{ index: 0, code: 'RESERVED_ID' }] })
  })
})

describe('a reported cost', () => {
  const unknown = (id: string, amount: string, currency: string, more: object = {}) =>
    model(id, '1000', { resource: 'unheard-of', reportedCost: { amount, currency }, ...more })
  const COST = `cost { amount } costBasis status ratedLines { meter } reportedCost { amount currency } reportedDifference { amount }`

  it('is kept beside a missing price and not used, until the tenant says so', async () => {
    const t = await tenant()
    expect(await data(t, '{ tenant { useReportedCost } }')).toEqual({ tenant: { useReportedCost: false } })
    await record(t, unknown('before', '0.10', 'USD', { trace: 'tr', span: 's' }))
    expect(await data(t, SETTINGS, { on: true })).toEqual({
      updateTenantSettings: { tenant: { useReportedCost: true }, userErrors: [] },
    })
    await record(
      t,
      unknown('after', '0.10', 'USD', { trace: 'tr', span: 't' }),
      unknown('free', '0', 'GBP'),
      // Free in a currency without any rate: nothing is to be converted.
      unknown('free in yen', '0', 'JPY'),
      // No USD rate on the 11th.
      unknown('unconverted', '0.10', 'USD', { occurredAt: '2026-03-11T00:00:00Z' }),
      // Our rate matches: ours counts.
      model('rated', '1000', { reportedCost: { amount: '0.016', currency: 'GBP' } }),
      // Half of it has a price of ours: the sender's whole counts, not both.
      model('half', '1000', {
        usage: [
          { meter: 'input_tokens', quantity: '1000' },
          { meter: 'images', quantity: '1' },
        ],
        reportedCost: { amount: '0.50', currency: 'GBP' },
      }),
      model('unstated', '1', { resource: 'unheard-of' }),
    )
    const ids = ['before', 'after', 'free', 'free in yen', 'unconverted', 'rated', 'half', 'unstated']
    const read = await data<Record<string, object>>(
      t,
      `{ ${ids.map((id) => `${id.replaceAll(' ', '_')}: invocation(id: "${id}") { ${COST} }`).join(' ')} }`,
    )
    const reported = (amount: string, currency: string) => ({ amount, currency })
    const none = { reportedDifference: null, ratedLines: [] }
    expect(read).toEqual({
      before: { cost: null, costBasis: 'RATES', status: 'UNPRICED', reportedCost: reported('0.10', 'USD'), ...none },
      after: {
        cost: { amount: '0.08' },
        costBasis: 'REPORTED',
        status: 'RATED',
        reportedCost: reported('0.10', 'USD'),
        ...none,
      },
      free: {
        cost: { amount: '0.00' },
        costBasis: 'REPORTED',
        status: 'RATED',
        reportedCost: reported('0.00', 'GBP'),
        ...none,
      },
      free_in_yen: {
        cost: { amount: '0.00' },
        costBasis: 'REPORTED',
        status: 'RATED',
        reportedCost: reported('0', 'JPY'),
        ...none,
      },
      unconverted: {
        cost: null,
        costBasis: 'REPORTED',
        status: 'UNCONVERTED',
        reportedCost: reported('0.10', 'USD'),
        ...none,
      },
      rated: {
        cost: { amount: '0.016' },
        costBasis: 'RATES',
        status: 'RATED',
        ratedLines: [{ meter: 'input_tokens' }],
        reportedCost: reported('0.016', 'GBP'),
        reportedDifference: { amount: '0.00' },
      },
      half: {
        cost: { amount: '0.50' },
        costBasis: 'REPORTED',
        status: 'RATED',
        reportedCost: reported('0.50', 'GBP'),
        ...none,
      },
      unstated: { cost: null, costBasis: 'RATES', status: 'UNPRICED', reportedCost: null, ...none },
    })
    const sums = await data(
      t,
      `{ ${COSTS} unpricedUsage(range: { from: "2026-03-01", to: "2026-04-01" }) { resource invocations } }`,
    )
    expect(sums).toEqual({
      // 0.08 + 0 + 0 + 0.016 + 0.50
      fleetCost: { cost: { total: { amount: '0.596' }, invocations: '8', unpricedInvocations: '2' } },
      unpricedUsage: [{ resource: 'unheard-of', invocations: '2' }],
    })
    expect(
      await data(t, '{ trace(traceId: "tr") { spans { self { amount } unpricedMeters ratedLines { meter } } } }'),
    ).toEqual({
      trace: {
        spans: [
          { self: null, unpricedMeters: ['input_tokens'], ratedLines: [] },
          { self: { amount: '0.08' }, unpricedMeters: [], ratedLines: [] },
        ],
      },
    })
    expect(await verifyRollups(test.server.pool, t.id)).toEqual([])
    // What is rated keeps its rating when the setting goes; what comes then is unpriced again. Nothing given changes nothing.
    expect(await data(t, SETTINGS, { on: false })).toMatchObject({
      updateTenantSettings: { tenant: { useReportedCost: false } },
    })
    expect(await data(t, SETTINGS, {})).toMatchObject({ updateTenantSettings: { tenant: { useReportedCost: false } } })
    await record(t, unknown('later', '0.10', 'GBP'))
    expect(
      await data(t, `{ later: invocation(id: "later") { status } after: invocation(id: "after") { status } }`),
    ).toEqual({
      later: { status: 'UNPRICED' },
      after: { status: 'RATED' },
    })
    expect(await verifyRollups(test.server.pool, t.id)).toEqual([])
  })

  it('leaves the sums with its event, and comes back with the replacement', async () => {
    const t = await tenant()
    await data(t, SETTINGS, { on: true })
    await record(t, unknown('a', '0.10', 'USD', { task: 'T1', agent: 'research' }), unknown('b', '0.20', 'GBP'))
    await data(t, VOID, { input: { id: 'b', reason: 'x' } })
    const replacement = { reportedCost: { amount: '0.30', currency: 'USD' } }
    expect(await data(t, REPLACE, { input: { id: 'a', reason: 'x', replacement } })).toMatchObject({
      replaceInvocation: { userErrors: [] },
    })
    expect(await data(t, `{ ${COSTS} }`)).toMatchObject({
      fleetCost: { cost: { total: { amount: '0.24' }, invocations: '1' } },
    })
    expect(await verifyRollups(test.server.pool, t.id)).toEqual([])
  })
})
