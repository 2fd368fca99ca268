import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { runAllocationJob } from '@outlay/db/allocation/run-job'
import { formatFixed18, parseFixed18 } from '@outlay/domain/money/fixed18'
import { divideHalfEven } from '@outlay/domain/money/half-even'
import { decodeId } from '../../graphql/ids.ts'
import { ask, startTestServer, type TestServer, type TestTenant } from '../../http/server-test-kit.ts'

jest.setTimeout(60_000)

let test: TestServer
let tenant: TestTenant

const SEPTEMBER = '{ from: "2026-09-01", to: "2026-10-01" }'
const OCTOBER = '{ from: "2026-10-01", to: "2026-11-01" }'

/**
 * Two months of two agents for two clients.
 *
 * | month     | agent    | client | calls | resource   | input tokens each | price of a token            |
 * |-----------|----------|--------|-------|------------|-------------------|-----------------------------|
 * | September | writer   | acme   | 10    | lab/large  | 100               | 0.01                        |
 * | October   | writer   | acme   | 20    | lab/large  | 150               | 0.02                        |
 * | October   | research | beta   | 3     | lab/small  | 7                 | 0.000333333333        |
 * | October   | research | acme   | 1     | store/search, shared   | 1 request         | 0.50            |
 * | both      | none     | none   | 1     | lab/large  | 11                | as above                    |
 * | October   | writer   | acme   | 4     | unheard-of | 5                 | none                        |
 *
 * The writer's calls are for one task in September and for two in October, each completed in its month.
 *
 * And a pool of £30 in September and £50 in October, split by invocations; in October another of £9 that nobody has split.
 */
beforeAll(async () => {
  test = await startTestServer()
  tenant = await test.tenant({ timeZone: 'Europe/London' })
  const rate = (provider: string, resource: string, meter: string, amount: string, effectiveFrom: string) => ({
    ...{ provider, resource, meter, effectiveFrom },
    price: { amount, currency: 'GBP' },
  })
  await done('mutation ($rates: [RateInput!]!) { publishRates(input: { rates: $rates }) { userErrors { message } } }', {
    rates: [
      rate('lab', 'large', 'input_tokens', '0.01', '2026-01-01T00:00:00Z'),
      rate('lab', 'large', 'input_tokens', '0.02', '2026-09-30T23:00:00Z'),
      rate('lab', 'small', 'input_tokens', '0.000333333333', '2026-01-01T00:00:00Z'),
      rate('store', 'search', 'requests', '0.50', '2026-01-01T00:00:00Z'),
    ],
  })
  let sent = 0
  const calls = (count: number, day: string, quantity: string, tags: object) =>
    Array.from({ length: count }, () => ({
      ...{ id: `event ${(sent += 1)}`, occurredAt: `${day}T10:00:00Z`, provider: 'lab', resource: 'large' },
      usage: [{ meter: 'input_tokens', quantity }],
      ...tags,
    }))
  const writer = { agent: 'writer', client: 'acme', task: 'T', project: 'rebrand' }
  const invocations = [
    ...calls(10, '2026-09-10', '100', { ...writer, task: 'S' }),
    ...calls(10, '2026-10-10', '150', writer),
    ...calls(10, '2026-10-10', '150', { ...writer, task: 'U' }),
    ...calls(3, '2026-10-11', '7', { agent: 'research', client: 'beta', resource: 'small' }),
    ...calls(1, '2026-10-12', '1', {
      ...{
        agent: 'research',
        client: 'acme',
        task: 'T',
        trace: 'one',
        span: 's',
        sharedKey: 'index',
        kind: 'RETRIEVAL',
      },
      ...{ provider: 'store', resource: 'search', usage: [{ meter: 'requests', quantity: '1' }] },
    }),
    ...calls(1, '2026-09-11', '11', {}),
    ...calls(1, '2026-10-11', '11', {}),
    ...calls(4, '2026-10-13', '5', { ...writer, resource: 'unheard-of' }),
  ]
  await done(
    'mutation ($input: RecordInvocationsInput!) { recordInvocations(input: $input) { rejected { message } } }',
    {
      input: { invocations },
    },
  )
  const completed = { S: '2026-09-20', T: '2026-10-20', U: '2026-10-21' }
  for (const [key, day] of Object.entries(completed)) {
    await done('mutation ($input: UpsertTaskInput!) { upsertTask(input: $input) { userErrors { message } } }', {
      input: { key, completedAt: `${day}T12:00:00Z` },
    })
  }
  await pool('Hosting', '2026-09-01', '30')
  await pool('Hosting too', '2026-10-01', '50')
  for (const month of ['2026-09-01', '2026-10-01']) await allocate(month)
  await pool('Licences', '2026-10-01', '9')
}, 120_000)

