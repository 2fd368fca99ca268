import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { formatInstant, parseInstant } from '@outlay/domain/periods/instant'
import type { OwnRateSource } from '@outlay/domain/rating/rate'
import { createTenant } from '../admin/create-tenant.ts'
import { createTestDatabase, type TestDatabase } from '../embedded/test-database.ts'
import { TenantPool } from '../tenancy/tenant-pool.ts'
import { discardRateCardDraft } from './discard-rate-card-draft.ts'
import { Ingestor } from './ingestor.ts'
import type { RateInput } from './parse-rates.ts'
import { publishRateCard } from './publish-rate-card.ts'
import { publishRates } from './publish-rates.ts'
import { retireRateCard } from './retire-rate-card.ts'
import { saveRateCardDraft } from './save-rate-card-draft.ts'
import { TenantConfigs } from './tenant-config.ts'

const MARCH = '2026-03-01T00:00:00Z'
const APRIL = '2026-04-01T00:00:00Z'

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

function price(amount: string, fields: Partial<RateInput> = {}): RateInput {
  const { provider = 'acme', resource = 'large', meter = 'pages', effectiveFrom = '2026-01-01T00:00:00Z' } = fields
  return { ...fields, provider, resource, meter, effectiveFrom, price: { amount, currency: 'GBP' } }
}

/** A tenant without public prices; `cost` records a page at an instant and answers what it costs. */
async function tenant() {
  const tenantId = await createTenant(pool, { key: uuidv7(), name: 'Test', currency: 'GBP', timeZone: 'UTC' })
  const configs = new TenantConfigs({ pool, catalogue: null })
  const ingestor = new Ingestor({ pool, configs, clock: () => Date.UTC(2026, 10, 23) * 1_000 })
  let serial = 0
  const rows = async (text: string) =>
    (await owner.query<Record<string, string | null>>(text.replaceAll('$T', `'${tenantId}'`))).rows
  return {
    tenantId,
    rows,
    publish: (rates: RateInput[], source: OwnRateSource = 'MANUAL') =>
      publishRates({ pool }, tenantId, rates, { source, note: null, by: 'owner@example.test' }),
    draft: async (rates: RateInput[], fields: { cardId?: string; source?: OwnRateSource; provider?: string } = {}) => {
      const { cardId = null, source = 'MANUAL', provider = 'acme' } = fields
      const draft = { cardId, provider, source, note: null, by: 'owner@example.test', rates }
      return saveRateCardDraft({ pool }, tenantId, draft)
    },
    cost: async (occurredAt: string, qualifiers: Record<string, string> = {}) => {
      const id = String((serial += 1))
      const usage = [{ meter: 'pages', quantity: 1 }]
      const item = { id, occurredAt, kind: 'TOOL', provider: 'acme', resource: 'large', usage, qualifiers }
      const { rejected } = await ingestor.record({ tenantId, items: [item] })
      expect(rejected).toEqual([])
      const [row] = await rows(
        `SELECT trim_scale(cost)::text AS cost FROM invocation WHERE tenant_id = $T AND id = '${id}'`,
      )
      return row?.['cost'] ?? null
    },
    rates: () =>
      rows(
        `SELECT r.source, r.state, trim_scale(r.price)::text AS price, to_char(r.effective_from AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS from,
           to_char(r.effective_to AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS to FROM rate r WHERE r.tenant_id = $T
         ORDER BY r.source, r.effective_from, r.price`,
      ),
  }
}

type Tenant = Awaited<ReturnType<typeof tenant>>

async function savedDraft(t: Tenant, ...input: Parameters<Tenant['draft']>): Promise<string> {
  const { cardId, userErrors } = await t.draft(...input)
  expect(userErrors).toEqual([])
  return cardId ?? ''
}

const cards = (t: Tenant) =>
  t.rows(
    `SELECT provider, version::text, source, status, created_by AS by FROM rate_card WHERE tenant_id = $T ORDER BY version`,
  )

