import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { parseFixed18 } from '@outlay/domain/money/fixed18'
import type { RateInput } from '../ingest/parse-rates.ts'
import { addUpPricedDays } from '../ingest/priced-days.ts'
import { applyRerating } from './apply-rerating.ts'
import type { CostFilter } from './event-filter.ts'
import { previewRerating } from './preview-rerating.ts'
import { queuedReratings } from './queued-reratings.ts'
import { openReratingWorld, quiet, type ReratingTenant, type ReratingWorld } from './test-world.ts'

let world: ReratingWorld

beforeAll(async () => {
  world = await openReratingWorld()
}, 120_000)

afterAll(() => world.close())

const rate = (resource: string, amount: string, from: string, more: Partial<RateInput> = {}): RateInput => ({
  provider: 'acme',
  resource,
  meter: 'input_tokens',
  price: { amount, currency: 'GBP' },
  per: '1000',
  effectiveFrom: from,
  ...more,
})

const model = (id: string, at: string, tokens: number, more: object = {}) => ({
  id,
  provider: 'acme',
  resource: 'large',
  kind: 'MODEL',
  occurredAt: at,
  usage: [{ meter: 'input_tokens', quantity: tokens }],
  ...more,
})

const october = { from: '2026-10-01', to: '2026-11-01' }

/** Events of every way of counting: direct with and without tags, a shared use and its report, a wrapper billed and one that only claims. */
async function fleet(): Promise<ReratingTenant> {
  const tenant = await world.tenant()
  await tenant.publish(rate('large', '1', '2026-01-01T00:00:00Z'), rate('small', '0.1', '2026-01-01T00:00:00Z'))
  const tags = (agent: string, client: string) => ({ agent, client, task: `${client}-task` })
  const outcome = await tenant.record(
    model('d1', '2026-10-05T10:00:00Z', 1_000, tags('research', 'northwind')),
    model('d2', '2026-10-05T11:00:00.000001Z', 2_000, tags('coding', 'northwind')),
    model('d3', '2026-10-20T12:00:00Z', 3_000, tags('research', 'globex')),
    model('d4', '2026-10-21T12:00:00Z', 4_000),
    model('d5', '2026-10-21T13:00:00Z', 5_000, { ...tags('coding', 'globex'), resource: 'small' }),
    model('early', '2026-09-30T22:59:59.999999Z', 7_000, tags('research', 'northwind')),
    model('late', '2026-11-01T00:00:00Z', 7_000, tags('research', 'northwind')),
    model('s1', '2026-10-22T10:00:00Z', 600, {
      ...tags('research', 'globex'),
      kind: 'RETRIEVAL',
      trace: 't',
      span: 'a',
      sharedKey: 'k',
    }),
    model('s2', '2026-10-22T10:00:01Z', 700, {
      ...tags('coding', 'globex'),
      kind: 'RETRIEVAL',
      trace: 't',
      span: 'b',
      sharedKey: 'k',
    }),
    model('w1', '2026-10-23T10:00:00Z', 800, { ...tags('research', 'globex'), kind: 'AGENT', trace: 'u', span: 'a' }),
    model('w2', '2026-10-23T11:00:00Z', 900, { ...tags('research', 'globex'), kind: 'AGENT', trace: 'v', span: 'a' }),
    model('w3', '2026-10-23T11:00:01Z', 50, { ...tags('research', 'globex'), trace: 'v', span: 'b', parentSpan: 'a' }),
    model('plain', '2026-10-23T12:00:00Z', 0, { kind: 'AGENT', usage: [] }),
    model('odd', '2026-10-24T12:00:00Z', 10, { ...tags('research', 'globex'), resource: 'unlisted' }),
  )
  expect(outcome).toMatchObject({ accepted: 14, unpriced: 1, rejected: [] })
  expect(await tenant.billing()).toMatchObject({ s1: 'SHARED', s2: 'REPORT', w1: 'WRAPPER', w2: 'CLAIMED' })
  return tenant
}

