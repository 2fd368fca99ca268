import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import type { Item } from '../oracle/delivery.ts'
import { Rational } from '../oracle/rational.ts'
import { deliver, everyPage } from '../support/deliver.ts'
import { inParallel } from '../support/items.ts'
import { type Outlay, startOutlay } from '../support/outlay.ts'
import type { TenantClient } from '../support/tenant-client.ts'

jest.setTimeout(300_000)

const october = { from: '2026-10-01', to: '2026-11-01' }
const marketEntry = 'produce a market entry analysis'

/**
 * The month of the worked example, in usage. The large reasoning model costs £0.015 per 1,000 input tokens, the small one
 * £0.0003, a tool £0.01 a call; thousands of tokens and calls per task give the totals of the article:
 *
 * | Agent         | tasks | a task               | the last task        | in the market entry analysis |
 * | Research      | 620   | 100k + 50 calls 2.00 | the same             | 100k + 50 calls = 2.00       |
 * | Coding        | 310   | 400k + 100 calls 7.00| 1,000k + 200 = 17.00 | none                         |
 * | Summarisation | 4,200 | 67k small 0.0201     | 1,934k small 0.5802  | 2 calls = 0.02 (+ 2 more)    |
 * | Campaign      | 180   | 238 calls 2.38       | 397 calls 3.97       | 239 calls = 2.39             |
 */
interface Work {
  agent: string
  tasks: number
  usual: Load
  last: Load
  shared?: Load
}
interface Load {
  large?: number
  small?: number
  calls?: number
}

const fleet: Work[] = [
  {
    agent: 'Research Agent',
    tasks: 619,
    usual: { large: 100_000, calls: 50 },
    last: { large: 100_000, calls: 50 },
    shared: { large: 100_000, calls: 50 },
  },
  { agent: 'Coding Agent', tasks: 310, usual: { large: 400_000, calls: 100 }, last: { large: 1_000_000, calls: 200 } },
  {
    agent: 'Summarisation Agent',
    tasks: 4_199,
    usual: { small: 67_000 },
    last: { small: 1_934_000, calls: 2 },
    shared: { calls: 2 },
  },
  { agent: 'Campaign Agent', tasks: 179, usual: { calls: 238 }, last: { calls: 397 }, shared: { calls: 239 } },
]