describe('a draft', () => {
  it('prices nothing until it is published, and then what occurs in its periods', async () => {
    const t = await tenant()
    const cardId = await savedDraft(t, [price('2'), price('3', { effectiveFrom: MARCH })])
    expect(await t.cost('2026-02-01T00:00:00Z')).toBeNull()
    expect(await publishRateCard({ pool }, t.tenantId, cardId)).toEqual({ cardId, userErrors: [] })
    expect(await t.cost('2026-02-01T00:00:00Z')).toBe('2')
    expect(await t.cost(MARCH)).toBe('3')
    expect(await t.rates()).toEqual([
      { source: 'MANUAL', state: 'ACTIVE', price: '2', from: '2026-01-01', to: '2026-03-01' },
      { source: 'MANUAL', state: 'ACTIVE', price: '3', from: '2026-03-01', to: null },
    ])
  })

  it('ends what it supersedes where it begins, and keeps the ids it had', async () => {
    const t = await tenant()
    await t.publish([price('1')])
    const cardId = await savedDraft(t, [price('2', { effectiveFrom: MARCH })])
    const ids = () => t.rows(`SELECT id FROM rate WHERE tenant_id = $T AND card_id = '${cardId}'`)
    const before = await ids()
    await publishRateCard({ pool }, t.tenantId, cardId)
    expect(await ids()).toEqual(before)
    expect([await t.cost('2026-02-28T23:59:59.999999Z'), await t.cost(MARCH)]).toEqual(['1', '2'])
  })

  it('that would overlap is refused and named, stays a draft, and can be mended', async () => {
    const t = await tenant()
    await t.publish([price('1', { effectiveTo: APRIL })])
    const cardId = await savedDraft(t, [price('2', { effectiveFrom: MARCH })])
    expect(await publishRateCard({ pool }, t.tenantId, cardId)).toEqual({
      cardId: null,
      userErrors: [
        {
          code: 'RATE_OVERLAP',
          message: `Rate acme/large pages already covers ${MARCH}; it ends ${APRIL}.`,
          field: ['input', 'id'],
        },
      ],
    })
    expect(await savedDraft(t, [price('2', { effectiveFrom: APRIL })], { cardId })).toBe(cardId)
    expect((await publishRateCard({ pool }, t.tenantId, cardId)).userErrors).toEqual([])
    expect([await t.cost(MARCH), await t.cost(APRIL)]).toEqual(['1', '2'])
  })

  it('takes another source, and with another provider another number', async () => {
    const t = await tenant()
    await t.publish([price('1'), price('1', { provider: 'other' })])
    const cardId = await savedDraft(t, [price('2')])
    await savedDraft(t, [price('2', { provider: 'other' })], { cardId, provider: 'other', source: 'CONTRACT' })
    expect(
      await t.rows(`SELECT provider, version::text, source FROM rate_card WHERE tenant_id = $T AND status = 'DRAFT'`),
    ).toEqual([{ provider: 'other', version: '2', source: 'CONTRACT' }])
    expect(await t.rows(`SELECT DISTINCT source FROM rate WHERE tenant_id = $T AND state = 'DRAFT'`)).toEqual([
      { source: 'CONTRACT' },
    ])
  })

  it('is gone when it is discarded', async () => {
    const t = await tenant()
    const cardId = await savedDraft(t, [price('2')])
    expect(await discardRateCardDraft({ pool }, t.tenantId, cardId)).toEqual({ cardId, userErrors: [] })
    expect([await cards(t), await t.rates()]).toEqual([[], []])
  })

  it.each<[string, Parameters<Tenant['draft']>, string, string[]]>([
    ['a rate of another provider', [[price('1', { provider: 'b' })]], 'INVALID_FIELD', ['rates', '0', 'provider']],
    [
      'rates that overlap each other',
      [[price('1', { effectiveTo: APRIL }), price('2', { effectiveFrom: MARCH })]],
      'RATE_OVERLAP',
      ['rates', '1', 'effectiveFrom'],
    ],
    ['an empty provider', [[], { provider: ' ' }], 'INVALID_FIELD', ['provider']],
    [
      'a price by the prompt and by the month',
      [[price('1', { abovePromptTokens: '1', aboveMonthlyQuantity: '1' })]],
      'INVALID_FIELD',
      ['rates', '0', 'aboveMonthlyQuantity'],
    ],
    [
      'a step that is no quantity',
      [[price('1', { aboveMonthlyQuantity: '-1' })]],
      'NEGATIVE_DECIMAL',
      ['rates', '0', 'aboveMonthlyQuantity'],
    ],
  ])('with %s is refused', async (_name, input, code, field) => {
    const t = await tenant()
    expect(await t.draft(...input)).toMatchObject({ cardId: null, userErrors: [{ code, field: ['input', ...field] }] })
    expect(await cards(t)).toEqual([])
  })

  it('without rates can be kept, and not published', async () => {
    const t = await tenant()
    const cardId = await savedDraft(t, [])
    expect((await publishRateCard({ pool }, t.tenantId, cardId)).userErrors).toMatchObject([
      { code: 'RATE_CARD_EMPTY', message: 'The rate card acme v1 has no rates.' },
    ])
  })
})

