import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import pg from 'pg'
import { dateTimeText, moneyText } from '../oracle/answers.ts'
import { addDays, instant, localDate, startOfDay, type Step } from '../oracle/local-time.ts'
import { Random } from '../oracle/random.ts'
import { Rational } from '../oracle/rational.ts'
import { accruedBetween, accruedWithin, type MonthPart } from '../oracle/shares.ts'
import { previousPeriod, type Range } from '../oracle/views.ts'
import { everyPage, recordInvocations } from '../support/deliver.ts'
import { item, plainRate } from '../support/items.ts'
import { type Outlay, startOutlay } from '../support/outlay.ts'
import type { TenantClient } from '../support/tenant-client.ts'
import { writePools, writeRuns, type Place, type Run } from '../support/write-allocation.ts'

jest.setTimeout(300_000)

/** Half an hour off the hour, and its clocks change on 8 March. */
const timeZone = 'America/St_Johns'
/** Three decimals. */
const currency = 'KWD'
const seed = Number.parseInt(process.env['OUTLAY_SEED'] ?? '', 10) || Date.now() % 1_000_000
const random = new Random(seed)
const months = ['2026-02-01', '2026-03-01', '2026-04-01']

type Told = 'AGENT' | 'CLIENT' | 'PROJECT' | 'TASK'
type Dimension = Told | 'PROVIDER' | 'RESOURCE' | 'KIND'

/** A place with keys instead of ids. */
type Share = MonthPart & Record<Told, string | null>

let outlay: Outlay
let owner: pg.Pool
let tenant: TenantClient
/** A second tenant with the same usage and no pools. */
let plain: TenantClient
let shares: Share[]

const money = (amount: Rational) => moneyText(amount, currency)
const parse = ({ amount }: { amount: string }) => Rational.parse(amount)
const within = (some: readonly Share[], range: Range) => accruedWithin(some, range, timeZone)

/** What pools come to in a month, in thousandths: of April's dollars there is no rate. */
const poolAmounts: Record<string, bigint> = {
  '2026-02-01': 500_000n - 490_000n,
  '2026-03-01': 620_505n - 80_001n + 3_790n + 40_000n,
  '2026-04-01': 620_505n + 33_333n,
}
const thousandths = (minor: bigint) => Rational.of(minor, 1000n)

beforeAll(async () => {
  console.log(`Shares of pools: OUTLAY_SEED=${seed} replays them.`)
  outlay = await startOutlay()
  owner = new pg.Pool({ connectionString: outlay.database.ownerUrl, max: 1 })
  const events = usage()
  plain = await tenantWith(events)
  tenant = await tenantWith(events)
  shares = await allocate(outlay.tenantId(tenant), events)
})

afterAll(async () => {
  await owner?.end()
  await outlay?.stop()
})

/** Sparse usage, so that many a share reaches into days on which its task did nothing. Each tag is missing now and then. */
function usage() {
  const maybe = (name: string, count: number) => (random.chance(0.15) ? null : `${name}-${random.int(1, count)}`)
  return Array.from({ length: 160 }, (_, i) => {
    const task = maybe('task', 40)
    const isShared = random.chance(0.2)
    return item(`e${i}`, {
      agent: maybe('agent', 6),
      task,
      client: maybe('client', 4),
      project: maybe('project', 3),
      trace: `trace-${random.int(1, 40)}`,
      kind: isShared ? 'RETRIEVAL' : random.pick(['MODEL', 'TOOL']),
      occurredAt: new Date(Date.UTC(2026, 1, 10) + random.int(0, 70 * 24 * 60) * 60_000).toISOString(),
      usage: [{ meter: 'input_tokens', quantity: String(random.int(1, 5000)) }],
      ...(random.chance(0.1) ? { provider: undefined, resource: undefined } : {}),
      ...(isShared ? { sharedKey: `index-${random.int(1, 2)}` } : {}),
    })
  })
}

async function tenantWith(events: ReturnType<typeof usage>): Promise<TenantClient> {
  const made = await outlay.createTenant({ currency, timeZone })
  await made.gql(
    `mutation ($rates: [RateInput!]!) { publishRates(input: { rates: $rates }) { userErrors { message } } }`,
    { rates: [plainRate(currency)] },
  )
  expect(await recordInvocations(made, events)).toMatchObject({ accepted: events.length, rejected: [] })
  // Listed in a scope and never used.
  await owner.query(`INSERT INTO agent (tenant_id, id, key, name) VALUES ($1, gen_random_uuid(), 'idle', 'idle')`, [
    outlay.tenantId(made),
  ])
  return made
}