describe('the worked example of the domain', () => {
  let outlay: Outlay
  let tenant: TenantClient

  beforeAll(async () => {
    outlay = await startOutlay()
    tenant = await outlay.createTenant({ currency: 'GBP', timeZone: 'Europe/London' })
    const rate = (provider: string, resource: string, meter: string, amount: string, per: string) => ({
      ...{ provider, resource, meter, per, effectiveFrom: '2026-01-01T00:00:00Z' },
      price: { amount, currency: 'GBP' },
    })
    await deliver(tenant, {
      kind: 'rates',
      rates: [
        rate('acme', 'large-reasoning', 'input_tokens', '0.015', '1000'),
        rate('acme', 'small', 'input_tokens', '0.0003', '1000'),
        rate('acme', 'tool', 'requests', '0.01', '1'),
      ],
    })
    const items = fleet.flatMap(workOf)
    for (let start = 0; start < items.length; start += 5_000) {
      const answer = await tenant.post('/v1/invocations', items.slice(start, start + 5_000))
      expect(answer.body).toMatchObject({ duplicates: 0, unpriced: 0, rejected: [] })
    }
    await completeTasks([...new Set(items.map((item) => item.task ?? ''))])
  })

  afterAll(async () => {
    await outlay?.stop()
  })

  /** Twenty tasks to a document, so that five thousand do not take five thousand requests. */
  async function completeTasks(keys: readonly string[]): Promise<void> {
    const dozens = Array.from({ length: Math.ceil(keys.length / 10) }, (_, index) =>
      keys.slice(index * 10, index * 10 + 10),
    )
    await inParallel(dozens, 4, async (some) => {
      const inputs = some.map((key) => ({ key, status: 'COMPLETED', completedAt: '2026-10-30T12:00:00Z' }))
      const data = await tenant.gql<Record<string, { userErrors: unknown[] }>>(
        `mutation (${some.map((_, i) => `$i${i}: UpsertTaskInput!`).join(' ')}) {
          ${some.map((_, i) => `t${i}: upsertTask(input: $i${i}) { userErrors { message } }`).join('\n')}
        }`,
        Object.fromEntries(inputs.map((input, index) => [`i${index}`, input])),
      )
      expect(Object.values(data).flatMap((payload) => payload.userErrors)).toEqual([])
    })
  }

  it('gives each agent its month and its cost per task', async () => {
    const rows = await everyPage<{
      agent: { name: string }
      cost: { total: { amount: string } }
      tasksCompleted: number
      costPerTask: { amount: string }
    }>(
      tenant,
      `query ($range: DateRangeInput!, $after: String) { agentCosts(range: $range, after: $after) {
        nodes { agent { name } cost { total { amount } } tasksCompleted costPerTask { amount } }
        pageInfo { hasNextPage endCursor }
      } }`,
      { range: october },
      'agentCosts',
    )
    const shown = rows.map((row) => [
      row.agent.name,
      row.cost.total.amount,
      row.tasksCompleted,
      Rational.parse(row.costPerTask.amount).roundHalfEven(2).toDecimal(2),
    ])
    expect(shown).toEqual([
      ['Coding Agent', '2180.00', 310, '7.03'],
      ['Research Agent', '1240.00', 620, '2.00'],
      ['Campaign Agent', '430.00', 180, '2.39'],
      ['Summarisation Agent', '85.00', 4_200, '0.02'],
    ])
  })

  it.each([
    ['50', '50.00', '45.59', '0.9118'],
    ['5', '5.00', '0.59', '0.118'],
  ])('earns on the market entry analysis billed at £%s', async (amount, billed, margin, marginRatio) => {
    await deliver(tenant, { kind: 'task', change: { key: marketEntry, billed: { amount, currency: 'GBP' } } })
    const { taskCost } = await tenant.gql<{ taskCost: { byAgent: { agent: { name: string } }[] } }>(
      `query ($key: String!) { taskCost(taskKey: $key) {
        cost { total { amount } } byAgent { agent { name } direct { amount } }
        billed { amount } margin { amount } marginRatio
      } }`,
      { key: marketEntry },
    )
    taskCost.byAgent.sort((a, b) => (a.agent.name < b.agent.name ? -1 : 1))
    expect(taskCost).toEqual({
      cost: { total: { amount: '4.41' } },
      byAgent: [
        { agent: { name: 'Campaign Agent' }, direct: { amount: '2.39' } },
        { agent: { name: 'Research Agent' }, direct: { amount: '2.00' } },
        { agent: { name: 'Summarisation Agent' }, direct: { amount: '0.02' } },
      ],
      billed: { amount: billed },
      margin: { amount: margin },
      marginRatio,
    })
  })

  it('sums the fleet to £3,935.00 and balances', async () => {
    const { fleetCost } = await tenant.gql(
      `query ($range: DateRangeInput!) { fleetCost(range: $range) {
        cost { total { amount currency } } tasksCompleted conservation { balanced ledger { amount } }
      } }`,
      { range: october },
    )
    expect(fleetCost).toEqual({
      cost: { total: { amount: '3935.00', currency: 'GBP' } },
      // The market entry analysis is one task of three agents.
      tasksCompleted: 619 + 310 + 4_199 + 179 + 1,
      conservation: { balanced: true, ledger: { amount: '3935.00' } },
    })
  })
})

function workOf({ agent, tasks, usual, last, shared }: Work): Item[] {
  const own = Array.from({ length: tasks }, (_, index) =>
    loadItems(agent, `${agent} ${index + 1}`, index === tasks - 1 ? last : usual),
  )
  return [...own.flat(), ...(shared === undefined ? [] : loadItems(agent, marketEntry, shared))]
}

function loadItems(agent: string, task: string, { large, small, calls }: Load): Item[] {
  const base = { agent, task, client: 'northwind', provider: 'acme', occurredAt: '2026-10-12T09:00:00Z' }
  const items: Item[] = []
  const use = (resource: string, meter: string, kind: Item['kind'], quantity: number | undefined): void => {
    if (quantity === undefined) return
    const usage = [{ meter, quantity: String(quantity) }]
    items.push({ ...base, id: `${agent}/${task}/${resource}`, resource, kind, usage })
  }
  use('large-reasoning', 'input_tokens', 'MODEL', large)
  use('small', 'input_tokens', 'MODEL', small)
  use('tool', 'requests', 'TOOL', calls)
  return items
}
