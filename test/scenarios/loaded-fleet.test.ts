import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { runAllocationJob } from '@outlay/db/allocation/run-job'
import { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import { addDays } from '@outlay/domain/periods/calendar-date'
import { today } from '@outlay/domain/periods/local-day'
import pg from 'pg'
import { Random } from '../oracle/random.ts'
import { Rational } from '../oracle/rational.ts'
import { everyPage, recordInvocations } from '../support/deliver.ts'
import { item, plainRate } from '../support/items.ts'
import { type Outlay, startOutlay } from '../support/outlay.ts'
import { rerate } from '../support/rerate.ts'
import type { TenantClient } from '../support/tenant-client.ts'

jest.setTimeout(300_000)

const seed = Number.parseInt(process.env['OUTLAY_SEED'] ?? '', 10) || Date.now() % 1_000_000
const october = { from: '2026-10-01', to: '2026-11-01' }
/** Whole, in part, over the change of clocks, and into the month before. */
const ranges = [
  october,
  { from: '2026-10-05', to: '2026-10-19' },
  { from: '2026-10-25', to: '2026-10-26' },
  { from: '2026-09-20', to: '2026-10-20' },
  // To the day on which what comes to a closed month is posted, whenever this runs.
  { from: '2026-09-01', to: addDays(today(Date.now(), 'Europe/London'), 1) },
]

interface Text {
  amount: string
}

const parse = ({ amount }: Text) => Rational.parse(amount)
const money = '{ amount }'
const total = `cost { allocated ${money} total ${money} }`

describe('a month with pools of every method, run by Outlay itself', () => {
  const random = new Random(seed)
  let outlay: Outlay
  let tenant: TenantClient
  let owner: pg.Pool
  let pool: TenantPool

  beforeAll(async () => {
    console.log(`A loaded fleet: OUTLAY_SEED=${seed} replays it.`)
    outlay = await startOutlay()
    owner = new pg.Pool({ connectionString: outlay.database.ownerUrl, max: 1 })
    pool = new TenantPool({ url: outlay.database.appUrl, max: 2 })
    tenant = await outlay.createTenant({ currency: 'GBP', timeZone: 'Europe/London' })
    const rates = [plainRate('GBP')]
    await tenant.gql('mutation ($rates: [RateInput!]!) { publishRates(input: { rates: $rates }) { rates { id } } }', {
      rates,
    })
    await record(0, 120)
    for (const task of [1, 2, 3, 4]) {
      await tenant.gql('mutation ($input: UpsertTaskInput!) { upsertTask(input: $input) { userErrors { message } } }', {
        input: {
          key: `task-${task}`,
          client: `client-${task % 2}`,
          status: 'COMPLETED',
          completedAt: '2026-10-21T12:00:00Z',
          billed: { amount: `${task * 37}.01`, currency: 'GBP' },
        },
      })
    }
    await createPool({ name: 'hosting', amount: '100.01', method: 'USAGE', basis: 'INVOCATIONS' })
    await createPool({ name: 'tokens', amount: '33.33', method: 'USAGE', basis: 'TOKENS' })
    await createPool({
      name: 'searches',
      amount: '70.07',
      method: 'USAGE',
      basis: 'RESOURCE_USES',
      resource: { name: 'search' },
    })
    await createPool({ name: 'subscription', amount: '49.99', method: 'EQUAL' })
    await createPool({ name: 'refund', amount: '-12.34', method: 'EQUAL' })
    await createPool({ name: 'sales', amount: '77.77', method: 'REVENUE' })
    await createPool({ name: 'overhead', amount: '20.00', method: 'OVERHEAD_RATE', rate: '0.13' })
  })

  afterAll(async () => {
    await pool?.end()
    await owner?.end()
    await outlay?.stop()
  })

  async function record(from: number, to: number): Promise<void> {
    const maybe = (name: string, count: number) => (random.chance(0.15) ? null : `${name}-${random.int(1, count)}`)
    const events = Array.from({ length: to - from }, (_, i) => {
      const isSearch = random.chance(0.25)
      return item(`e${from + i}`, {
        agent: maybe('agent', 5),
        task: maybe('task', 12),
        client: maybe('client', 3),
        project: maybe('project', 2),
        trace: `trace-${random.int(1, 30)}`,
        occurredAt: new Date(Date.UTC(2026, 8, 25) + random.int(0, 36 * 24 * 60) * 60_000).toISOString(),
        usage: [{ meter: 'input_tokens', quantity: String(random.int(1, 3000)) }],
        ...(isSearch ? { kind: 'RETRIEVAL', resource: 'search', sharedKey: `index-${random.int(1, 2)}` } : {}),
      })
    })
    expect(await recordInvocations(tenant, events)).toMatchObject({ accepted: events.length, rejected: [] })
  }

  async function createPool({ amount, ...pool }: Record<string, unknown> & { amount: string }): Promise<void> {
    const { createCostPool } = await tenant.gql<{ createCostPool: object }>(
      'mutation ($input: CostPoolInput!) { createCostPool(input: $input) { userErrors { code message } } }',
      { input: { category: 'OTHER', month: october.from, amount: { amount, currency: 'GBP' }, ...pool } },
    )
    expect(createCostPool).toEqual({ userErrors: [] })
  }

  /** Asks for a run and does its job, as a worker would: none is there. */
  async function run(): Promise<void> {
    const { runAllocation } = await tenant.gql<{ runAllocation: object }>(
      `mutation { runAllocation(input: { month: "${october.from}" }) { userErrors { code message } } }`,
    )
    expect(runAllocation).toEqual({ userErrors: [] })
    const tenantId = outlay.tenantId(tenant)
    const { rows } = await owner.query<{ id: string }>(
      `SELECT id FROM allocation_job WHERE tenant_id = $1 AND state = 'QUEUED'`,
      [tenantId],
    )
    const [job] = rows
    if (job === undefined || rows.length !== 1) throw new Error(`${rows.length} jobs are queued.`)
    await runAllocationJob(
      { pool },
      { tenantId, jobId: job.id },
      { signal: new AbortController().signal, publish: () => {} },
    )
    const { allocationRuns } = await tenant.gql<{ allocationRuns: { state: string; check: { balanced: boolean } }[] }>(
      `{ allocationRuns(month: "${october.from}") { state check { balanced } } }`,
    )
    const current = allocationRuns.filter(({ state }) => state === 'CURRENT')
    expect(current.map(({ check }) => check.balanced)).toEqual(Array.from({ length: 7 }, () => true))
  }

  async function expectEveryViewToAgree(): Promise<void> {
    for (const range of ranges) {
      const { fleetCost } = await tenant.gql<{ fleetCost: Fleet }>(
        `query ($range: DateRangeInput!) { fleetCost(range: $range) {
          ${total} withoutAgent ${money} withoutTask ${money} withoutClient ${money} unallocated ${money} pools { total ${money} }
          conservation { balanced ledger ${money} } shared: cost { chainShared ${money} }
        } }`,
        { range },
      )
      const whole = parse(fleetCost.cost.total)
      expect(fleetCost.conservation.balanced).toBe(true)
      const loaded = parse(fleetCost.conservation.ledger).plus(parse(fleetCost.pools.total))
      expect(whole.plus(parse(fleetCost.unallocated))).toEqual(loaded)
      const summed = async (list: string) => {
        const rows = await everyPage<{ cost: { total: Text } }>(
          tenant,
          `query ($range: DateRangeInput!, $after: String) { ${list}(range: $range, first: 3, after: $after) { nodes { ${total} } pageInfo { hasNextPage endCursor } } }`,
          { range },
          list,
        )
        return Rational.sum(rows.map((row) => parse(row.cost.total)))
      }
      const agents = parse(fleetCost.withoutAgent).plus(parse(fleetCost.shared.chainShared))
      expect((await summed('agentCosts')).plus(agents)).toEqual(whole)
      expect((await summed('taskCosts')).plus(parse(fleetCost.withoutTask))).toEqual(whole)
      expect((await summed('clientCosts')).plus(parse(fleetCost.withoutClient))).toEqual(whole)
    }
  }

  it('holds every penny of its pools in every view, before late events, after them and after the run that saw them', async () => {
    await expectEveryViewToAgree()
    await run()
    await expectEveryViewToAgree()
    const { fleetCost } = await tenant.gql<{ fleetCost: Fleet }>(
      `query ($range: DateRangeInput!) { fleetCost(range: $range) { ${total} unallocated ${money} pools { total ${money} } } }`,
      { range: october },
    )
    // Of the pools of October only the overhead rate may leave or absorb more.
    expect(parse(fleetCost.pools.total)).toEqual(Rational.parse('338.83'))
    expect(parse(fleetCost.cost.allocated).isZero).toBe(false)
    await record(120, 160)
    await expectEveryViewToAgree()
    await run()
    await expectEveryViewToAgree()
  })

  it('holds them after a re-rating and after the close, and a closed month keeps its shares whatever comes later', async () => {
    await tenant.gql('mutation ($rates: [RateInput!]!) { publishRates(input: { rates: $rates }) { rates { id } } }', {
      rates: [{ ...plainRate('GBP'), resource: 'search' }],
    })
    await rerate(outlay, outlay.tenantId(tenant), october)
    await expectEveryViewToAgree()
    await run()
    await expectEveryViewToAgree()
    await close()
    const closed = await loaded(october)
    await record(160, 200)
    await rerate(outlay, outlay.tenantId(tenant), { from: '2026-09-01', to: '2026-11-01' })
    expect(await loaded(october)).toEqual(closed)
    await expectEveryViewToAgree()
    const { runAllocation } = await tenant.gql<{ runAllocation: object }>(
      `mutation { runAllocation(input: { month: "${october.from}" }) { runs { id } userErrors { code } } }`,
    )
    expect(runAllocation).toEqual({ runs: null, userErrors: [{ code: 'PERIOD_CLOSED' }] })
  })

  /** Closes October, with a reason for each thing that asks for one. */
  async function close(): Promise<void> {
    const { period } = await tenant.gql<{ period: { checklist: { item: string; state: string }[] } }>(
      `{ period(month: "${october.from}") { checklist { item state } } }`,
    )
    const warned = period.checklist.filter(({ state }) => state === 'WARN')
    const accept = warned.map(({ item: name }) => ({ item: name, reason: 'It is known.' }))
    const { closePeriod } = await tenant.gql<{ closePeriod: object }>(
      'mutation ($input: ClosePeriodInput!) { closePeriod(input: $input) { period { state edition } userErrors { message } } }',
      { input: { month: october.from, accept } },
    )
    expect(closePeriod).toEqual({ period: { state: 'CLOSED', edition: 1 }, userErrors: [] })
  }

  async function loaded(range: { from: string; to: string }): Promise<object> {
    return tenant.gql(
      `query ($range: DateRangeInput!) {
        fleetCost(range: $range) { ${total} unallocated ${money} pools { total ${money} } }
        agentCosts(range: $range) { nodes { agent { key } ${total} } }
        taskCosts(range: $range) { nodes { task { key } ${total} } }
      }`,
      { range },
    )
  }
})

interface Fleet {
  cost: { allocated: Text; total: Text }
  shared: { chainShared: Text }
  withoutAgent: Text
  withoutTask: Text
  withoutClient: Text
  unallocated: Text
  pools: { total: Text }
  conservation: { balanced: boolean; ledger: Text }
}