/** Pools and their runs in three months: one that goes on, two credits, one in dollars, an overhead rate, one that was never run. */
async function allocate(tenantId: string, events: ReturnType<typeof usage>): Promise<Share[]> {
  const once = (month: string) => ({ firstMonth: month, lastMonth: month })
  const kwd = { currency, method: 'EQUAL' as const }
  const pools = await writePools(owner, tenantId, [
    {
      ...kwd,
      name: 'hosting',
      firstMonth: '2026-02-01',
      lastMonth: null,
      amounts: [
        { fromMonth: '2026-02-01', amount: '500' },
        { fromMonth: '2026-03-01', amount: '620.505' },
      ],
    },
    { ...kwd, name: 'refund', ...once('2026-02-01'), amounts: [{ fromMonth: '2026-02-01', amount: '-490' }] },
    { ...kwd, name: 'credit', ...once('2026-03-01'), amounts: [{ fromMonth: '2026-03-01', amount: '-80.001' }] },
    {
      ...kwd,
      name: 'tools',
      firstMonth: '2026-03-01',
      lastMonth: '2026-04-01',
      currency: 'USD',
      amounts: [{ fromMonth: '2026-03-01', amount: '12.34' }],
    },
    {
      ...kwd,
      name: 'overhead',
      ...once('2026-03-01'),
      method: 'OVERHEAD_RATE',
      amounts: [{ fromMonth: '2026-03-01', amount: '40' }],
    },
    { ...kwd, name: 'never run', ...once('2026-04-01'), amounts: [{ fromMonth: '2026-04-01', amount: '33.333' }] },
  ])
  // 12.34 × 0.3071 = 3.789614, which is 3.790.
  await owner.query(
    `INSERT INTO fx_rate (tenant_id, base, quote, date, rate, source) VALUES ($1, 'USD', $2, '2026-03-31', 0.3071, 'a test')`,
    [tenantId, currency],
  )
  const ids = await idsByKey(tenantId)
  const run = (
    name: string,
    month: string,
    poolAmount: bigint,
    kept: { unallocated?: bigint; underAbsorbed?: bigint },
  ): Run => {
    const { unallocated = 0n, underAbsorbed = 0n } = kept
    const places = split(poolAmount - unallocated - underAbsorbed, month, events, ids)
    return { pool: pools.get(name) ?? '', month, poolAmount, unallocated, underAbsorbed, places }
  }
  const runs = [
    run('hosting', '2026-02-01', 500_000n, { unallocated: 10_000n }),
    // The shares of February sum to nothing, and none of them is nothing.
    run('refund', '2026-02-01', -490_000n, {}),
    run('hosting', '2026-03-01', 620_505n, {}),
    run('credit', '2026-03-01', -80_001n, {}),
    run('tools', '2026-03-01', 3_790n, {}),
    run('overhead', '2026-03-01', 40_000n, { underAbsorbed: -7_001n }),
  ]
  await writeRuns(owner, { tenantId, runs, decimals: 3 })
  const keys = new Map([...ids].flatMap(([name, id]) => [[id, name.slice(name.indexOf(' ') + 1)]]))
  const keyOf = (id: string | null) => (id === null ? null : (keys.get(id) ?? id))
  return runs.flatMap(({ month, places }) =>
    places.map((place) => ({
      month,
      amount: thousandths(place.minor),
      AGENT: keyOf(place.agent),
      TASK: keyOf(place.task),
      CLIENT: keyOf(place.client),
      PROJECT: keyOf(place.project),
    })),
  )
}

async function idsByKey(tenantId: string): Promise<Map<string, string>> {
  const { rows } = await owner.query<{ name: string; id: string }>(
    ['agent', 'client', 'project', 'task']
      .map((table) => `SELECT '${table} ' || key AS name, id FROM ${table} WHERE tenant_id = $1`)
      .join(' UNION ALL '),
    [tenantId],
  )
  return new Map(rows.map(({ name, id }) => [name, id]))
}