describe('a preview', () => {
  it('says what a back-dated price changes, by agent, client and resource, and writes nothing of events and roll-ups', async () => {
    const tenant = await fleet()
    await tenant.publish(rate('large', '1.5', '2026-10-05T11:00:00.000001Z'))
    const before = await world.dump()
    const { state, differences } = await tenant.preview(october)
    expect(state).toMatchObject({ state: 'PREVIEWED', events_done: '12', events_total: '12', events_changed: '8' })
    expect(await world.dump()).toEqual(before)

    // 2,000 + 3,000 + 4,000 direct, 600 shared, 800 wrapper, 50 leaf at 0.0005 more each; d1 is before the price, the rest counts nothing.
    expect(differences['FLEET']).toEqual({ '': row(9, 6, '11.95', '17.175', { unpriced: [1, 1] }) })
    expect(differences['AGENT']).toEqual({
      research: row(5, 3, '4.85', '6.775', { unpriced: [1, 1] }),
      coding: row(2, 1, '2.5', '3.5'),
      '-': row(2, 2, '4.6', '6.9'),
    })
    expect(differences['CLIENT']).toEqual({
      northwind: row(2, 1, '3', '4'),
      globex: row(6, 4, '4.95', '7.175', { unpriced: [1, 1] }),
      '-': row(1, 1, '4', '6'),
    })
    expect(differences['RESOURCE']).toEqual({
      'acme/large': row(7, 6, '11.45', '16.675'),
      'acme/small': row(1, 0, '0.5', '0.5'),
      'acme/unlisted': row(1, 0, '0', '0', { unpriced: [1, 1] }),
    })
  })

  it('keeps to a filter, as a roll-up does', async () => {
    const tenant = await fleet()
    await tenant.publish(rate('large', '1.5', '2026-10-01T00:00:00Z'))
    const fleetOf = async (filter: CostFilter) => {
      const { differences, state } = await tenant.preview(october, { filter })
      return [state['events_total'], differences['FLEET']?.['']]
    }
    // Research: four events of its own and a claim; the shared use it made belongs to no agent, nor does the report of it.
    expect(await fleetOf({ agents: ['research'], resources: ['large'] })).toEqual(['5', row(4, 4, '4.85', '7.275')])
    // The shared use and its report, by the client of their task.
    expect(await fleetOf({ clients: ['globex'], kinds: ['RETRIEVAL'] })).toEqual(['2', row(1, 1, '0.6', '0.9')])
    expect(await fleetOf({ tasks: ['northwind-task'], providers: ['acme'] })).toEqual(['2', row(2, 2, '3', '4.5')])
    expect(await fleetOf({ resources: ['acme/small'] })).toEqual(['1', row(1, 0, '0.5', '0.5')])
    expect(await fleetOf({ agents: ['nobody'] })).toEqual(['0', undefined])
    const { id } = await tenant.preview(october, { filter: { clients: ['northwind'] } })
    await tenant.apply(id)
    expect(await tenant.costs()).toMatchObject({ CLIENT: { northwind: '18.5', globex: '4.95', '-': '4' } })
    expect(await tenant.verify()).toEqual([])
  })

  it.each([
    ['Europe/London', '2026-03-29', '2026-03-29T00:00:00Z', '2026-03-29T23:00:00Z'],
    ['Europe/London', '2026-10-25', '2026-10-24T23:00:00Z', '2026-10-26T00:00:00Z'],
    ['Australia/Lord_Howe', '2026-10-04', '2026-10-03T13:30:00Z', '2026-10-04T13:00:00Z'],
  ])('takes the local day of %s on %s, when the clocks change', async (timeZone, date, start, end) => {
    const tenant = await world.tenant({ timeZone })
    await tenant.publish(rate('large', '1', '2026-01-01T00:00:00Z'))
    const micro = (instant: string) => instant.replace('Z', '.000001Z')
    const justBefore = (instant: string) => new Date(Date.parse(instant) - 1).toISOString().replace('Z', '999Z')
    await tenant.record(
      model('before', justBefore(start), 1),
      model('first', start, 10),
      model('second', micro(start), 100),
      model('last', justBefore(end), 1_000),
      model('after', end, 10_000),
    )
    await tenant.publish(rate('large', '2', '2026-01-01T00:00:00.000001Z'))
    const next = new Date(Date.parse(date) + 86_400_000).toISOString().slice(0, 10)
    const { id, differences } = await tenant.preview({ from: date, to: next })
    expect(differences['FLEET']).toEqual({ '': row(3, 3, '1.11', '2.22') })
    await tenant.apply(id)
    expect(await tenant.costs()).toMatchObject({ FLEET: { '': '12.221' } })
    expect(await tenant.verify()).toEqual([])
  })

  it('is of one configuration: it begins again when prices are published meanwhile', async () => {
    const tenant = await fleet()
    await tenant.publish(rate('large', '1.5', '2026-10-01T00:00:00Z'))
    const id = await tenant.request(october)
    let pages = 0
    const publish = () => {
      pages += 1
      if (pages === 2) changing = tenant.publish(rate('large', '2', '2026-10-02T00:00:00Z'))
    }
    let changing: Promise<unknown> = Promise.resolve()
    const control = quiet({ pageSize: 1, publish })
    await previewRerating({ pool: world.pool, configs: tenant.configs }, tenant.ref(id), control)
    await changing
    // Thirteen pages, the last one empty. All may have been stored before the prices were: then who applies sees them at the latest.
    const { state, differences } = await tenant.read(id)
    expect(state).toMatchObject({ state: 'PREVIEWED', events_done: '12' })
    if (pages > 13) expect(differences['FLEET']).toEqual({ '': row(9, 7, '11.95', '23.4', { unpriced: [1, 1] }) })
    else expect(await tenant.askApply(id)).toEqual(['PREVIEW_STALE'])
  })

  it('counts a new version of a price as a change, also where the price is the same', async () => {
    const tenant = await fleet()
    const [rateId] = await tenant.publish(rate('large', '1', '2026-10-21T12:00:00Z'))
    const { id, differences } = await tenant.preview(october)
    expect(differences['FLEET']).toEqual({ '': row(9, 4, '11.95', '11.95', { unpriced: [1, 1] }) })
    await tenant.apply(id)
    expect((await tenant.ratings())['d4']).toMatchObject({ rate_ids: `{${rateId}}`, cost: '4.000000000000000000' })
    expect(await tenant.verify()).toEqual([])
  })

  it('counts each event once when two workers have the job', async () => {
    const tenant = await fleet()
    await tenant.publish(rate('large', '1.5', '2026-10-01T00:00:00Z'))
    const id = await tenant.request(october)
    const work = () =>
      previewRerating({ pool: world.pool, configs: tenant.configs }, tenant.ref(id), quiet({ pageSize: 1 }))
    await Promise.all([work(), work(), work()])
    await work()
    const { state, differences } = await tenant.read(id)
    expect(state).toMatchObject({ state: 'PREVIEWED', events_done: '12', events_total: '12' })
    expect(differences['FLEET']).toEqual({ '': row(9, 7, '11.95', '17.675', { unpriced: [1, 1] }) })
  })
})