afterAll(async () => {
  await test.close()
})

async function done(document: string, variables: object): Promise<Record<string, never>> {
  const { data, errors } = await tenant.ask(document, { ...variables })
  const said = JSON.stringify({ data, errors })
  if (errors.length > 0 || data === null || said.includes('message')) throw new Error(said)
  return data
}

async function pool(name: string, month: string, amount: string): Promise<void> {
  const input = { name, month, category: 'OTHER', amount: { amount, currency: 'GBP' } }
  await done('mutation ($input: CostPoolInput!) { createCostPool(input: $input) { userErrors { message } } }', {
    input,
  })
}

async function allocate(month: string): Promise<void> {
  const { runAllocation } = (await done(
    'mutation ($input: RunAllocationInput!) { runAllocation(input: $input) { jobId userErrors { message } } }',
    { input: { month } },
  )) as unknown as { runAllocation: { jobId: string | null } }
  if (runAllocation.jobId === null) return
  const ref = { tenantId: tenant.id, jobId: decodeId(runAllocation.jobId)?.uuid ?? '' }
  await runAllocationJob({ pool: test.server.pool }, ref, { signal: new AbortController().signal, publish: () => {} })
}

interface Money {
  amount: string
}

interface Change {
  label: string
  change: Money
  volume: Money
  mix: Money
  tokensPerCall: Money
  price: Money
  allocation: Money
  unallocated: Money | null
  current: { total: Money; unpricedInvocations: string }
  previous: { total: Money }
  contributors: { dimension: string; key: string | null; label: string; change: Money }[]
  unknown: { provider: string | null; resource: string | null; current: string; previous: string }[]
}

const FIELDS = `label change { amount } volume { amount } mix { amount } tokensPerCall { amount } price { amount } allocation { amount }
  unallocated { amount } current { total { amount } unpricedInvocations } previous { total { amount } }
  contributors { dimension key label change { amount } } unknown { provider resource current previous }`

async function changeOf(args: string): Promise<Change | null> {
  const { data, errors } = await tenant.ask(`{ costChange(range: ${OCTOBER}, ${args}) { ${FIELDS} } }`)
  expect(errors).toEqual([])
  return (data as unknown as { costChange: Change | null }).costChange
}

async function amountsOf(query: string): Promise<bigint[]> {
  const { data, errors } = await tenant.ask(query)
  expect(errors).toEqual([])
  return [...JSON.stringify(data).matchAll(/"amount":"([^"]+)"/g)].map(([, amount = '']) => parseFixed18(amount))
}

/** The parts add up to the change, and so does every list of contributors. */
function expectExact(change: Change, expected: bigint): void {
  const sum = (amounts: readonly Money[]) =>
    formatFixed18(amounts.reduce((total, { amount }) => total + parseFixed18(amount), 0n))
  const { volume, mix, tokensPerCall, price, allocation } = change
  const whole = formatFixed18(expected)
  expect(sum([change.change])).toBe(whole)
  expect(sum([volume, mix, tokensPerCall, price, allocation])).toBe(whole)
  expect(formatFixed18(parseFixed18(change.current.total.amount) - parseFixed18(change.previous.total.amount))).toBe(
    whole,
  )
  for (const dimension of new Set(change.contributors.map((one) => one.dimension))) {
    const rows = change.contributors.filter((one) => one.dimension === dimension)
    expect([dimension, sum(rows.map((one) => one.change))]).toEqual([dimension, whole])
  }
}