/** An amount over some places of the month's usage, in whole minor units, some of it to an agent that used nothing. */
function split(amount: bigint, month: string, events: ReturnType<typeof usage>, ids: Map<string, string>): Place[] {
  const idOf = (table: string, key: unknown) => (typeof key === 'string' ? (ids.get(`${table} ${key}`) ?? null) : null)
  const used = events
    .filter((event) => localDate(instant(event.occurredAt), timeZone).startsWith(month.slice(0, 7)))
    .flatMap((event) => {
      const agent = idOf('agent', event.agent)
      const place = {
        task: idOf('task', event.task),
        client: idOf('client', event.client),
        project: idOf('project', event.project),
      }
      return agent === null ? [] : [{ agent, ...place }]
    })
  const places = [
    ...random.shuffled(used).slice(0, 12),
    { agent: ids.get('agent idle') ?? '', task: null, client: null, project: null },
  ]
  let left = amount
  return places.map((place, i) => {
    const minor = i === places.length - 1 ? left : (left * BigInt(random.int(0, 300))) / 1000n
    left -= minor
    return { ...place, minor }
  })
}

/** Whole months, parts of them, edges in the month of the change of clocks, two months, a day, nothing; and some at random. */
function ranges(): Range[] {
  const some: [string, string][] = [
    ['2026-03-01', '2026-04-01'],
    ['2026-02-01', '2026-05-01'],
    ['2026-03-05', '2026-03-11'],
    ['2026-02-17', '2026-04-09'],
    ['2026-03-08', '2026-03-09'],
    ['2026-04-29', '2026-05-20'],
    ['2026-02-03', '2026-02-20'],
    ['2025-11-01', '2025-12-01'],
  ]
  const ranges = some.map(([from, to]) => ({ from, to }))
  for (let i = 0; i < 2; i += 1) {
    const from = addDays('2026-01-20', random.int(0, 100))
    ranges.push({ from, to: addDays(from, random.int(1, 70)) })
  }
  return ranges
}

const cost = '{ direct { amount } chainShared { amount } allocated { amount } total { amount } }'

interface Cost {
  direct: { amount: string }
  chainShared: { amount: string }
  allocated: { amount: string }
  total: { amount: string }
}

const attributed = (some: Cost) => parse(some.direct).plus(parse(some.chainShared))
const sumOf = (some: readonly Cost[], part: keyof Cost) => Rational.sum(some.map((one) => parse(one[part])))

function expectCost(some: Cost, allocated: Rational): void {
  expect({ allocated: some.allocated.amount, total: some.total.amount }).toEqual({
    allocated: money(allocated).amount,
    total: money(attributed(some).plus(allocated)).amount,
  })
}

interface Point {
  start: string
  end: string
  cost: Cost
}

function expectSeries(points: readonly Point[], some: readonly Share[]): void {
  for (const { start, end, cost: at } of points) {
    expectCost(at, accruedBetween(some, [instant(start), instant(end)], timeZone))
  }
}

async function readFleet(of: TenantClient, range: Range) {
  const { fleetCost } = await of.gql<{ fleetCost: Fleet }>(
    `query ($range: DateRangeInput!) { fleetCost(range: $range) {
      cost ${cost} previous ${cost}
      withoutAgent { amount } withoutTask { amount } withoutClient { amount } unallocated { amount currency }
      tasksCompleted
      pools { total { amount } allocated { amount } unallocated { amount } pools unconvertedPools }
      conservation { balanced ledger { amount } fullyLoaded { balanced attributed { amount } pools { amount } allocatedByAgent { amount }
        allocatedByTask { amount } allocatedByClient { amount } unallocated { amount } total { amount } } }
    } }`,
    { range },
  )
  return fleetCost
}

type Text = { amount: string }

interface Fleet {
  cost: Cost
  previous: Cost
  withoutAgent: Text
  withoutTask: Text
  withoutClient: Text
  unallocated: Text
  pools: { total: Text; allocated: Text; unallocated: Text; pools: number; unconvertedPools: number }
  conservation: { balanced: boolean; ledger: Text; fullyLoaded: Record<string, Text> & { balanced: boolean } }
}

interface Row {
  keys: { dimension: Dimension; key: string | null; label: string }[]
  cost: Cost
  series: Point[]
}

