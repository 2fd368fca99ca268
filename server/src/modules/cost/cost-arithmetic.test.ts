import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { runAllocationJob } from '@outlay/db/allocation/run-job'
import { applyRerating } from '@outlay/db/rerating/apply-rerating'
import { previewRerating } from '@outlay/db/rerating/preview-rerating'
import { tenantSql } from '@outlay/db/sql/tenant-sql'
import { formatFixed18, multiplyFixed18HalfEven, parseFixed18 } from '@outlay/domain/money/fixed18'
import { formatQuantity, parseQuantity } from '@outlay/domain/usage/quantity'
import { costOf, readUnitPrice } from '@outlay/domain/usage/unit-price'
import type { Context } from '../../graphql/context.ts'
import { createLoaders } from '../../graphql/loaders.ts'
import { decodeId } from '../../graphql/ids.ts'
import { openCostArithmetic } from './cost-arithmetic.service.ts'
import { ask, startTestServer, type TestServer, type TestTenant } from '../../http/server-test-kit.ts'

jest.setTimeout(60_000)

let test: TestServer
let tenant: TestTenant

const OCTOBER = '{ from: "2026-10-01", to: "2026-11-01" }'
const HALF = '{ from: "2026-10-01", to: "2026-10-16" }'

/**
 * October of two agents, in GBP and UTC.
 *
 * | agent    | usage                                                   | makes                                                |
 * |----------|---------------------------------------------------------|------------------------------------------------------|
 * | writer   | 2 × 100 tokens of lab/large on the 5th, 3 × 100 on the 20th | 0.01 each until the 15th, then 0.02: £2 and £6   |
 * | writer   | 30 pages of lab/scan, then 100                          | steps: 50 at 0.10, the next at 0.05: £5 + £4         |
 * | writer   | 3 × 1 token of sea/small in USD, one each day           | 0.7 × 0.333333333333333333, three times, rounded     |
 * | writer   | what sender/tool is reported to cost: $3                | £1 (at 0.333333333333333333, rounded)                |
 * | research | a store/search that two agents report under one key     | £0.50 once, chain-shared                             |
 * | research | a workflow above a call, both reporting 100 tokens      | the call alone: £1                                   |
 * | writer   | 7 tokens of lab/large and 1 of what has no price        | unknown                                              |
 * | writer   | a call of 1,000 tokens that was voided                  | nothing                                              |
 *
 * And a pool of £31 split by invocations.
 */
