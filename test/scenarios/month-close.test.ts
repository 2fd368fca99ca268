import { afterAll, beforeAll, expect, it, jest } from '@jest/globals'
import { costFields, costText, moneyText } from '../oracle/answers.ts'
import { addDays } from '../oracle/local-time.ts'
import { Rational } from '../oracle/rational.ts'
import { group, revenueByClient, sum, tasksCompleted, within } from '../oracle/views.ts'
import { recordInvocations } from '../support/deliver.ts'
import { item } from '../support/items.ts'
import { type Outlay, startOutlay } from '../support/outlay.ts'
import type { TenantClient } from '../support/tenant-client.ts'
import { deliverMonth, monthPlans, type Month } from './month.ts'
import { rerate } from '../support/rerate.ts'

jest.setTimeout(300_000)

let outlay: Outlay

beforeAll(async () => {
  outlay = await startOutlay()
})

afterAll(async () => {
  await outlay?.stop()
})

type Money = { amount: string }
interface UserError {
  code: string
  message: string
}

/** The story of a generated month, as finance lives it: each step goes on where the one before ended. */
it('closes a month, keeps it through late events and a re-rating, reopens it by two people and restates it', async () => {
  const [plan] = monthPlans()
  if (plan === undefined) throw new Error('There is no plan.')
  const tenant = await outlay.createTenant(plan)
  const month = await deliverMonth(tenant, plan)
  const { from } = plan.range
  const current = await currentMonth(tenant)
  const people = await Promise.all([finance(tenant), finance(tenant)])

  // What asks for a reason has to get one.
  const refused = await change(tenant, 'closePeriod', { month: from })
  expect(refused.userErrors).toMatchObject([{ code: 'CHECK_NOT_ACCEPTED' }])
  expect(refused.userErrors[0]?.message).toMatch(/UNPRICED: .*NO_AGENT: .*NO_CLIENT: /)
  const accept = await warnings(tenant, from)
  expect((await change(tenant, 'closePeriod', { month: from, accept })).userErrors).toEqual([])

  // The edition is what a second reckoning makes of the same deliveries.
  const here = within(month.ledger, month.all, plan.range)
  const closed = await readPeriod(tenant, from)
  const [edition] = closed.snapshots
  expect(closed).toMatchObject({ state: 'CLOSED', edition: 1, mayClose: false })
  expect(edition).toMatchObject({
    edition: 1,
    isIntact: true,
    bridge: null,
    accepted: accept,
    unallocated: { amount: '0.00' },
  })
  expect(edition?.cost).toEqual(costText(sum(here), plan.currency))
  expect(edition?.tasksCompleted).toBe(tasksCompleted(month.ledger, plan.range).all)
  await expectRows(tenant, month)
  expect(closed.checklist.map(({ item: name, state }) => `${name} ${state}`)[0]).toBe('SNAPSHOT PASS')

  // Late events: October stays, the open month gets them, and the usage day is kept.
  const before = { october: await costOf(tenant, from), current: await costOf(tenant, current) }
  const late = [0, 1, 2].map((n) =>
    item(`very late ${n}`, { occurredAt: '2026-10-10T10:00:00Z', agent: n === 2 ? null : 'research', task: 'task 1' }),
  )
  expect(await recordInvocations(tenant, late)).toMatchObject({ accepted: 3 })
  expect(await recordInvocations(tenant, late)).toMatchObject({ accepted: 0, duplicates: 3 })
  const lateCost = Rational.parse(await costOfEvent(tenant, 'very late 0')).times(Rational.of(3n))
  expect(await costOf(tenant, from)).toBe(before.october)
  expect(await costOf(tenant, current)).toBe(plus(before.current, lateCost, plan.currency))
  const { corrections, correctionsPosted } = await readPeriod(tenant, from)
  expect(correctionsPosted.amount).toBe(moneyText(lateCost, plan.currency).amount)
  expect(corrections.nodes.map(({ cause, usageDay, agent }) => [cause, usageDay, agent?.key ?? null]).sort()).toEqual([
    ['LATE_EVENT', '2026-10-10', null],
    ['LATE_EVENT', '2026-10-10', 'research'],
  ])
  for (const { postedDay } of corrections.nodes) expect(postedDay.slice(0, 7)).toBe(current.slice(0, 7))

  // A price for what had none: the difference is posted.
  const difference = await priceAndRerate(tenant, plan)
  expect(difference.compare(Rational.zero)).toBe(1)
  expect(await costOf(tenant, from)).toBe(before.october)
  const posted = lateCost.plus(difference)
  expect(await costOf(tenant, current)).toBe(plus(before.current, posted, plan.currency))
  expect((await readPeriod(tenant, from)).correctionsPosted.amount).toBe(moneyText(posted, plan.currency).amount)
  expect((await readPeriod(tenant, current)).correctionsReceived.amount).toBe(moneyText(posted, plan.currency).amount)
  for (const range of [
    plan.range,
    { from: current, to: next(current) },
    { from: addDays(from, -400), to: next(current) },
  ]) {
    expect(await isBalanced(tenant, range)).toBe(true)
  }
  // Rows with money and without invocations are rows.
  const rolled = await rollUp(tenant, { from: current, to: next(current) })
  expect(
    Rational.sum(rolled.rows.map(({ cost }) => Rational.parse(cost.total.amount))).equals(Rational.parse(rolled.total)),
  ).toBe(true)
  expect(rolled.total).toBe(await costOf(tenant, current))

  // Two people, and no machine.
  const wish = { month: from, reason: 'The price of mystery came late.' }
  const key = await tenant.tryGql(mutation('requestReopening'), { input: wish })
  expect(key.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])
  const [ada, ben] = people
  expect((await change(ada, 'requestReopening', wish)).userErrors).toEqual([])
  expect((await change(ada, 'agreeToReopening', { month: from })).userErrors).toMatchObject([{ code: 'SAME_PERSON' }])
  expect((await readPeriod(ada, from)).reopening).toMatchObject({ reason: wish.reason, mayAgree: false })
  expect((await readPeriod(ben, from)).reopening).toMatchObject({ reason: wish.reason, mayAgree: true })
  expect((await change(ben, 'agreeToReopening', { month: from })).userErrors).toEqual([])
  expect(await costOf(tenant, from)).toBe(plus(before.october, posted, plan.currency))
  expect(await costOf(tenant, current)).toBe(before.current)

  // The second edition, and the way from the first.
  expect((await change(ben, 'closePeriod', { month: from, accept: await warnings(tenant, from) })).userErrors).toEqual(
    [],
  )
  const restated = await readPeriod(tenant, from)
  expect(restated.snapshots.map(({ edition: number, isIntact }) => [number, isIntact])).toEqual([
    [2, true],
    [1, true],
  ])
  expect(restated.snapshots[1]).toEqual(edition)
  expectBridge(restated.snapshots[0]?.bridge ?? [], { before: before.october, late: lateCost, difference })
  expect(restated.history.map(({ action }) => action)).toEqual(['CLOSED', 'REOPENED', 'REOPENING_REQUESTED', 'CLOSED'])
  expect(restated.corrections.nodes.every(({ isReturned }) => isReturned)).toBe(true)
})

