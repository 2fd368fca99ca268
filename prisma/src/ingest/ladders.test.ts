import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { formatInstant, parseInstant } from '@outlay/domain/periods/instant'
import { CellDeltas } from '@outlay/domain/rollup/cells'
import { fxTable } from '@outlay/domain/rating/fx-table'
import { compileRateBook } from '@outlay/domain/rating/rate-book'
import { createTestDatabase, type TestDatabase } from '../embedded/test-database.ts'
import { TenantPool } from '../tenancy/tenant-pool.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { Ingestor } from './ingestor.ts'
import { ladderId } from './ladder-id.ts'
import { publishFxRates } from './publish-fx-rates.ts'
import type { RateInput } from './parse-rates.ts'
import { publishRates } from './publish-rates.ts'
import { settleLadders } from './settle-ladders.ts'
import { countedEvent, loadStoredEvents } from './stored-event.ts'
import { TenantConfigs } from './tenant-config.ts'
import { lockTenant } from './tenant-lock.ts'
import { rebuildRollups, verifyRollups } from './verify-rollups.ts'
import { writeSums } from './write-sums.ts'

const NOW = parseInstant('2026-04-20T12:00:00Z')

let database: TestDatabase
let pool: TenantPool
let owner: pg.Pool

beforeAll(async () => {
  database = await createTestDatabase()
  pool = new TenantPool({ url: database.appUrl })
  owner = new pg.Pool({ connectionString: database.ownerUrl })
}, 120_000)

afterAll(async () => {
  await pool.end()
  await owner.end()
  await database.drop()
})

/** A step, or (null) a plain price. */
function price(
  [resource, meter, above, amount]: readonly [string, string, string | null, string],
  fields: Partial<RateInput> & { currency?: string } = {},
): RateInput {
  const { currency = 'GBP', ...rest } = fields
  return {
    provider: 'acme',
    resource,
    meter,
    price: { amount, currency },
    per: '1',
    effectiveFrom: '2026-01-01T00:00:00Z',
    aboveMonthlyQuantity: above,
    ...rest,
  }
}

/** A tenant in London with some rates, and its own ingestor. */
async function tenant(rates: readonly RateInput[]) {
  const tenantId = uuidv7()
  await owner.query(
    `INSERT INTO tenant (id, key, name, currency, time_zone) VALUES ($1::uuid, $1::text, 'Test', 'GBP', 'Europe/London')`,
    [tenantId],
  )
  const publish = async (more: readonly RateInput[]) =>
    expect((await publishRates({ pool }, tenantId, more)).userErrors).toEqual([])
  await publish(rates)
  const configs = new TenantConfigs({ pool, catalogue: null })
  const ingestor = new Ingestor({ pool, configs, clock: () => NOW })
  const rows = async <Row extends pg.QueryResultRow>(text: string): Promise<Row[]> =>
    (await owner.query<Row>(text.replaceAll('$T', `'${tenantId}'`))).rows
  return {
    tenantId,
    configs,
    publish,
    rows,
    fx: async (rows: { date: string; rate: string }[]) =>
      publishFxRates({ pool }, tenantId, { rates: rows.map((row) => ({ ...row, base: 'USD', quote: 'GBP' })) }),
    record: async (items: readonly object[]) =>
      expect(await ingestor.record({ tenantId, items })).toMatchObject({
        accepted: items.length,
        rejected: [],
        duplicates: 0,
      }),
    /** By id: its lines as `quantity@unit price`, and what it costs. */
    lines: async () =>
      Object.fromEntries(
        (
          await rows<{ id: string; lines: string; cost: string | null }>(
            `SELECT i.id, trim_scale(i.cost)::text AS cost, (
               SELECT string_agg(trim_scale(l.quantity)::text || '@' || coalesce(trim_scale(r.unit_price)::text, '?'), ' ' ORDER BY l.n)
               FROM unnest(i.quantities, i.rate_ids) WITH ORDINALITY AS l(quantity, rate_id, n)
               LEFT JOIN rate r ON r.tenant_id = i.tenant_id AND r.id = l.rate_id) AS lines
             FROM invocation i WHERE i.tenant_id = $T ORDER BY i.id`,
          )
        ).map((row) => [row.id, `${row.lines} = ${row.cost}`]),
      ),
    /** What was written since it was last asked, by the version of the row. */
    versions: async () =>
      Object.fromEntries(
        (
          await rows<{ id: string; version: string }>(
            `SELECT id, xmin::text AS version FROM invocation WHERE tenant_id = $T`,
          )
        ).map((row) => [row.id, row.version]),
      ),
  }
}

