import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { runAllocationJob } from '@outlay/db/allocation/run-job'
import { decodeId, encodeId } from '../../graphql/ids.ts'
import { startTestServer, type TestServer, type TestTenant } from '../../http/server-test-kit.ts'

let world: TestServer
beforeAll(async () => {
  world = await startTestServer()
}, 120_000)
afterAll(() => world.close())

const MONTH = '2026-10-01'

async function ok<T>(tenant: TestTenant, query: string, variables: object = {}): Promise<T> {
  const { data, errors } = await tenant.ask(query, { ...variables })
  expect(errors).toEqual([])
  return data as T
}

const CREATE = `mutation ($input: CostPoolInput!) { createCostPool(input: $input) { costPool { id } userErrors { code message field } } }`

async function pool(tenant: TestTenant, fields: object): Promise<string> {
  const input = { category: 'OTHER', month: MONTH, amount: { amount: '100', currency: 'GBP' }, ...fields }
  const { createCostPool } = await ok<{ createCostPool: { costPool: { id: string } | null; userErrors: unknown } }>(
    tenant,
    CREATE,
    { input },
  )
  expect(createCostPool.userErrors).toEqual([])
  return createCostPool.costPool?.id ?? ''
}

/** `research` with 2 invocations for one task, `coding` with 3 without a task. */
async function fleet(): Promise<TestTenant> {
  const tenant = await world.tenant()
  const event = (id: string, tags: object) => ({
    ...{ id, provider: 'acme', resource: 'm', occurredAt: '2026-10-10T10:00:00Z', ...tags },
    usage: [{ meter: 'input_tokens', quantity: '1000' }],
  })
  const research = { agent: 'research', task: 'report', client: 'northwind' }
  const invocations = [
    ...['a', 'b'].map((id) => event(id, research)),
    ...['c', 'd', 'e'].map((id) => event(id, { agent: 'coding' })),
  ]
  await ok(tenant, 'mutation ($input: RecordInvocationsInput!) { recordInvocations(input: $input) { accepted } }', {
    input: { invocations },
  })
  return tenant
}

const RUN = `mutation ($input: RunAllocationInput!) { runAllocation(input: $input) {
  runs { id pool { name } total { amount } check { balanced } } jobId userErrors { code message field } } }`

interface Ran {
  runAllocation: { runs: { id: string; pool: { name: string } }[] | null; jobId: string | null; userErrors: unknown[] }
}

/** As a worker does it, beside the request that waits. */
async function run(tenant: TestTenant, input: object = {}): Promise<Ran['runAllocation']> {
  const { runAllocation } = await ok<Ran>(tenant, RUN, { input: { month: MONTH, ...input } })
  if (runAllocation.jobId === null) return runAllocation
  await work(tenant, runAllocation.jobId)
  return runAllocation
}

async function work(tenant: TestTenant, jobId: string): Promise<void> {
  const ref = { tenantId: tenant.id, jobId: decodeId(jobId)?.uuid ?? '' }
  await runAllocationJob({ pool: world.server.pool }, ref, { signal: new AbortController().signal, publish: () => {} })
}

