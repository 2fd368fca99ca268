import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { startTestServer, type TestServer, type TestTenant } from '../../http/server-test-kit.ts'

let test: TestServer

beforeAll(async () => {
  test = await startTestServer()
}, 120_000)

afterAll(async () => {
  await test.close()
})

interface Line {
  meter: string
  quantity: string
  unitPrice: { amount: string; currency: string }
  amount: { amount: string; currency: string }
  fxRate: string | null
}

const MARCH = 'range: { from: "2026-03-01", to: "2026-04-01" }'

/** A price of one unit of a meter of `acme/large`. */
async function price(tenant: TestTenant, meter: string, amount: string, currency: string): Promise<void> {
  const rate = {
    provider: 'acme',
    resource: 'large',
    meter,
    price: { amount, currency },
    effectiveFrom: '2026-01-01T00:00:00Z',
  }
  const { data } = await tenant.ask(
    'mutation P($rates: [RateInput!]!) { publishRates(input: { rates: $rates }) { userErrors { message } } }',
    { rates: [rate] },
  )
  expect(data).toEqual({ publishRates: { userErrors: [] } })
}

async function fx(tenant: TestTenant, ...rates: [date: string, base: string, quote: string, rate: string][]) {
  const { data } = await tenant.ask(
    'mutation F($rates: [FxRateInput!]!) { publishFxRates(input: { rates: $rates }) { fxRates { date base quote rate } userErrors { code message field } } }',
    { rates: rates.map(([date, base, quote, rate]) => ({ date, base, quote, rate })) },
  )
  return (data as unknown as { publishFxRates: { fxRates: unknown; userErrors: unknown } }).publishFxRates
}

/** Records an invocation that is a trace of its own, and answers how it was taken. */
async function record(tenant: TestTenant, id: string, occurredAt: string, usage: Record<string, string>) {
  const event = {
    id,
    occurredAt,
    trace: id,
    span: 'only',
    agent: 'writer',
    provider: 'acme',
    resource: 'large',
    usage: Object.entries(usage).map(([meter, quantity]) => ({ meter, quantity })),
  }
  const { data } = await tenant.ask(
    'mutation R($events: [InvocationInput!]!) { recordInvocations(input: { invocations: $events }) { accepted rejected { message } } }',
    { events: [event] },
  )
  expect(data).toEqual({ recordInvocations: { accepted: 1, rejected: [] } })
}

async function span(tenant: TestTenant, trace: string) {
  const { data } = await tenant.ask(
    `query T($trace: String!) { trace(traceId: $trace) { spans { status self { amount currency }
      ratedLines { meter quantity unitPrice { amount currency } amount { amount currency } fxRate } } } }`,
    { trace },
  )
  const found = data as unknown as {
    trace: { spans: { status: string; self: { amount: string; currency: string } | null; ratedLines: Line[] }[] }
  }
  return found.trace.spans[0]
}

async function fleet(tenant: TestTenant) {
  const { data } = await tenant.ask(
    `{ fleetCost(${MARCH}, compareTo: NONE) { cost { total { amount currency } invocations unconvertedInvocations } conservation { balanced } } }`,
  )
  return (data as unknown as { fleetCost: object }).fleetCost
}

describe('a reporting currency without decimals', () => {
  it('keeps the native and the reporting amount of each line, and shows no decimals that yen have not', async () => {
    const tenant = await test.tenant({ currency: 'JPY', timeZone: 'Asia/Tokyo' })
    await price(tenant, 'input_tokens', '0.000015', 'USD')
    await price(tenant, 'requests', '3', 'JPY')
    await fx(tenant, ['2026-03-02', 'USD', 'JPY', '149.123456789012345678'])
    await record(tenant, 'a', '2026-03-02T12:00:00Z', { input_tokens: '1234', requests: '50' })
    // 1,234 × 0.000015 = 0.01851 USD; × 149.123456789012345678 = 2.76027518516461851849978, half-even at 18 decimals.
    expect(await span(tenant, 'a')).toEqual({
      status: 'RATED',
      self: { amount: '152.760275185164618518', currency: 'JPY' },
      ratedLines: [
        {
          meter: 'input_tokens',
          quantity: '1234',
          unitPrice: { amount: '0.000015', currency: 'USD' },
          amount: { amount: '2.760275185164618518', currency: 'JPY' },
          fxRate: '149.123456789012345678',
        },
        {
          meter: 'requests',
          quantity: '50',
          unitPrice: { amount: '3', currency: 'JPY' },
          amount: { amount: '150', currency: 'JPY' },
          fxRate: null,
        },
      ],
    })
    expect(await fleet(tenant)).toEqual({
      cost: {
        total: { amount: '152.760275185164618518', currency: 'JPY' },
        invocations: '1',
        unconvertedInvocations: '0',
      },
      conservation: { balanced: true },
    })
  })

  it('takes the rate of the UTC date, whatever day it is where the tenant lives', async () => {
    const tenant = await test.tenant({ currency: 'JPY', timeZone: 'Asia/Tokyo' })
    await price(tenant, 'input_tokens', '1', 'USD')
    await fx(tenant, ['2026-03-02', 'USD', 'JPY', '149'], ['2026-03-03', 'USD', 'JPY', '150'])
    // All four are on 3 March in Tokyo, which begins at 15:00 UTC.
    await record(tenant, 'early', '2026-03-02T15:00:00Z', { input_tokens: '1' })
    await record(tenant, 'before', '2026-03-02T23:59:59.999999Z', { input_tokens: '1' })
    await record(tenant, 'at', '2026-03-03T00:00:00Z', { input_tokens: '1' })
    await record(tenant, 'after', '2026-03-03T00:00:00.000001Z', { input_tokens: '1' })
    const rates = []
    for (const trace of ['early', 'before', 'at', 'after'])
      rates.push((await span(tenant, trace))?.ratedLines[0]?.fxRate)
    expect(rates).toEqual(['149', '149', '150', '150'])
    const { data } = await tenant.ask(
      '{ fleetCost(range: { from: "2026-03-03", to: "2026-03-04" }) { cost { total { amount } } } }',
    )
    expect(data).toEqual({ fleetCost: { cost: { total: { amount: '598' } } } })
  })
})