const THREE_STEPS = [
  price(['large', 'input_tokens', '0', '0.03']),
  price(['large', 'input_tokens', '1000', '0.02']),
  price(['large', 'input_tokens', '2000', '0.01']),
]

const use = (id: string, occurredAt: string, quantity: number | string, more: object = {}) => ({
  id,
  provider: 'acme',
  resource: 'large',
  occurredAt,
  usage: [{ meter: 'input_tokens', quantity }],
  ...more,
})

describe('a graduated price', () => {
  it('is divided where an event crosses a step, and a late event moves exactly those behind it that cross', async () => {
    const t = await tenant(THREE_STEPS)
    await t.record([
      use('a', '2026-03-02T10:00:00Z', 600),
      use('b', '2026-03-03T10:00:00Z', 600),
      use('c', '2026-03-04T10:00:00Z', 300),
      use('d', '2026-03-05T10:00:00Z', 600),
      use('e', '2026-03-06T10:00:00Z', 600),
    ])
    expect(await t.lines()).toEqual({
      a: '600@0.03 = 18',
      b: '400@0.03 200@0.02 = 16',
      c: '300@0.02 = 6',
      d: '500@0.02 100@0.01 = 11',
      e: '600@0.01 = 6',
    })
    const before = await t.versions()
    await t.record([use('late', '2026-03-02T09:00:00Z', 100)])
    expect(await t.lines()).toEqual({
      a: '600@0.03 = 18',
      b: '300@0.03 300@0.02 = 15',
      c: '300@0.02 = 6',
      d: '400@0.02 200@0.01 = 10',
      e: '600@0.01 = 6',
      late: '100@0.03 = 3',
    })
    const after = await t.versions()
    expect(Object.keys(before).filter((id) => before[id] !== after[id])).toEqual(['b', 'd'])
    expect(await verifyRollups(pool, t.tenantId)).toEqual([])
  })

  it('keeps the price of an event that ends exactly at a step, and of one that begins there', async () => {
    const t = await tenant(THREE_STEPS)
    await t.record([use('b', '2026-03-02T10:00:00Z', 1000), use('c', '2026-03-02T10:00:00Z', 1000)])
    await t.record([use('a', '2026-03-02T10:00:00Z', '0.000001')])
    expect(await t.lines()).toEqual({
      a: '0.000001@0.03 = 0.00000003',
      b: '999.999999@0.03 0.000001@0.02 = 29.99999999',
      c: '999.999999@0.02 0.000001@0.01 = 19.99999999',
    })
    expect(await verifyRollups(pool, t.tenantId)).toEqual([])
  })

  it('takes events of one instant in the order of the bytes of their ids, in one batch and in two', async () => {
    const [first, second] = [use('ﬁ', '2026-03-02T10:00:00Z', 800), use('😀', '2026-03-02T10:00:00Z', 800)]
    for (const batches of [[[second, first]], [[second], [first]], [[first], [second]]]) {
      const t = await tenant(THREE_STEPS)
      for (const batch of batches) await t.record(batch)
      expect(await t.lines()).toEqual({ ﬁ: '800@0.03 = 24', '😀': '200@0.03 600@0.02 = 18' })
    }
  })

  it('begins again with the local month: London begins April at 23:00 UTC', async () => {
    const t = await tenant(THREE_STEPS)
    await t.record([use('april', '2026-03-31T23:00:00Z', 600), use('march', '2026-03-31T22:59:59.999999Z', 900)])
    await t.record([use('late', '2026-03-01T00:00:00Z', 700), use('february', '2026-02-28T23:59:59Z', 5000)])
    expect(await t.lines()).toEqual({
      april: '600@0.03 = 18',
      february: '1000@0.03 1000@0.02 3000@0.01 = 80',
      late: '700@0.03 = 21',
      march: '300@0.03 600@0.02 = 21',
    })
    expect(await verifyRollups(pool, t.tenantId)).toEqual([])
  })

  it('frees what a wrapper had used when its first billable descendant arrives', async () => {
    const t = await tenant(THREE_STEPS)
    await t.record([
      use('before', '2026-03-02T09:00:00Z', 800),
      use('wrapper', '2026-03-02T10:00:00Z', 900, { kind: 'AGENT', trace: 'tr', span: 's0' }),
      use('z', '2026-03-02T11:00:00Z', 500),
    ])
    expect(await t.lines()).toMatchObject({
      wrapper: '200@0.03 700@0.02 = 20',
      z: '300@0.02 200@0.01 = 8',
    })
    await t.record([use('leaf', '2026-03-02T10:30:00Z', 100, { trace: 'tr', span: 's1', parentSpan: 's0' })])
    expect(await t.lines()).toEqual({
      before: '800@0.03 = 24',
      // A claim has no place in the month: it is priced as if it were the first, and counts nothing.
      wrapper: '900@0.03 = 27',
      leaf: '100@0.03 = 3',
      z: '100@0.03 400@0.02 = 11',
    })
    expect(await verifyRollups(pool, t.tenantId)).toEqual([])
  })

  it('frees what a voided event had used, and leaves that event as it was', async () => {
    const t = await tenant(THREE_STEPS)
    const { tenantId } = t
    await t.record([
      use('a', '2026-03-02T09:00:00Z', 400),
      use('void', '2026-03-02T10:00:00Z', 900),
      use('z', '2026-03-02T11:00:00Z', 500),
    ])
    const config = await t.configs.get(tenantId)
    await tenantTransaction(pool, tenantId, async (client) => {
      await lockTenant(client, tenantId)
      const deltas = new CellDeltas()
      for (const event of await loadStoredEvents(client, { tenantId, ids: ['void'] })) {
        deltas.add(countedEvent(event, config), -1)
      }
      await client.query(`UPDATE invocation SET billing = 'VOID' WHERE tenant_id = $1 AND id = 'void'`, [tenantId])
      await settleLadders(client, { tenantId, config, deltas, added: [], recounted: ['void'] })
      await writeSums(client, tenantId, { carriers: [], participants: [], deltas })
    })
    expect(await t.lines()).toEqual({ a: '400@0.03 = 12', void: '600@0.03 300@0.02 = 24', z: '500@0.03 = 15' })
    expect(await verifyRollups(pool, tenantId)).toEqual([])
  })

  it('counts usage of every resource that its pattern fits, and each meter for itself', async () => {
    const t = await tenant([
      price(['la*', 'input_tokens', '0', '0.03']),
      price(['la*', 'input_tokens', '1000', '0.02']),
      price(['la*', 'output_tokens', '0', '1']),
      price(['la*', 'output_tokens', '10', '2']),
      price(['la*', 'pages', null, '5']),
    ])
    const usage = [
      { meter: 'output_tokens', quantity: 8 },
      { meter: 'pages', quantity: 1 },
      { meter: 'input_tokens', quantity: 900 },
    ]
    await t.record([use('b', '2026-03-03T10:00:00Z', 0, { usage })])
    await t.record([use('a', '2026-03-02T10:00:00Z', 0, { usage, resource: 'last' })])
    expect(await t.lines()).toEqual({
      a: '8@1 1@5 900@0.03 = 40',
      b: '2@1 6@2 1@5 100@0.03 800@0.02 = 38',
    })
    const unused = await t.rows('SELECT ladder FROM graduated_usage WHERE tenant_id = $T GROUP BY 1')
    expect(unused).toHaveLength(2)
    expect(await verifyRollups(pool, t.tenantId)).toEqual([])
  })

  it('leaves usage below its first step unpriced where no other rate is, and late usage can lift an event over it', async () => {
    const t = await tenant([price(['large', 'input_tokens', '1000', '0.02'])])
    await t.record([use('b', '2026-03-03T10:00:00Z', 1100)])
    expect(await t.lines()).toEqual({ b: '1000@? 100@0.02 = null' })
    await t.record([use('a', '2026-03-02T10:00:00Z', 1000)])
    expect(await t.lines()).toEqual({ a: '1000@? = null', b: '1100@0.02 = 22' })
    expect(
      await t.rows('SELECT unpriced::text FROM rollup_day WHERE tenant_id = $T AND grain = 0 ORDER BY day'),
    ).toEqual([{ unpriced: '1' }, { unpriced: '0' }])
    expect(await verifyRollups(pool, t.tenantId)).toEqual([])
  })

  it('changes no event for a price or an FX rate that was published since (L12)', async () => {
    const steps = (from: string, low: string, high: string) => [
      price(['large', 'input_tokens', '0', low], { effectiveFrom: from, currency: 'USD' }),
      price(['large', 'input_tokens', '1000', high], { effectiveFrom: from, currency: 'USD' }),
    ]
    const t = await tenant(steps('2026-01-01T00:00:00Z', '3', '2'))
    await t.fx([2, 3, 4].map((day) => ({ date: `2026-03-0${day}`, rate: '0.5' })))
    await t.record([use('a', '2026-03-03T10:00:00Z', 800), use('b', '2026-03-04T10:00:00Z', 800)])
    await t.fx([{ date: '2026-03-03', rate: '0.9' }])
    await t.publish(steps('2026-03-04T00:00:00Z', '30', '20'))
    await t.record([use('late', '2026-03-02T10:00:00Z', 300)])
    expect(await t.lines()).toEqual({
      // Its place has moved and its price is in force: divided anew, at the FX rate that it was converted at.
      a: '700@3 100@2 = 1150',
      // Steps that were published since are for what is recorded since; another rating is a job of its own.
      b: '200@3 600@2 = 900',
      late: '300@3 = 450',
    })
    expect(await verifyRollups(pool, t.tenantId)).toEqual([])
  })

  it('asks a tenant without graduated prices nothing', async () => {
    const prices = { rates: [], catalogue: null, fx: [], currency: 'GBP' }
    const rateBook = compileRateBook(prices)
    const zone = { currency: 'GBP', timeZone: 'UTC', bucketMinutes: 60 }
    const none = { prices, fx: fxTable([], 'GBP'), useReportedCost: false, closedMonths: new Set<string>() }
    const config = { version: 1, ...zone, ...none, rateBook }
    const ended = new pg.Client()
    const change = { tenantId: uuidv7(), config, deltas: new CellDeltas(), added: [], recounted: ['a'] }
    // A client that is not connected fails on the first query.
    const positionsOf = await settleLadders(ended as unknown as pg.PoolClient, change)
    expect(positionsOf('a')('ladder')).toBe(0n)
  })

  it('finds its usage wrong when a cell is off by a millionth, and repairs it by a rebuild', async () => {
    const t = await tenant(THREE_STEPS)
    await t.record([use('a', '2026-03-02T10:00:00Z', 600), use('b', '2026-03-09T10:00:00Z', 600)])
    for (const damage of ['UPDATE graduated_usage SET quantity = quantity + 0.000001', 'DELETE FROM graduated_usage']) {
      await t.rows(`${damage} WHERE tenant_id = $T`)
      expect(await verifyRollups(pool, t.tenantId)).toEqual([{ table: 'graduated_usage', cells: 2 }])
      await rebuildRollups(pool, t.tenantId)
      expect(await verifyRollups(pool, t.tenantId)).toEqual([])
    }
  })

  it('refuses a step that is no quantity, and one that is a prompt threshold as well', async () => {
    const t = await tenant([])
    const wrong = [
      price(['large', 'pages', '-1', '1']),
      price(['large', 'pages', '0.0000001', '1']),
      price(['large', 'pages', '0', '1'], { abovePromptTokens: '1' }),
    ]
    expect((await publishRates({ pool }, t.tenantId, wrong)).userErrors.map(({ field }) => field)).toEqual(
      [0, 1, 2].map((index) => ['input', 'rates', String(index), 'aboveMonthlyQuantity']),
    )
  })
})