interface Period {
  state: string
  edition: number
  mayClose: boolean
  checklist: { item: string; state: string }[]
  snapshots: {
    edition: number
    isIntact: boolean
    cost: object
    unallocated: Money
    revenue: Money | null
    tasksCompleted: number
    accepted: object[]
    bridge: BridgeLine[] | null
  }[]
  corrections: {
    nodes: { cause: string; usageDay: string; postedDay: string; agent: { key: string } | null; isReturned: boolean }[]
  }
  correctionsPosted: Money
  correctionsReceived: Money
  reopening: { reason: string; mayAgree: boolean } | null
  history: { action: string }[]
}

interface BridgeLine {
  label: string
  dimension: string | null
  key: string | null
  cause: string | null
  before: Money
  after: Money
  difference: Money
}

type Asker = Pick<TenantClient, 'gql' | 'tryGql'>

async function readPeriod(asker: Asker, month: string): Promise<Period> {
  const { period } = await asker.gql<{ period: Period }>(
    `query ($month: Date!) { period(month: $month) {
      state edition mayClose checklist { item state }
      snapshots { edition isIntact cost ${costFields} unallocated { amount } revenue { amount } tasksCompleted accepted { item reason }
        bridge { label dimension key cause before { amount } after { amount } difference { amount } } }
      corrections(first: 100) { nodes { cause usageDay postedDay agent { key } isReturned } }
      correctionsPosted { amount } correctionsReceived { amount } reopening { reason mayAgree } history { action }
    } }`,
    { month },
  )
  return period
}

