import { importCatalogue } from '@outlay/db/catalogue/import-catalogue'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { startTestServer, type TestServer, type TestTenant } from '../http/server-test-kit.ts'

let test: TestServer
let tenant: TestTenant

/**
 * March 2026 of a small fleet; London's clocks go forward on the 29th. Prices: input 0.01 and output 0.03 a token, a search 0.50.
 *
 * | id  | occurred (UTC)    | agent    | task | client | what                            | cost        |
 * |-----|-------------------|----------|------|--------|---------------------------------|-------------|
 * | r1  | 03-02 10:00       | research | T1   | acme   | 100 input, 20 output            | 1.60        |
 * | r2  | 03-02 11:00       | research | T1   | acme   | 50 input                        | 0.50        |
 * | w1  | 03-03 09:00       | writer   | T1   | acme   | 10 output                       | 0.30        |
 * | s1  | 03-03 09:01       | research | T1   | acme   | search, shared "index"          | 0.50 shared |
 * | s2  | 03-03 09:02       | writer   | T1   | acme   | the same search, reported again | counts nothing |
 * | w2  | 03-29 23:30 (30th)| writer   | T2   | beta   | 1000 output                     | 30.00       |
 * | u1  | 03-10 12:00       | none     | none | none   | 7 input                         | 0.07        |
 * | x1  | 03-11 12:00       | writer   | T2   | beta   | unknown model, 5 input          | unpriced    |
 * | f1  | 02-20 12:00       | research | T0   | acme   | 200 input                       | 2.00        |
 */
const EVENTS = [
  event(
    'r1',
    '2026-03-02T10:00:00Z',
    { agent: 'research', task: 'T1', client: 'acme', project: 'launch', trace: 'one', span: 'r1', parentSpan: 'root' },
    { input: '100', output: '20' },
  ),
  event(
    'r2',
    '2026-03-02T11:00:00Z',
    { agent: 'research', task: 'T1', client: 'acme', project: 'launch', trace: 'one', span: 'r2', parentSpan: 'r1' },
    { input: '50' },
  ),
  event(
    'w1',
    '2026-03-03T09:00:00Z',
    { agent: 'writer', task: 'T1', client: 'acme', project: 'launch', trace: 'one', span: 'w1', parentSpan: 'root' },
    { output: '10' },
  ),
  search('s1', '2026-03-03T09:01:00Z', {
    agent: 'research',
    task: 'T1',
    client: 'acme',
    trace: 'one',
    span: 's1',
    parentSpan: 'r1',
  }),
  search('s2', '2026-03-03T09:02:00Z', {
    agent: 'writer',
    task: 'T1',
    client: 'acme',
    trace: 'one',
    span: 's2',
    parentSpan: 'w1',
  }),
  event(
    'w2',
    '2026-03-29T23:30:00Z',
    { agent: 'writer', task: 'T2', client: 'beta', trace: 'two' },
    { output: '1000' },
  ),
  event('u1', '2026-03-10T12:00:00Z', {}, { input: '7' }),
  {
    ...event('x1', '2026-03-11T12:00:00Z', { agent: 'writer', task: 'T2', client: 'beta' }, { input: '5' }),
    resource: 'unheard-of',
  },
  event('f1', '2026-02-20T12:00:00Z', { agent: 'research', task: 'T0', client: 'acme' }, { input: '200' }),
]

function event(id: string, occurredAt: string, tags: object, { input, output }: { input?: string; output?: string }) {
  const usage = [
    ...(input === undefined ? [] : [{ meter: 'input_tokens', quantity: input }]),
    ...(output === undefined ? [] : [{ meter: 'output_tokens', quantity: output }]),
  ]
  return { id, occurredAt, ...tags, provider: 'lab', resource: 'large', usage }
}

function search(id: string, occurredAt: string, tags: object) {
  const usage = [{ meter: 'requests', quantity: '1' }]
  return {
    id,
    occurredAt,
    ...tags,
    kind: 'RETRIEVAL',
    provider: 'store',
    resource: 'search',
    sharedKey: 'index',
    usage,
  }
}

const MARCH = 'range: { from: "2026-03-01", to: "2026-04-01" }'