interface PerTask {
  tasksCompleted: number
  previousTasksCompleted: number
  parts: Record<'current' | 'previous' | 'change' | (typeof UNIT_PARTS)[number], Money> | null
}

const UNIT_PARTS = ['callsPerTask', 'mix', 'tokensPerCall', 'price', 'tasks', 'allocation'] as const

async function perTaskOf(args: string): Promise<PerTask> {
  const amounts = ['current', 'previous', 'change', ...UNIT_PARTS].map((name) => `${name} { amount }`).join(' ')
  const { data, errors } = await tenant.ask(
    `{ costChange(range: ${OCTOBER}, ${args}) { perTask { tasksCompleted previousTasksCompleted parts { ${amounts} } } } }`,
  )
  expect(errors).toEqual([])
  return (data as unknown as { costChange: { perTask: PerTask } }).costChange.perTask
}

function expectUnitExact(parts: PerTask['parts']): void {
  if (parts === null) throw new Error('There is no cost of a task.')
  const sum = UNIT_PARTS.reduce((total, name) => total + parseFixed18(parts[name].amount), 0n)
  const change = parseFixed18(parts.current.amount) - parseFixed18(parts.previous.amount)
  expect([formatFixed18(sum, 2), parts.change.amount]).toEqual([formatFixed18(change, 2), formatFixed18(change, 2)])
}