describe('ladderId', () => {
  it('is a UUID of version 8 that depends on the key alone', () => {
    expect(ladderId('key')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(ladderId('key')).toBe(ladderId('key'))
    expect(ladderId('key')).not.toBe(ladderId('Key'))
  })
})

// What follows prices a month a second way: from the prices written down here, in fractions, without any of the code above.

type Fraction = readonly [numerator: bigint, denominator: bigint]

function fraction(text: string): Fraction {
  const [whole = '', decimals = ''] = text.split('.')
  return [BigInt(whole + decimals), 10n ** BigInt(decimals.length)]
}

const ZERO: Fraction = [0n, 1n]
const plus = ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * d + c * b, b * d]
const minus = (a: Fraction, [c, d]: Fraction): Fraction => plus(a, [-c, d])
const times = ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * c, b * d]
const isLess = ([a, b]: Fraction, [c, d]: Fraction): boolean => a * d < c * b
const smaller = (a: Fraction, b: Fraction): Fraction => (isLess(a, b) ? a : b)
const larger = (a: Fraction, b: Fraction): Fraction => (isLess(a, b) ? b : a)
const isEqual = ([a, b]: Fraction, [c, d]: Fraction): boolean => a * d === c * b

interface Tariff {
  name: string
  currency: string
  /** Above what quantity of the month which price holds. */
  steps: readonly (readonly [above: string, price: string])[]
  /** The price of what is below the first step. */
  below?: string
}

