import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { parseFixed18 } from '@outlay/domain/money/fixed18'
import { addUpPricedDays } from '../ingest/priced-days.ts'
import { openPeriodWorld, type PeriodTenant, type PeriodWorld } from './period-test-kit.ts'

/**
 * Months are closed and reopened in the middle of everything that can happen to events: late ones, wrappers, shared uses, graduated
 * prices, voids, replacements, new prices, re-ratings, tasks that move. After every step the cells are what the events and the
 * corrections make, every closed month is what its edition says, and no penny is lost or counted twice.
 */

let world: PeriodWorld

beforeAll(async () => {
  world = await openPeriodWorld()
}, 120_000)

afterAll(() => world?.close())

const MONTHS = ['2026-09-01', '2026-10-01', '2026-11-01', '2026-12-01'] as const
const MOMENTS = ['2026-11-20T12:00:00Z', '2026-12-05T12:00:00Z', '2027-01-06T12:00:00Z'] as const

// Around the ends of months as London sees them, and the hour that comes twice.
const INSTANTS = [
  '2026-08-31T22:59:59.999999Z',
  '2026-09-10T10:00:00Z',
  '2026-09-10T10:20:00Z',
  '2026-09-30T22:59:59Z',
  '2026-09-30T23:30:00Z',
  '2026-10-15T08:00:00Z',
  '2026-10-25T00:30:00Z',
  '2026-10-25T01:30:00Z',
  '2026-11-01T00:00:00Z',
  '2026-11-19T09:00:00Z',
]

const spanNumber = fc.option(fc.nat(2), { freq: 6 })
const place = fc
  .tuple(
    fc.constantFrom('t1', 't1', 't1', 't2', null),
    spanNumber,
    spanNumber,
    fc.constantFrom(null, null, 'k1', 'k1', 'k2'),
  )
  .map(([trace, span, above, sharedKey]) => ({
    trace,
    span: span === null ? null : `s${span}`,
    parentSpan: above === null || (span !== null && above >= span) ? null : `s${above}`,
    sharedKey: trace === null ? null : sharedKey,
  }))
const tags = fc.record({
  agent: fc.constantFrom(null, 'a', 'b'),
  task: fc.constantFrom(null, 'T1', 'T1', 'T2'),
  client: fc.constantFrom(null, null, 'x', 'y'),
})
const consumption = fc.record({
  kind: fc.constantFrom('MODEL', 'TOOL', 'RETRIEVAL', 'AGENT', 'OTHER'),
  resource: fc.constantFrom('large', 'large', 'steps', 'steps', 'unheard-of'),
  usage: fc.constantFrom(
    ...[[], [3], [70], [900]].map((amounts) => amounts.map((quantity) => ({ meter: 'input_tokens', quantity }))),
  ),
})
const occurredAt = fc.constantFrom(...INSTANTS)
const event = fc
  .tuple(place, tags, consumption, occurredAt)
  .map(([stands, tagged, consumed, at]) => ({ ...stands, ...tagged, ...consumed, occurredAt: at }))
const change = fc.oneof(consumption, tags, fc.record({ occurredAt }))
const month = fc.constantFrom(...MONTHS)

const of = <Name extends string, Rest extends object>(
  name: Name,
  rest: { [Key in keyof Rest]: fc.Arbitrary<Rest[Key]> },
) => fc.record({ do: fc.constant(name), ...rest }) as unknown as fc.Arbitrary<{ do: Name } & Rest>

const step = fc.oneof(
  { weight: 6, arbitrary: of('record', { events: fc.array(event, { minLength: 1, maxLength: 5 }) }) },
  { weight: 2, arbitrary: of('void', { pick: fc.nat() }) },
  { weight: 2, arbitrary: of('replace', { pick: fc.nat(), change }) },
  {
    weight: 2,
    arbitrary: of('reprice', {
      resource: fc.constantFrom('large', 'unheard-of'),
      amount: fc.integer({ min: 1, max: 9 }),
      day: fc.integer({ min: 2, max: 28 }),
      month,
    }),
  },
  {
    weight: 2,
    arbitrary: of('task', {
      key: fc.constantFrom('T1', 'T2'),
      client: fc.constantFrom(null, 'x', 'y', 'y'),
      completedAt: fc.constantFrom(null, null, ...INSTANTS),
      billed: fc.constantFrom(null, null, null, '50'),
    }),
  },
  { weight: 2, arbitrary: of('close', { month }) },
  { weight: 1, arbitrary: of('reopen', { month }) },
  { weight: 1, arbitrary: of('wait', {}) },
)