async function readRollup(groupBy: Dimension[], more: { range: Range; filter?: object; top?: number; step?: Step }) {
  const row = `{ keys { dimension key label } cost ${cost} series { start end cost ${cost} } }`
  const { costRollup } = await tenant.gql<{ costRollup: { rows: Row[]; other: Row | null; total: Cost } }>(
    `query ($range: DateRangeInput!, $groupBy: [Dimension!]!, $filter: CostFilter, $top: Int, $step: Granularity) {
      costRollup(range: $range, groupBy: $groupBy, filter: $filter, top: $top, granularity: $step) { rows ${row} other ${row} total ${cost} }
    }`,
    { groupBy, top: 200, step: 'MONTH', ...more },
  )
  return costRollup
}

const isTold = (dimension: Dimension): dimension is Told => ['AGENT', 'CLIENT', 'PROJECT', 'TASK'].includes(dimension)

/** Shares by what a roll-up tells apart; the rest is the remainder. */
function byKeys(some: readonly Share[], groupBy: readonly Dimension[]): Map<string, Share[]> {
  const groups = new Map<string, Share[]>()
  for (const share of some) {
    const key = JSON.stringify(groupBy.map((dimension) => (isTold(dimension) ? share[dimension] : null)))
    groups.set(key, [...(groups.get(key) ?? []), share])
  }
  return groups
}

const keyOf = ({ keys }: Row) => JSON.stringify(keys.map(({ key }) => key))

/** Whether a month of the range has a share of it that is not nothing. */
function reaches(some: readonly Share[], range: Range): boolean {
  const touched = (month: string) =>
    startOfDay(month, timeZone) < startOfDay(range.to, timeZone) &&
    startOfDay(`${addDays(month, 31).slice(0, 7)}-01`, timeZone) > startOfDay(range.from, timeZone)
  return months.some(
    (month) =>
      touched(month) &&
      !Rational.sum(some.filter((share) => share.month === month).map((share) => share.amount)).isZero,
  )
}

const allRanges = ranges()