describe('days that were added up for the review of rates', () => {
  it('hold no longer where an event is of another rate, of the same price as well', async () => {
    const tenant = await fleet()
    const addUp = () =>
      addUpPricedDays({ pool: world.pool, nowMs: Date.parse('2027-01-01'), signal: quiet().signal }, tenant.id)
    const days = await addUp()
    await tenant.publish(rate('large', '1', '2026-10-20T00:00:00Z'))
    const { id } = await tenant.preview(october)
    await tenant.apply(id)
    // What is of the large model since the 20th is of another rate now, and no cell says so.
    const { rows } = await world.owner.query<{ day: string }>(
      `SELECT m.day::text AS day FROM sums_change m JOIN priced_day p ON p.tenant_id = m.tenant_id AND p.day = m.day
       WHERE m.tenant_id = $1 AND m.generation <> p.generation ORDER BY 1`,
      [tenant.id],
    )
    expect(rows.map(({ day }) => day)).toEqual(['2026-10-20', '2026-10-21', '2026-10-22', '2026-10-23'])
    expect(await tenant.verify()).toEqual([])
    expect(await addUp()).toBe(4)
    expect(days).toBeGreaterThan(4)
    expect(await tenant.verify()).toEqual([])
  })
})

describe('applying', () => {
  it('moves the roll-ups by exactly the difference, and keeps what was replaced with who, when and why', async () => {
    const tenant = await fleet()
    const [rateId] = await tenant.publish(rate('large', '1.5', '2026-10-05T11:00:00.000001Z'))
    const [old, costs] = [await tenant.ratings(), await tenant.costs()]
    const { id, differences } = await tenant.preview(october)
    expect(await tenant.apply(id, '  The supplier corrected its invoice.  ')).toEqual({
      state: 'APPLIED',
      events_total: '12',
      events_done: '12',
      events_changed: '8',
      error: null,
      reason: 'The supplier corrected its invoice.',
      applied_by: 'ada@example.test',
      is_applied: 'true',
    })
    expect(await tenant.verify()).toEqual([])
    const after = await tenant.costs()
    for (const [dimension, members] of Object.entries(differences)) {
      for (const [member, difference] of Object.entries(members)) {
        const moved = parseFixed18(after[dimension]?.[member] ?? '') - parseFixed18(costs[dimension]?.[member] ?? '')
        const expected = parseFixed18(difference.after) - parseFixed18(difference.before)
        expect({ dimension, member, moved }).toEqual({ dimension, member, moved: expected })
      }
    }
    const kept = await world.owner.query<{ id: string }>(
      `SELECT s.invocation_id AS id, s.status, s.cost::text, s.meters, s.quantities::text, s.rate_ids::text, s.amounts::text,
         s.fx_rates::text, s.cost_basis FROM superseded_rating s WHERE s.tenant_id = $1 AND s.rerating_id = $2`,
      [tenant.id, id],
    )
    expect(kept.rows.map((row) => row.id).sort()).toEqual(['d2', 'd3', 'd4', 's1', 's2', 'w1', 'w2', 'w3'])
    for (const { id: event, ...rating } of kept.rows) expect(rating).toEqual(old[event])
    expect((await tenant.ratings())['d2']).toMatchObject({ rate_ids: `{${rateId}}`, cost: '3.000000000000000000' })
  })

  it('leaves alone what was voided', async () => {
    const tenant = await fleet()
    await world.owner.query(`UPDATE invocation SET billing = 'VOID' WHERE tenant_id = $1 AND id = 'd4'`, [tenant.id])
    await tenant.publish(rate('large', '1.5', '2026-10-01T00:00:00Z'))
    const { id, state, differences } = await tenant.preview(october)
    expect(state).toMatchObject({ events_total: '11', events_done: '11' })
    expect(differences['FLEET']).toEqual({ '': row(8, 6, '7.95', '11.675', { unpriced: [1, 1] }) })
    await tenant.apply(id)
    expect((await tenant.ratings())['d4']).toMatchObject({ cost: '4.000000000000000000' })
  })

  it('done twice is done once, and another one finds nothing to change', async () => {
    const tenant = await fleet()
    await tenant.publish(rate('large', '1.5', '2026-10-01T00:00:00Z'))
    const { id } = await tenant.preview(october)
    await tenant.apply(id)
    const [dump, read] = [await world.dump(), await tenant.read(id)]
    await applyRerating({ pool: world.pool, configs: tenant.configs }, tenant.ref(id), quiet())
    await previewRerating({ pool: world.pool, configs: tenant.configs }, tenant.ref(id), quiet())
    expect(await world.dump()).toEqual(dump)
    expect(await tenant.read(id)).toEqual(read)
    expect(await tenant.askApply(id)).toEqual(['ALREADY_APPLIED'])
    const again = await tenant.preview(october)
    expect(again.state).toMatchObject({ state: 'PREVIEWED', events_changed: '0' })
    await tenant.apply(again.id)
    expect(await world.dump()).toEqual(dump)
  })

  it('back is the original, to the last decimal and to the last line', async () => {
    const tenant = await world.tenant()
    await tenant.publish(
      rate('large', '0.333333333333', '2026-01-01T00:00:00Z', {
        per: '1',
        price: { amount: '0.333333333333', currency: 'USD' },
      }),
    )
    const fx = (value: string) => tenant.publishFx({ date: '2026-10-10', base: 'USD', quote: 'GBP', rate: value })
    await fx('0.789123456789')
    await tenant.record(...[1, 7, 999_999].map((tokens) => model(`e${tokens}`, '2026-10-10T10:00:00Z', tokens)))
    const original = { ratings: await tenant.ratings(), costs: await tenant.costs(), rollups: await rollups(tenant) }
    await fx('0.812345678912345678')
    await tenant.apply((await tenant.preview(october)).id)
    expect(await tenant.ratings()).not.toEqual(original.ratings)
    await fx('0.789123456789')
    await tenant.apply((await tenant.preview(october)).id)
    expect({ ratings: await tenant.ratings(), costs: await tenant.costs(), rollups: await rollups(tenant) }).toEqual(
      original,
    )
    expect(await tenant.verify()).toEqual([])
  })

  it('prices what had no price, and converts what had no FX rate', async () => {
    const tenant = await world.tenant()
    await tenant.publish(rate('large', '1', '2026-01-01T00:00:00Z', { price: { amount: '1', currency: 'USD' } }))
    await tenant.record(
      model('usd', '2026-10-10T10:00:00Z', 1_000, { client: 'northwind' }),
      model('new', '2026-10-11T10:00:00Z', 2_000, { client: 'northwind', resource: 'unlisted' }),
    )
    await tenant.publish(rate('unlisted', '3', '2026-10-01T00:00:00Z'))
    await tenant.publishFx({ date: '2026-10-10', base: 'USD', quote: 'GBP', rate: '0.75' })
    const { id, differences } = await tenant.preview(october)
    expect(differences['CLIENT']).toEqual({
      northwind: row(2, 2, '0', '6.75', { unpriced: [1, 0], unconverted: [1, 0] }),
    })
    await tenant.apply(id)
    expect(await tenant.ratings()).toMatchObject({
      usd: { status: 'RATED', cost: '0.750000000000000000', fx_rates: '{0.750000000000000000}' },
      new: { status: 'RATED', cost: '6.000000000000000000', fx_rates: null },
    })
    expect(await tenant.verify()).toEqual([])
  })

  it('refuses what is not a finished, fresh preview of a re-rating with a reason', async () => {
    const tenant = await fleet()
    await tenant.publish(rate('large', '1.5', '2026-10-01T00:00:00Z'))
    const { id } = await tenant.preview(october)
    expect(await tenant.askApply(id, '  ')).toEqual(['INVALID_FIELD'])
    expect(await tenant.askApply(id, 'x'.repeat(1_001))).toEqual(['INVALID_FIELD'])
    expect(await tenant.askApply(await tenant.request(october))).toEqual(['PREVIEW_RUNNING'])
    expect(await tenant.askApply('00000000-0000-7000-8000-000000000000')).toEqual(['NOT_FOUND'])
    const stranger = await world.tenant()
    expect(await stranger.askApply(id)).toEqual(['NOT_FOUND'])
    const dump = await world.dump()
    await tenant.publishFx({ date: '2026-10-10', base: 'USD', quote: 'GBP', rate: '0.75' })
    expect(await tenant.askApply(id)).toEqual(['PREVIEW_STALE'])
    expect((await tenant.read(id)).state).toMatchObject({ state: 'STALE', reason: null })
    expect(await tenant.askApply(id)).toEqual(['PREVIEW_STALE'])
    expect((await world.dump())['invocation_202610']).toEqual(dump['invocation_202610'])
  })

  it('stops as stale where prices change in the middle, and what is applied so far is exact', async () => {
    const tenant = await fleet()
    await tenant.publish(rate('large', '1.5', '2026-10-01T00:00:00Z'))
    const { id } = await tenant.preview(october)
    await tenant.askApply(id)
    const stop = new AbortController()
    const deps = { pool: world.pool, configs: tenant.configs }
    const interrupted = applyRerating(
      deps,
      tenant.ref(id),
      quiet({ pageSize: 4, signal: stop.signal, publish: () => stop.abort() }),
    )
    await expect(interrupted).rejects.toThrow('aborted')
    expect((await tenant.read(id)).state).toMatchObject({ state: 'APPLYING', events_done: '4', events_changed: '4' })
    await tenant.publish(rate('large', '2', '2026-10-02T00:00:00Z'))
    await applyRerating(deps, tenant.ref(id), quiet())
    expect((await tenant.read(id)).state).toMatchObject({
      state: 'STALE',
      is_applied: 'false',
      error:
        'Prices, FX rates or settings changed while it was applied: 4 of 12 invocations are done. Preview again to do the rest.',
    })
    expect(await tenant.verify()).toEqual([])
    const rest = await tenant.preview(october)
    await tenant.apply(rest.id)
    expect(await tenant.verify()).toEqual([])
    expect(await tenant.costs()).toMatchObject({ FLEET: { '': '37.4' } })
  })

  it('loses nothing that is recorded meanwhile', async () => {
    const tenant = await world.tenant()
    await tenant.publish(rate('large', '1', '2026-01-01T00:00:00Z'))
    const batch = (name: string) =>
      Array.from({ length: 40 }, (_, n) =>
        model(`${name}-${n}`, `2026-10-${String(1 + (n % 30)).padStart(2, '0')}T10:00:00Z`, 1_000, {
          agent: `agent-${n % 3}`,
          client: `client-${n % 4}`,
        }),
      )
    await tenant.record(...batch('old'))
    await tenant.publish(rate('large', '2', '2026-01-01T00:00:00.000001Z'))
    const { id } = await tenant.preview(october)
    await tenant.askApply(id)
    const applying = applyRerating(
      { pool: world.pool, configs: tenant.configs },
      tenant.ref(id),
      quiet({ pageSize: 1 }),
    )
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, n) => tenant.record(...batch(`new-${n}`), ...batch('old'))),
    )
    await applying
    for (const answer of answers) expect(answer).toMatchObject({ accepted: 40, duplicates: 40, rejected: [] })
    expect((await tenant.read(id)).state).toMatchObject({ state: 'APPLIED', events_changed: '40' })
    expect(await tenant.costs()).toMatchObject({ FLEET: { '': String(13 * 40 * 2) } })
    expect(await tenant.verify()).toEqual([])
  })

  it('ends as failed with a sentence where a price makes an amount that no column holds', async () => {
    const tenant = await world.tenant()
    await tenant.record(model('huge', '2026-10-10T10:00:00Z', 999_999_999_999))
    const price = { amount: '9999999', currency: 'USD' }
    await tenant.publish(rate('large', '', '2026-01-01T00:00:00Z', { price, per: '1' }))
    await tenant.publishFx({ date: '2026-10-10', base: 'USD', quote: 'GBP', rate: '1000' })
    const id = await tenant.request(october)
    const deps = { pool: world.pool, configs: tenant.configs }
    await expect(previewRerating(deps, tenant.ref(id), quiet())).rejects.toThrow('10^20')
    expect((await tenant.read(id)).state).toMatchObject({ state: 'FAILED', error: 'The usage costs 10^20 or more.' })
    await previewRerating(deps, tenant.ref(id), quiet())
    expect(await tenant.askApply(id)).toEqual(['PREVIEW_FAILED'])
  })
})