beforeAll(async () => {
  test = await startTestServer()
  tenant = await test.tenant({ timeZone: 'UTC' })
  const rate = (provider: string, resource: string, meter: string, amount: string, more: object = {}) => ({
    ...{ provider, resource, meter, price: { amount, currency: 'GBP' }, effectiveFrom: '2026-01-01T00:00:00Z' },
    ...more,
  })
  await done('mutation ($rates: [RateInput!]!) { publishRates(input: { rates: $rates }) { userErrors { message } } }', {
    rates: [
      rate('lab', 'large', 'input_tokens', '0.01', { effectiveTo: '2026-10-15T00:00:00Z' }),
      rate('lab', 'large', 'input_tokens', '0.02', { effectiveFrom: '2026-10-15T00:00:00Z' }),
      rate('lab', 'scan', 'pages', '0.10', { aboveMonthlyQuantity: '0' }),
      rate('lab', 'scan', 'pages', '0.05', { aboveMonthlyQuantity: '50' }),
      rate('sea', 'small', 'input_tokens', '0', { price: { amount: '0.7', currency: 'USD' } }),
      rate('store', 'search', 'requests', '0.50'),
    ],
  })
  const fx = (date: string) => ({ base: 'USD', quote: 'GBP', date, rate: '0.333333333333333333' })
  await done(
    'mutation ($rates: [FxRateInput!]!) { publishFxRates(input: { rates: $rates }) { userErrors { message } } }',
    {
      rates: [fx('2026-10-06'), fx('2026-10-07'), fx('2026-10-08')],
    },
  )
  await done('mutation { updateTenantSettings(input: { useReportedCost: true }) { userErrors { message } } }', {})
  let sent = 0
  const call = (day: string, resource: string, usage: Record<string, string>, more: object = {}) => ({
    ...{
      id: `event ${(sent += 1)}`,
      occurredAt: `2026-10-${day}T10:00:00Z`,
      agent: 'writer',
      client: 'acme',
      task: 'T',
    },
    ...{ provider: resource.split('/')[0], resource: resource.split('/')[1] },
    usage: Object.entries(usage).map(([meter, quantity]) => ({ meter, quantity })),
    ...more,
  })
  const times = (count: number, make: () => object) => Array.from({ length: count }, make)
  const shared = { kind: 'RETRIEVAL', trace: 'one', sharedKey: 'index', agent: 'research' }
  const invocations = [
    ...times(2, () => call('05', 'lab/large', { input_tokens: '100' })),
    ...times(3, () => call('20', 'lab/large', { input_tokens: '100' })),
    call('05', 'lab/scan', { pages: '30' }),
    call('06', 'lab/scan', { pages: '100' }),
    ...['06', '07', '08'].map((day) => call(day, 'sea/small', { input_tokens: '1' })),
    call('07', 'sender/tool', { runs: '1' }, { reportedCost: { amount: '3', currency: 'USD' } }),
    call('09', 'store/search', { requests: '1' }, { ...shared, span: 'a' }),
    call('09', 'store/search', { requests: '1' }, { ...shared, span: 'b', agent: 'writer' }),
    call('10', 'lab/large', { input_tokens: '100' }, { trace: 'two', span: 'flow', kind: 'AGENT', agent: 'research' }),
    call(
      '10',
      'lab/large',
      { input_tokens: '100' },
      {
        ...{ trace: 'two', span: 'leaf', parentSpan: 'flow', agent: 'research' },
      },
    ),
    call('11', 'lab/large', { input_tokens: '7', unheard_of: '1' }),
    call('12', 'lab/large', { input_tokens: '1000' }, { id: 'mistake' }),
  ]
  await done(
    'mutation ($input: RecordInvocationsInput!) { recordInvocations(input: $input) { rejected { message } } }',
    { input: { invocations } },
  )
  await done(
    'mutation { voidInvocation(input: { id: "mistake", reason: "Sent twice." }) { userErrors { message } } }',
    {},
  )
  await done(
    `mutation { createCostPool(input: { name: "Hosting", month: "2026-10-01", category: OTHER, amount: { amount: "31", currency: "GBP" } }) {
      userErrors { message } } }`,
    {},
  )
  const { runAllocation } = (await done(
    'mutation { runAllocation(input: { month: "2026-10-01" }) { jobId userErrors { message } } }',
    {},
  )) as unknown as { runAllocation: { jobId: string } }
  const ref = { tenantId: tenant.id, jobId: decodeId(runAllocation.jobId)?.uuid ?? '' }
  await runAllocationJob({ pool: test.server.pool }, ref, control())
}, 120_000)

afterAll(async () => {
  await test.close()
})

const control = () => ({ signal: new AbortController().signal, publish: () => {} })

async function done(document: string, variables: object): Promise<Record<string, never>> {
  const { data, errors } = await tenant.ask(document, { ...variables })
  const said = JSON.stringify({ data, errors })
  if (errors.length > 0 || data === null || said.includes('message')) throw new Error(said)
  return data
}

interface Money {
  amount: string
  currency: string
}

interface Line {
  source: string
  isShared: boolean
  provider: string | null
  resource: string | null
  meter: string | null
  quantity: string | null
  unitPrice: string | null
  rate: { effectiveFrom: string; effectiveTo: string | null } | null
  amountNative: Money
  fxRate: string | null
  rounding: Money
  amount: Money
  invocations: string
}