describe.each(allRanges)('shares of pools from $from to $to', (range) => {
  const here = () => within(shares, range)

  it('are in the cost of the fleet, before it and in its remainders, and unallocated is the rest of the pools', async () => {
    const fleet = await readFleet(tenant, range)
    const bare = await readFleet(plain, range)
    expectCost(fleet.cost, here())
    expectCost(fleet.previous, within(shares, previousPeriod(range)))
    const without = (tag: Told) =>
      within(
        shares.filter((share) => share[tag] === null),
        range,
      )
    expect(parse(fleet.withoutAgent)).toEqual(parse(bare.withoutAgent))
    expect(parse(fleet.withoutTask)).toEqual(parse(bare.withoutTask).plus(without('TASK')))
    expect(parse(fleet.withoutClient)).toEqual(parse(bare.withoutClient).plus(without('CLIENT')))

    const ofMonths = Object.entries(poolAmounts).map(([month, minor]) => ({ month, amount: thousandths(minor) }))
    // Hosting goes on after April, without a run.
    for (const month of ['2026-05-01', '2026-06-01', '2026-07-01'])
      ofMonths.push({ month, amount: thousandths(620_505n) })
    const pools = accruedWithin(ofMonths, range, timeZone)
    expect(fleet.unallocated).toEqual(money(pools.minus(here())))
    const { total, allocated, unallocated } = fleet.pools
    expect([total, allocated, unallocated].map(parse)).toEqual([pools, here(), pools.minus(here())])

    const { balanced, fullyLoaded, ledger } = fleet.conservation
    const { balanced: isLoadedBalanced, ...sums } = fullyLoaded
    expect({ balanced, isLoadedBalanced }).toEqual({ balanced: true, isLoadedBalanced: true })
    expect(Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, parse(sum)]))).toEqual({
      attributed: parse(ledger),
      pools,
      allocatedByAgent: here(),
      allocatedByTask: here(),
      allocatedByClient: here(),
      unallocated: pools.minus(here()),
      total: parse(fleet.cost.total).plus(parse(fleet.unallocated)),
    })
    expect(parse(fleet.cost.direct)).toEqual(parse(bare.cost.direct))
  })

  it('are drawn step by step, and the steps add up to the whole', async () => {
    // 70 days of hours are checked slowly; the month of the change of clocks has its own range.
    const isLong = addDays(range.from, 31) < range.to
    for (const step of [isLong ? 'DAY' : 'HOUR', 'DAY', 'WEEK', 'MONTH'] satisfies Step[]) {
      const { fleetCost, agentCost } = await tenant.gql<{
        fleetCost: { series: Point[] }
        agentCost: { series: Point[] }
      }>(
        `query ($range: DateRangeInput!, $step: Granularity!) {
          fleetCost(range: $range, compareTo: NONE) { series(granularity: $step) { start end cost ${cost} } }
          agentCost(range: $range, agentKey: "agent-1") { series(granularity: $step) { start end cost ${cost} } }
        }`,
        { range, step },
      )
      expectSeries(fleetCost.series, shares)
      expect(
        sumOf(
          fleetCost.series.map((point) => point.cost),
          'allocated',
        ),
      ).toEqual(here())
      expectSeries(
        agentCost.series,
        shares.filter((share) => share.AGENT === 'agent-1'),
      )
      expect(fleetCost.series[0]?.start).toBe(dateTimeText(startOfDay(range.from, timeZone)))
    }
  })

  it('are in the list of agents, of whom one has a share alone, in pages of any size', async () => {
    const rows = await everyPage<{ agent: { key: string }; cost: Cost; previous: Cost }>(
      tenant,
      `query ($range: DateRangeInput!, $after: String) { agentCosts(range: $range, first: 2, after: $after) {
        nodes { agent { key } cost ${cost} previous ${cost} } pageInfo { hasNextPage endCursor }
      } }`,
      { range },
      'agentCosts',
    )
    const byAgent = byKeys(shares, ['AGENT'])
    const of = (key: string) => byAgent.get(JSON.stringify([key])) ?? []
    for (const row of rows) {
      expectCost(row.cost, within(of(row.agent.key), range))
      expectCost(row.previous, within(of(row.agent.key), previousPeriod(range)))
    }
    const keys = rows.map((row) => row.agent.key)
    expect(new Set(keys).size).toBe(keys.length)
    expect(keys.includes('idle')).toBe(reaches(of('idle'), range))
    expect(
      sumOf(
        rows.map((row) => row.cost),
        'allocated',
      ),
    ).toEqual(here())
    const fleet = await readFleet(tenant, range)
    const withoutAgent = parse(fleet.withoutAgent).plus(parse(fleet.cost.chainShared))
    expect(
      sumOf(
        rows.map((row) => row.cost),
        'total',
      ).plus(withoutAgent),
    ).toEqual(parse(fleet.cost.total))
    const order = rows.map((row) => attributed(row.cost))
    expect(order).toEqual([...order].sort((a, b) => b.compare(a)))
  })

  it.each(['RECENT', 'COST'])(
    'are in the list of tasks by %s, those with a share alone at its end',
    async (orderBy) => {
      const rows = await everyPage<{
        task: { key: string }
        cost: Cost
        byAgent: { agent: { key: string }; allocated: Text }[]
      }>(
        tenant,
        `query ($range: DateRangeInput!, $orderBy: TaskOrder!, $after: String) {
        taskCosts(range: $range, orderBy: $orderBy, first: 7, after: $after) {
          nodes { task { key } cost ${cost} byAgent { agent { key } allocated { amount } } } pageInfo { hasNextPage endCursor }
        }
      }`,
        { range, orderBy },
        'taskCosts',
      )
      const byTask = byKeys(shares, ['TASK'])
      for (const row of rows) {
        const of = byTask.get(JSON.stringify([row.task.key])) ?? []
        expectCost(row.cost, within(of, range))
        const byAgent = new Map(row.byAgent.map((part) => [part.agent.key, parse(part.allocated)]))
        for (const [key, part] of byKeys(of, ['AGENT'])) {
          const [agent = ''] = JSON.parse(key) as string[]
          expect(byAgent.get(agent) ?? Rational.zero).toEqual(within(part, range))
        }
      }
      const keys = rows.map((row) => row.task.key)
      expect(new Set(keys).size).toBe(keys.length)
      const { taskCosts } = await tenant.gql<{ taskCosts: { totalCount: number } }>(
        'query ($range: DateRangeInput!) { taskCosts(range: $range, first: 1) { totalCount } }',
        { range },
      )
      expect(taskCosts.totalCount).toBe(keys.length)
      const fleet = await readFleet(tenant, range)
      expect(
        sumOf(
          rows.map((row) => row.cost),
          'total',
        ).plus(parse(fleet.withoutTask)),
      ).toEqual(parse(fleet.cost.total))
    },
  )

  it('are in the list of clients and in the part of the fleet that each of them is', async () => {
    const rows = await everyPage<{ client: { key: string }; cost: Cost; costShare: string | null }>(
      tenant,
      `query ($range: DateRangeInput!, $after: String) { clientCosts(range: $range, first: 2, after: $after) {
        nodes { client { key } cost ${cost} costShare } pageInfo { hasNextPage endCursor }
      } }`,
      { range },
      'clientCosts',
    )
    const fleet = await readFleet(tenant, range)
    const byClient = byKeys(shares, ['CLIENT'])
    for (const row of rows) {
      expectCost(row.cost, within(byClient.get(JSON.stringify([row.client.key])) ?? [], range))
      const whole = parse(fleet.cost.total)
      const share = whole.isZero ? null : parse(row.cost.total).dividedBy(whole).roundHalfEven(18).toDecimal()
      expect(row.costShare).toBe(share)
    }
    expect(
      sumOf(
        rows.map((row) => row.cost),
        'total',
      ).plus(parse(fleet.withoutClient)),
    ).toEqual(parse(fleet.cost.total))
  })

  it('are in the list of projects, and the rest of the fleet is without one', async () => {
    const rows = await everyPage<{ project: { key: string }; cost: Cost }>(
      tenant,
      `query ($range: DateRangeInput!, $after: String) { projectCosts(range: $range, first: 2, after: $after) {
        nodes { project { key } cost ${cost} } pageInfo { hasNextPage endCursor }
      } }`,
      { range },
      'projectCosts',
    )
    const byProject = byKeys(shares, ['PROJECT'])
    for (const row of rows) {
      expectCost(row.cost, within(byProject.get(JSON.stringify([row.project.key])) ?? [], range))
    }
    const { fleetCost } = await tenant.gql<{ fleetCost: { withoutProject: Text; cost: Cost } }>(
      `query ($range: DateRangeInput!) { fleetCost(range: $range) { withoutProject { amount } cost ${cost} } }`,
      { range },
    )
    expect(
      sumOf(
        rows.map((row) => row.cost),
        'total',
      ).plus(parse(fleetCost.withoutProject)),
    ).toEqual(parse(fleetCost.cost.total))
  })

  it.each<[Dimension[]]>([
    [['AGENT']],
    [['CLIENT']],
    [['PROJECT']],
    [['TASK']],
    [['PROVIDER']],
    [['RESOURCE']],
    [['KIND']],
    [['AGENT', 'CLIENT']],
    [['TASK', 'AGENT']],
    [['PROJECT', 'TASK']],
    [['RESOURCE', 'AGENT']],
    [['TASK', 'KIND']],
    [['PROVIDER', 'KIND']],
    [['CLIENT', 'PROJECT', 'AGENT']],
  ])('are in the roll-up by %j, whatever is cut off', async (groupBy) => {
    const groups = byKeys(shares, groupBy)
    const rollup = await readRollup(groupBy, { range })
    expect(rollup.other).toBeNull()
    expectCost(rollup.total, here())
    const keys = rollup.rows.map(keyOf)
    expect(new Set(keys).size).toBe(groupBy.includes('RESOURCE') ? new Set(keys).size : keys.length)
    // Of a provider that was named, and of a resource and kind, no row has a share.
    for (const row of rollup.rows) {
      const of = groups.get(keyOf(row)) ?? []
      expectCost(row.cost, within(of, range))
      expectSeries(row.series, of)
    }
    for (const [key, of] of groups)
      expect([key, keys.includes(key)]).toEqual([key, keys.includes(key) || reaches(of, range)])
    expect(
      sumOf(
        rollup.rows.map((row) => row.cost),
        'allocated',
      ),
    ).toEqual(here())
    expect(
      sumOf(
        rollup.rows.map((row) => row.cost),
        'total',
      ),
    ).toEqual(parse(rollup.total.total))

    for (const top of [1, 3]) {
      const cut = await readRollup(groupBy, { range, top, step: 'WEEK' })
      expect(cut.rows.map((row) => row.cost)).toEqual(rollup.rows.slice(0, top).map((row) => row.cost))
      const left = rollup.rows.slice(top)
      expect(cut.other === null).toBe(left.length === 0)
      expect(cut.total).toEqual(rollup.total)
      if (cut.other === null) continue
      expect(cut.other.keys.map(({ label }) => label)).toEqual(groupBy.map(() => `${left.length} more`))
      expect(parse(cut.other.cost.total)).toEqual(
        sumOf(
          left.map((row) => row.cost),
          'total',
        ),
      )
      expect(parse(cut.other.cost.allocated)).toEqual(
        sumOf(
          left.map((row) => row.cost),
          'allocated',
        ),
      )
      expect(
        sumOf(
          cut.other.series.map((point) => point.cost),
          'allocated',
        ),
      ).toEqual(parse(cut.other.cost.allocated))
      expect(
        sumOf(
          cut.other.series.map((point) => point.cost),
          'total',
        ),
      ).toEqual(parse(cut.other.cost.total))
    }
  })

  it.each<[Dimension[], string, Told | null, string[]]>([
    [['AGENT'], 'clients', 'CLIENT', ['client-1', 'client-2', 'nobody']],
    [['TASK'], 'agents', 'AGENT', ['agent-1', 'idle']],
    [['CLIENT'], 'projects', 'PROJECT', ['project-1']],
    [['AGENT', 'CLIENT'], 'tasks', 'TASK', ['task-1', 'task-2', 'task-3', 'task-4']],
    [['KIND'], 'agents', 'AGENT', ['agent-2']],
    [['AGENT'], 'resources', null, ['small-1']],
    [['AGENT'], 'providers', null, ['acme']],
    [['CLIENT'], 'kinds', null, ['MODEL']],
  ])('are in the roll-up by %j within a filter by %s', async (groupBy, list, dimension, keys) => {
    const kept = dimension === null ? [] : shares.filter((share) => keys.includes(share[dimension] ?? ''))
    const rollup = await readRollup(groupBy, { range, filter: { [list]: keys } })
    expectCost(rollup.total, within(kept, range))
    const groups = byKeys(kept, groupBy)
    for (const row of rollup.rows) expectCost(row.cost, within(groups.get(keyOf(row)) ?? [], range))
    expect(
      sumOf(
        rollup.rows.map((row) => row.cost),
        'allocated',
      ),
    ).toEqual(within(kept, range))
  })
})