type Step = typeof step extends fc.Arbitrary<infer One> ? One : never

const some = fc.array(step, { minLength: 1, maxLength: 5, size: 'max' })
const start = of('record', { events: fc.array(event, { minLength: 6, maxLength: 12 }) })
const closing = (of: (typeof MONTHS)[number]): Step => ({ do: 'close', month: of })

/**
 * Anything in between, but always: a month closed with something in it, late things posted to a month that is closed next, and a
 * month that is reopened after both and closed again.
 */
const story: fc.Arbitrary<Step[]> = fc
  .tuple(start, some, some, some, fc.constantFrom(MONTHS[0], MONTHS[1], MONTHS[2]), some, some)
  .map(([recorded, early, late, later, again, open, end]) => [
    recorded as Step,
    ...early,
    closing('2026-09-01'),
    ...late,
    closing('2026-10-01'),
    { do: 'wait' },
    closing('2026-11-01'),
    ...later,
    { do: 'reopen', month: again },
    ...open,
    closing(again),
    ...end,
  ])

const seen = { stories: 0, steps: 0 }

interface State {
  ids: string[]
  moment: number
  count: number
}

async function take(t: PeriodTenant, state: State, one: Step): Promise<void> {
  switch (one.do) {
    case 'record': {
      const items = one.events.map((facts) => ({ id: `e${state.count++}`, provider: 'acme', ...facts }))
      await t.record(...items)
      state.ids.push(...items.map(({ id }) => id))
      return
    }
    case 'void':
    case 'replace': {
      const id = state.ids[one.pick % Math.max(state.ids.length, 1)]
      if (id === undefined) return
      const { correction } = one.do === 'void' ? await t.voids(id) : await t.replace(id, { ...one.change })
      if (correction !== null && correction.replacementId !== null) state.ids.push(correction.replacementId)
      return
    }
    case 'reprice': {
      const effectiveFrom = `${one.month.slice(0, 8)}${String(one.day).padStart(2, '0')}T00:00:00Z`
      // Where that price begins already, nothing is published, and the re-rating finds what was recorded late.
      await t.publish({
        ...RATE,
        resource: one.resource,
        price: { amount: String(one.amount), currency: 'GBP' },
        effectiveFrom,
      })
      await t.rerate({ from: '2026-08-01', to: '2027-01-01' })
      return
    }
    case 'task': {
      const billed = one.billed === null ? null : { amount: one.billed, currency: 'GBP' }
      const { userErrors } = await t.task({ key: one.key, client: one.client, completedAt: one.completedAt, billed })
      for (const { code } of userErrors) expect(code).toBe('PERIOD_CLOSED')
      return
    }
    case 'close': {
      const [refused] = await t.closeMonth(one.month)
      // A month that is not over, or closed already; never because of its sums.
      if (refused !== undefined)
        expect(refused).toMatch(/^(PERIOD_CLOSED|CHECK_FAILED: \S+ cannot be closed\. MONTH_OVER: [^:]*:[^:]*:[^:]*\.)/)
      if (refused !== undefined) expect(refused).not.toContain('SUMS')
      return
    }
    case 'reopen': {
      const codes = await t.reopen(one.month)
      if (codes.length > 0) expect(codes).toEqual(['PERIOD_NOT_CLOSED', 'PERIOD_NOT_CLOSED'])
      return
    }
    case 'wait':
      state.moment = Math.min(state.moment + 1, MOMENTS.length - 1)
      t.setClock(MOMENTS[state.moment] ?? MOMENTS[0])
  }
}

const RATE = { provider: 'acme', resource: 'large', meter: 'input_tokens' }

