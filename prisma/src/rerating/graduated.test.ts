import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { RateInput } from '../ingest/parse-rates.ts'
import { applyRerating } from './apply-rerating.ts'
import { requestPreview } from './request-preview.ts'
import { openReratingWorld, quiet, type ReratingTenant, type ReratingWorld } from './test-world.ts'

let world: ReratingWorld

beforeAll(async () => {
  world = await openReratingWorld()
}, 120_000)

afterAll(() => world.close())

const price = (amount: string, aboveMonthlyQuantity: string | null, more: Partial<RateInput> = {}): RateInput => ({
  provider: 'acme',
  resource: 'large',
  meter: 'pages',
  price: { amount, currency: 'GBP' },
  effectiveFrom: '2026-01-01T00:00:00Z',
  aboveMonthlyQuantity,
  ...more,
})
/** 5 up to 100 pages a month, 4 up to 200, then 3. */
const STEPS = [price('5', '0'), price('4', '100'), price('3', '200')]

const event = (id: string, occurredAt: string, pages: number, more: object = {}) => ({
  id,
  occurredAt,
  kind: 'TOOL',
  provider: 'acme',
  resource: 'large',
  usage: [{ meter: 'pages', quantity: pages }],
  ...more,
})

const months = { from: '2026-09-01', to: '2026-11-01' }

/** Two months under a plain price of 1, in no order; a further report of a shared use uses nothing. */
async function plainMonths(): Promise<ReratingTenant> {
  const tenant = await world.tenant()
  await tenant.publish(price('1', null))
  const shared = { trace: 't', sharedKey: 'k' }
  await tenant.record(
    event('d', '2026-10-25T00:30:00Z', 60),
    event('b', '2026-10-03T10:00:00Z', 60),
    event('s1', '2026-10-04T10:00:00Z', 50, { ...shared, span: 'a' }),
    event('s2', '2026-10-02T10:00:00Z', 70, { ...shared, span: 'b' }),
    event('a', '2026-10-01T10:00:00Z', 60),
    event('september', '2026-09-30T22:59:59Z', 110),
    event('c', '2026-10-20T10:00:00Z', 10),
  )
  return tenant
}

/** By hand: October counts a 0–60, b 60–120, s1 120–170, c 170–180, d 180–240 by its place; September has a month of its own. */
const GRADUATED = {
  september: '100@5 10@4 = 540',
  a: '60@5 = 300',
  s2: '70@5 = 350',
  b: '40@5 20@4 = 280',
  s1: '50@4 = 200',
  c: '10@4 = 40',
  d: '20@4 40@3 = 200',
}

async function lines(tenant: ReratingTenant): Promise<Record<string, string>> {
  const { rows } = await world.owner.query<{ id: string; lines: string }>(
    `SELECT i.id, (SELECT string_agg(trim_scale(l.quantity) || '@' || trim_scale(r.unit_price), ' ' ORDER BY l.n)
       FROM unnest(i.quantities, i.rate_ids) WITH ORDINALITY AS l(quantity, rate_id, n) JOIN rate r ON r.id = l.rate_id)
       || ' = ' || trim_scale(i.cost) AS lines
     FROM invocation i WHERE i.tenant_id = $1`,
    [tenant.id],
  )
  return Object.fromEntries(rows.map((row) => [row.id, row.lines]))
}

/** The plain price ends where the steps take over, which is before all events. */
async function agreeSteps(tenant: ReratingTenant): Promise<void> {
  await tenant.publish(...STEPS)
}

describe('a re-rating to graduated prices', () => {
  it('gives every event its place in its month, moves the roll-ups by exactly the previewed difference, and once', async () => {
    const tenant = await plainMonths()
    const before = await tenant.costs()
    await agreeSteps(tenant)
    const preview = await tenant.preview(months)
    // A report that counts nothing is in no difference: 540 + 300 + 280 + 200 + 40 + 200 against 110 + 60 + 60 + 50 + 10 + 60.
    expect(preview.differences['FLEET']).toEqual({
      '': expect.objectContaining({ invocations: 6, changed: 6, before: '350', after: '1560' }),
    })
    expect(await tenant.costs()).toEqual(before)
    await tenant.apply(preview.id)
    expect(await lines(tenant)).toEqual(GRADUATED)
    expect((await tenant.costs())['FLEET']).toEqual({ '': '1560' })
    expect(await tenant.verify()).toEqual([])

    await applyRerating({ pool: world.pool, configs: tenant.configs }, tenant.ref(preview.id), quiet())
    expect((await tenant.preview(months)).differences['FLEET']).toEqual({
      '': expect.objectContaining({ changed: 0, before: '1560', after: '1560' }),
    })
    // What arrives late finds its place among the events that were rated again.
    await tenant.record(event('late', '2026-10-02T00:00:00Z', 40))
    expect(await lines(tenant)).toMatchObject({
      late: '40@5 = 200',
      b: '60@4 = 240',
      s1: '40@4 10@3 = 190',
      d: '60@3 = 180',
    })
    expect(await tenant.verify()).toEqual([])
  })

  it('is refused for a part of a month and for a part of its events, which would move the prices of the rest', async () => {
    const tenant = await plainMonths()
    await agreeSteps(tenant)
    const ask = (range: { from: string; to: string }, filter: { kinds: ['TOOL'] } | null) =>
      requestPreview({ pool: world.pool }, tenant.id, { range, filter, whatIf: null, requestedBy: 'ada@example.test' })
    const part = await ask({ from: '2026-10-05', to: '2026-11-01' }, null)
    expect(part.userErrors).toEqual([expect.objectContaining({ code: 'WHOLE_MONTHS', field: ['input', 'range'] })])
    const some = await ask(months, { kinds: ['TOOL'] })
    expect(some.userErrors).toEqual([expect.objectContaining({ code: 'WHOLE_MONTHS', field: ['input', 'filter'] })])
    expect((await ask(months, null)).userErrors).toEqual([])
  })

  it('simulates another resource at its place on the steps of the one it stands in for', async () => {
    const tenant = await plainMonths()
    await tenant.publish(...STEPS.map((step) => ({ ...step, resource: 'stepped' })))
    await tenant.record(event('own', '2026-10-10T10:00:00Z', 30, { resource: 'stepped' }))
    const substitutions = [{ fromProvider: null, fromResource: 'large', toProvider: 'acme', toResource: 'stepped' }]
    const preview = await tenant.preview(months, { whatIf: { substitutions, draftCardId: null } })
    // October: a 300, b 280, s1 200; own keeps its 30 × 5 and takes the places 170–200; c 200–210 at 3, d 180. September: 540.
    expect(preview.differences['FLEET']).toEqual({
      '': expect.objectContaining({ before: '500', after: '1680', changed: 6 }),
    })
    expect(await tenant.verify()).toEqual([])
  })
})