describe('allocation in the API', () => {
  it('shows a run with its shares, places, check and policy, and on its pool', async () => {
    const tenant = await fleet()
    const id = await pool(tenant, { name: 'Hosting' })
    const { jobId } = await run(tenant)
    const { allocationRuns } = await ok<{ allocationRuns: { id: string }[] }>(
      tenant,
      `{ allocationRuns(month: "${MONTH}") { id total { amount } shares { amount { amount } } } }`,
    )
    expect(allocationRuns).toHaveLength(1)
    const answer = await ok(
      tenant,
      `query ($id: ID!, $job: ID!, $run: ID!) {
        allocationJob(id: $job) { month state cause error runs { pool { id } } }
        costPool(id: $id) { name }
        allocationRun(id: $run) { month method basis state policyVersion policy { state } pool { id month run { state } runs { state } }
          poolAmount { amount currency } received { amount } passedOn { amount } feeds { share } total { amount } allocated { amount }
          unallocated { amount } idle { amount } underAbsorbed { amount } fallback isStale
          shares { agent { key } weight amount { amount } share places(first: 5) { task { key } client { key } project { key } amount { amount } } }
          check { byAgent { amount } byTask { amount } byClient { amount } pool { amount } balanced } } }`,
      { id, job: jobId, run: allocationRuns[0]?.id },
    )
    const zero = { amount: '0.00' }
    const hundred = { amount: '100.00' }
    expect(answer).toEqual({
      allocationJob: { month: MONTH, state: 'DONE', cause: 'REQUESTED', error: null, runs: [{ pool: { id } }] },
      costPool: { name: 'Hosting' },
      allocationRun: {
        ...{ month: MONTH, method: 'USAGE', basis: 'INVOCATIONS', state: 'CURRENT', policyVersion: 1 },
        policy: { state: 'APPROVED' },
        pool: { id, month: MONTH, run: { state: 'CURRENT' }, runs: [{ state: 'CURRENT' }] },
        ...{ poolAmount: { ...hundred, currency: 'GBP' }, received: zero, passedOn: zero, feeds: [], total: hundred },
        ...{ allocated: hundred, unallocated: zero, idle: null, underAbsorbed: zero, fallback: null, isStale: false },
        shares: [
          {
            ...{ agent: { key: 'coding' }, weight: '3', amount: { amount: '60.00' }, share: '0.6' },
            places: [{ task: null, client: null, project: null, amount: { amount: '60.00' } }],
          },
          {
            ...{ agent: { key: 'research' }, weight: '2', amount: { amount: '40.00' }, share: '0.4' },
            places: [
              { task: { key: 'report' }, client: { key: 'northwind' }, project: null, amount: { amount: '40.00' } },
            ],
          },
        ],
        check: { byAgent: hundred, byTask: hundred, byClient: hundred, pool: hundred, balanced: true },
      },
    })
  })

  it('answers with the runs when it is asked to wait', async () => {
    const tenant = await fleet()
    await pool(tenant, { name: 'Hosting' })
    const asked = ok<Ran>(tenant, RUN, { input: { month: MONTH, wait: true } })
    let jobId: string | undefined
    while (jobId === undefined) {
      const { rows } = await world.owner.query<{ id: string }>('SELECT id FROM allocation_job WHERE tenant_id = $1', [
        tenant.id,
      ])
      jobId = rows[0]?.id
    }
    await work(tenant, encodeId('AllocationJob', jobId))
    expect((await asked).runAllocation).toEqual({
      runs: [
        {
          id: expect.stringMatching(/^aln_/),
          pool: { name: 'Hosting' },
          total: { amount: '100.00' },
          check: { balanced: true },
        },
      ],
      jobId: encodeId('AllocationJob', jobId),
      userErrors: [],
    })
  })

  it('names the pools that cannot be run', async () => {
    const tenant = await fleet()
    await pool(tenant, { name: 'Euros', amount: { amount: '1', currency: 'EUR' } })
    expect(await run(tenant)).toEqual({
      runs: null,
      jobId: null,
      userErrors: [
        expect.objectContaining({ code: 'UNCONVERTED', message: expect.stringContaining('EUR to GBP on 2026-10-31') }),
      ],
    })
  })

  it('compares the methods on one snapshot, with what was tried out, and writes nothing', async () => {
    const tenant = await fleet()
    const id = await pool(tenant, { name: 'Hosting' })
    const compare = `query ($id: ID!, $whatIf: WhatIfPolicyInput) { allocationComparison(poolId: $id, month: "${MONTH}", whatIf: $whatIf) {
      pool { id } methods { column method basis allocated { amount } unallocated { amount } fallback }
      rows { agent { key } equal { amount } usage { amount } revenue { amount } overheadRate { amount } current { amount } whatIf { amount } equalDifference { amount } } } }`
    const whatIf = { basis: 'TOKENS', multipliers: [{ agent: 'research', multiplier: '3' }] }
    const { allocationComparison } = await ok<{ allocationComparison: { rows: unknown[]; methods: unknown[] } }>(
      tenant,
      compare,
      { id, whatIf },
    )
    const amounts = (equal: string, usage: string, tried: string, difference: string) => ({
      ...{
        equal: { amount: equal },
        usage: { amount: usage },
        revenue: { amount: '0.00' },
        overheadRate: { amount: '0.00' },
      },
      ...{ current: { amount: usage }, whatIf: { amount: tried }, equalDifference: { amount: difference } },
    })
    expect(allocationComparison.rows).toEqual([
      { agent: { key: 'coding' }, ...amounts('50.00', '60.00', '33.33', '-10.00') },
      { agent: { key: 'research' }, ...amounts('50.00', '40.00', '66.67', '10.00') },
    ])
    expect(allocationComparison.methods).toHaveLength(6)
    expect((await world.owner.query('SELECT 1 FROM allocation_run WHERE tenant_id = $1', [tenant.id])).rowCount).toBe(0)
    const unknown = await tenant.ask(compare, { id, whatIf: { multipliers: [{ agent: 'nobody', multiplier: '1' }] } })
    expect(unknown.errors).toEqual([expect.objectContaining({ message: 'There is no agent "nobody".' })])
    const foreign = await (await fleet()).ask(compare, { id })
    expect(foreign.errors).toEqual([
      expect.objectContaining({ extensions: expect.objectContaining({ code: 'NOT_FOUND' }) }),
    ])
  })
})