describe('why a cost changed', () => {
  it('takes the fleet apart, to the last decimal of what fleetCost says', async () => {
    const change = await changeOf('scope: FLEET')
    const [now = 0n, before = 0n] = await amountsOf(`{
      now: fleetCost(range: ${OCTOBER}, compareTo: NONE) { cost { total { amount } } }
      before: fleetCost(range: ${SEPTEMBER}, compareTo: NONE) { cost { total { amount } } } }`)
    expect(change).not.toBeNull()
    if (change === null) return
    expectExact(change, now - before)
    expect(change).toMatchObject({
      label: 'Fleet',
      allocation: { amount: '20.00' },
      unallocated: { amount: '9.00' },
      // The calls without a price are named, and in no part.
      current: { unpricedInvocations: '4' },
      unknown: [{ provider: 'lab', resource: 'unheard-of', current: '4', previous: '0' }],
    })
    const of = (dimension: string) =>
      change.contributors.filter((one) => one.dimension === dimension).map(({ key, label }) => key ?? label)
    expect(of('AGENT')).toEqual(['writer', 'research', 'No agent tag, and shared uses'])
    expect(of('CLIENT').slice(0, 2)).toEqual(['acme', 'beta'])
    expect(of('RESOURCE')).toEqual(['large', 'search', 'small', 'Shares of cost pools'])
  })

  it('takes an agent apart: twice the calls, half as long again, at twice the price', async () => {
    const change = await changeOf('scope: AGENT, key: "writer", basis: ATTRIBUTED')
    if (change === null) throw new Error('There is no writer.')
    // £10 of 10 calls; 20 calls at £1 make £20, 150 tokens in place of 100 £30, and twice the price £60.
    expect(change).toMatchObject({
      change: { amount: '50.00' },
      volume: { amount: '10.00' },
      mix: { amount: '0.00' },
      tokensPerCall: { amount: '10.00' },
      price: { amount: '30.00' },
      allocation: { amount: '0.00' },
      unallocated: null,
    })
    expectExact(change, parseFixed18('50'))
  })

  it.each(['writer', 'research'])('agrees with agentCost of %s, shares of pools included', async (key) => {
    const change = await changeOf(`scope: AGENT, key: "${key}"`)
    const [now = 0n, before = 0n] = await amountsOf(`{
      now: agentCost(agentKey: "${key}", range: ${OCTOBER}) { cost { total { amount } } }
      before: agentCost(agentKey: "${key}", range: ${SEPTEMBER}) { cost { total { amount } } } }`)
    if (change === null) throw new Error(`There is no ${key}.`)
    expect(change.allocation.amount).not.toBe('0.00')
    expectExact(change, now - before)
  })

  it.each(['acme', 'beta'])('agrees with costRollup of %s', async (key) => {
    const change = await changeOf(`scope: CLIENT, key: "${key}"`)
    const total = (range: string) =>
      `costRollup(range: ${range}, groupBy: [CLIENT], filter: { clients: ["${key}"] }) { total { total { amount } } }`
    const [now = 0n, before = 0n] = await amountsOf(`{ now: ${total(OCTOBER)} before: ${total(SEPTEMBER)} }`)
    if (change === null) throw new Error(`There is no ${key}.`)
    expectExact(change, now - before)
  })

  it('takes a project apart by its agents and resources, and agrees with projectCost', async () => {
    const change = await changeOf('scope: PROJECT, key: "rebrand"')
    const [now = 0n, before = 0n] = await amountsOf(`{
      now: projectCost(key: "rebrand", range: ${OCTOBER}) { cost { total { amount } } }
      before: projectCost(key: "rebrand", range: ${SEPTEMBER}) { cost { total { amount } } } }`)
    if (change === null) throw new Error('There is no project.')
    expectExact(change, now - before)
    expect(change.allocation.amount).not.toBe('0.00')
    const attributed = await changeOf('scope: PROJECT, key: "rebrand", basis: ATTRIBUTED')
    // As of the writer, whose calls all are the project's, and half a pound for the shared use of its task.
    expect(attributed).toMatchObject({
      label: 'rebrand',
      change: { amount: '50.50' },
      price: { amount: '30.00' },
      contributors: [
        { dimension: 'AGENT', key: 'writer', change: { amount: '50.00' } },
        { dimension: 'AGENT', key: null, label: 'No agent tag, and shared uses', change: { amount: '0.50' } },
        { dimension: 'RESOURCE', key: 'large', change: { amount: '50.00' } },
        { dimension: 'RESOURCE', key: 'search', change: { amount: '0.50' } },
      ],
      unknown: [{ resource: 'unheard-of', current: '4', previous: '0' }],
    })
  })

  it('takes the cost of a task apart: twice the tasks for twice the calls, half as long again, at twice the price', async () => {
    // £10 a task before, £60 ÷ 2 now: 10 calls a task as before, £10 ÷ 2 for their tokens and £30 ÷ 2 for the price.
    expect(await perTaskOf('scope: AGENT, key: "writer", basis: ATTRIBUTED')).toEqual({
      tasksCompleted: 2,
      previousTasksCompleted: 1,
      parts: {
        current: { amount: '30.00' },
        previous: { amount: '10.00' },
        change: { amount: '20.00' },
        callsPerTask: { amount: '0.00' },
        mix: { amount: '0.00' },
        tokensPerCall: { amount: '5.00' },
        price: { amount: '15.00' },
        tasks: { amount: '0.00' },
        allocation: { amount: '0.00' },
      },
    })
  })

  it.each(['DIRECT', 'ATTRIBUTED', 'FULLY_LOADED'])(
    'agrees on the basis %s with the cost per task of the fleet, an agent, a project and a client, to the last decimal',
    async (basis) => {
      const each = `tasksCompleted costPerTask(basis: ${basis}) { amount }`
      const of = async (args: (range: string) => string, fields: string) => {
        const { data, errors } = await tenant.ask(
          `{ now: ${args(OCTOBER)} { ${fields} } before: ${args(SEPTEMBER)} { ${fields} } }`,
        )
        expect(errors).toEqual([])
        return data as unknown as Record<'now' | 'before', { tasksCompleted: number; costPerTask: Money }>
      }
      const scopes = {
        FLEET: await of((range) => `fleetCost(range: ${range}, compareTo: NONE)`, each),
        'AGENT, key: "writer"': await of((range) => `agentCost(agentKey: "writer", range: ${range})`, each),
        'PROJECT, key: "rebrand"': await of((range) => `projectCost(key: "rebrand", range: ${range})`, each),
      }
      for (const [scope, { now, before }] of Object.entries(scopes)) {
        const { parts, ...tasks } = await perTaskOf(`scope: ${scope}, basis: ${basis}`)
        expect([scope, tasks]).toEqual([scope, { tasksCompleted: 2, previousTasksCompleted: 1 }])
        expect([scope, now.tasksCompleted, before.tasksCompleted]).toEqual([scope, 2, 1])
        expect([scope, parts?.current, parts?.previous]).toEqual([scope, now.costPerTask, before.costPerTask])
        expectUnitExact(parts)
      }
      // No page shows the cost of a client's task: it is what the client cost on the basis, over its tasks.
      const parts = 'direct { amount } chainShared { amount } allocated { amount }'
      const costs = await amountsOf(
        `{ costChange(range: ${OCTOBER}, scope: CLIENT, key: "acme") { current { ${parts} } previous { ${parts} } } }`,
      )
      const counted =
        new Map([
          ['DIRECT', 1],
          ['ATTRIBUTED', 2],
        ]).get(basis) ?? 3
      const costOf = (from: number) => costs.slice(from, from + counted).reduce((sum, one) => sum + one, 0n)
      const client = await perTaskOf(`scope: CLIENT, key: "acme", basis: ${basis}`)
      expect(client).toMatchObject({ tasksCompleted: 2, previousTasksCompleted: 1 })
      expect([client.parts?.current.amount, client.parts?.previous.amount]).toEqual([
        formatFixed18(divideHalfEven(costOf(0), 2n), 2),
        formatFixed18(costOf(3), 2),
      ])
      expectUnitExact(client.parts)
    },
  )

  it('names no cost of a task where none was completed, and says how many were', async () => {
    const none = { tasksCompleted: 0, previousTasksCompleted: 0, parts: null }
    expect(await perTaskOf('scope: AGENT, key: "research"')).toMatchObject({ previousTasksCompleted: 0, parts: null })
    expect(await perTaskOf('scope: CLIENT, key: "beta"')).toEqual(none)
  })

  it('compares with any other period, days of both included', async () => {
    const change = await changeOf('before: { from: "2026-09-01", to: "2026-10-12" }, basis: DIRECT')
    const [now = 0n, before = 0n] = await amountsOf(`{
      now: fleetCost(range: ${OCTOBER}, compareTo: NONE) { cost { direct { amount } } }
      before: fleetCost(range: { from: "2026-09-01", to: "2026-10-12" }, compareTo: NONE) { cost { direct { amount } } } }`)
    expect(change?.change.amount).toBe(formatFixed18(now - before, 2))
  })

  it('answers null for a key that nobody has, and says what is wrong with a question', async () => {
    expect(await changeOf('scope: CLIENT, key: "nobody"')).toBeNull()
    expect(await changeOf('scope: PROJECT, key: "nobody"')).toBeNull()
    const codes = async (args: string) =>
      (await tenant.ask(`{ costChange(range: ${OCTOBER}, ${args}) { label } }`)).errors.map((error) => error.extensions)
    expect(await codes('scope: AGENT')).toMatchObject([{ code: 'BAD_USER_INPUT', argument: 'key' }])
    expect(await codes('scope: FLEET, key: "writer"')).toMatchObject([{ code: 'BAD_USER_INPUT', argument: 'key' }])
    expect(await codes('compareTo: NONE')).toMatchObject([{ code: 'BAD_USER_INPUT', argument: 'compareTo' }])
    expect(await codes('before: { from: "2026-09-02", to: "2026-09-01" }')).toMatchObject([
      { code: 'BAD_USER_INPUT', argument: 'before.to' },
    ])
  })

  it('does not exist for a client', async () => {
    const cookie = await tenant.signedIn('CLIENT', 'acme')
    const { errors } = await ask(test.url, { cookie }, `{ costChange(range: ${OCTOBER}) { label } }`)
    expect(errors.map((error) => error.extensions.code)).toEqual(['NOT_FOUND'])
  })
})