const CHANGE = '2026-03-16T00:00:00Z'
const INPUT: readonly [Tariff, Tariff] = [
  {
    name: 'input',
    currency: 'GBP',
    steps: [
      ['0', '0.00003'],
      ['1500000', '0.00002'],
      ['2500000.25', '0.00001'],
    ],
  },
  {
    name: 'input',
    currency: 'GBP',
    steps: [
      ['0', '0.00004'],
      ['3600000', '0.000005'],
    ],
  },
]
const OUTPUT: Tariff = {
  name: 'output',
  currency: 'USD',
  steps: [
    ['300000', '0.00005'],
    ['600000', '0.00004'],
  ],
  below: '0.00006',
}
const REQUESTS: Tariff = {
  name: 'requests',
  currency: 'GBP',
  steps: [
    ['0', '0.01'],
    ['120', '0.005'],
  ],
}

const MONTH_RATES: RateInput[] = [
  ...INPUT[0].steps.map(([above, amount]) => price(['lar*', 'input_tokens', above, amount], { effectiveTo: CHANGE })),
  ...INPUT[1].steps.map(([above, amount]) => price(['lar*', 'input_tokens', above, amount], { effectiveFrom: CHANGE })),
  ...OUTPUT.steps.map(([above, amount]) => price(['large', 'output_tokens', above, amount], { currency: 'USD' })),
  price(['*', 'output_tokens', null, OUTPUT.below ?? ''], { currency: 'USD' }),
  price(['large', 'cache_read_tokens', null, '0.000001']),
  ...REQUESTS.steps.map(([above, amount]) => price(['index', 'requests', above, amount])),
]

