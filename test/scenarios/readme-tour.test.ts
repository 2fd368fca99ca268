import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import { addMonths, firstOfMonth } from '@outlay/domain/periods/calendar-date'
import { formatFixed18, parseFixed18, roundHalfEven } from '@outlay/domain/money/fixed18'
import { runCommandLine } from '@outlay/server/cli/main'
import { ensureDemo } from '@outlay/server/supervisor/demo-tenant'
import { testSecret } from '@outlay/db/embedded/test-database'
import { type Outlay, startOutlay } from '../support/outlay.ts'
import type { TenantClient } from '../support/tenant-client.ts'

jest.setTimeout(300_000)

const root = fileURLToPath(new URL('../../', import.meta.url))
const readme = readFileSync(`${root}README.md`, 'utf8')

/** The cells of the README's table rows that begin with a name, without thousands separators and pound signs. */
function tableRow(name: string): string[] {
  const line = readme.split('\n').find((candidate) => candidate.startsWith(`| ${name} `))
  return (line ?? '')
    .split('|')
    .slice(2, -1)
    .map((cell) => cell.trim().replaceAll(/[£,]/g, ''))
}

/** The arguments of the README's import commands, line by line as a shell reads them. */
function importCommands(): string[][] {
  const commands = readme.replaceAll('\\\n', ' ').match(/^npm run outlay -- import .*$/gm) ?? []
  return commands.map((command) => command.split(/\s+/).slice(4))
}

interface AgentRow {
  agent: { key: string; name: string }
  cost: { total: { amount: string }; invocations: string; tokens: string }
  tasksCompleted: number
  costPerTask: { amount: string } | null
}

describe('the tour of the README', () => {
  let outlay: Outlay
  let demo: TenantClient

  beforeAll(async () => {
    outlay = await startOutlay()
    const app = new TenantPool({ url: outlay.database.appUrl })
    const auth = new pg.Pool({ connectionString: outlay.database.authUrl })
    try {
      const { apiKey } = await ensureDemo({ app, auth }, { secret: testSecret, log: () => {} })
      demo = outlay.clientFor('fernhill', apiKey)
    } finally {
      await Promise.all([app.end(), auth.end()])
    }
  })

  afterAll(() => outlay.stop())

  async function agents(range: { from: string; to: string }): Promise<AgentRow[]> {
    const { agentCosts } = await demo.gql<{ agentCosts: { nodes: AgentRow[] } }>(
      `query($range: DateRangeInput!) { agentCosts(range: $range) { nodes { agent { key name } cost { total { amount } invocations tokens }
         tasksCompleted costPerTask { amount } } } }`,
      { range },
    )
    return agentCosts.nodes
  }

  it('shows the agents’ last month as the demo has it', async () => {
    const { tenant } = await demo.gql<{ tenant: { today: string } }>('{ tenant { today } }')
    const to = firstOfMonth(tenant.today)
    const rows = await agents({ from: addMonths(to, -1), to })
    const shown = rows.map(({ agent, cost, tasksCompleted, costPerTask }) => {
      const unit = roundHalfEven(parseFixed18(costPerTask?.amount ?? '0'), 2)
      return [agent.name, cost.total.amount, String(tasksCompleted), formatFixed18(unit, 2)]
    })
    expect(shown).toEqual(
      ['Coding Agent', 'Research Agent', 'Campaign Agent', 'Summarisation Agent'].map((name) => [
        name,
        ...tableRow(name),
      ]),
    )
  })

  it('opens the chain of £4.41 and both of its margins', async () => {
    const taskCost = (key: string) =>
      demo.gql(
        `query($key: String!) { taskCost(taskKey: $key) { task { name } cost { total { amount } } billed { amount } margin { amount } marginRatio } }`,
        { key },
      )
    expect(await taskCost('market-entry-analysis')).toEqual({
      taskCost: {
        task: { name: 'Produce a market entry analysis' },
        cost: { total: { amount: '4.41' } },
        billed: { amount: '50.00' },
        margin: { amount: '45.59' },
        marginRatio: '0.9118',
      },
    })
    expect(await taskCost('market-entry-refresh')).toEqual({
      taskCost: {
        task: { name: 'Refresh the market entry analysis' },
        cost: { total: { amount: '4.41' } },
        billed: { amount: '5.00' },
        margin: { amount: '0.59' },
        marginRatio: '0.118',
      },
    })
  })

  it('imports both traces by the commands it prints, and finds every row again the second time', async () => {
    const said: string[] = []
    const run = async () => {
      for (const command of importCommands()) {
        const args = [...command, '--url', outlay.url, '--key', demo.apiKey]
        expect(await runCommandLine(args, { folder: root, print: (text) => said.push(text) })).toBe(0)
      }
    }
    await run()
    await run()
    expect(said.map((text) => text.split('\n').slice(1, 3))).toEqual([
      ['8,819 accepted', '0 already known'],
      ['19,366 accepted', '0 already known'],
      ['0 accepted', '8,819 already known'],
      ['0 accepted', '19,366 already known'],
    ])
    const rows = await agents({ from: '2023-11-16', to: '2023-11-17' })
    const shown = rows.map(({ agent, cost }) => [agent.key, cost.invocations, cost.tokens, cost.total.amount])
    expect(shown).toEqual(
      ['coding-service', 'conversation-service'].map((name) => {
        const [requests, tokens, , cost] = tableRow(name)
        return [name, requests, tokens, cost]
      }),
    )
  })
})