describe('a card of another source', () => {
  it('runs beside: the contract prices while it lasts, the entry by hand before and after', async () => {
    const t = await tenant()
    await t.publish([price('1')])
    expect(await t.publish([price('2', { effectiveFrom: MARCH, effectiveTo: APRIL })], 'CONTRACT')).toMatchObject({
      userErrors: [],
    })
    expect(await t.cost('2026-02-28T23:59:59.999999Z')).toBe('1')
    expect(await t.cost(MARCH)).toBe('2')
    expect(await t.cost('2026-03-31T23:59:59.999999Z')).toBe('2')
    expect(await t.cost(APRIL)).toBe('1')
    expect(await cards(t)).toEqual([
      { provider: 'acme', version: '1', source: 'MANUAL', status: 'PUBLISHED', by: 'owner@example.test' },
      { provider: 'acme', version: '2', source: 'CONTRACT', status: 'PUBLISHED', by: 'owner@example.test' },
    ])
  })
})

describe('the steps of a graduated price', () => {
  it('are rates of their own, stored as stated', async () => {
    const t = await tenant()
    const steps = [price('3', { aboveMonthlyQuantity: '0' }), price('2', { aboveMonthlyQuantity: '1000.5' })]
    expect((await t.publish(steps)).userErrors).toEqual([])
    expect(
      await t.rows(
        `SELECT trim_scale(above_monthly_quantity)::text AS above FROM rate WHERE tenant_id = $T ORDER BY 1`,
      ),
    ).toEqual([{ above: '0' }, { above: '1000.5' }])
    expect((await t.publish([price('1', { aboveMonthlyQuantity: '1000.50' })])).userErrors).toMatchObject([
      { code: 'RATE_OVERLAP', message: expect.stringContaining('above 1000.5 a month') },
    ])
  })
})

describe('a retired card', () => {
  it('ends what runs, withdraws what was to come, and leaves what is rated', async () => {
    const t = await tenant()
    const cardId = await savedDraft(t, [
      price('1', { effectiveTo: '2026-02-01T00:00:00Z' }),
      price('2', { effectiveFrom: '2026-02-01T00:00:00Z' }),
      price('3', { effectiveFrom: APRIL }),
    ])
    await publishRateCard({ pool }, t.tenantId, cardId)
    expect(await t.cost('2026-03-15T00:00:00Z')).toBe('2')
    expect(await retireRateCard({ pool }, t.tenantId, { cardId, at: MARCH })).toEqual({ cardId, userErrors: [] })
    expect(await t.rates()).toEqual([
      { source: 'MANUAL', state: 'ACTIVE', price: '1', from: '2026-01-01', to: '2026-02-01' },
      { source: 'MANUAL', state: 'ACTIVE', price: '2', from: '2026-02-01', to: '2026-03-01' },
      { source: 'MANUAL', state: 'WITHDRAWN', price: '3', from: '2026-04-01', to: null },
    ])
    const costs = ['2026-01-31T23:59:59.999999Z', '2026-02-28T23:59:59.999999Z', MARCH, APRIL]
    expect(await Promise.all(costs.map((at) => t.cost(at)))).toEqual(['1', '2', null, null])
    expect(
      await t.rows(`SELECT trim_scale(cost)::text AS cost FROM invocation WHERE tenant_id = $T AND id = '1'`),
    ).toEqual([{ cost: '2' }])
  })

  it('leaves room for a new one from the same instant on', async () => {
    const t = await tenant()
    const cardId = await savedDraft(t, [price('1'), price('9', { effectiveFrom: APRIL })])
    await publishRateCard({ pool }, t.tenantId, cardId)
    await retireRateCard({ pool }, t.tenantId, { cardId, at: MARCH })
    expect((await t.publish([price('5', { effectiveFrom: MARCH })])).userErrors).toEqual([])
    expect([await t.cost('2026-02-28T23:59:59.999999Z'), await t.cost(MARCH), await t.cost(APRIL)]).toEqual([
      '1',
      '5',
      '5',
    ])
  })

  it('gives way to the next source', async () => {
    const t = await tenant()
    await t.publish([price('1')])
    const cardId = await savedDraft(t, [price('2')], { source: 'CONTRACT' })
    await publishRateCard({ pool }, t.tenantId, cardId)
    await retireRateCard({ pool }, t.tenantId, { cardId, at: MARCH })
    expect([await t.cost('2026-02-01T00:00:00Z'), await t.cost(MARCH)]).toEqual(['2', '1'])
  })

  it.each(['soon', '2026-03-01', '9999-01-01T00:00:00Z'])('is not retired at %j', async (at) => {
    const t = await tenant()
    const cardId = await savedDraft(t, [price('1')])
    await publishRateCard({ pool }, t.tenantId, cardId)
    expect(await retireRateCard({ pool }, t.tenantId, { cardId, at })).toMatchObject({
      cardId: null,
      userErrors: [{ code: 'INVALID_INSTANT', field: ['input', 'at'] }],
    })
  })
})