async function tenant(): Promise<PeriodTenant> {
  const t = await world.tenant(MOMENTS[0])
  const rate = (resource: string, amount: string, aboveMonthlyQuantity: string | null) => ({
    ...RATE,
    resource,
    price: { amount, currency: 'GBP' },
    effectiveFrom: '2026-01-01T00:00:00Z',
    aboveMonthlyQuantity,
  })
  const { userErrors } = await t.publish(rate('large', '1', null))
  const graduated = await t.publish(
    rate('steps', '0.5', '0'),
    rate('steps', '0.25', '100'),
    rate('steps', '0.125', '1000'),
  )
  expect([userErrors, graduated.userErrors]).toEqual([[], []])
  return t
}

/** What must hold at every moment. */
async function expectExact(t: PeriodTenant): Promise<void> {
  expect(await t.verify()).toEqual([])
  await t.expectClosedAsWritten()
  for (const [from, to] of [
    ...MONTHS.map((one, n) => [one, MONTHS[n + 1] ?? '2027-01-01'] as const),
    ['2026-01-01', '2028-01-01'] as const,
  ]) {
    const { ledger, byAgent, byTask, byClient, byRollup } = await t.conservation(from, to)
    const sums = [byAgent, byTask, byClient, byRollup].map(parseFixed18)
    expect({ from, sums }).toEqual({ from, sums: sums.map(() => parseFixed18(ledger)) })
  }
  const { rows } = await world.owner.query<{ events: string; cells: string; stray: number }>(WHOLE, [t.id])
  expect(rows[0]).toEqual({ events: rows[0]?.events, cells: rows[0]?.events, stray: 0 })
}

// Over all time what was posted is what was taken: the cells are the events. A correction stands only where it is needed.
const WHOLE = `
SELECT (SELECT trim_scale(coalesce(sum(cost), 0))::text FROM invocation WHERE tenant_id = $1 AND billing IN ('DIRECT', 'WRAPPER', 'SHARED')) AS events,
  (SELECT trim_scale(coalesce(sum(cost_direct + cost_shared), 0))::text FROM rollup_day WHERE tenant_id = $1 AND grain = 0) AS cells,
  (SELECT count(*)::int FROM period_correction k WHERE tenant_id = $1 AND returned_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM period p WHERE p.tenant_id = $1 AND p.state = 'CLOSED'
      AND p.month IN (date_trunc('month', k.usage_day::timestamp), date_trunc('month', k.posted_day::timestamp)))) AS stray`

async function expectBridges(t: PeriodTenant): Promise<void> {
  const { rows } = await world.owner.query<{ month: string; edition: number }>(
    'SELECT month::text, edition FROM period_snapshot WHERE tenant_id = $1 AND edition > 1',
    [t.id],
  )
  for (const { month: of, edition } of rows) {
    const bridge = (await t.snapshot(of, edition))?.bridge ?? []
    const sum = (part: string) =>
      bridge
        .filter((line) => line.of === part)
        .reduce((total, { before, after }) => total + parseFixed18(after) - parseFixed18(before), 0n)
    expect(bridge[0]?.of).toBe('FLEET')
    expect([sum('CAUSE'), sum('AGENT'), sum('CLIENT')]).toEqual([sum('FLEET'), sum('FLEET'), sum('FLEET')])
  }
}

describe('months that are closed at random', () => {
  it('stay what they were, and nothing is lost or counted twice, whatever happens afterwards', async () => {
    await fc.assert(
      fc.asyncProperty(story, async (steps) => {
        const t = await tenant()
        const state: State = { ids: [], moment: 0, count: 0 }
        for (const one of steps) {
          // Every day is added up before the step: those that still hold after it must be what their events make.
          await addUpPricedDays(
            { pool: world.pool, nowMs: Date.parse('2028-01-01'), signal: new AbortController().signal },
            t.id,
          )
          await take(t, state, one)
          seen.steps += 1
          await expectExact(t)
        }
        await expectBridges(t)
        seen.stories += 1
      }),
      // A failure is made small for three minutes at most.
      { numRuns: 40, interruptAfterTimeLimit: 150_000, markInterruptAsFailure: false },
    )
    const { rows } = await world.owner.query<{ said: string }>(
      `SELECT string_agg(cause || ' ' || n, ', ' ORDER BY cause) AS said FROM (SELECT cause, count(*) AS n FROM period_correction GROUP BY 1) c`,
    )
    console.log(`${seen.stories} stories of ${seen.steps} steps; corrections: ${rows[0]?.said}`)
  }, 420_000)
})