interface Arithmetic {
  amount: Money
  cost: { invocations: string; unpricedInvocations: string }
  linesFrom: string | null
  lines: Line[]
  otherLines: { count: number; amount: Money } | null
  earlier: { amount: Money }[]
  posted: { amount: Money }[]
  shares: {
    pool: { name: string }
    month: string
    weight: string | null
    weights: string
    allocated: Money
    monthAmount: Money
    fraction: string
    amount: Money
  }[]
  unallocated: Money | null
  unknown: { resource: string; meter: string; reason: string; quantity: string; invocations: string }[]
  difference: Money
}

const FIELDS = `amount { amount currency } cost { invocations unpricedInvocations } linesFrom
  lines { source isShared provider resource meter quantity unitPrice rate { effectiveFrom effectiveTo } amountNative { amount currency } fxRate
    rounding { amount currency } amount { amount currency } invocations }
  otherLines { count amount { amount } } earlier { amount { amount } } posted { amount { amount } }
  shares { pool { name } month weight weights allocated { amount } monthAmount { amount } fraction amount { amount } }
  unallocated { amount } unknown { resource meter reason quantity invocations } difference { amount }`

async function arithmetic(args: string): Promise<Arithmetic> {
  const { data, errors } = await tenant.ask(`{ costArithmetic(${args}) { ${FIELDS} } }`)
  expect(errors).toEqual([])
  return (data as unknown as { costArithmetic: Arithmetic }).costArithmetic
}

async function amountsOf(query: string): Promise<string[]> {
  const { data, errors } = await tenant.ask(query)
  expect(errors).toEqual([])
  return [...JSON.stringify(data).matchAll(/"amount":"([^"]+)"/g)].map(([, amount = '']) => amount)
}

/** Adds the parts up again, and multiplies every line. */
function expectExact(one: Arithmetic): void {
  const parts = [...one.lines, ...one.earlier, ...one.posted, ...one.shares].map(({ amount }) => amount.amount)
  const sum = [...parts, one.otherLines?.amount.amount ?? '0'].reduce((total, text) => total + parseFixed18(text), 0n)
  expect(formatFixed18(sum, 2)).toBe(one.amount.amount)
  expect(one.difference.amount).toBe('0.00')
  for (const line of one.lines) {
    const native = parseFixed18(line.amountNative.amount)
    if (line.quantity !== null && line.unitPrice !== null)
      expect(native).toBe(costOf(readUnitPrice(line.unitPrice), parseQuantity(line.quantity)))
    const converted = line.fxRate === null ? native : multiplyFixed18HalfEven(native, parseFixed18(line.fxRate))
    expect(converted + parseFixed18(line.rounding.amount)).toBe(parseFixed18(line.amount.amount))
  }
  for (const share of one.shares)
    expect(multiplyFixed18HalfEven(parseFixed18(share.monthAmount.amount), parseFixed18(share.fraction))).toBe(
      parseFixed18(share.amount.amount),
    )
}

/** What a line says, without what the others repeat. */
const words = ({ provider, resource, quantity, unitPrice, amount, invocations }: Line) =>
  `${provider}/${resource}: ${quantity} × ${unitPrice} = ${amount.amount} of ${invocations}`