const FX_DAYS = Array.from({ length: 40 }, (_, index) => index)
  .map((index) => new Date(Date.UTC(2026, 1, 26 + index)).toISOString().slice(0, 10))
  .filter((date) => date !== '2026-03-20')
const fxOf = (date: string) => (FX_DAYS.includes(date) ? `0.7${date.slice(8)}` : null)

/** An event of the generated month, with whether it counts. */
interface Made {
  item: { id: string; occurredAt: string; usage: { meter: string; quantity: string }[] } & Record<string, unknown>
  micros: number
  counts: boolean
  /** Reports of one shared use: the first of them that is recorded carries it, so the first stays the first. */
  sharedUse: string | null
}

function tariffOf(meter: string, micros: number): Tariff | null {
  if (meter === 'input_tokens') return INPUT[micros < Date.parse(CHANGE) * 1_000 ? 0 : 1]
  return meter === 'output_tokens' ? OUTPUT : meter === 'requests' ? REQUESTS : null
}

/** Months of London around the generated one. */
function monthOf(micros: number): string {
  if (micros < Date.parse('2026-03-01T00:00:00Z') * 1_000) return 'February'
  return micros < Date.parse('2026-03-31T23:00:00Z') * 1_000 ? 'March' : 'April'
}

function costOn(tariff: Tariff, position: Fraction, quantity: Fraction): Fraction {
  const end = plus(position, quantity)
  const spans = [
    ...(tariff.below === undefined
      ? []
      : [{ from: ZERO, to: fraction(tariff.steps[0]?.[0] ?? '0'), price: tariff.below }]),
    ...tariff.steps.map(([above, unitPrice], index) => {
      const next = tariff.steps[index + 1]?.[0]
      return { from: fraction(above), to: next === undefined ? end : fraction(next), price: unitPrice }
    }),
  ]
  return spans.reduce((cost, span) => {
    const part = minus(smaller(end, span.to), larger(position, span.from))
    return part[0] > 0n ? plus(cost, times(part, fraction(span.price))) : cost
  }, ZERO)
}