async function currentMonth(tenant: TenantClient): Promise<string> {
  const { periods } = await tenant.gql<{ periods: { month: string }[] }>('{ periods(first: 1) { month } }')
  return periods[0]?.month ?? ''
}

async function warnings(asker: Asker, month: string): Promise<{ item: string; reason: string }[]> {
  const { checklist } = await readPeriod(asker, month)
  return checklist
    .filter(({ state }) => state === 'WARN')
    .map(({ item: name }) => ({ item: name, reason: `${name} is known.` }))
}

function mutation(name: string): string {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`
  return `mutation ($input: ${type}!) { ${name}(input: $input) { period { state edition } userErrors { code message } } }`
}

async function change(asker: Asker, name: string, input: object): Promise<{ userErrors: UserError[] }> {
  const data = await asker.gql<Record<string, { userErrors: UserError[] }>>(mutation(name), { input })
  return data[name] ?? { userErrors: [] }
}

/** Somebody of finance, signed in. */
async function finance(tenant: TenantClient): Promise<Asker> {
  const cookie = await outlay.signIn(await outlay.createMember(tenant, { role: 'FINANCE' }))
  const headers = { authorization: null, cookie, origin: outlay.url }
  const tryGql: TenantClient['tryGql'] = async (query, variables = {}) => {
    const { status, body } = await tenant.post('/graphql', { query, variables }, { headers })
    const { data = null, errors = [] } = body as Partial<Awaited<ReturnType<TenantClient['tryGql']>>>
    return { status, data, errors }
  }
  return {
    tryGql,
    gql: async <T>(query: string, variables?: Record<string, unknown>) => {
      const { data, errors } = await tryGql(query, variables)
      expect(errors).toEqual([])
      return data as T
    },
  }
}

/** Every row of the edition, by every dimension, beside the oracle's. */
async function expectRows(tenant: TenantClient, { ledger, all, plan }: Month): Promise<void> {
  const here = within(ledger, all, plan.range)
  const revenue = revenueByClient(ledger, plan.range)
  for (const dimension of ['AGENT', 'CLIENT', 'PROJECT', 'TASK'] as const) {
    const rows = await snapshotRows(tenant, plan.range.from, dimension)
    const groups = new Map(
      [...group(here, [dimension]).values()].map((members) => [members[0]?.tags[dimension] ?? null, members]),
    )
    const costs = new Map(rows.filter(({ cost }) => cost.invocations !== '0').map(({ key, cost }) => [key, cost]))
    const expected = new Map([...groups].map(([key, members]) => [key, costText(sum(members), plan.currency)]))
    expect(costs).toEqual(expected)
    if (dimension !== 'CLIENT') continue
    for (const { key, revenue: shown } of rows) {
      const billed = key === null ? undefined : revenue.get(key)
      if (key !== null) expect(shown?.amount ?? null).toBe(billed ? moneyText(billed, plan.currency).amount : null)
    }
  }
}

interface SnapshotRow {
  key: string | null
  cost: ReturnType<typeof costText>
  revenue: Money | null
}

interface SnapshotRowPage {
  nodes: SnapshotRow[]
  pageInfo: { hasNextPage: boolean; endCursor: string }
}

async function snapshotRows(tenant: TenantClient, month: string, dimension: string): Promise<SnapshotRow[]> {
  const rows: SnapshotRow[] = []
  for (let after: string | null = null; ;) {
    const data: { period: { snapshots: { rows: SnapshotRowPage }[] } } = await tenant.gql(
      `query ($month: Date!, $dimension: Dimension!, $after: String) { period(month: $month) { snapshots {
        rows(dimension: $dimension, first: 100, after: $after) {
          nodes { key cost ${costFields} revenue { amount } } pageInfo { hasNextPage endCursor } } } } }`,
      { month, dimension, after },
    )
    const page: SnapshotRowPage | undefined = data.period.snapshots[0]?.rows
    rows.push(...(page?.nodes ?? []))
    if (page?.pageInfo.hasNextPage !== true) return rows
    after = page.pageInfo.endCursor
  }
}

function next(month: string): string {
  return `${addDays(month, 31).slice(0, 8)}01`
}

async function costOf(tenant: TenantClient, month: string): Promise<string> {
  const { fleetCost } = await tenant.gql<{ fleetCost: { cost: { total: Money } } }>(
    'query ($range: DateRangeInput!) { fleetCost(range: $range) { cost { total { amount } } } }',
    { range: { from: month, to: next(month) } },
  )
  return fleetCost.cost.total.amount
}

async function costOfEvent(tenant: TenantClient, id: string): Promise<string> {
  const { invocation } = await tenant.gql<{ invocation: { cost: Money } }>(
    'query ($id: String!) { invocation(id: $id) { cost { amount } } }',
    { id },
  )
  return invocation.cost.amount
}

async function isBalanced(tenant: TenantClient, range: { from: string; to: string }): Promise<boolean> {
  const { fleetCost } = await tenant.gql<{ fleetCost: { conservation: { balanced: boolean } } }>(
    'query ($range: DateRangeInput!) { fleetCost(range: $range) { conservation { balanced } } }',
    { range },
  )
  return fleetCost.conservation.balanced
}

async function rollUp(tenant: TenantClient, range: { from: string; to: string }) {
  const { costRollup } = await tenant.gql<{
    costRollup: {
      rows: { cost: { total: Money } }[]
      other: { cost: { total: Money } } | null
      total: { total: Money }
    }
  }>(
    `query ($range: DateRangeInput!) { costRollup(range: $range, groupBy: [TASK, CLIENT], top: 500) {
      rows { cost { total { amount } } } other { cost { total { amount } } } total { total { amount } } } }`,
    { range },
  )
  const { rows, other, total: whole } = costRollup
  return { rows: other === null ? rows : [...rows, other], total: whole.total.amount }
}

/** Publishes prices for what had none, and has the month rated again. Answers by how much it changes. */
async function priceAndRerate(tenant: TenantClient, plan: Month['plan']): Promise<Rational> {
  const meters = ['input_tokens', 'output_tokens', 'cache_read_tokens', 'reasoning_tokens']
  const rates = meters.map((meter) => ({
    provider: 'globex',
    resource: 'mystery',
    meter,
    price: { amount: '0.017', currency: plan.currency },
    per: '1000',
    effectiveFrom: '2026-01-01T00:00:00Z',
  }))
  const published = await tenant.gql<{ publishRates: { userErrors: UserError[] } }>(
    'mutation ($input: PublishRatesInput!) { publishRates(input: $input) { userErrors { code message } } }',
    { input: { rates } },
  )
  expect(published.publishRates.userErrors).toEqual([])
  await rerate(outlay, outlay.tenantId(tenant), plan.range)
  const { reratings } = await tenant.gql<{ reratings: { state: string; total: { difference: Money } }[] }>(
    '{ reratings(first: 1) { state total { difference { amount } } } }',
  )
  expect(reratings).toMatchObject([{ state: 'APPLIED' }])
  return Rational.parse(reratings[0]?.total.difference.amount ?? '0')
}

function plus(amount: string, more: Rational, currency: string): string {
  return moneyText(Rational.parse(amount).plus(more), currency).amount
}

function expectBridge(
  bridge: readonly BridgeLine[],
  { before, late, difference }: { before: string; late: Rational; difference: Rational },
): void {
  const amount = (line: BridgeLine | undefined) => Rational.parse(line?.difference.amount ?? '0')
  const sumOf = (lines: BridgeLine[]) => Rational.sum(lines.map(amount))
  const [fleet] = bridge
  expect(fleet).toMatchObject({ label: 'All', dimension: null, before: { amount: before } })
  const causes = bridge.filter(({ cause }) => cause !== null)
  expect(causes.map((line) => [line.cause, amount(line).toString()])).toEqual([
    ['LATE_EVENT', late.toString()],
    ['RERATING', difference.toString()],
  ])
  expect(causes[0]?.before).toEqual(fleet?.before)
  expect(causes.at(-1)?.after).toEqual(fleet?.after)
  for (const dimension of ['AGENT', 'CLIENT']) {
    const lines = bridge.filter((line) => line.dimension === dimension)
    expect(lines.length).toBeGreaterThan(1)
    expect(sumOf(lines).equals(amount(fleet))).toBe(true)
  }
}
