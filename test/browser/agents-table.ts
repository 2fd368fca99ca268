import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { plainDecimal, rowsOf, scaled, unscaled } from './table.ts'
import type { Visitor } from './visitor.ts'
import { product, visiting } from './world.ts'

interface AgentCost {
  agent: { key: string; name: string }
  tasksCompleted: number
  costPerTask: { amount: string } | null
  cost: { direct: { amount: string }; invocations: string; unpricedInvocations: string }
}

export function agentsTable(): void {
  describe("the article's table", () => {
    it(
      'shows what each agent cost last month, its completed tasks and the cost of one',
      visiting(async (visit) => {
        const visitor = await visit('leadership')
        await visitor.open('/agents?period=last-month&basis=direct')
        const rows = await rowsOf(agents(visitor))
        const perTask = 'Direct per task, £'
        expect(
          rows.map((row) => [row.Agent?.text, row['Direct, £']?.text, row.Tasks?.text, row[perTask]?.text]),
        ).toEqual([
          [expect.stringMatching(/^Coding Agent/), '2,180.00', '310', '7.03'],
          [expect.stringMatching(/^Research Agent/), '1,240.00', '620', '2.00'],
          [expect.stringMatching(/^Campaign Agent/), '430.00', '180', '2.39'],
          [expect.stringMatching(/^Summarisation Agent/), '85.00', '4,200', expect.stringMatching(/^0\.02/)],
        ])
      }),
    )

    it(
      'says what the API says, to the last decimal, and adds up to the ledger',
      visiting(async (visit) => {
        const visitor = await visit('finance')
        await visitor.open('/agents?period=last-month&basis=direct')
        const { agentCosts, fleetCost } = await lastMonth()
        const rows = await rowsOf(agents(visitor))
        const shown = rows.map((row) => ({
          name: agentCosts.nodes.find(({ agent }) => row.Agent?.text.startsWith(agent.name))?.agent.name,
          direct: scaled(plainDecimal(row['Direct, £']?.title ?? null)),
          perTask: scaled(plainDecimal(row['Direct per task, £']?.title ?? null)),
          tasks: plainDecimal(row.Tasks?.text ?? null),
          invocations: plainDecimal(row.Invocations?.text ?? null),
          unpriced: plainDecimal(row.Unpriced?.text ?? null),
        }))
        const answered = agentCosts.nodes.map(({ agent, cost, tasksCompleted, costPerTask }) => ({
          name: agent.name,
          direct: scaled(cost.direct.amount),
          perTask: scaled(costPerTask?.amount ?? ''),
          tasks: String(tasksCompleted),
          invocations: cost.invocations,
          unpriced: cost.unpricedInvocations,
        }))
        const byName = (a: { name?: string }, b: { name?: string }) => (a.name ?? '').localeCompare(b.name ?? '')
        expect(shown.toSorted(byName)).toEqual(answered.toSorted(byName))

        const fixed = await rowsOf(agents(visitor), 'tfoot')
        const amounts = fixed.map((row) => scaled(plainDecimal(row['Direct, £']?.title ?? null)))
        const [sum, ...rest] = amounts
        expect(sum).toBe(answered.reduce((total, row) => total + row.direct, 0n))
        const { direct, chainShared } = fleetCost.cost
        expect(rest.at(-1)).toBe(scaled(direct.amount) + scaled(chainShared.amount))
        expect(amounts.slice(0, -1).reduce((total, amount) => total + amount, 0n)).toBe(rest.at(-1))
        await visitor.reads(agents(visitor).locator('tfoot tr').last(), /equals the ledger$/)
      }),
    )

    it(
      'is saved as CSV with every decimal',
      visiting(async (visit) => {
        const visitor = await visit('finance')
        await visitor.open('/agents?period=last-month')
        const saving = visitor.page.waitForEvent('download')
        await visitor.page.locator('#main summary', { hasText: /^Export$/ }).click()
        await visitor.click(visitor.page.getByRole('button', { name: 'What I see (CSV)' }))
        const download = await saving
        expect(download.suggestedFilename()).toMatch(/^agents .*\.csv$/)
        const csv = readFileSync(await download.path(), 'utf8')
        const { agentCosts } = await lastMonth()
        for (const { agent, cost } of agentCosts.nodes) {
          const line = csv.split(/\r?\n/).find((one) => one.includes(agent.name))
          const numbers = (line?.split(',') ?? []).filter((cell) => /^\d+(\.\d+)?$/.test(cell))
          expect(numbers.map(scaled)).toContain(scaled(cost.direct.amount))
        }
      }),
    )

    it(
      'opens the arithmetic of an agent: its resources add up to its cost',
      visiting(async (visit) => {
        const visitor = await visit('projectManager')
        await visitor.open('/agents?period=last-month&basis=direct')
        await visitor.click(agents(visitor).getByRole('link', { name: 'Coding Agent' }))
        const panel = visitor.page.getByRole('complementary', { name: 'Coding Agent' })
        await visitor.reads(panel, /2,180\.00 ÷ 310 tasks = £7\.03 a task/)
        const byResource = panel.locator('section', { hasText: 'Direct, by resource' })
        const parts = await byResource.locator('li [title]').all()
        const amounts = await Promise.all(parts.map(async (part) => await part.getAttribute('title')))
        expect(amounts.length).toBeGreaterThan(1)
        const sum = amounts
          .map(plainDecimal)
          .map(scaled)
          .reduce((total, amount) => total + amount, 0n)
        expect(unscaled(sum)).toBe('2180')
        expect(visitor.path).toContain('peek=coding')
      }),
    )

    it(
      'keeps filter and order in the address, so that a copied link shows the same',
      visiting(async (visit) => {
        const visitor = await visit('leadership')
        await visitor.open('/agents?period=last-month')
        await visitor.click(agents(visitor).getByRole('link', { name: 'Tasks', exact: true }))
        await visitor.arrivesAt(/sort=tasks\.desc/)
        await visitor.fill(visitor.page.getByLabel('Filter agents'), 'ca')
        await visitor.arrivesAt(/q=ca/)
        const other = await visit('finance')
        await other.open(visitor.path)
        const rows = await rowsOf(agents(other))
        expect(rows.map((row) => row.Agent?.text)).toEqual([expect.stringMatching(/^Campaign Agent/)])
        await other.open(visitor.path.replace('q=ca', 'q=a'))
        const tasks = (await rowsOf(agents(other))).map((row) => row.Tasks?.text)
        expect(tasks).toEqual(['4,200', '620', '310', '180'])
      }),
    )
  })
}

function agents(visitor: Visitor) {
  return visitor.page.getByRole('table', { name: /^Agents/ }).first()
}

async function lastMonth() {
  const { tenant } = await product().demo.gql<{ tenant: { today: string } }>('{ tenant { today } }')
  const [year = 0, month = 0] = tenant.today.split('-').map(Number)
  const first = (months: number) => new Date(Date.UTC(year, month - 1 + months, 1)).toISOString().slice(0, 10)
  return product().demo.gql<{
    agentCosts: { nodes: AgentCost[] }
    fleetCost: { cost: { direct: { amount: string }; chainShared: { amount: string } } }
  }>(
    `query ($range: DateRangeInput!) {
      agentCosts(range: $range, first: 100) {
        nodes {
          agent { key name } tasksCompleted costPerTask(basis: DIRECT) { amount }
          cost { direct { amount } invocations unpricedInvocations }
        }
      }
      fleetCost(range: $range, compareTo: NONE) { cost { direct { amount } chainShared { amount } } }
    }`,
    { range: { from: first(-1), to: first(0) } },
  )
}