beforeAll(async () => {
  test = await startTestServer()
  tenant = await test.tenant()
  const rate = (provider: string, resource: string, meter: string, amount: string) => ({
    provider,
    resource,
    meter,
    price: { amount, currency: 'GBP' },
    effectiveFrom: '2026-01-01T00:00:00Z',
  })
  const rates = [
    rate('lab', 'large', 'input_tokens', '0.01'),
    rate('lab', 'large', 'output_tokens', '0.03'),
    rate('store', 'search', 'requests', '0.50'),
  ]
  const published = await tenant.ask(
    'mutation P($rates: [RateInput!]!) { publishRates(input: { rates: $rates }) { userErrors { message } rates { meter per source card } } }',
    { rates },
  )
  expect(published.data).toMatchObject({
    publishRates: {
      userErrors: [],
      rates: [{ meter: 'input_tokens', per: '1', source: 'MANUAL', card: 'lab 1' }, {}, {}],
    },
  })
  const recorded = await tenant.ask(
    'mutation R($events: [InvocationInput!]!) { recordInvocations(input: { invocations: $events }) { accepted duplicates unpriced rejected { index code message } } }',
    { events: EVENTS },
  )
  expect(recorded).toEqual({
    status: 200,
    errors: [],
    data: { recordInvocations: { accepted: 9, duplicates: 0, unpriced: 1, rejected: [] } },
  })
  const done = await tenant.ask(`mutation {
    one: upsertTask(input: { key: "T1", completedAt: "2026-03-04T12:00:00Z", billed: { amount: "50", currency: "GBP" } }) { userErrors { message } }
    two: upsertTask(input: { key: "T2", completedAt: "2026-03-31T12:00:00Z", billed: { amount: "5", currency: "GBP" } }) { userErrors { message } }
    zero: upsertTask(input: { key: "T0", billed: { amount: "9", currency: "USD" } }) { userErrors { message } }
  }`)
  expect(done.errors).toEqual([])
}, 120_000)

afterAll(async () => {
  await test.close()
})

async function read(query: string): Promise<unknown> {
  const { data, errors } = await tenant.ask(query)
  expect(errors).toEqual([])
  return data
}

const gbp = (amount: string) => ({ amount, currency: 'GBP' })

describe('fleetCost', () => {
  it('adds up the month, names its remainders, compares it and balances', async () => {
    const answer = await read(`{ fleetCost(${MARCH}) {
      from to timeZone currency dataThrough
      cost { direct { amount } chainShared { amount } allocated { amount } total { amount currency } invocations tokens unpricedInvocations unconvertedInvocations }
      previous { total { amount } invocations }
      withoutAgent { amount } withoutTask { amount } withoutClient { amount } unallocated { amount } budget { id }
      tasksCompleted costPerTask { amount } attributionRatio
      conservation { ledger { amount } byAgent { amount } byTask { amount } byClient { amount } byRollup { amount } balanced }
    } }`)
    expect(answer).toEqual({
      fleetCost: {
        from: '2026-03-01',
        to: '2026-04-01',
        timeZone: 'Europe/London',
        currency: 'GBP',
        dataThrough: '2026-03-29T23:30:00Z',
        cost: {
          direct: { amount: '32.47' },
          chainShared: { amount: '0.50' },
          allocated: { amount: '0.00' },
          total: gbp('32.97'),
          invocations: '7',
          tokens: '1192',
          unpricedInvocations: '1',
          unconvertedInvocations: '0',
        },
        previous: { total: { amount: '2.00' }, invocations: '1' },
        withoutAgent: { amount: '0.07' },
        withoutTask: { amount: '0.07' },
        withoutClient: { amount: '0.07' },
        unallocated: { amount: '0.00' },
        budget: null,
        tasksCompleted: 2,
        costPerTask: { amount: '16.485' },
        attributionRatio: '0.997876857749469214',
        conservation: {
          ledger: { amount: '32.97' },
          byAgent: { amount: '32.97' },
          byTask: { amount: '32.97' },
          byClient: { amount: '32.97' },
          byRollup: { amount: '32.97' },
          balanced: true,
        },
      },
    })
  })

  it('says that sums differ when one cell is off by the last decimal', async () => {
    const other = await test.tenant()
    await other.ask(
      `mutation { recordInvocations(input: { invocations: [{ id: "a", occurredAt: "2026-03-02T10:00:00Z", provider: "lab", resource: "l", usage: [] }] }) { accepted } }`,
    )
    await test.owner.query(
      'UPDATE rollup_task SET cost_direct = cost_direct + 0.000000000000000001 WHERE tenant_id = $1',
      [other.id],
    )
    const answer = await other.ask(`{ fleetCost(${MARCH}) { conservation { byTask { amount } balanced } } }`)
    expect(answer.data).toEqual({
      fleetCost: { conservation: { byTask: { amount: '0.000000000000000001' }, balanced: false } },
    })
  })

  it('cuts days, weeks, months and hours by the local clock, 23 hours long when it goes forward', async () => {
    const answer = (await read(`{ fleetCost(range: { from: "2026-03-28", to: "2026-03-31" }, compareTo: NONE) {
      previous { invocations }
      days: series(granularity: DAY) { start end isPartial cost { total { amount } } }
      hours: series(granularity: HOUR) { start cost { total { amount } } }
      weeks: series(granularity: WEEK) { start end cost { total { amount } } }
      months: series(granularity: MONTH) { start end cost { total { amount } } }
    } }`)) as { fleetCost: Record<string, { start: string; end: string; cost: { total: { amount: string } } }[]> }
    const { days, hours, weeks, months, previous } = answer.fleetCost
    expect(previous).toBeNull()
    const at = (start: string, end: string, amount: string) => ({ start, end, cost: { total: { amount } } })
    expect(days).toEqual([
      { ...at('2026-03-28T00:00:00Z', '2026-03-29T00:00:00Z', '0.00'), isPartial: false },
      { ...at('2026-03-29T00:00:00Z', '2026-03-29T23:00:00Z', '0.00'), isPartial: false },
      { ...at('2026-03-29T23:00:00Z', '2026-03-30T23:00:00Z', '30.00'), isPartial: false },
    ])
    expect(hours).toHaveLength(71)
    expect(hours?.filter((hour) => hour.cost.total.amount !== '0.00')).toEqual([
      { start: '2026-03-29T23:00:00Z', cost: { total: { amount: '30.00' } } },
    ])
    expect(weeks).toEqual([
      at('2026-03-28T00:00:00Z', '2026-03-29T23:00:00Z', '0.00'),
      at('2026-03-29T23:00:00Z', '2026-03-30T23:00:00Z', '30.00'),
    ])
    expect(months).toEqual([at('2026-03-28T00:00:00Z', '2026-03-30T23:00:00Z', '30.00')])
  })
})