describe('the place in the queue', () => {
  it('is the row: what waits or is silent for half a minute is found again, by tenant', async () => {
    const tenant = await fleet()
    const [waiting, done, running] = [
      await tenant.request(october),
      await tenant.preview(october),
      await tenant.preview(october),
    ]
    await tenant.askApply(running.id)
    expect(await queuedReratings(world.pool, tenant.id)).toEqual([])
    await world.owner.query(`UPDATE rerating SET updated_at = now() - interval '31 seconds' WHERE tenant_id = $1`, [
      tenant.id,
    ])
    expect(await queuedReratings(world.pool, tenant.id)).toEqual([
      { tenantId: tenant.id, reratingId: waiting, work: 'PREVIEW' },
      { tenantId: tenant.id, reratingId: running.id, work: 'APPLY' },
    ])
    expect(done.state).toMatchObject({ state: 'PREVIEWED' })
    expect(await queuedReratings(world.pool, (await world.tenant()).id)).toEqual([])
  })
})

async function rollups(tenant: ReratingTenant): Promise<unknown[]> {
  const { rows } = await world.owner.query(
    `SELECT to_jsonb(d) - 'tenant_id' AS cell FROM rollup_day d WHERE tenant_id = $1 ORDER BY grain, day, a, b`,
    [tenant.id],
  )
  return rows
}

function row(
  invocations: number,
  changed: number,
  before: string,
  after: string,
  more: { unpriced?: [number, number]; unconverted?: [number, number] } = {},
) {
  const [unpricedBefore, unpricedAfter] = more.unpriced ?? [0, 0]
  const [unconvertedBefore, unconvertedAfter] = more.unconverted ?? [0, 0]
  return { invocations, changed, before, after, unpricedBefore, unpricedAfter, unconvertedBefore, unconvertedAfter }
}