describe('the life of a card', () => {
  type Change = (t: Tenant, cardId: string) => Promise<{ userErrors: { code: string; message: string }[] }>
  const edit: Change = (t, cardId) => t.draft([price('7')], { cardId })
  const publish: Change = (t, cardId) => publishRateCard({ pool }, t.tenantId, cardId)
  const discard: Change = (t, cardId) => discardRateCardDraft({ pool }, t.tenantId, cardId)
  const retire: Change = (t, cardId) => retireRateCard({ pool }, t.tenantId, { cardId, at: MARCH })

  it.each<[string, Change[], Change, string]>([
    ['a draft cannot be retired', [], retire, 'is DRAFT; only one that is PUBLISHED can be retired.'],
    ['what is published cannot be edited', [publish], edit, 'is PUBLISHED; only one that is DRAFT can be edited.'],
    ['nor published again', [publish], publish, 'is PUBLISHED; only one that is DRAFT can be published.'],
    ['nor discarded', [publish], discard, 'is PUBLISHED; only one that is DRAFT can be discarded.'],
    ['what is retired stays so', [publish, retire], retire, 'is RETIRED; only one that is PUBLISHED can be retired.'],
    ['and is not published again', [publish, retire], publish, 'is RETIRED; only one that is DRAFT can be published.'],
  ])('%s', async (_name, path, change, message) => {
    const t = await tenant()
    const cardId = await savedDraft(t, [price('1')])
    for (const step of path) expect((await step(t, cardId)).userErrors).toEqual([])
    const before = [await cards(t), await t.rates()]
    expect(await change(t, cardId)).toEqual({
      cardId: null,
      userErrors: [{ code: 'RATE_CARD_STATE', message: `The rate card acme v1 ${message}`, field: ['input', 'id'] }],
    })
    expect([await cards(t), await t.rates()]).toEqual(before)
  })

  it.each([
    ['edited', edit],
    ['published', publish],
    ['discarded', discard],
    ['retired', retire],
  ])('is of one tenant: the card of another cannot be %s', async (_name, change) => {
    const [mine, other] = [await tenant(), await tenant()]
    const cardId = await savedDraft(other, [price('1')])
    expect(await change(mine, cardId)).toMatchObject({ cardId: null, userErrors: [{ code: 'NOT_FOUND' }] })
    expect(await cards(other)).toMatchObject([{ status: 'DRAFT' }])
  })
})

