import { addUpPricedDays } from '@outlay/db/ingest/priced-days'
import { importCatalogue } from '@outlay/db/catalogue/import-catalogue'
import { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { ask, startTestServer, type TestServer, type TestTenant } from '../../http/server-test-kit.ts'

let test: TestServer
let tenant: TestTenant
let pool: TenantPool

interface Use {
  id: string
  occurredAt: string
  resource: string
  meter: string
  quantity: bigint
  batch?: boolean
}

/** The first quarter of 2026 in New York: winter time at its start, summer time at its end. */
const START = '2026-01-01T05:00:00Z'
const END = '2026-04-01T04:00:00Z'
const CHANGE = '2026-02-15T00:00:00Z'

/** The price of one unit in millionths of a millionth, worked out apart from the product. */
function priceOf({ resource, meter, occurredAt, batch = false }: Use): { currency: string; price: bigint } {
  if (resource === 'gpt-4o') return { currency: 'USD', price: 3_000_000n }
  if (resource === 'gpt-4o-mini') return { currency: 'USD', price: 150_000n }
  if (meter === 'output_tokens') return { currency: 'EUR', price: 40_000_000n }
  if (batch) return { currency: 'USD', price: 5_000_000n }
  return { currency: 'USD', price: occurredAt < CHANGE ? 20_000_000n : 10_000_000n }
}

const KINDS = [
  ['gpt-4o', 'input_tokens'],
  ['gpt-4o-mini', 'input_tokens'],
  ['large', 'input_tokens'],
  ['large', 'output_tokens'],
] as const

/** Some hundred uses over the quarter, the same in every run. */
const INSIDE: Use[] = [
  ...Array.from({ length: 240 }, (_, n): Use => {
    const [resource, meter] = KINDS[(n * 7 + (n >> 3)) % KINDS.length] ?? KINDS[0]
    const day = new Date(Date.UTC(2026, 0, 2) + ((n * 37) % 88) * 86_400_000)
    const quantity = BigInt(((n * 7919) % 5000) + 1) * (resource === 'large' ? 1n : 1000n)
    return { id: `n${n}`, occurredAt: day.toISOString().replace('.000Z', 'Z'), resource, meter, quantity }
  }),
  { id: 'first', occurredAt: START, resource: 'large', meter: 'input_tokens', quantity: 11n },
  { id: 'last', occurredAt: '2026-04-01T03:59:59.999999Z', resource: 'large', meter: 'input_tokens', quantity: 13n },
  {
    id: 'batch',
    occurredAt: '2026-02-01T00:00:00Z',
    resource: 'large',
    meter: 'input_tokens',
    quantity: 4000n,
    batch: true,
  },
]

const OUTSIDE: Use[] = [
  { id: 'before', occurredAt: '2026-01-01T04:59:59.999999Z', resource: 'large', meter: 'input_tokens', quantity: 1n },
  { id: 'after', occurredAt: END, resource: 'large', meter: 'input_tokens', quantity: 1n },
]

function item({ id, occurredAt, resource, meter, quantity, batch }: Use, tags: object = {}): object {
  const provider = resource === 'large' ? 'lab' : 'openai'
  const qualifiers = batch === true ? { qualifiers: { tier: 'batch' } } : {}
  return { id, occurredAt, provider, resource, usage: [{ meter, quantity: String(quantity) }], ...qualifiers, ...tags }
}

async function publish(rates: object[]): Promise<void> {
  const { data } = await tenant.ask(
    'mutation P($rates: [RateInput!]!) { publishRates(input: { rates: $rates }) { userErrors { message } } }',
    { rates },
  )
  expect(data).toEqual({ publishRates: { userErrors: [] } })
}

async function record(events: object[]): Promise<void> {
  const { data } = await tenant.ask(
    'mutation R($events: [InvocationInput!]!) { recordInvocations(input: { invocations: $events }) { accepted rejected { message } } }',
    { events },
  )
  expect(data).toEqual({ recordInvocations: { accepted: events.length, rejected: [] } })
}

function rate(resource: string, meter: string, amount: string, currency: string, fields: object = {}): object {
  const provider = resource === 'gpt-4o' ? 'openai' : 'lab'
  return { provider, resource, meter, price: { amount, currency }, effectiveFrom: '2025-06-01T00:00:00Z', ...fields }
}

beforeAll(async () => {
  test = await startTestServer()
  pool = new TenantPool({ url: test.database.appUrl })
  await importCatalogue({ url: test.database.ownerUrl })
  tenant = await test.tenant({ currency: 'GBP', timeZone: 'America/New_York' })
  await publish([
    rate('gpt-4o', 'input_tokens', '0.000003', 'USD'),
    rate('large', 'input_tokens', '0.00002', 'USD', { effectiveTo: CHANGE }),
    rate('large', 'input_tokens', '0.00001', 'USD', { effectiveFrom: CHANGE }),
    rate('large', 'input_tokens', '0.000005', 'USD', { qualifiers: { tier: 'batch' } }),
    rate('large', 'output_tokens', '0.00004', 'EUR'),
    rate('idle', 'requests', '1', 'GBP'),
    rate('past', 'requests', '1', 'GBP', { effectiveTo: START }),
    rate('future', 'requests', '1', 'GBP', { effectiveFrom: END }),
  ])
  const days = Array.from({ length: 100 }, (_, day) =>
    new Date(Date.UTC(2025, 11, 31 + day)).toISOString().slice(0, 10),
  )
  await tenant.ask(
    'mutation F($rates: [FxRateInput!]!) { publishFxRates(input: { rates: $rates }) { userErrors { message } } }',
    { rates: days.flatMap((date) => ['USD', 'EUR'].map((base) => ({ date, base, quote: 'GBP', rate: '0.5' }))) },
  )
  await record([
    ...INSIDE.map((use) => item(use)),
    ...OUTSIDE.map((use) => item(use)),
    // Of a shared use the report that carries the cost counts, and a further report counts nothing.
    item(
      { ...(INSIDE[0] as Use), id: 'carrier', quantity: 1n },
      { kind: 'RETRIEVAL', trace: 't', sharedKey: 'k', span: 'a' },
    ),
    item(
      { ...(INSIDE[0] as Use), id: 'report', quantity: 1n },
      { kind: 'RETRIEVAL', trace: 't', sharedKey: 'k', span: 'b' },
    ),
    // A quantity of 0 pays nothing, and a meter without a price is no part of the review.
    item({ id: 'nothing', occurredAt: CHANGE, resource: 'large', meter: 'input_tokens', quantity: 0n }),
    item({ id: 'unpriced', occurredAt: CHANGE, resource: 'large', meter: 'pages', quantity: 9n }),
    item({ id: 'voided', occurredAt: CHANGE, resource: 'large', meter: 'input_tokens', quantity: 777n }),
  ])
}, 120_000)

afterAll(async () => {
  await pool.end()
  await test.close()
})

interface Review {
  from: string
  to: string
  rows: Record<string, unknown>[]
  unusedRates: { resource: string; meter: string }[]
  proposals: Record<string, unknown>[]
}

async function review(quarter: string): Promise<Review> {
  const { data, errors } = await tenant.ask(
    `query Q($quarter: Date!) { rateReview(quarter: $quarter) { from to
      rows { provider resource meter invocations quantity currency paid { amount currency } effectiveUnitPrice cardUnitPrice
        catalogueUnitPrice driftFromCard driftFromCatalogue isDrifting }
      unusedRates { resource meter }
      proposals { provider resource meter currentUnitPrice { amount currency } proposedUnitPrice { amount } reason impact { amount currency } } } }`,
    { quarter },
  )
  expect(errors).toEqual([])
  return (data as unknown as { rateReview: Review }).rateReview
}

/** What the uses cost by resource, meter and currency, in 10^-12, and the units and events behind it. */
function expected(uses: readonly Use[]): Map<string, { paid: bigint; quantity: bigint; invocations: bigint }> {
  const sums = new Map<string, { paid: bigint; quantity: bigint; invocations: bigint }>()
  for (const use of uses) {
    const { currency, price } = priceOf(use)
    const key = `${use.resource} ${use.meter} ${currency}`
    const sum = sums.get(key) ?? { paid: 0n, quantity: 0n, invocations: 0n }
    sums.set(key, {
      paid: sum.paid + price * use.quantity,
      quantity: sum.quantity + use.quantity,
      invocations: sum.invocations + 1n,
    })
  }
  return sums
}

/** A decimal of the API in units of 10^-12. */
function scaled(text: string): bigint {
  const [whole = '', fraction = ''] = text.split('.')
  return BigInt(whole + fraction.padEnd(12, '0'))
}

function sumsOf(rows: readonly Record<string, unknown>[]) {
  return new Map(
    rows.map((row) => [
      `${String(row['resource'])} ${String(row['meter'])} ${String(row['currency'])}`,
      {
        paid: scaled((row['paid'] as { amount: string }).amount),
        quantity: BigInt(row['quantity'] as string),
        invocations: BigInt(row['invocations'] as string),
      },
    ]),
  )
}

const COUNTED = [...INSIDE, { ...(INSIDE[0] as Use), id: 'carrier', quantity: 1n }]

describe('the review of a quarter', () => {
  it('adds up what every billed line of the quarter paid, to the last decimal and the microsecond', async () => {
    await test.owner.query("UPDATE invocation SET billing = 'VOID' WHERE tenant_id = $1 AND id = 'voided'", [tenant.id])
    const { from, to, rows } = await review('2026-02-14')
    expect([from, to]).toEqual(['2026-01-01', '2026-04-01'])
    expect(sumsOf(rows)).toEqual(expected(COUNTED))
    const total = [...expected(COUNTED).values()].reduce((sum, { paid }) => sum + paid, 0n)
    const { data } = await tenant.ask(
      '{ fleetCost(range: { from: "2026-01-01", to: "2026-04-01" }) { cost { total { amount } } conservation { balanced } } }',
    )
    const { fleetCost } = data as unknown as { fleetCost: { cost: { total: { amount: string } } } }
    // Every rate is 0.5 pounds, except for the voided event: its cost is in no row, and here still in the cells.
    expect(2n * scaled(fleetCost.cost.total.amount) - 777n * 10_000_000n).toBe(total)
  })

  it('compares with the card and the catalogue at the end of the quarter', async () => {
    const { rows } = await review('2026-03-31')
    const large = expected(COUNTED).get('large input_tokens USD')
    const row = rows.find(({ resource, currency }) => resource === 'large' && currency === 'USD')
    // paid ÷ quantity and its distance from 0.00001, by whole-number division: exact to the digits compared.
    const [paid, quantity] = [large?.paid ?? 0n, large?.quantity ?? 1n]
    expect(String(row?.['effectiveUnitPrice']).slice(0, 14)).toBe(`0.${String(paid / quantity).padStart(12, '0')}`)
    const drift = ((paid - 10_000_000n * quantity) * 10n ** 12n) / (10_000_000n * quantity)
    expect(scaled(String(row?.['driftFromCard']).slice(0, 14))).toBe(drift)
    expect(row).toMatchObject({
      cardUnitPrice: '0.00001',
      catalogueUnitPrice: null,
      driftFromCatalogue: null,
      isDrifting: true,
    })
    expect(rows.find(({ resource }) => resource === 'gpt-4o')).toMatchObject({
      effectiveUnitPrice: '0.000003',
      cardUnitPrice: '0.000003',
      catalogueUnitPrice: '0.0000025',
      driftFromCard: '0',
      driftFromCatalogue: '0.2',
      isDrifting: true,
    })
    expect(rows.find(({ resource }) => resource === 'gpt-4o-mini')).toMatchObject({
      cardUnitPrice: null,
      catalogueUnitPrice: '0.00000015',
      driftFromCatalogue: '0',
      isDrifting: false,
    })
  })

  it('proposes the catalogue’s price where the card is away from it, and a price of one’s own where there is none', async () => {
    const { proposals } = await review('2026-01-01')
    const sums = expected(COUNTED)
    const gpt4o = sums.get('gpt-4o input_tokens USD')
    const impact = 2_500_000n * (gpt4o?.quantity ?? 0n) - (gpt4o?.paid ?? 0n)
    const paidIn = [...sums].filter(([key]) => key.endsWith('USD')).reduce((sum, [, { paid }]) => sum + paid, 0n)
    const mini = sums.get('gpt-4o-mini input_tokens USD')?.paid ?? 0n
    expect(proposals[0]).toMatchObject({
      provider: 'openai',
      resource: 'gpt-4o',
      meter: 'input_tokens',
      currentUnitPrice: { amount: '0.000003', currency: 'USD' },
      proposedUnitPrice: { amount: '0.0000025' },
      reason: expect.stringMatching(/^The card's 0\.000003 USD is 20 % above the 0\.0000025 of .*genai-prices/),
    })
    const stated = (proposals[0]?.['impact'] as { amount: string }).amount
    expect(stated.startsWith('-')).toBe(true)
    expect(-scaled(stated.slice(1))).toBe(impact)
    // Whether the small model is a tenth of the dollars decides whether it is proposed.
    expect(proposals.slice(1).map(({ resource }) => resource)).toEqual(mini * 10n >= paidIn ? ['gpt-4o-mini'] : [])
  })

  it('is the same from days that were added up, and from the events of those that changed since', async () => {
    const quarters = ['2025-12-31', '2026-01-01', '2026-04-01']
    const reviewed = () => Promise.all(quarters.map(review))
    const held = async () => {
      const { rows } = await test.owner.query<{ held: number; stale: number }>(
        `SELECT count(*) FILTER (WHERE p.generation = m.generation)::int AS held,
           count(*) FILTER (WHERE p.generation IS DISTINCT FROM m.generation)::int AS stale
         FROM sums_change m LEFT JOIN priced_day p ON p.tenant_id = m.tenant_id AND p.day = m.day WHERE m.tenant_id = $1`,
        [tenant.id],
      )
      return rows[0]
    }
    const addUp = () => addUpPricedDays({ pool, nowMs: Date.now(), signal: new AbortController().signal }, tenant.id)
    const live = await reviewed()
    const days = (await held())?.stale ?? 0
    expect(days).toBeGreaterThan(50)
    expect(await addUp()).toBe(days)
    expect([await held(), await addUp()]).toEqual([{ held: days, stale: 0 }, 0])
    expect(await reviewed()).toEqual(live)

    const late: Use = { ...(INSIDE[1] as Use), id: 'late', quantity: 1_000n }
    await record([item(late)])
    expect(await held()).toEqual({ held: days - 1, stale: 1 })
    expect(sumsOf((await review('2026-01-01')).rows)).toEqual(expected([...COUNTED, late]))
    expect(await addUp()).toBe(1)
    expect(sumsOf((await review('2026-01-01')).rows)).toEqual(expected([...COUNTED, late]))
    // What follows rewrites stored events past the product, which marks no day.
    await test.owner.query('DELETE FROM priced_day WHERE tenant_id = $1', [tenant.id])
  })

  it('names the own rates that were in force and priced nothing', async () => {
    const { unusedRates } = await review('2026-02-01')
    expect(unusedRates).toEqual([{ resource: 'idle', meter: 'requests' }])
    const { unusedRates: next } = await review('2026-05-01')
    expect(next.map(({ resource }) => resource).sort()).toEqual(['future', 'gpt-4o', 'idle', 'large', 'large'])
  })

  it('counts an invocation once where a graduated price splits its meter into lines', async () => {
    const before = (await review('2026-02-01')).rows
    await test.owner.query(
      `UPDATE invocation SET meters = array_fill(meters[1], ARRAY[2]), quantities = ARRAY[quantities[1] - 3, 3],
         rate_ids = array_fill(rate_ids[1], ARRAY[2]), amounts = array_fill(amounts[1], ARRAY[2])
       WHERE tenant_id = $1 AND id = 'first'`,
      [tenant.id],
    )
    expect((await review('2026-02-01')).rows).toEqual(before)
    // Below the first step there is no price: the line that has one still makes the invocation count.
    await test.owner.query(
      `UPDATE invocation SET rate_ids[1] = NULL, amounts[1] = NULL WHERE tenant_id = $1 AND id = 'first'`,
      [tenant.id],
    )
    const large = (rows: Review['rows']) => sumsOf(rows).get('large input_tokens USD')
    expect(large((await review('2026-02-01')).rows)).toMatchObject({
      quantity: (large(before)?.quantity ?? 0n) - 8n,
      invocations: large(before)?.invocations,
    })
  })

  it('adds up an invocation of more meters than most have', async () => {
    const meters = Array.from({ length: 10 }, (_, n) => `part_${n}`)
    await publish(meters.map((meter, n) => rate('wide', meter, `${n + 1}`, 'GBP')))
    const usage = meters.map((meter, n) => ({ meter, quantity: String(n + 2) }))
    const event = { provider: 'lab', resource: 'wide', usage }
    await record(['w1', 'w2', 'w3'].map((id) => ({ ...event, id, occurredAt: '2026-08-10T00:00:00Z' })))
    const { rows } = await review('2026-08-01')
    const seen = rows.map((row) => [row['meter'], row['quantity'], row['invocations'], row['paid']])
    expect(seen).toEqual(
      meters.map((meter, n) => [
        meter,
        String(3 * (n + 2)),
        '3',
        { amount: `${3 * (n + 2) * (n + 1)}.00`, currency: 'GBP' },
      ]),
    )
  })

  it('sees a rate that was published a moment ago', async () => {
    await review('2026-02-01')
    await publish([rate('fresh', 'requests', '1', 'GBP')])
    expect((await review('2026-02-01')).unusedRates).toContainEqual({ resource: 'fresh', meter: 'requests' })
  })

  it('is empty for a quarter without usage, and does not exist for a client', async () => {
    expect(await review('2024-08-31')).toEqual({
      from: '2024-07-01',
      to: '2024-10-01',
      rows: [],
      unusedRates: [],
      proposals: [],
    })
    await record([item({ ...(INSIDE[0] as Use), id: 'c', quantity: 1n }, { client: 'acme' })])
    const cookie = await tenant.signedIn('CLIENT', 'acme')
    const answer = await ask(test.url, { cookie }, '{ rateReview(quarter: "2026-02-01") { from } }')
    expect(answer.errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }])
  })
})