describe('shares of pools', () => {
  it('are in a task and an agent, and figures are reckoned on the basis asked for', async () => {
    const range = { from: '2026-03-01', to: '2026-04-01' }
    const key = shares.find((share) => share.TASK !== null && share.CLIENT !== null && !share.amount.isZero)?.TASK ?? ''
    await tenant.gql('mutation ($input: UpsertTaskInput!) { upsertTask(input: $input) { userErrors { message } } }', {
      input: {
        key,
        client: 'client-1',
        status: 'COMPLETED',
        completedAt: '2026-03-20T12:00:00Z',
        billed: { amount: '90', currency },
      },
    })
    const bases = (field: string) =>
      `direct: ${field}(basis: DIRECT) attributed: ${field}(basis: ATTRIBUTED) loaded: ${field}(basis: FULLY_LOADED) plain: ${field}`
    const amounts = (field: string) =>
      ['DIRECT', 'ATTRIBUTED', 'FULLY_LOADED']
        .map((basis) => `${basis}: ${field}(basis: ${basis}) { amount }`)
        .join(' ') + ` plain: ${field} { amount }`
    const answer = await tenant.gql<{
      taskCost: { cost: Cost; margin: undefined } & Record<string, Text>
      ratios: Record<string, string>
      fleetCost: { cost: Cost } & Record<string, Text>
      agentCosts: { nodes: ({ cost: Cost; tasksCompleted: number } & Record<string, Text>)[] }
      clientCosts: { nodes: ({ client: { key: string }; cost: Cost } & Record<string, Text>)[] }
    }>(
      `query ($key: String!, $range: DateRangeInput!) {
        taskCost(taskKey: $key) { cost ${cost} ${amounts('margin')} }
        ratios: taskCost(taskKey: $key) { ${bases('marginRatio')} }
        fleetCost(range: $range) { cost ${cost} ${amounts('costPerTask')} }
        agentCosts(range: $range) { nodes { cost ${cost} tasksCompleted ${amounts('costPerTask')} } }
        clientCosts(range: $range) { nodes { client { key } cost ${cost} ${amounts('margin')} } }
      }`,
      { key, range },
    )
    const onBases = (of: Cost) => ({
      DIRECT: parse(of.direct),
      ATTRIBUTED: attributed(of),
      FULLY_LOADED: parse(of.total),
      plain: parse(of.total),
    })
    const expectFigures = (row: Record<string, Text>, of: Cost, figure: (basis: Rational) => Rational) => {
      for (const [name, basis] of Object.entries(onBases(of)))
        expect([name, parse(row[name] ?? { amount: 'none' })]).toEqual([name, figure(basis)])
    }
    const { taskCost, ratios, fleetCost, agentCosts, clientCosts } = answer
    const ninety = Rational.of(90n)
    const whole = shares.filter((share) => share.TASK === key)
    expectCost(taskCost.cost, Rational.sum(whole.map((share) => share.amount)))
    expectFigures(taskCost, taskCost.cost, (basis) => ninety.minus(basis))
    const ratio = ninety.minus(parse(taskCost.cost.total)).dividedBy(ninety).roundHalfEven(18).toDecimal()
    expect([ratios['loaded'], ratios['plain']]).toEqual([ratio, ratio])
    expectFigures(fleetCost, fleetCost.cost, (basis) => basis)
    const finishers = agentCosts.nodes.filter((row) => row.tasksCompleted > 0)
    expect(finishers.length).toBeGreaterThan(0)
    for (const row of finishers) expectFigures(row, row.cost, (basis) => basis)
    const client = clientCosts.nodes.find((row) => row.client.key === 'client-1')
    if (client === undefined) throw new Error('The client with revenue is not listed.')
    expectFigures(client, client.cost, (basis) => ninety.minus(basis))
  })

  it('are in an agent by client, and none are in its resources and in a trace', async () => {
    const range = { from: '2026-03-10', to: '2026-04-10' }
    const { agentCost } = await tenant.gql<{
      agentCost: { cost: Cost; clients: { client: { key: string } | null; cost: Cost }[]; resources: { cost: Cost }[] }
    }>(
      `query ($range: DateRangeInput!) { agentCost(agentKey: "agent-2", range: $range) {
        cost ${cost} clients { client { key } cost ${cost} } resources { cost ${cost} }
      } }`,
      { range },
    )
    const own = shares.filter((share) => share.AGENT === 'agent-2')
    expectCost(agentCost.cost, within(own, range))
    const byClient = byKeys(own, ['CLIENT'])
    for (const { client, cost: of } of agentCost.clients)
      expectCost(of, within(byClient.get(JSON.stringify([client?.key ?? null])) ?? [], range))
    expect(
      sumOf(
        agentCost.clients.map((line) => line.cost),
        'total',
      ),
    ).toEqual(parse(agentCost.cost.total))
    for (const { cost: of } of agentCost.resources) expectCost(of, Rational.zero)
    const { trace } = await tenant.gql<{ trace: { cost: Cost; byAgent: { allocated: Text }[] } }>(
      `{ trace(traceId: "trace-1") { cost ${cost} byAgent { allocated { amount } } } }`,
    )
    expectCost(trace.cost, Rational.zero)
    for (const part of trace.byAgent) expect(parse(part.allocated)).toEqual(Rational.zero)
  })

  it('that one view has lost make the fleet unbalanced', async () => {
    const range = { from: '2026-03-05', to: '2026-03-20' }
    const lost = `UPDATE allocated_month SET amount = amount + $2 WHERE tenant_id = $1 AND grain = 2 AND month = '2026-03-01'`
    await owner.query(lost, [outlay.tenantId(tenant), '0.001'])
    const { balanced, fullyLoaded } = (await readFleet(tenant, range)).conservation
    expect([balanced, fullyLoaded.balanced]).toEqual([false, false])
    await owner.query(lost, [outlay.tenantId(tenant), '-0.001'])
    expect((await readFleet(tenant, range)).conservation.balanced).toBe(true)
  })
})
