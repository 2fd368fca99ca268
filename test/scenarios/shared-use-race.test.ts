import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { testSecret } from '@outlay/db/embedded/test-database'
import { Random } from '../oracle/random.ts'
import { recordInvocations } from '../support/deliver.ts'
import { inParallel, item, plainRate } from '../support/items.ts'
import { type Outlay, startOutlay } from '../support/outlay.ts'
import { freePort, ServerProcess } from '../support/server-process.ts'
import { TenantClient } from '../support/tenant-client.ts'

jest.setTimeout(120_000)

const seed = Number.parseInt(process.env['OUTLAY_SEED'] ?? '', 10) || Date.now() % 1_000_000
const senders = 8
const repetitions = 100
/** Repetitions under way at one time: senders of different uses wait for each other too. */
const width = 4
const range = { from: '2026-10-01', to: '2026-11-01' }

interface Use {
  traceId: string
  sharedKey: string
  cost: { amount: string }
  reportedBy: { key: string }[]
}

describe('a shared use that eight agents report at the same time, to two servers', () => {
  const random = new Random(seed)
  let outlay: Outlay
  let tenant: TenantClient
  /** Writes to the same tenant; a server alone lets its own requests write in turn, whatever the database does. */
  let other: ServerProcess
  let elsewhere: TenantClient

  beforeAll(async () => {
    console.log(`Shared uses: OUTLAY_SEED=${seed} replays the order of arrival.`)
    outlay = await startOutlay()
    tenant = await outlay.createTenant({ currency: 'GBP', timeZone: 'Europe/London' })
    const { appUrl, authUrl, queueUrl } = outlay.database
    other = new ServerProcess({ appUrl, authUrl, queueUrl, secret: testSecret, port: await freePort() })
    await other.start()
    elsewhere = new TenantClient(() => other.url, tenant.key, tenant.apiKey)
    const rates = [plainRate('GBP')]
    await tenant.gql('mutation ($rates: [RateInput!]!) { publishRates(input: { rates: $rates }) { rates { id } } }', {
      rates,
    })
  })

  afterAll(async () => {
    await other?.stop()
    await outlay?.stop()
  })

  /** The report of one agent. Its own usage costs 0.10 and the search 0.25, whoever is first to say so. */
  function report(use: string, agent: number) {
    const tags = { agent: `agent-${agent}`, task: `task-${use}`, trace: `trace-${use}`, occurredAt: occurredAt() }
    const search = { kind: 'RETRIEVAL', sharedKey: 'index', usage: [{ meter: 'input_tokens', quantity: '250' }] }
    const own = item(`${use}-${agent}-own`, { ...tags, usage: [{ meter: 'input_tokens', quantity: '100' }] })
    const shared = item(`${use}-${agent}-shared`, { ...tags, ...search })
    return random.shuffled([own, shared])
  }

  // The first to arrive need not be the first to have occurred.
  function occurredAt(): string {
    return new Date(Date.UTC(2026, 9, 10, 10) + random.int(0, 60_000)).toISOString()
  }

  /** Everybody sends at once, and every second sender again. */
  async function sendAll(use: string): Promise<void> {
    const batches = random.shuffled(
      Array.from({ length: senders }, (_, agent) => report(use, agent)).flatMap((batch, agent) =>
        agent % 2 === 0 ? [batch, batch] : [batch],
      ),
    )
    const answers = await Promise.all(
      batches.map(async (batch) => {
        // Some are a moment later than others.
        await new Promise((resolve) => setTimeout(resolve, random.int(0, 8)))
        return recordInvocations(random.chance(0.5) ? tenant : elsewhere, batch)
      }),
    )
    expect(answers.flatMap((answer) => answer.rejected)).toEqual([])
    expect(answers.reduce((sum, answer) => sum + answer.accepted, 0)).toBe(2 * senders)
  }

  it(`costs once and names all its reporters, on each of ${repetitions} repetitions`, async () => {
    const uses = Array.from({ length: repetitions }, (_, i) => String(i))
    const everybody = Array.from({ length: senders }, (_, agent) => `agent-${agent}`)
    await inParallel(uses, width, async (use) => {
      await sendAll(use)
      const { taskCost, trace } = await tenant.gql<{
        taskCost: { cost: Parts; chainShared: Use[] }
        trace: { cost: Parts; chainShared: Use[] }
      }>(
        `query ($task: String!, $trace: String!) {
          taskCost(taskKey: $task) { ...shared } trace(traceId: $trace) { ...traced }
        }
        fragment shared on TaskCost { cost { ${parts} } chainShared { ${useFields} } }
        fragment traced on Trace { cost { ${parts} } chainShared { ${useFields} } }`,
        { task: `task-${use}`, trace: `trace-${use}` },
      )
      const cost = { direct: { amount: '0.80' }, chainShared: { amount: '0.25' }, invocations: String(senders + 1) }
      expect({ use, task: taskCost.cost, trace: trace.cost }).toEqual({ use, task: cost, trace: cost })
      const once = { traceId: `trace-${use}`, sharedKey: 'index', cost: { amount: '0.25' }, reportedBy: everybody }
      expect({ task: taskCost.chainShared.map(sorted), trace: trace.chainShared.map(sorted) }).toEqual({
        task: [once],
        trace: [once],
      })
      // Who carries the cost is named first, by both.
      expect(taskCost.chainShared[0]?.reportedBy[0]).toEqual(trace.chainShared[0]?.reportedBy[0])
    })

    const { fleetCost } = await tenant.gql<{ fleetCost: object }>(
      `query ($range: DateRangeInput!) { fleetCost(range: $range) {
        cost { ${parts} } conservation { balanced }
        chainShared { provider resource uses reports cost { amount } }
      } }`,
      { range },
    )
    expect(fleetCost).toEqual({
      cost: {
        direct: { amount: '80.00' },
        chainShared: { amount: '25.00' },
        invocations: String(repetitions * (senders + 1)),
      },
      conservation: { balanced: true },
      chainShared: [
        {
          provider: 'acme',
          resource: 'small-1',
          uses: String(repetitions),
          reports: String(repetitions * senders),
          cost: { amount: '25.00' },
        },
      ],
    })
    const { taskCosts } = await tenant.gql<{ taskCosts: { nodes: { chainShared: Use[] }[] } }>(
      'query ($range: DateRangeInput!) { taskCosts(range: $range, first: 100) { nodes { chainShared { reportedBy { key } } } } }',
      { range },
    )
    expect(taskCosts.nodes.map((row) => row.chainShared.map((use) => use.reportedBy.length))).toEqual(
      uses.map(() => [senders]),
    )
  }, 60_000)
})

const parts = 'direct { amount } chainShared { amount } invocations'
const useFields = 'traceId sharedKey cost { amount } reportedBy { key }'

interface Parts {
  direct: { amount: string }
  chainShared: { amount: string }
  invocations: string
}

function sorted(use: Use) {
  return { ...use, reportedBy: use.reportedBy.map((agent) => agent.key).sort() }
}