describe('a reporting currency with three decimals', () => {
  it('shows at least the three, and converts at 18', async () => {
    const tenant = await test.tenant({ currency: 'KWD', timeZone: 'America/Los_Angeles' })
    await price(tenant, 'input_tokens', '0.000015', 'USD')
    await price(tenant, 'requests', '0.5', 'KWD')
    await fx(tenant, ['2026-03-02', 'USD', 'KWD', '0.307123456789012345'])
    await record(tenant, 'a', '2026-03-02T12:00:00Z', { input_tokens: '1234', requests: '1' })
    // 0.01851 USD × 0.307123456789012345 = 0.00568485518516461850595
    expect(await span(tenant, 'a')).toMatchObject({
      self: { amount: '0.505684855185164619', currency: 'KWD' },
      ratedLines: [
        { amount: { amount: '0.005684855185164619', currency: 'KWD' }, fxRate: '0.307123456789012345' },
        { unitPrice: { amount: '0.500', currency: 'KWD' }, amount: { amount: '0.500', currency: 'KWD' }, fxRate: null },
      ],
    })
  })

  it('rounds a tie at the 18th decimal to the even neighbour', async () => {
    const tenant = await test.tenant({ currency: 'KWD' })
    await price(tenant, 'seconds', '0.000000000001', 'USD')
    const days = { '2026-03-02': '0.5', '2026-03-03': '1.5', '2026-03-04': '2.5', '2026-03-05': '2.500000000000000001' }
    await fx(
      tenant,
      ...Object.entries(days).map(([date, rate]): [string, string, string, string] => [date, 'USD', 'KWD', rate]),
    )
    const amounts = []
    for (const date of Object.keys(days)) {
      await record(tenant, date, `${date}T12:00:00Z`, { seconds: '0.000001' })
      amounts.push((await span(tenant, date))?.ratedLines[0]?.amount.amount)
    }
    expect(amounts).toEqual(['0.000', '0.000000000000000002', '0.000000000000000002', '0.000000000000000003'])
  })
})

describe('an invocation priced in several currencies', () => {
  it('converts each line at its own rate and adds up in the reporting currency', async () => {
    const tenant = await test.tenant({ currency: 'GBP' })
    await price(tenant, 'input_tokens', '0.01', 'USD')
    await price(tenant, 'output_tokens', '2', 'JPY')
    await price(tenant, 'requests', '0.125', 'KWD')
    await price(tenant, 'images', '0.04', 'GBP')
    await fx(
      tenant,
      ['2026-03-02', 'USD', 'GBP', '0.79'],
      ['2026-03-02', 'JPY', 'GBP', '0.0053'],
      ['2026-03-02', 'KWD', 'GBP', '2.57'],
    )
    await record(tenant, 'a', '2026-03-02T12:00:00Z', {
      input_tokens: '100',
      output_tokens: '30',
      requests: '2',
      images: '1',
    })
    const found = await span(tenant, 'a')
    // 1 USD, 60 JPY, 0.25 KWD, 0.04 GBP
    expect(found?.ratedLines.map(({ unitPrice, amount, fxRate }) => [unitPrice, amount.amount, fxRate])).toEqual([
      [{ amount: '0.01', currency: 'USD' }, '0.79', '0.79'],
      [{ amount: '2', currency: 'JPY' }, '0.318', '0.0053'],
      [{ amount: '0.125', currency: 'KWD' }, '0.6425', '2.57'],
      [{ amount: '0.04', currency: 'GBP' }, '0.04', null],
    ])
    expect(found?.self).toEqual({ amount: '1.7905', currency: 'GBP' })
  })

  it('is unconverted as a whole while the rate of one of them is missing', async () => {
    const tenant = await test.tenant({ currency: 'GBP' })
    await price(tenant, 'input_tokens', '0.01', 'USD')
    await price(tenant, 'output_tokens', '2', 'JPY')
    await fx(tenant, ['2026-03-02', 'USD', 'GBP', '0.79'])
    await record(tenant, 'a', '2026-03-02T12:00:00Z', { input_tokens: '100', output_tokens: '30' })
    expect(await span(tenant, 'a')).toMatchObject({ status: 'UNCONVERTED', self: null })
    expect(await fleet(tenant)).toEqual({
      cost: { total: { amount: '0.00', currency: 'GBP' }, invocations: '1', unconvertedInvocations: '1' },
      conservation: { balanced: true },
    })
  })
})