/** What every event costs; null where no FX rate is. */
function oracle(events: readonly Made[]): Map<string, Fraction | null> {
  const inOrder = [...events].sort(
    (a, b) => a.micros - b.micros || Buffer.compare(Buffer.from(a.item.id), Buffer.from(b.item.id)),
  )
  const used = new Map<string, Fraction>()
  const costs = new Map<string, Fraction | null>()
  for (const { item, micros, counts } of inOrder) {
    let cost: Fraction | null = ZERO
    for (const { meter, quantity: text } of item.usage) {
      const quantity = fraction(text)
      const tariff = tariffOf(meter, micros)
      const counter = `${tariff?.name} ${monthOf(micros)}`
      const position = counts ? (used.get(counter) ?? ZERO) : ZERO
      const native = tariff === null ? times(quantity, fraction('0.000001')) : costOn(tariff, position, quantity)
      if (counts) used.set(counter, plus(position, quantity))
      const fx = tariff?.currency === 'USD' ? fxOf(item.occurredAt.slice(0, 10)) : '1'
      cost = cost === null || fx === null ? null : plus(cost, times(native, fraction(fx)))
    }
    costs.set(item.id, cost)
  }
  return costs
}

function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const MONTH_START = Date.parse('2026-02-28T20:00:00Z') / 1_000
const MONTH_END = Date.parse('2026-04-01T04:00:00Z') / 1_000
const BUSY_HOUR = Date.parse('2026-03-09T10:00:00Z') / 1_000

/** A month with a busy hour, events at one instant, wrappers with and without descendants, and shared uses. */
function generateMonth(count: number): Made[] {
  const next = random(20_260_301)
  const within = (limit: number) => Math.floor(next() * limit)
  const pick = (texts: readonly string[]) => texts[within(texts.length)] ?? ''
  const events: Made[] = []
  const add = (fields: object, made: Partial<Made> = {}) => {
    const second = within(3) === 0 ? BUSY_HOUR + within(3_600) : MONTH_START + within(MONTH_END - MONTH_START)
    const micros = second * 1_000_000 + (within(4) === 0 ? within(1_000_000) : 0)
    // Ids whose order by UTF-16 code units is not that of their bytes.
    const id = `${pick(['a', 'Z', 'é', 'ﬁ', '😀'])}${events.length}`
    const usage = [
      { meter: 'input_tokens', quantity: `${1 + within(4_000)}${pick(['', '.5', '.25'])}` },
      { meter: 'cache_read_tokens', quantity: String(1 + within(9_000)) },
      { meter: 'output_tokens', quantity: String(1 + within(900)) },
    ]
    const tags = { agent: pick(['research', 'coding']), client: pick(['northwind', 'meridian']) }
    const item = {
      id,
      provider: 'acme',
      resource: 'large',
      occurredAt: formatInstant(micros),
      usage,
      ...tags,
      ...fields,
    }
    events.push({ item, micros, counts: true, sharedUse: null, ...made })
  }
  while (events.length < count) {
    const trace = `trace ${events.length}`
    const kind = next()
    if (kind < 0.6) add({})
    else if (kind < 0.75) {
      add({ kind: 'AGENT', trace, span: 'root' }, { counts: false })
      add({ trace, span: 'leaf', parentSpan: 'root' })
    } else if (kind < 0.85) add({ kind: 'AGENT', trace, span: 'root' })
    else {
      const usage = [{ meter: 'requests', quantity: String(1 + within(3)) }]
      const shared = { kind: 'RETRIEVAL', resource: 'index', usage, trace, sharedKey: 'index', client: 'northwind' }
      add(shared, { sharedUse: trace })
      add(shared, { sharedUse: trace, counts: false })
    }
  }
  return events
}

/** Shuffles events, but lets each shared use keep its carrier. */
function shuffled(events: readonly Made[], next: () => number): Made[] {
  const order = [...events]
  for (let i = order.length - 1; i > 0; i -= 1) {
    const j = Math.floor(next() * (i + 1))
    const [a, b] = [order[i], order[j]]
    if (a === undefined || b === undefined) continue
    order[i] = b
    order[j] = a
  }
  return carriersFirst(order)
}

function carriersFirst(order: Made[]): Made[] {
  const firstReport = new Map<string, number>()
  for (const [index, event] of order.entries()) {
    if (event.sharedUse === null) continue
    const first = firstReport.get(event.sharedUse)
    if (first === undefined) firstReport.set(event.sharedUse, index)
    else if (event.counts) {
      const other = order[first]
      if (other === undefined) continue
      order[first] = event
      order[index] = other
    }
  }
  return order
}