describe('the arithmetic of a cost', () => {
  it('has a line for each price that was in force, each step of a ladder and each conversion', async () => {
    const found = await arithmetic(`range: ${OCTOBER}, filter: { agents: ["writer"] }, parts: [DIRECT]`)
    expectExact(found)
    expect(found.lines.map(words)).toEqual([
      'lab/large: 300 × 0.02 = 6.00 of 3',
      'lab/scan: 50 × 0.1 = 5.00 of 2',
      'lab/scan: 80 × 0.05 = 4.00 of 1',
      'lab/large: 200 × 0.01 = 2.00 of 2',
      'sender/tool: null × null = 0.999999999999999999 of 1',
      'sea/small: 3 × 0.7 = 0.699999999999999999 of 3',
    ])
    expect(found.lines[0]?.rate).toEqual({ effectiveFrom: '2026-10-15T00:00:00Z', effectiveTo: null })
    expect(found.lines[4]).toMatchObject({ source: 'REPORTED', amountNative: { amount: '3.00', currency: 'USD' } })
    // Three roundings of 0.2333…1 each, beside one of 0.6999….
    expect(found.lines[5]).toMatchObject({
      amountNative: { amount: '2.10', currency: 'USD' },
      fxRate: '0.333333333333333333',
      rounding: { amount: '0.00' },
    })
    expect(found.unknown).toEqual([
      { resource: 'large', meter: 'input_tokens', reason: 'WITH_UNKNOWN', quantity: '7', invocations: '1' },
      { resource: 'large', meter: 'unheard_of', reason: 'NO_PRICE', quantity: '1', invocations: '1' },
    ])
    expect(found.cost.unpricedInvocations).toBe('1')
  })

  it('counts a shared use once, a workflow not beside its call, and a voided call not at all', async () => {
    const found = await arithmetic(`range: ${OCTOBER}, filter: { clients: ["acme"] }, parts: [DIRECT, CHAIN_SHARED]`)
    expectExact(found)
    const shared = found.lines.filter(({ isShared }) => isShared)
    expect(shared.map(words)).toEqual(['store/search: 1 × 0.5 = 0.50 of 1'])
    expect(found.lines.find(({ unitPrice }) => unitPrice === '0.01')).toMatchObject({
      quantity: '300',
      invocations: '3',
    })
    const [total] = await amountsOf(
      `{ costRollup(range: ${OCTOBER}, groupBy: [CLIENT], filter: { clients: ["acme"] }) { total { direct { amount } chainShared { amount } } } }`,
    )
    expect(parseFixed18(found.amount.amount)).toBe(parseFixed18(total ?? '') + parseFixed18('0.5'))
  })

  it('shows the share of a pool by weight, and of half a month the part that accrued', async () => {
    const found = await arithmetic(`range: ${HALF}, filter: { agents: ["research"] }`)
    expectExact(found)
    const [share] = found.shares
    expect(found.shares).toHaveLength(1)
    expect(share).toMatchObject({ pool: { name: 'Hosting' }, month: '2026-10-01', allocated: { amount: '31.00' } })
    expect(Number(share?.weight)).toBeGreaterThan(0)
    expect(Number(share?.weight)).toBeLessThan(Number(share?.weights))
    expect(share?.fraction).toMatch(/^0\.4838/)
    expect(found.amount.amount).toBe(
      (await amountsOf(`{ agentCost(agentKey: "research", range: ${HALF}) { cost { total { amount } } } }`))[0],
    )
  })

  it.each([
    ['the fleet', '', 'fleetCost(range: $, compareTo: NONE)'],
    ['an agent', 'agents: ["writer"]', 'agentCost(agentKey: "writer", range: $)'],
  ])('ends in the cost of %s, in any range', async (_whose, filter, query) => {
    for (const range of [
      OCTOBER,
      HALF,
      '{ from: "2026-10-10", to: "2026-10-11" }',
      '{ from: "2026-12-01", to: "2027-01-01" }',
    ]) {
      const found = await arithmetic(`range: ${range}, filter: { ${filter} }`)
      expectExact(found)
      expect([found.amount.amount]).toEqual(
        await amountsOf(`{ ${query.replace('$', range)} { cost { total { amount } } } }`),
      )
    }
    expect((await arithmetic(`range: ${OCTOBER}, filter: { ${filter} }`)).unallocated).toEqual(
      filter === '' ? { amount: '0.00' } : null,
    )
  })

  it('is of what carries no tag where the key is empty, and of both where it stands beside others', async () => {
    const other = await test.tenant({ timeZone: 'UTC' })
    const price = { amount: '0.01', currency: 'GBP' }
    const rates = [
      { provider: 'lab', resource: 'large', meter: 'input_tokens', price, effectiveFrom: '2026-01-01T00:00:00Z' },
    ]
    await other.ask(
      'mutation ($rates: [RateInput!]!) { publishRates(input: { rates: $rates }) { userErrors { message } } }',
      {
        rates,
      },
    )
    const usage = (quantity: string) => [{ meter: 'input_tokens', quantity }]
    const at = { occurredAt: '2026-10-05T10:00:00Z', provider: 'lab', resource: 'large' }
    const tagged = { agent: 'writer', client: 'acme', project: 'site', task: 'T' }
    const invocations = [
      { ...at, id: 'tagged', ...tagged, usage: usage('100') },
      { ...at, id: 'bare', usage: usage('300') },
      { ...at, id: 'of the agent alone', agent: 'writer', usage: usage('1000') },
    ]
    const { data } = await other.ask(
      'mutation ($input: RecordInvocationsInput!) { recordInvocations(input: $input) { accepted } }',
      { input: { invocations } },
    )
    expect(data).toEqual({ recordInvocations: { accepted: 3 } })
    const amountOf = async (filter: string): Promise<string[]> => {
      const asked = `range: ${OCTOBER}, filter: { ${filter} }`
      const { data: found, errors } = await other.ask(
        `{ costArithmetic(${asked}) { amount { amount } difference { amount } } costRollup(${asked}, groupBy: [AGENT]) { total { total { amount } } } }`,
      )
      expect(errors).toEqual([])
      const [amount = '', difference, total] = [...JSON.stringify(found).matchAll(/"amount":"([^"]+)"/g)].map(
        ([, text]) => text,
      )
      expect([difference, total]).toEqual(['0.00', amount])
      return [filter, amount]
    }
    const expected = [
      ['agents: [""]', '3.00'],
      ['agents: ["", "writer"]', '14.00'],
      ['clients: [""]', '13.00'],
      ['projects: [""]', '13.00'],
      ['tasks: [""]', '13.00'],
      ['agents: ["writer"], clients: [""]', '10.00'],
      ['clients: ["acme"]', '1.00'],
    ]
    for (const [filter = '', amount] of expected) expect(await amountOf(filter)).toEqual([filter, amount])
  })

  it('is of one task over all time without a range, pools included', async () => {
    const found = await arithmetic('filter: { tasks: ["T"] }')
    expectExact(found)
    expect(found.shares).toMatchObject([{ weight: null, fraction: '1' }])
    expect([found.amount.amount]).toEqual(await amountsOf('{ taskCost(taskKey: "T") { cost { total { amount } } } }'))
    expect((await arithmetic('filter: { tasks: ["nobody’s"] }')).amount.amount).toBe('0.00')
  })

  it('has no shares within a resource, and adds what is beyond the first lines', async () => {
    const found = await arithmetic(`range: ${OCTOBER}, filter: { resources: ["lab/large", "scan"] }, top: 1`)
    expectExact(found)
    expect(found).toMatchObject({
      amount: { amount: '18.00' },
      shares: [],
      otherLines: { count: 3, amount: { amount: '12.00' } },
    })
  })

  it('tells the latest days by line and the days before by their cells where there are too many events, and adds up all the same', async () => {
    const db = tenantSql(test.server.pool, tenant.id)
    const { id, key, name, currency, timeZone } = { ...tenant, key: '', name: '', currency: 'GBP', timeZone: 'UTC' }
    const principal = { kind: 'key' as const, keyId: '', scopes: ['read'] }
    const open = (filter: object, eventsMax: number) =>
      openCostArithmetic(
        // What it reads by; the rest of a context is of requests.
        {
          db,
          principal,
          tenant: { id, key, name, currency, timeZone },
          loaders: createLoaders(db),
        } as unknown as Context,
        {
          range: { from: '2026-10-01', to: '2026-11-01' },
          filter,
          parts: ['DIRECT', 'CHAIN_SHARED', 'ALLOCATED'],
        },
        { eventsMax },
      )
    const whole = await open({}, 100)
    for (const filter of [
      {},
      { agents: ['writer'] },
      { clients: ['acme'] },
      { resources: ['large'] },
      { tasks: ['T'] },
    ]) {
      for (const eventsMax of [0, 1, 4, 9, 15]) {
        const found = await open(filter, eventsMax)
        expect({ filter, eventsMax, difference: found.difference }).toEqual({ filter, eventsMax, difference: 0n })
      }
    }
    const recent = await open({}, 4)
    expect(recent).toMatchObject({ linesFrom: '2026-10-11', amount: whole.amount })
    expect(recent.lines.map(({ quantity }) => formatQuantity(quantity ?? 0n))).toEqual(['300'])
    expect(recent.earlier.length).toBeGreaterThan(3)
    expect(whole).toMatchObject({ linesFrom: null, earlier: [] })
  })

  it('reads what was rated, and after a re-rating what was rated then', async () => {
    const before = await arithmetic(`range: ${OCTOBER}, filter: { resources: ["search"] }`)
    await done(
      `mutation { publishRates(input: { rates: [{ provider: "store", resource: "search", meter: "requests", effectiveFrom: "2026-10-01T00:00:00Z",
        price: { amount: "0.75", currency: "GBP" } }] }) { userErrors { message } } }`,
      {},
    )
    expect(await arithmetic(`range: ${OCTOBER}, filter: { resources: ["search"] }`)).toEqual({
      ...before,
      lines: [
        { ...before.lines[0], rate: { effectiveFrom: '2026-01-01T00:00:00Z', effectiveTo: '2026-10-01T00:00:00Z' } },
      ],
    })
    const input = `{ range: ${OCTOBER} }`
    const asked = await done(
      `mutation { previewRerating(input: ${input}) { rerating { id } userErrors { message } } }`,
      {},
    )
    const { id } = (asked as unknown as { previewRerating: { rerating: { id: string } } }).previewRerating.rerating
    const ref = { tenantId: tenant.id, reratingId: decodeId(id)?.uuid ?? '' }
    const worker = { pool: test.server.pool, configs: test.server.configs }
    await previewRerating(worker, ref, control())
    await done(
      `mutation { applyRerating(input: { previewId: "${id}", reason: "New price." }) { userErrors { message } } }`,
      {},
    )
    await applyRerating(worker, ref, control())
    const after = await arithmetic(`range: ${OCTOBER}, filter: { resources: ["search"] }`)
    expectExact(after)
    expect(after.lines.map(words)).toEqual(['store/search: 1 × 0.75 = 0.75 of 1'])
  })

  it('says what is wrong with a question', async () => {
    const codes = async (args: string) =>
      (await tenant.ask(`{ costArithmetic(${args}) { amount { amount } } }`)).errors.map((error) => error.extensions)
    expect(await codes('filter: { agents: ["writer"] }')).toMatchObject([{ code: 'BAD_USER_INPUT', argument: 'range' }])
    expect(await codes('filter: { tasks: ["T", "U"] }')).toMatchObject([{ code: 'BAD_USER_INPUT', argument: 'range' }])
    expect(await codes(`range: ${OCTOBER}, parts: []`)).toMatchObject([{ code: 'BAD_USER_INPUT', argument: 'parts' }])
    expect(await codes(`range: ${OCTOBER}, top: 0`)).toMatchObject([{ code: 'BAD_USER_INPUT', argument: 'top' }])
    expect(await codes('range: { from: "2026-10-02", to: "2026-10-01" }')).toMatchObject([{ code: 'BAD_USER_INPUT' }])
  })

  it('does not exist for a client', async () => {
    const cookie = await tenant.signedIn('CLIENT', 'acme')
    const { errors } = await ask(test.url, { cookie }, `{ costArithmetic(range: ${OCTOBER}) { amount { amount } } }`)
    expect(errors.map((error) => error.extensions.code)).toEqual(['NOT_FOUND'])
  })
})