describe('publications at once', () => {
  it('never leave two rates of a kind in force', async () => {
    const t = await tenant()
    const drafts = await Promise.all(
      [1, 2, 3].map((day) => t.draft([price('1', { effectiveFrom: `2026-05-0${day}T00:00:00Z` })])),
    )
    await Promise.all([
      ...drafts.map(({ cardId }) => publishRateCard({ pool }, t.tenantId, cardId ?? '')),
      ...[4, 5, 6].map((day) => t.publish([price('1', { effectiveFrom: `2026-05-0${day}T00:00:00Z` })])),
    ])
    expect(await overlaps(t)).toEqual([])
    const active = (await t.rates()).filter(({ state, to }) => state === 'ACTIVE' && to === null)
    expect(active).toHaveLength(1)
  })

  it.each(['a call', 'a draft'])('that go round the lock are refused by the database: %s is told why', async (kind) => {
    const t = await tenant()
    const cardId = await savedDraft(t, [price('2')])
    const intruder = await owner.connect()
    try {
      await intruder.query('BEGIN')
      await intruder.query(
        `INSERT INTO rate_card (tenant_id, id, provider, version, published_at) VALUES ($1, $2, 'acme', 99, now())`,
        [t.tenantId, cardId.replace(/^./, 'f')],
      )
      await intruder.query(
        `INSERT INTO rate (tenant_id, id, card_id, provider, resource, meter, price, per, unit_price, currency, effective_from)
         VALUES ($1, $2, $2, 'acme', 'large', 'pages', 1, 1, 1, 'GBP', '2026-01-01T00:00:00Z')`,
        [t.tenantId, cardId.replace(/^./, 'f')],
      )
      const publishing = kind === 'a call' ? t.publish([price('2')]) : publishRateCard({ pool }, t.tenantId, cardId)
      await waitingForLock(publishing)
      await intruder.query('COMMIT')
      expect((await publishing).userErrors).toEqual([
        {
          code: 'RATE_OVERLAP',
          message:
            'A rate of the same kind was published for part of the period at the same moment; nothing was changed.',
          field: ['input', kind === 'a call' ? 'rates' : 'id'],
        },
      ])
    } finally {
      await intruder.query('ROLLBACK')
      intruder.release()
    }
    expect((await t.rates()).filter(({ state }) => state === 'ACTIVE')).toHaveLength(1)
  })

  /** Until a statement waits for another transaction, or the work is over without having waited. */
  async function waitingForLock(work: Promise<unknown>): Promise<void> {
    let isOver = false
    void work.finally(() => (isOver = true))
    while (!isOver) {
      const waiting = await owner.query(
        `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      )
      if (waiting.rowCount !== 0) return
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
})

const overlaps = (t: Tenant) =>
  t.rows(
    `SELECT a.id FROM rate a JOIN rate b ON b.tenant_id = a.tenant_id AND b.id > a.id AND b.source = a.source
       AND tstzrange(a.effective_from, a.effective_to) && tstzrange(b.effective_from, b.effective_to)
     WHERE a.tenant_id = $T AND a.state = 'ACTIVE' AND b.state = 'ACTIVE'`,
  )

describe('whatever is done to cards', () => {
  const at = (month: number) => formatInstant(parseInstant(MARCH) + month * 2_592_000_000_000)
  const month = fc.nat(8)
  const rate = fc.record({ from: month, to: fc.option(month) })
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('publish' as const),
      source: fc.constantFrom('CONTRACT' as const, 'MANUAL' as const),
      rate,
    }),
    fc.record({
      kind: fc.constant('draft' as const),
      source: fc.constantFrom('CONTRACT' as const, 'MANUAL' as const),
      rate,
    }),
    fc.record({ kind: fc.constant('retire' as const), which: fc.nat(5), month }),
  )

  it('versions of a rate never overlap, and an event finds the price that was in force', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        const t = await tenant()
        for (const [index, each] of steps.entries()) {
          if (each.kind === 'retire') {
            const published = await t.rows(`SELECT id FROM rate_card WHERE tenant_id = $T ORDER BY version`)
            const cardId = published[each.which]?.['id']
            if (cardId) await retireRateCard({ pool }, t.tenantId, { cardId, at: at(each.month) })
            continue
          }
          const { from, to } = each.rate
          const stated = price(String(index + 1), { effectiveFrom: at(from), effectiveTo: to === null ? null : at(to) })
          if (each.kind === 'publish') await t.publish([stated], each.source)
          else {
            const { cardId } = await t.draft([stated], { source: each.source })
            if (cardId !== null) await publishRateCard({ pool }, t.tenantId, cardId)
          }
        }
        expect(await overlaps(t)).toEqual([])
        for (const [offset, month] of [
          [-1, 4],
          [0, 4],
          [1, 4],
        ] as const) {
          const instant = formatInstant(parseInstant(at(month)) + offset)
          const [expected] = await t.rows(
            `SELECT trim_scale(price)::text AS price FROM rate WHERE tenant_id = $T AND state = 'ACTIVE'
               AND effective_from <= '${instant}' AND (effective_to IS NULL OR effective_to > '${instant}') ORDER BY source LIMIT 1`,
          )
          expect(await t.cost(instant)).toBe(expected?.['price'] ?? null)
        }
      }),
      { numRuns: 15 },
    )
  })
})