const EVENTS = `
SELECT i.id, i.billing, i.status, i.cost::text AS cost, i.meters, i.quantities::text[] AS quantities, i.amounts::text[] AS amounts,
  i.fx_rates::text[] AS fx_rates, i.ladders::text[] AS ladders,
  ARRAY(SELECT r.unit_price::text FROM unnest(i.rate_ids) WITH ORDINALITY AS l(id, n)
    LEFT JOIN rate r ON r.tenant_id = $T AND r.id = l.id ORDER BY l.n) AS prices
FROM invocation i WHERE i.tenant_id = $T ORDER BY i.id`

const CELLS = `
SELECT f.bucket::text AS bucket, a.key AS agent, c.key AS client, r.name AS resource, f.kind, f.cost_direct::text AS direct,
  f.cost_shared::text AS shared, f.invocations::text AS invocations, f.tokens::text AS tokens, f.unconverted::text AS unconverted
FROM rollup_fine f LEFT JOIN agent a ON a.tenant_id = $T AND a.id = f.agent_id LEFT JOIN client c ON c.tenant_id = $T AND c.id = f.client_id
LEFT JOIN resource r ON r.tenant_id = $T AND r.id = f.resource_id
WHERE f.tenant_id = $T AND f.invocations <> 0 ORDER BY 1, 2 NULLS FIRST, 3 NULLS FIRST, 4, 5`

const USAGE = `
SELECT ladder, bucket::text AS bucket, quantity::text AS quantity FROM graduated_usage WHERE tenant_id = $T AND quantity <> 0 ORDER BY 1, 2`

/** Records events in an order, in batches of some sizes, for a tenant of its own; returns all that came of it. */
async function recordMonth(order: readonly Made[], batchSize: () => number) {
  const t = await tenant(MONTH_RATES)
  const rates = FX_DAYS.map((date) => ({ date, rate: fxOf(date) ?? '' }))
  expect((await t.fx(rates)).userErrors).toEqual([])
  for (let start = 0; start < order.length;) {
    const size = batchSize()
    await t.record(order.slice(start, start + size).map((event) => event.item))
    start += size
  }
  expect(await verifyRollups(pool, t.tenantId)).toEqual([])
  const events = await t.rows<{ id: string; billing: string; status: string; cost: string | null }>(EVENTS)
  return { events, cells: await t.rows(CELLS), usage: await t.rows(USAGE) }
}

describe('the order of arrival', () => {
  const events = generateMonth(3_000)
  const sorted = [...events].sort((a, b) => a.micros - b.micros)
  const expected = oracle(events)
  let inOrder: Awaited<ReturnType<typeof recordMonth>>

  beforeAll(async () => {
    inOrder = await recordMonth(carriersFirst([...sorted]), () => 5_000)
  }, 120_000)

  it('leaves every event of a month at the cost that fractions give it', () => {
    const counts = new Map(events.map((event) => [event.item.id, event.counts]))
    const billed = new Set(['DIRECT', 'WRAPPER', 'SHARED'])
    expect(inOrder.events.filter((row) => billed.has(row.billing) !== counts.get(row.id))).toEqual([])
    const wrong = inOrder.events.filter((row) => {
      const cost = expected.get(row.id) ?? null
      if (cost === null || row.cost === null) return cost !== null || row.cost !== null
      return !isEqual(fraction(row.cost), cost)
    })
    expect(wrong).toEqual([])
    expect(inOrder.events).toHaveLength(events.length)
    expect(inOrder.events.some((row) => row.status === 'UNCONVERTED')).toBe(true)
  })

  const reversed = carriersFirst([...sorted].reverse())
  it.each([
    ['backwards', reversed, () => 250],
    [
      'all but the very first event of March, then that',
      [...reversed.filter(isNotFirst), ...reversed.filter(isFirst)],
      () => 2_999,
    ],
    ...[1, 2, 3].map((seed): [string, Made[], () => number] => {
      const next = random(seed)
      return [`shuffled, seed ${seed}`, shuffled(events, next), () => 1 + Math.floor(next() ** 3 * 600)]
    }),
  ])(
    'changes no cost, no line and no cell: %s',
    async (_name, order, batchSize) => {
      expect(await recordMonth(order, batchSize)).toEqual(inOrder)
    },
    120_000,
  )

  function isFirst(event: Made): boolean {
    return event === sorted.find(({ micros, counts, sharedUse }) => monthOf(micros) === 'March' && counts && !sharedUse)
  }

  function isNotFirst(event: Made): boolean {
    return !isFirst(event)
  }
})