describe('a rate that is corrected', () => {
  it('changes no line that is rated already, and prices what is recorded from then on', async () => {
    const tenant = await test.tenant({ currency: 'GBP' })
    await price(tenant, 'input_tokens', '1', 'USD')
    await fx(tenant, ['2026-03-02', 'USD', 'GBP', '0.79'])
    await record(tenant, 'old', '2026-03-02T12:00:00Z', { input_tokens: '10' })
    expect(await fx(tenant, ['2026-03-02', 'USD', 'GBP', '0.80'])).toMatchObject({ userErrors: [] })
    await record(tenant, 'new', '2026-03-02T12:00:00Z', { input_tokens: '10' })
    expect(await span(tenant, 'old')).toMatchObject({ self: { amount: '7.90' }, ratedLines: [{ fxRate: '0.79' }] })
    expect(await span(tenant, 'new')).toMatchObject({ self: { amount: '8.00' }, ratedLines: [{ fxRate: '0.8' }] })
    expect(await fleet(tenant)).toMatchObject({
      cost: { total: { amount: '15.90' } },
      conservation: { balanced: true },
    })
  })
})

describe('what is not published', () => {
  it('is not guessed: not from the day before, not from the inverse', async () => {
    const tenant = await test.tenant({ currency: 'GBP' })
    await price(tenant, 'input_tokens', '1', 'USD')
    await fx(tenant, ['2026-03-01', 'USD', 'GBP', '0.79'], ['2026-03-02', 'GBP', 'USD', '1.25'])
    await record(tenant, 'a', '2026-03-02T12:00:00Z', { input_tokens: '10' })
    expect(await span(tenant, 'a')).toMatchObject({ status: 'UNCONVERTED', self: null, ratedLines: [] })
  })
})

describe('publishing', () => {
  it('answers with the rates of the call, however many lie between them', async () => {
    const tenant = await test.tenant({ currency: 'GBP' })
    const answer = await fx(tenant, ['2026-03-09', 'USD', 'GBP', '0.79'], ['2016-03-09', 'KWD', 'GBP', '2.5700'])
    expect(answer).toEqual({
      fxRates: [
        { date: '2016-03-09', base: 'KWD', quote: 'GBP', rate: '2.57' },
        { date: '2026-03-09', base: 'USD', quote: 'GBP', rate: '0.79' },
      ],
      userErrors: [],
    })
  })

  it('refuses a call that contradicts itself, and changes nothing', async () => {
    const tenant = await test.tenant({ currency: 'GBP' })
    const answer = await fx(tenant, ['2026-03-02', 'USD', 'GBP', '0.79'], ['2026-03-02', 'USD', 'GBP', '0.80'])
    expect(answer).toEqual({
      fxRates: null,
      userErrors: [
        {
          code: 'CONFLICT',
          message: 'USD/GBP of 2026-03-02 is given twice: 0.79 and 0.80.',
          field: ['input', 'rates', '1', 'rate'],
        },
      ],
    })
    const { data } = await tenant.ask('{ fxRates(from: "2026-03-01", to: "2026-04-01") { rate } }')
    expect(data).toEqual({ fxRates: [] })
  })

  it('lists the rates of one pair, and refuses a code that is no currency', async () => {
    const tenant = await test.tenant({ currency: 'GBP' })
    await fx(
      tenant,
      ['2026-03-02', 'USD', 'GBP', '0.79'],
      ['2026-03-02', 'EUR', 'GBP', '0.84'],
      ['2026-03-02', 'USD', 'EUR', '0.93'],
    )
    const { data } = await tenant.ask(
      '{ fxRates(from: "2026-03-01", to: "2026-04-01", base: "USD", quote: "GBP") { base quote rate source } }',
    )
    expect(data).toEqual({ fxRates: [{ base: 'USD', quote: 'GBP', rate: '0.79', source: 'published' }] })
    const wrong = await tenant.ask('{ fxRates(from: "2026-03-01", to: "2026-04-01", base: "usd") { base } }')
    expect(wrong.errors[0]).toMatchObject({
      message: '"usd" is not an ISO 4217 code.',
      extensions: { code: 'BAD_USER_INPUT', argument: 'base' },
    })
  })
})
