import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { runAllocationJob } from '@outlay/db/allocation/run-job'
import { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import { decodeId } from '@outlay/server/graphql/ids'
import { TestSocket } from '@outlay/server/subscriptions/socket-test-kit'
import { buildSchema, type GraphQLField } from 'graphql'
import { deliver } from '../support/deliver.ts'
import { item, plainRate } from '../support/items.ts'
import { type Outlay, startOutlay } from '../support/outlay.ts'
import type { TenantClient } from '../support/tenant-client.ts'
import { wholeQuestion } from './whole-question.ts'
import { poolOf } from './worlds.ts'

jest.setTimeout(300_000)

const schema = buildSchema(readFileSync(new URL('../../server/schema.graphql', import.meta.url), 'utf8'))
const queries = Object.values(schema.getQueryType()?.getFields() ?? {})
const mutations = Object.values(schema.getMutationType()?.getFields() ?? {})

const RANGE = 'range: { from: "2026-10-01", to: "2026-11-01" }'
const SINCE = '2026-01-01T00:00:00Z'

/** A text in every name of the other client, and in no name of the manager's own. */
const CANARY = 'canary'
/** A price that no sum of the manager's own events comes near. */
const PRICE = '7.348192655'

/** Names of the other client, and as long ones of nobody. */
const FOREIGN = {
  client: 'canary-client',
  project: 'canary-project',
  task: 'canary-task',
  agent: 'canary-agent',
  trace: 'canary-trace',
  invocation: 'canary-event',
} as const

/** The mutations that there are for who is limited. */
const USABLE = [
  'acknowledgeAlert',
  'assignAlert',
  'deleteView',
  'dismissAlert',
  'giveAlertFeedback',
  'resolveAlert',
  'revokeOtherSessions',
  'revokeSession',
  'saveView',
  'snoozeAlert',
  'upsertTask',
]

interface Money {
  amount: string
}

describe('a project manager who is limited to clients', () => {
  let outlay: Outlay
  let tenant: TenantClient
  let headers: Record<string, string | null>
  /** Ids of records of the other client and of the whole firm. */
  let foreignIds: string[]
  /** What the other client, the whole firm and its pools come to, as texts. */
  let foreignAmounts: string[]
  let before: string

  beforeAll(async () => {
    outlay = await startOutlay()
    tenant = await outlay.createTenant({ currency: 'GBP', timeZone: 'Europe/London' })
    await arrange()
    const person = await outlay.createMember(tenant, { role: 'PROJECT_MANAGER' })
    const { members } = await tenant.gql<{ members: { id: string; email: string }[] }>('{ members { id email } }')
    const id = members.find(({ email }) => email === person.email)?.id
    const { setMemberClients } = await tenant.gql<{ setMemberClients: object }>(
      `mutation ($id: ID!) { setMemberClients(id: $id, clients: ["northwind"]) { member { clients { key } } userErrors { code message } } }`,
      { id },
    )
    expect(setMemberClients).toEqual({ member: { clients: [{ key: 'northwind' }] }, userErrors: [] })
    headers = { authorization: null, cookie: await outlay.signIn(person), origin: outlay.url }
    foreignAmounts = await readForeignAmounts()
    before = await readForeignState()
  })

  afterAll(async () => {
    await outlay?.stop()
  })

  /** Two clients that share an agent and a trace; budgets that alert, a pool that is split, and words about the other client. */
  async function arrange(): Promise<void> {
    const price = { ...plainRate('GBP'), provider: 'canary-provider', resource: 'canary-model' }
    await deliver(tenant, {
      kind: 'rates',
      rates: [plainRate('GBP'), { ...price, price: { amount: PRICE, currency: 'GBP' } }],
    })
    const mine = { client: 'northwind', project: 'own-project', task: 'own-task', trace: 'own-trace' }
    const theirs = {
      client: FOREIGN.client,
      project: FOREIGN.project,
      task: FOREIGN.task,
      trace: FOREIGN.trace,
      provider: 'canary-provider',
      resource: 'canary-model',
    }
    await tenant.post('/v1/invocations', [
      item('own-event', { ...mine, span: 'a' }),
      item('own-use', { ...mine, span: 'b', parentSpan: 'a', kind: 'TOOL', sharedKey: 'own-key' }),
      item('own-unpriced', { ...mine, span: 'c', resource: 'own-unpriced' }),
      item(FOREIGN.invocation, { ...theirs, span: 'a', name: 'canary-call' }),
      item('canary-event-2', { ...theirs, span: 'b', agent: FOREIGN.agent }),
      item('canary-use', { ...theirs, span: 'c', kind: 'TOOL', sharedKey: 'canary-key' }),
      // In a trace of the manager's own, for the other client; and in no client's name at all.
      item('canary-in-own-trace', { ...theirs, trace: 'own-trace', span: 'd', parentSpan: 'a' }),
      item('canary-nobodys', {
        ...theirs,
        client: undefined,
        project: undefined,
        task: undefined,
        trace: 'canary-nobodys',
      }),
    ])
    for (const [key, amount] of [
      ['own-task', '50'],
      [FOREIGN.task, '913.271828'],
    ] as const) {
      const billed = { amount, currency: 'GBP' }
      await deliver(tenant, {
        kind: 'task',
        change: { key, status: 'COMPLETED', completedAt: '2026-10-20T10:00:00Z', billed },
      })
    }
    const budgets = [
      { scope: 'CLIENT', key: 'northwind' },
      { scope: 'CLIENT', key: FOREIGN.client },
      { scope: 'PROJECT', key: FOREIGN.project },
      { scope: 'AGENT', key: FOREIGN.agent },
      { scope: 'AGENT', key: 'research' },
      { scope: 'FLEET' },
    ]
    for (const [index, budget] of budgets.entries()) {
      const note = index === 0 ? 'own' : 'canary budget'
      const input = { ...budget, window: 'TOTAL', amount: { amount: `0.0${index + 1}`, currency: 'GBP' }, note }
      const { setBudget } = await tenant.gql<{ setBudget: { userErrors: object[] } }>(
        'mutation ($input: BudgetInput!) { setBudget(input: $input) { userErrors { message } } }',
        { input },
      )
      expect(setBudget.userErrors).toEqual([])
    }
    await tenant.gql(
      `mutation ($channel: ChannelInput!, $note: AnnotationInput!) { createChannel(input: $channel) { userErrors { message } }
        addAnnotation(input: $note) { userErrors { message } } }`,
      {
        channel: { name: 'canary channel', kind: 'EMAIL', target: 'canary@example.com' },
        note: { scope: 'FLEET', day: '2026-10-10', note: 'canary launch' },
      },
    )
    const owner = await outlay.createMember(tenant, { role: 'OWNER' })
    const cookie = await outlay.signIn(owner)
    await tenant.post(
      '/graphql',
      {
        query:
          'mutation { saveView(input: { page: SPEND, name: "canary view", query: "client=canary-client", isShared: true }) { userErrors { message } } }',
      },
      { headers: { authorization: null, cookie, origin: outlay.url } },
    )
    await allocate()
    await readForeignIds()
  }

  async function allocate(): Promise<void> {
    const { createCostPool } = await tenant.gql<{
      createCostPool: { costPool: { id: string } | null; userErrors: object[] }
    }>(
      'mutation ($input: CostPoolInput!) { createCostPool(input: $input) { costPool { id } userErrors { message } } }',
      { input: { ...poolOf({ agent: 'research' }, 'canary pool'), amount: { amount: '611.37', currency: 'GBP' } } },
    )
    expect(createCostPool.userErrors).toEqual([])
    const input = { month: '2026-10-01', poolIds: [createCostPool.costPool?.id] }
    const { runAllocation } = await tenant.gql<{ runAllocation: { jobId: string } }>(
      'mutation ($input: RunAllocationInput!) { runAllocation(input: $input) { jobId } }',
      { input },
    )
    const pool = new TenantPool({ url: outlay.database.appUrl, max: 1 })
    const ref = { tenantId: outlay.tenantId(tenant), jobId: decodeId(runAllocation.jobId)?.uuid ?? '' }
    await runAllocationJob({ pool }, ref, { signal: new AbortController().signal, publish: () => {} })
    await pool.end()
  }

  async function readForeignIds(): Promise<void> {
    type Named = { id: string } | null
    const found = await tenant.gql<
      Record<string, Named | (Named & { scope?: string; key?: string | null; subject?: { key: string }[] })[]>
    >(`{
      client(key: "${FOREIGN.client}") { id } project(key: "${FOREIGN.project}") { id } task(key: "${FOREIGN.task}") { id }
      agent(key: "${FOREIGN.agent}") { id } channels { id } costPools(month: "2026-10-01") { id } allocationRuns(month: "2026-10-01") { id }
      annotations { id } budgets { id key }
    }`)
    const { alerts } = await tenant.gql<{ alerts: { nodes: { id: string; subject: { key: string | null }[] }[] } }>(
      '{ alerts { nodes { id subject { key } } } }',
    )
    expect(alerts.nodes).toHaveLength(6)
    foreignIds = [
      ...Object.values(found)
        .flatMap((value) => (Array.isArray(value) ? value : [value]))
        .flatMap((one) => (one === null || ('key' in one && one.key === 'northwind') ? [] : [one.id])),
      ...alerts.nodes.filter(({ subject }) => subject[0]?.key !== 'northwind').map(({ id }) => id),
    ]
    expect(foreignIds).toHaveLength(4 + 1 + 1 + 1 + 1 + 5 + 5)
  }

  async function readForeignAmounts(): Promise<string[]> {
    const cost = 'direct { amount } chainShared { amount } allocated { amount } total { amount }'
    type Costs = Record<string, Money>
    const answer = await tenant.gql<{
      fleetCost: { cost: Costs; withoutClient: Money }
      clientCosts: { nodes: { client: { key: string }; cost: Costs; revenue: Money | null }[] }
      agentCosts: { nodes: { cost: Costs }[] }
      taskCosts: { nodes: { task: { key: string }; cost: Costs }[] }
    }>(`{ fleetCost(${RANGE}) { cost { ${cost} } withoutClient { amount } }
      clientCosts(${RANGE}) { nodes { client { key } revenue { amount } cost { ${cost} } } }
      agentCosts(${RANGE}) { nodes { cost { ${cost} } } } taskCosts(${RANGE}) { nodes { task { key } cost { ${cost} } } } }`)
    const own = answer.clientCosts.nodes.filter(({ client }) => client.key === 'northwind')
    const ownAmounts = new Set(
      own.flatMap((row) => [...Object.values(row.cost).map(({ amount }) => amount), row.revenue?.amount ?? '']),
    )
    expect(ownAmounts.size).toBeGreaterThan(3)
    const amounts = [
      ...Object.values(answer.fleetCost.cost),
      answer.fleetCost.withoutClient,
      ...answer.clientCosts.nodes.flatMap((row) =>
        row.client.key === 'northwind' ? [] : [...Object.values(row.cost), row.revenue],
      ),
      ...answer.agentCosts.nodes.flatMap((row) => Object.values(row.cost)),
      ...answer.taskCosts.nodes.flatMap((row) => (row.task.key === 'own-task' ? [] : Object.values(row.cost))),
    ].flatMap((money) => (money === null ? [] : [money.amount]))
    // Short amounts such as 0 and 1 are no evidence.
    const telling = [...new Set([PRICE, '913.271828', '611.37', ...amounts])].filter(
      (amount) => amount.length >= 6 && !ownAmounts.has(amount),
    )
    expect(telling.length).toBeGreaterThan(10)
    return telling
  }

  /** All that a mutation could have changed of what is not the manager's. */
  async function readForeignState(): Promise<string> {
    return JSON.stringify(
      await tenant.gql(`{ task(key: "${FOREIGN.task}") { name status billed { amount } client { key } project { key } completedAt }
        clients { totalCount } projects { totalCount } tasks { totalCount } agents { totalCount }
        alerts { nodes { id state assignee snoozedUntil feedback history { action } } } budgets { id version } channels { id name state }
        members { id role clients { key } } invitations { id } costPools(month: "2026-10-01") { id } annotations { id } apiKeys { name revokedAt } }`),
    )
  }

  async function answerTo(query: string): Promise<{ text: string; codes: string[] }> {
    const { body } = await tenant.post('/graphql', { query }, { headers })
    const { errors = [] } = body as { errors?: { message: string; extensions: { code: string } }[] }
    return { text: JSON.stringify(body), codes: errors.map(({ extensions }) => extensions.code) }
  }

  /** How deep a field may be asked, where that is known. */
  const depths = new Map<string, number>()

  /** The field with as many levels of its answer as the server lets one ask for. */
  async function ask(
    field: GraphQLField<unknown, unknown>,
    options: { name: string; isNamed?: boolean; isMutation?: boolean },
  ): Promise<{ text: string; codes: string[] }> {
    for (let depth = depths.get(field.name) ?? 5; depth > 0; depth--) {
      const query = `${options.isMutation === true ? 'mutation ' : ''}{ ${wholeQuestion(field, { ...options, depth })} }`
      const answer = await answerTo(query)
      if (answer.codes.includes('QUERY_TOO_COMPLEX')) continue
      depths.set(field.name, depth)
      return answer
    }
    throw new Error(`${field.name} cannot be asked at all.`)
  }

  function expectNothingForeign(text: string, about: string): void {
    expect([about, text.includes('INTERNAL_SERVER_ERROR') ? text : '']).toEqual([about, ''])
    expect([about, text.toLowerCase().includes(CANARY) ? text : '']).toEqual([about, ''])
    expect([about, foreignAmounts.filter((amount) => text.includes(amount))]).toEqual([about, []])
  }

  it.each(queries)('asks all of $name and finds nothing of another client in it', async (field) => {
    const { text, codes } = await ask(field, { name: 'own-task' })
    expectNothingForeign(text, field.name)
    expect(codes.filter((code) => code === 'GRAPHQL_VALIDATION_FAILED')).toEqual([])
  })

  it.each(queries.filter(({ args }) => args.some(({ type }) => /^(String|ID)!?$/.test(String(type)))))(
    '$name tells of a name or id of another client what it tells of nobody’s',
    async (field) => {
      const takesId = field.args.some(({ type }) => /^ID!?$/.test(String(type)))
      const names = takesId
        ? foreignIds.map((name) => ({ name, missing: nobodys(name) }))
        : Object.values(FOREIGN).map((name) => ({ name, missing: name.replace(CANARY, 'nobody') }))
      for (const { name, missing } of names) {
        const foreign = await ask(field, { name, isNamed: true })
        const nothing = await ask(field, { name: missing, isNamed: true })
        const [said, unsaid] = [foreign.text.replaceAll(name, '…'), nothing.text.replaceAll(missing, '…')]
        expect([field.name, name, withoutRequest(said)]).toEqual([field.name, name, withoutRequest(unsaid)])
        expectNothingForeign(said, `${field.name} of ${name}`)
      }
    },
  )

  const dimensions = ['AGENT', 'CLIENT', 'PROJECT', 'TASK', 'PROVIDER', 'RESOURCE', 'KIND']
  const cost = 'cost { direct { amount } total { amount } invocations tokens }'
  const rollup = (args: string) =>
    `costRollup(${RANGE}, ${args}) { rows { keys { key label } ${cost} series { cost { total { amount } } } } other { ${cost} } total { total { amount } invocations } }`

  it.each([
    ...dimensions.map((one) => rollup(`groupBy: [${one}]`)),
    ...dimensions.filter((one) => one !== 'CLIENT').map((one) => rollup(`groupBy: [CLIENT, ${one}]`)),
    rollup('groupBy: [AGENT], filter: { clients: ["canary-client"] }'),
    rollup('groupBy: [AGENT], filter: { agents: ["research"] }, granularity: HOUR'),
    rollup('groupBy: [AGENT], filter: { resources: ["canary-model"] }'),
    rollup('groupBy: [CLIENT], filter: { projects: ["canary-project"], tasks: ["canary-task"] }'),
    ...['FLEET', 'AGENT, key: "research"', 'CLIENT, key: "canary-client"'].map(
      (scope) =>
        `costChange(${RANGE}, scope: ${scope}) { current { total { amount } } contributors { key label change { amount } } }`,
    ),
    ...['FLEET', 'AGENT, key: "research"', 'CLIENT, key: "canary-client"'].map(
      (scope) => `alerts(scope: ${scope}) { nodes { id title label } totalCount }`,
    ),
    `taskCosts(${RANGE}, clientKey: "canary-client") { nodes { task { key } cost { total { amount } } } totalCount }`,
    'trace(traceId: "own-trace") { cost { total { amount } } spans { invocationId self { amount } subtree { amount } agent { key } } }',
  ])('%s has only what is of their clients', async (query) => {
    const { text, codes } = await answerTo(`{ ${query} }`)
    expect(codes.filter((code) => code !== 'NOT_FOUND')).toEqual([])
    expectNothingForeign(text, query)
  })

  it('sees their own clients whole: cost, revenue, tasks, events, budgets and alerts', async () => {
    const { text } =
      await answerTo(`{ viewer { clients { key } } clients { nodes { key } totalCount } tasks { nodes { key billed { amount } } totalCount }
      clientCosts(${RANGE}) { nodes { client { key } revenue { amount } costShare revenueShare cost { direct { amount } chainShared { amount } invocations } } totalCount }
      costRollup(${RANGE}, groupBy: [AGENT]) { total { direct { amount } chainShared { amount } invocations } }
      recentInvocations { invocationId } agents { nodes { key } }
      budgets { scope key spent { amount } recipients } alerts { nodes { label deliveries { id } } totalCount } }`)
    const cost = { direct: { amount: '1.00' }, chainShared: { amount: '1.00' }, invocations: '3' }
    expect(JSON.parse(text)).toEqual({
      data: {
        viewer: { clients: [{ key: 'northwind' }] },
        clients: { nodes: [{ key: 'northwind' }], totalCount: 1 },
        tasks: { nodes: [{ key: 'own-task', billed: { amount: '50.00' } }], totalCount: 1 },
        clientCosts: {
          nodes: [
            { client: { key: 'northwind' }, revenue: { amount: '50.00' }, costShare: null, revenueShare: null, cost },
          ],
          totalCount: 1,
        },
        costRollup: { total: cost },
        recentInvocations: expect.arrayContaining(
          ['own-event', 'own-use', 'own-unpriced'].map((invocationId) => ({ invocationId })),
        ),
        agents: { nodes: [{ key: 'research' }] },
        budgets: [{ scope: 'CLIENT', key: 'northwind', spent: { amount: '2.00' }, recipients: null }],
        alerts: { nodes: [{ label: 'northwind', deliveries: null }], totalCount: 1 },
      },
    })
  })

  // Cells that their role may not read would be nothing where there is something.
  it.each(dimensions.filter((one) => one !== 'CLIENT'))('has all of their cost by client and %s', async (one) => {
    for (const args of [`groupBy: [CLIENT, ${one}]`, `groupBy: [${one}], filter: { clients: ["northwind"] }`]) {
      const { text } = await answerTo(
        `{ costRollup(${RANGE}, ${args}) { total { direct { amount } chainShared { amount } invocations } } }`,
      )
      const total = { direct: { amount: '1.00' }, chainShared: { amount: '1.00' }, invocations: '3' }
      expect([args, JSON.parse(text)]).toEqual([args, { data: { costRollup: { total } } }])
    }
  })

  it.each(['spend', 'clients', 'tasks', 'agents'])('exports of %s have nothing of another client', async (what) => {
    for (const address of [`${what}.csv`, `${what}.xlsx`]) {
      const query = 'period=custom&from=2026-10-01&to=2026-10-31&by=agent&then=client'
      const response = await fetch(`${outlay.url}/v1/exports/${address}?${query}`, {
        headers: { cookie: headers['cookie'] ?? '' },
      })
      if (what === 'agents') {
        expect(response.status).toBe(404)
        continue
      }
      expect(response.status).toBe(200)
      if (address.endsWith('.xlsx')) continue
      const text = await response.text()
      expect(text).toContain('northwind')
      expectNothingForeign(text, address)
    }
  })

  it('is told of alerts of their clients, live and replayed, and of no others', async () => {
    const options = { headers: { cookie: headers['cookie'] ?? '', origin: outlay.url } }
    const socket = await TestSocket.open(outlay.url, options)
    socket.subscribe('live', { since: SINCE })
    await socket.until(() => socket.titles('live').length >= 1)
    const { alerts } = await tenant.gql<{ alerts: { nodes: { id: string; label: string }[] } }>(
      '{ alerts { nodes { id label } } }',
    )
    // All alerts change, the manager's own last.
    const own = alerts.nodes.filter(({ label }) => label === 'northwind')
    for (const { id } of [...alerts.nodes.filter(({ label }) => label !== 'northwind'), ...own])
      await tenant.gql('mutation ($id: ID!) { acknowledgeAlert(id: $id) { userErrors { message } } }', { id })
    await socket.until(() => socket.titles('live').length >= 2)
    expect(socket.frames('live').map(({ id }) => id)).toEqual([own[0]?.id, own[0]?.id])
    expectNothingForeign(JSON.stringify(socket.messages), 'anomalyAlerts')
    before = await readForeignState()
    socket.raw.close()
  })

  it('changes nothing of another client by any mutation, and is refused those that are of the whole firm', async () => {
    const usable: string[] = []
    for (const field of mutations) {
      const first = await ask(field, { name: FOREIGN.task, isMutation: true })
      expectNothingForeign(first.text.replaceAll(FOREIGN.task, '…'), field.name)
      if (first.codes.includes('FORBIDDEN')) continue
      usable.push(field.name)
      for (const name of [FOREIGN.client, ...foreignIds]) {
        const { text } = await ask(field, { name, isMutation: true })
        expectNothingForeign(text.replaceAll(name, '…'), `${field.name} of ${name}`)
      }
    }
    expect(usable.sort()).toEqual(USABLE)
    expect(await readForeignState()).toBe(before)
  })

  it('changes tasks of their clients and takes none elsewhere', async () => {
    const upsert = async (input: string): Promise<unknown> =>
      JSON.parse(
        (
          await answerTo(
            `mutation { upsertTask(input: ${input}) { task { key name } userErrors { code field message } } }`,
          )
        ).text,
      )
    expect(await upsert('{ key: "own-task", name: "Renamed" }')).toMatchObject({
      data: { upsertTask: { task: { key: 'own-task', name: 'Renamed' }, userErrors: [] } },
    })
    const refused = (field: string, message: string) => ({
      data: { upsertTask: { task: null, userErrors: [{ code: 'NOT_FOUND', field: ['input', field], message }] } },
    })
    for (const key of ['canary-task', 'nobody-task'])
      expect(await upsert(`{ key: "${key}" }`)).toEqual(refused('key', `There is no task "${key}" of your clients.`))
    for (const client of ['canary-client', 'nobody-client'])
      expect(await upsert(`{ key: "own-task", client: "${client}" }`)).toEqual(
        refused('client', `There is no client "${client}" of your clients.`),
      )
    expect(await upsert('{ key: "own-task", project: "canary-project" }')).toMatchObject(
      refused('project', 'There is no project "canary-project" of your clients.'),
    )
    expect(await readForeignState()).toBe(before)
  })
})

/** An id of the same kind that nobody has. */
function nobodys(id: string): string {
  return `${id.slice(0, -4)}${id.endsWith('0000') ? '1111' : '0000'}`
}

/** An answer without what is new in each: the id of the request. */
function withoutRequest(text: string): string {
  return text.replace(/"requestId":"[^"]*"/g, '')
}