describe('agents', () => {
  it('cost what they consumed themselves, and shared uses are the task’s', async () => {
    const fields =
      'agent { key } resources cost { direct { amount } chainShared { amount } invocations unpricedInvocations } previous { total { amount } } tasksCompleted costPerTask { amount }'
    const answer = await read(`{ agentCosts(${MARCH}) { totalCount nodes { ${fields} } } }`)
    expect(answer).toEqual({
      agentCosts: {
        totalCount: 2,
        nodes: [
          {
            agent: { key: 'writer' },
            resources: ['large', 'unheard-of'],
            cost: {
              direct: { amount: '30.30' },
              chainShared: { amount: '0.00' },
              invocations: '3',
              unpricedInvocations: '1',
            },
            previous: { total: { amount: '0.00' } },
            tasksCompleted: 2,
            costPerTask: { amount: '15.15' },
          },
          {
            agent: { key: 'research' },
            resources: ['large'],
            cost: {
              direct: { amount: '2.10' },
              chainShared: { amount: '0.00' },
              invocations: '2',
              unpricedInvocations: '0',
            },
            previous: { total: { amount: '2.00' } },
            tasksCompleted: 1,
            costPerTask: { amount: '2.10' },
          },
        ],
      },
    })
  })

  it('come page by page, each once, whatever the size of the page', async () => {
    const first = (await read(
      `{ agentCosts(${MARCH}, first: 1) { nodes { agent { key } } pageInfo { hasNextPage hasPreviousPage endCursor } } }`,
    )) as {
      agentCosts: { pageInfo: { endCursor: string } }
    }
    expect(first).toMatchObject({
      agentCosts: { nodes: [{ agent: { key: 'writer' } }], pageInfo: { hasNextPage: true, hasPreviousPage: false } },
    })
    const second = await read(
      `{ agentCosts(${MARCH}, first: 1, after: "${first.agentCosts.pageInfo.endCursor}") { nodes { agent { key } } pageInfo { hasNextPage hasPreviousPage } } }`,
    )
    expect(second).toEqual({
      agentCosts: { nodes: [{ agent: { key: 'research' } }], pageInfo: { hasNextPage: false, hasPreviousPage: true } },
    })
  })

  it('show their unit costs by the steps of another range, which are those of each step alone', async () => {
    // From a Tuesday to a Wednesday, so that the first and the last week are cut; the clocks go forward in between.
    const range = '{ from: "2026-02-24", to: "2026-04-01" }'
    const days = ['2026-02-24', '2026-03-02', '2026-03-09', '2026-03-16', '2026-03-23', '2026-03-30', '2026-04-01']
    const step = (index: number) =>
      `s${index}: agentCosts(range: { from: "${days[index]}", to: "${days[index + 1]}" }) { nodes { agent { key } tasksCompleted cost { direct { amount } } costPerTask(basis: DIRECT) { amount } } }`
    type Node = { agent: { key: string }; tasksCompleted: number; cost: { direct: Money }; costPerTask: Money | null }
    type Money = { amount: string }
    const steps = days.slice(1).map((_, index) => index)
    const alone = (await read(`{ ${steps.map(step).join(' ')} }`)) as Record<string, { nodes: Node[] }>
    const { agentCosts } = (await read(
      `{ agentCosts(${MARCH}) { nodes { agent { key } unitCosts(range: ${range}) { from direct { amount } tasksCompleted directPerTask { amount } } } } }`,
    )) as { agentCosts: { nodes: { agent: { key: string }; unitCosts: object[] }[] } }
    expect(agentCosts.nodes.map(({ agent }) => agent.key)).toEqual(['writer', 'research'])
    for (const { agent, unitCosts } of agentCosts.nodes) {
      const expected = steps.map((index) => {
        const node = alone[`s${index}`]?.nodes.find((one) => one.agent.key === agent.key)
        return {
          from: days[index],
          direct: node?.cost.direct ?? { amount: '0.00' },
          tasksCompleted: node?.tasksCompleted ?? 0,
          directPerTask: node?.costPerTask ?? null,
        }
      })
      expect(unitCosts).toEqual(expected)
      expect(expected.some(({ directPerTask }) => directPerTask !== null)).toBe(true)
    }
    const hours = await tenant.ask(
      `{ agentCosts(${MARCH}, first: 1) { nodes { unitCosts(range: ${range}, granularity: HOUR) { from } } } }`,
    )
    expect(hours.errors).toMatchObject([
      {
        message: 'Unit costs are by DAY, WEEK or MONTH, not by HOUR.',
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ])
  })

  it('show their resources, clients and trend', async () => {
    const answer = await read(`{ agentCost(agentKey: "writer", ${MARCH}) {
      agent { name } cost { total { amount } } tasksCompleted
      resources { provider resource cost { total { amount } } } clients { client { key } cost { total { amount } } }
      series(granularity: MONTH) { cost { total { amount } } }
    } none: agentCost(agentKey: "nobody", ${MARCH}) { tasksCompleted } }`)
    expect(answer).toEqual({
      agentCost: {
        agent: { name: 'writer' },
        cost: { total: { amount: '30.30' } },
        tasksCompleted: 2,
        resources: [
          { provider: 'lab', resource: 'large', cost: { total: { amount: '30.30' } } },
          { provider: 'lab', resource: 'unheard-of', cost: { total: { amount: '0.00' } } },
        ],
        clients: [
          { client: { key: 'beta' }, cost: { total: { amount: '30.00' } } },
          { client: { key: 'acme' }, cost: { total: { amount: '0.30' } } },
        ],
        series: [{ cost: { total: { amount: '30.30' } } }],
      },
      none: null,
    })
  })
})

describe('tasks', () => {
  const fields =
    'task { key } cost { direct { amount } chainShared { amount } total { amount } } billed { amount currency } margin { amount } marginRatio byAgent { agent { key } direct { amount } invocations }'
  const T1 = {
    task: { key: 'T1' },
    cost: { direct: { amount: '2.40' }, chainShared: { amount: '0.50' }, total: { amount: '2.90' } },
    billed: gbp('50.00'),
    margin: { amount: '47.10' },
    marginRatio: '0.942',
    byAgent: [
      { agent: { key: 'research' }, direct: { amount: '2.10' }, invocations: '2' },
      { agent: { key: 'writer' }, direct: { amount: '0.30' }, invocations: '1' },
    ],
  }
  const T2 = {
    task: { key: 'T2' },
    cost: { direct: { amount: '30.00' }, chainShared: { amount: '0.00' }, total: { amount: '30.00' } },
    billed: gbp('5.00'),
    margin: { amount: '-25.00' },
    marginRatio: '-5',
    byAgent: [{ agent: { key: 'writer' }, direct: { amount: '30.00' }, invocations: '2' }],
  }

  it('come by their last day with cost, with what they cost, were billed and left over', async () => {
    const answer = await read(`{ taskCosts(${MARCH}) { totalCount nodes { ${fields} } } }`)
    expect(answer).toEqual({ taskCosts: { totalCount: 2, nodes: [T2, T1] } })
  })

  it.each(['RECENT', 'COST'])('come page by page by %s, also those of one client', async (order) => {
    const keys: string[] = []
    let after = ''
    for (let page = 0; page < 3; page += 1) {
      const answer = (await read(
        `{ taskCosts(range: { from: "2026-01-01", to: "2026-12-31" }, orderBy: ${order}, first: 1${after}) { nodes { task { key } } pageInfo { endCursor } } }`,
      )) as {
        taskCosts: { nodes: { task: { key: string } }[]; pageInfo: { endCursor: string } }
      }
      keys.push(...answer.taskCosts.nodes.map(({ task }) => task.key))
      after = `, after: "${answer.taskCosts.pageInfo.endCursor}"`
    }
    expect(keys).toEqual(['T2', 'T1', 'T0'])
    const ofClient =
      await read(`{ taskCosts(range: { from: "2026-01-01", to: "2026-12-31" }, clientKey: "acme", orderBy: ${order}) { totalCount nodes { task { key } } }
      none: taskCosts(${MARCH}, clientKey: "nobody") { totalCount nodes { task { key } } } }`)
    expect(ofClient).toEqual({
      taskCosts: { totalCount: 2, nodes: [{ task: { key: 'T1' } }, { task: { key: 'T0' } }] },
      none: { totalCount: 0, nodes: [] },
    })
  })

  it('are one over all time, with their traces; an unknown one is null', async () => {
    const answer = await read(
      `{ taskCost(taskKey: "T1") { ${fields} traces { traceId } } none: taskCost(taskKey: "T9") { margin { amount } } foreign: taskCost(taskKey: "T0") { billed { amount currency } margin { amount } marginRatio } }`,
    )
    expect(answer).toEqual({
      taskCost: { ...T1, traces: [{ traceId: 'one' }] },
      none: null,
      foreign: { billed: { amount: '9.00', currency: 'USD' }, margin: null, marginRatio: null },
    })
  })
})

describe('clientCosts', () => {
  it('sets cost against revenue and flags who costs more than twice the share they bring', async () => {
    const answer = await read(
      `{ clientCosts(${MARCH}) { totalCount nodes { client { key } cost { total { amount } } agentsUsed tasks revenue { amount } margin { amount } marginRatio costShare revenueShare isDisproportionate } } }`,
    )
    expect(answer).toEqual({
      clientCosts: {
        totalCount: 2,
        nodes: [
          {
            client: { key: 'beta' },
            cost: { total: { amount: '30.00' } },
            agentsUsed: 1,
            tasks: 1,
            revenue: { amount: '5.00' },
            margin: { amount: '-25.00' },
            marginRatio: '-5',
            costShare: '0.90991810737033667',
            revenueShare: '0.090909090909090909',
            isDisproportionate: true,
          },
          {
            client: { key: 'acme' },
            cost: { total: { amount: '2.90' } },
            agentsUsed: 2,
            tasks: 1,
            revenue: { amount: '50.00' },
            margin: { amount: '47.10' },
            marginRatio: '0.942',
            costShare: '0.087958750379132545',
            revenueShare: '0.909090909090909091',
            isDisproportionate: false,
          },
        ],
      },
    })
  })
})

describe('projectCosts', () => {
  const fields =
    'project { key client { key } } cost { direct { amount } chainShared { amount } total { amount } } previous { total { amount } } agentsUsed tasksCompleted costPerTask { amount } revenue { amount } margin { amount } direct: margin(basis: DIRECT) { amount } marginRatio'
  const launch = {
    project: { key: 'launch', client: { key: 'acme' } },
    cost: { direct: { amount: '2.40' }, chainShared: { amount: '0.50' }, total: { amount: '2.90' } },
    previous: { total: { amount: '0.00' } },
    agentsUsed: 2,
    tasksCompleted: 1,
    costPerTask: { amount: '2.90' },
    revenue: { amount: '50.00' },
    margin: { amount: '47.10' },
    direct: { amount: '47.60' },
    marginRatio: '0.942',
  }

  it('are what is tagged with a project and what its completed tasks brought; the rest of the fleet is without one', async () => {
    const answer = await read(
      `{ projectCosts(${MARCH}) { totalCount nodes { ${fields} } } fleetCost(${MARCH}) { withoutProject { amount } revenue { amount } cost { total { amount } } }
        january: fleetCost(range: { from: "2026-01-01", to: "2026-02-01" }) { revenue { amount } } }`,
    )
    expect(answer).toEqual({
      projectCosts: { totalCount: 1, nodes: [launch] },
      fleetCost: {
        withoutProject: { amount: '30.07' },
        revenue: { amount: '55.00' },
        cost: { total: { amount: '32.97' } },
      },
      january: { revenue: null },
    })
  })

  it('keep the projects of one client, and none of a client that there is not', async () => {
    const answer = await read(
      `{ theirs: projectCosts(${MARCH}, clientKey: "acme") { totalCount nodes { project { key } } }
        others: projectCosts(${MARCH}, clientKey: "beta") { totalCount nodes { project { key } } }
        nobody: projectCosts(${MARCH}, clientKey: "nobody") { totalCount nodes { project { key } } } }`,
    )
    const none = { totalCount: 0, nodes: [] }
    expect(answer).toEqual({
      theirs: { totalCount: 1, nodes: [{ project: { key: 'launch' } }] },
      others: none,
      nobody: none,
    })
  })

  it('are of one project the same, with its tasks, and nothing where nothing happened', async () => {
    const answer = await read(
      `{ projectCost(key: "launch", ${MARCH}) { ${fields} } none: projectCost(key: "no such project", ${MARCH}) { tasksCompleted }
        before: projectCost(key: "launch", range: { from: "2026-01-01", to: "2026-02-01" }) { cost { total { amount } } tasksCompleted costPerTask { amount } revenue { amount } margin { amount } marginRatio }
        recent: taskCosts(${MARCH}, projectKey: "launch") { totalCount nodes { task { key } cost { total { amount } } } }
        dearest: taskCosts(${MARCH}, projectKey: "launch", clientKey: "acme", orderBy: COST) { totalCount nodes { task { key } } }
        others: taskCosts(${MARCH}, projectKey: "launch", clientKey: "beta") { totalCount nodes { task { key } } }
        nobody: taskCosts(${MARCH}, projectKey: "no such project") { totalCount nodes { task { key } } } }`,
    )
    expect(answer).toEqual({
      projectCost: launch,
      none: null,
      before: {
        cost: { total: { amount: '0.00' } },
        tasksCompleted: 0,
        costPerTask: null,
        revenue: null,
        margin: null,
        marginRatio: null,
      },
      recent: { totalCount: 1, nodes: [{ task: { key: 'T1' }, cost: { total: { amount: '2.90' } } }] },
      dearest: { totalCount: 1, nodes: [{ task: { key: 'T1' } }] },
      others: { totalCount: 0, nodes: [] },
      nobody: { totalCount: 0, nodes: [] },
    })
  })
})

describe('trace', () => {
  it('is a tree with self and subtree cost, the arithmetic of each line, and each shared use once', async () => {
    const answer = await read(`{ trace(traceId: "one") {
      task { key } startedAt endedAt cost { direct { amount } chainShared { amount } invocations tokens }
      spans { spanId parentSpanId depth name kind agent { key } resource self { amount } subtree { amount } billing status sharedKey invocationId usage { meter quantity }
        ratedLines { meter quantity unitPrice { amount } per amount { amount currency } fxRate rate { price { amount } source } } unpricedMeters }
      byAgent { agent { key } direct { amount } invocations }
      chainShared { sharedKey resource cost { amount } reportedBy { key } }
    } none: trace(traceId: "nothing") { traceId } }`)
    const line = (meter: string, quantity: string, price: string, amount: string) => ({
      meter,
      quantity,
      unitPrice: { amount: price },
      per: '1',
      amount: gbp(amount),
      fxRate: null,
      rate: { price: { amount: price }, source: 'MANUAL' },
    })
    const model = {
      kind: 'MODEL',
      resource: 'large',
      name: 'large',
      billing: 'DIRECT',
      status: 'RATED',
      sharedKey: null,
      unpricedMeters: [],
    }
    const shared = {
      kind: 'RETRIEVAL',
      resource: 'search',
      name: 'search',
      status: 'RATED',
      sharedKey: 'index',
      unpricedMeters: [],
      usage: [{ meter: 'requests', quantity: '1' }],
    }
    expect(answer).toEqual({
      trace: {
        task: { key: 'T1' },
        startedAt: '2026-03-02T10:00:00Z',
        endedAt: '2026-03-03T09:02:00Z',
        cost: { direct: { amount: '2.40' }, chainShared: { amount: '0.50' }, invocations: '4', tokens: '180' },
        spans: [
          {
            ...model,
            spanId: 'r1',
            parentSpanId: 'root',
            depth: 0,
            agent: { key: 'research' },
            self: { amount: '1.60' },
            subtree: { amount: '2.60' },
            invocationId: 'r1',
            usage: [
              { meter: 'input_tokens', quantity: '100' },
              { meter: 'output_tokens', quantity: '20' },
            ],
            ratedLines: [line('input_tokens', '100', '0.01', '1.00'), line('output_tokens', '20', '0.03', '0.60')],
          },
          {
            ...model,
            spanId: 'r2',
            parentSpanId: 'r1',
            depth: 1,
            agent: { key: 'research' },
            self: { amount: '0.50' },
            subtree: { amount: '0.50' },
            invocationId: 'r2',
            usage: [{ meter: 'input_tokens', quantity: '50' }],
            ratedLines: [line('input_tokens', '50', '0.01', '0.50')],
          },
          {
            ...shared,
            spanId: 's1',
            parentSpanId: 'r1',
            depth: 1,
            agent: { key: 'research' },
            self: { amount: '0.50' },
            subtree: { amount: '0.50' },
            billing: 'SHARED',
            invocationId: 's1',
            ratedLines: [line('requests', '1', '0.50', '0.50')],
          },
          {
            ...model,
            spanId: 'w1',
            parentSpanId: 'root',
            depth: 0,
            agent: { key: 'writer' },
            self: { amount: '0.30' },
            subtree: { amount: '0.30' },
            invocationId: 'w1',
            usage: [{ meter: 'output_tokens', quantity: '10' }],
            ratedLines: [line('output_tokens', '10', '0.03', '0.30')],
          },
          {
            ...shared,
            spanId: 's2',
            parentSpanId: 'w1',
            depth: 1,
            agent: { key: 'writer' },
            self: { amount: '0.00' },
            subtree: { amount: '0.00' },
            billing: 'REPORT',
            invocationId: 's2',
            ratedLines: [],
          },
        ],
        byAgent: [
          { agent: { key: 'research' }, direct: { amount: '2.10' }, invocations: '2' },
          { agent: { key: 'writer' }, direct: { amount: '0.30' }, invocations: '1' },
        ],
        chainShared: [
          {
            sharedKey: 'index',
            resource: 'search',
            cost: { amount: '0.50' },
            reportedBy: [{ key: 'research' }, { key: 'writer' }],
          },
        ],
      },
      none: null,
    })
  })
})

describe('what has no price', () => {
  it('is counted by resource and meter, and in no amount', async () => {
    const answer = await read(
      `{ unpricedUsage(${MARCH}) { provider resource meter invocations quantity firstSeen lastSeen } }`,
    )
    expect(answer).toEqual({
      unpricedUsage: [
        {
          provider: 'lab',
          resource: 'unheard-of',
          meter: 'input_tokens',
          invocations: '1',
          quantity: '5',
          firstSeen: '2026-03-11T12:00:00Z',
          lastSeen: '2026-03-11T12:00:00Z',
        },
      ],
    })
  })
})

describe('rates', () => {
  it('are shown by card, those in force at an instant when asked', async () => {
    await tenant.ask(
      'mutation { publishRates(input: { rates: [{ provider: "tools", resource: "*", meter: "requests", price: { amount: "3", currency: "GBP" }, per: "1000", effectiveFrom: "2026-06-01T00:00:00Z" }] }) { userErrors { code } } }',
    )
    const answer =
      await read(`{ rateCards(provider: "tools") { provider version source rates { resource meter price { amount } per effectiveFrom effectiveTo abovePromptTokens qualifiers } }
      before: rateCards(provider: "tools", at: "2026-05-31T23:59:59.999999Z") { provider } then: rateCards(provider: "tools", at: "2026-06-01T00:00:00Z") { provider } }`)
    expect(answer).toEqual({
      rateCards: [
        {
          provider: 'tools',
          version: '1',
          source: 'MANUAL',
          rates: [
            {
              resource: '*',
              meter: 'requests',
              price: { amount: '3.00' },
              per: '1000',
              effectiveFrom: '2026-06-01T00:00:00Z',
              effectiveTo: null,
              abovePromptTokens: null,
              qualifiers: null,
            },
          ],
        },
      ],
      before: [],
      then: [{ provider: 'tools' }],
    })
  })

  it('of currencies are published and read by day', async () => {
    const published = await tenant.ask(
      'mutation { publishFxRates(input: { rates: [{ date: "2026-03-02", base: "USD", quote: "GBP", rate: "0.7891" }, { date: "2026-03-03", base: "USD", quote: "GBP", rate: "0.79" }] }) { fxRates { date rate } userErrors { code } } }',
    )
    expect(published.data).toEqual({
      publishFxRates: {
        userErrors: [],
        fxRates: [
          { date: '2026-03-02', rate: '0.7891' },
          { date: '2026-03-03', rate: '0.79' },
        ],
      },
    })
    expect(await read('{ fxRates(from: "2026-03-02", to: "2026-03-03") { date base quote rate } }')).toEqual({
      fxRates: [{ date: '2026-03-02', base: 'USD', quote: 'GBP', rate: '0.7891' }],
    })
    const wrong = await tenant.ask(
      'mutation { publishFxRates(input: { rates: [{ date: "2026-03-02", base: "USD", quote: "USD", rate: "1" }] }) { fxRates { date } userErrors { code field } } }',
    )
    expect(wrong.data).toMatchObject({ publishFxRates: { fxRates: null, userErrors: [{ code: 'INVALID_FIELD' }] } })
  })
})

describe('catalogue prices and other currencies', () => {
  it('are named on the line that they priced, with the conversion', async () => {
    await importCatalogue({ url: test.database.ownerUrl })
    const other = await test.tenant()
    await other.ask(
      'mutation { publishFxRates(input: { rates: [{ date: "2026-03-02", base: "USD", quote: "GBP", rate: "0.7891" }] }) { userErrors { code } } }',
    )
    const call = (id: string, occurredAt: string) => ({
      id,
      occurredAt,
      trace: id,
      provider: 'openai',
      resource: 'gpt-4o',
      usage: [{ meter: 'output_tokens', quantity: '1000' }],
    })
    const recorded = await other.ask(
      'mutation R($i: [InvocationInput!]!) { recordInvocations(input: { invocations: $i }) { accepted unpriced rejected { message } } }',
      {
        i: [call('converted', '2026-03-02T10:00:00Z'), call('unconverted', '2026-03-20T10:00:00Z')],
      },
    )
    expect(recorded.data).toEqual({ recordInvocations: { accepted: 2, unpriced: 0, rejected: [] } })
    const span =
      'self { amount currency } status ratedLines { quantity unitPrice { amount currency } per fxRate amount { amount currency } rate { id source provider meter card price { amount currency } per } }'
    const answer = (await other.ask(`{ converted: trace(traceId: "converted") { spans { ${span} } }
      unconverted: trace(traceId: "unconverted") { cost { total { amount } unconvertedInvocations } spans { ${span} } } rateCards { source provider rates { id } } }`)) as never as {
      data: {
        converted: { spans: object[] }
        unconverted: object
        rateCards: { source: string; provider: string; rates: { id: string }[] }[]
      }
    }
    // 1,000 tokens at $10 a million are $0.01, and £0.007891 at that day's rate.
    expect(answer.data.converted.spans).toEqual([
      {
        self: gbp('0.007891'),
        status: 'RATED',
        ratedLines: [
          {
            quantity: '1000',
            unitPrice: { amount: '0.00001', currency: 'USD' },
            per: '1000000',
            fxRate: '0.7891',
            amount: gbp('0.007891'),
            rate: {
              id: expect.stringMatching(/^rat_/),
              source: 'CATALOGUE',
              provider: 'openai',
              meter: 'output_tokens',
              card: expect.stringContaining('openai '),
              price: { amount: '10.00', currency: 'USD' },
              per: '1000000',
            },
          },
        ],
      },
    ])
    expect(answer.data.unconverted).toEqual({
      cost: { total: { amount: '0.00' }, unconvertedInvocations: '1' },
      spans: [{ self: null, status: 'UNCONVERTED', ratedLines: [] }],
    })
    const cards = answer.data.rateCards
    expect(cards.map(({ source, provider }) => [source, provider])).toEqual([['CATALOGUE', 'openai']])
    const rate = answer.data.converted.spans.flatMap((found) =>
      (found as { ratedLines: { rate: { id: string } }[] }).ratedLines.map((line) => line.rate.id),
    )
    expect(cards.flatMap((card) => card.rates.map(({ id }) => id))).toEqual(expect.arrayContaining(rate))
  })
})

describe('what arrived last', () => {
  it('is shown newest first with its price and what it lacks', async () => {
    const answer = (await read(
      '{ recentInvocations(first: 9) { invocationId agent { key } provider resource kind status cost { amount } missingTags } }',
    )) as {
      recentInvocations: { invocationId: string }[]
    }
    const rows = new Map(answer.recentInvocations.map((row) => [row.invocationId, row]))
    expect(rows.size).toBe(9)
    expect(rows.get('u1')).toEqual({
      invocationId: 'u1',
      agent: null,
      provider: 'lab',
      resource: 'large',
      kind: 'MODEL',
      status: 'RATED',
      cost: { amount: '0.07' },
      missingTags: ['agent', 'task', 'client', 'project'],
    })
    expect(rows.get('x1')).toMatchObject({ status: 'UNPRICED', cost: null, missingTags: ['project'] })
    await tenant.ask(
      'mutation { recordInvocations(input: { invocations: [{ id: "late", occurredAt: "2025-01-01T00:00:00Z", usage: [] }] }) { accepted } }',
    )
    expect(await read('{ recentInvocations(first: 1) { invocationId } }')).toEqual({
      recentInvocations: [{ invocationId: 'late' }],
    })
  })
})
