import { describe, expect, it } from '@jest/globals'
import { addMonths, firstOfMonth } from '@outlay/domain/periods/calendar-date'
import { today } from '@outlay/domain/periods/local-day'
import { plainDecimal, rowsOf, scaled, type Row } from './table.ts'
import type { Visitor } from './visitor.ts'
import { product, visiting } from './world.ts'

interface ProjectCost {
  project: { key: string; name: string }
  tasksCompleted: number
  agentsUsed: number
  revenue: { amount: string } | null
  margin: { amount: string } | null
  costPerTask: { amount: string } | null
  cost: { direct: { amount: string }; chainShared: { amount: string }; total: { amount: string } }
}

const FIELDS = `project { key name } tasksCompleted agentsUsed revenue { amount } margin(basis: ATTRIBUTED) { amount }
  costPerTask(basis: ATTRIBUTED) { amount } cost { direct { amount } chainShared { amount } total { amount } }`

function lastMonth(): { from: string; to: string } {
  const to = firstOfMonth(today(Date.now(), 'Europe/London'))
  return { from: addMonths(to, -1), to }
}

async function projectsOf(clientKey: string | null) {
  const { projectCosts, fleetCost } = await product().demo.gql<{
    projectCosts: { totalCount: number; nodes: ProjectCost[] }
    fleetCost: { withoutProject: { amount: string }; cost: { total: { amount: string } } }
  }>(
    `query ($range: DateRangeInput!, $clientKey: String) {
      projectCosts(range: $range, clientKey: $clientKey, first: 100) { totalCount nodes { ${FIELDS} } }
      fleetCost(range: $range, compareTo: NONE) { withoutProject { amount } cost { total { amount } } } }`,
    { range: lastMonth(), clientKey },
  )
  return { nodes: projectCosts.nodes, fleet: fleetCost }
}

function table(visitor: Visitor) {
  return visitor.page.getByRole('table', { name: /^Projects/ })
}

function exact(row: Row | undefined, column: string): bigint | null {
  const cell = row?.[column]
  return cell === undefined || cell.text === 'n/a' ? null : scaled(plainDecimal(cell.title))
}

/** Where the month has pools, the whole of a cost has another name. */
function costIn(row: Row | undefined): bigint | null {
  return exact(row, row?.['Fully loaded, £'] === undefined ? 'Cost, £' : 'Fully loaded, £')
}

export function projects(): void {
  describe('projects', () => {
    it(
      'are listed with what the API says, and add up with the rest to the fleet',
      visiting(async (visit) => {
        const visitor = await visit('projectManager')
        await visitor.open('/projects?period=last-month&basis=attributed&show=agents')
        const { nodes, fleet } = await projectsOf(null)
        expect(nodes.length).toBeGreaterThan(10)
        const rows = await rowsOf(table(visitor))
        const shown = rows.map((row) => ({
          name: nodes.find(({ project }) => row.Project?.text.startsWith(`${project.name} `))?.project.name,
          revenue: exact(row, 'Revenue, £'),
          direct: exact(row, 'Direct, £'),
          shared: exact(row, 'Chain-shared, £'),
          total: costIn(row),
          margin: exact(row, 'Attributed margin, £'),
          perTask: exact(row, 'Attributed per task, £'),
          tasks: plainDecimal(row.Tasks?.text ?? null),
          agents: row.Agents?.text,
        }))
        const amount = (money: { amount: string } | null) => (money === null ? null : scaled(money.amount))
        const answered = nodes.map((row) => ({
          name: row.project.name,
          revenue: amount(row.revenue),
          direct: amount(row.cost.direct),
          shared: amount(row.cost.chainShared),
          total: amount(row.cost.total),
          margin: amount(row.margin),
          perTask: amount(row.costPerTask),
          tasks: String(row.tasksCompleted),
          agents: String(row.agentsUsed),
        }))
        const byName = (a: { name?: string | undefined }, b: { name?: string | undefined }) =>
          (a.name ?? '').localeCompare(b.name ?? '')
        expect(shown.toSorted(byName)).toEqual(answered.toSorted(byName))
        const fixed = await rowsOf(table(visitor), 'tfoot')
        const listed = nodes.reduce((sum, { cost }) => sum + scaled(cost.total.amount), 0n)
        expect(costIn(fixed[0])).toBe(scaled(fleet.withoutProject.amount))
        expect(costIn(fixed[1])).toBe(scaled(fleet.cost.total.amount))
        expect(listed + scaled(fleet.withoutProject.amount)).toBe(scaled(fleet.cost.total.amount))
      }),
    )

    it(
      'are kept to those of one client, by the address, and sorted by any column',
      visiting(async (visit) => {
        const visitor = await visit('finance')
        await visitor.open('/projects?period=last-month')
        await visitor.page.getByRole('combobox', { name: 'Client' }).selectOption('halden')
        await visitor.arrivesAt(/client=halden/)
        const { nodes } = await projectsOf('halden')
        await visitor.reads(
          visitor.page.getByRole('status').filter({ hasText: / of / }),
          new RegExp(`${nodes.length} of ${nodes.length}`),
        )
        await visitor.click(table(visitor).getByRole('link', { name: /^Project/ }))
        await visitor.arrivesAt(/sort=project\.asc/)
        const names = (await rowsOf(table(visitor))).map((row) => row.Project?.text ?? '')
        expect(names).toEqual(names.toSorted((a, b) => a.localeCompare(b)))
        expect(names.length).toBe(nodes.length)
      }),
    )

    it(
      'each have a page with their figures, agents and tasks',
      visiting(async (visit) => {
        const visitor = await visit('projectManager')
        await visitor.open('/projects?period=last-month')
        await visitor.click(table(visitor).getByRole('link', { name: 'Site rebuild' }))
        await visitor.arrivesAt('/projects/site-rebuild?period=last-month')
        const range = lastMonth()
        const { projectCost, taskCosts } = await product().demo.gql<{
          projectCost: ProjectCost
          taskCosts: { totalCount: number; nodes: { task: { name: string }; cost: { total: { amount: string } } }[] }
        }>(
          `query ($range: DateRangeInput!) { projectCost(key: "site-rebuild", range: $range) { ${FIELDS} }
            taskCosts(range: $range, projectKey: "site-rebuild", orderBy: COST, first: 25) {
              totalCount nodes { task { name } cost { total { amount } } } } }`,
          { range },
        )
        const tiles = visitor.page.getByRole('region', { name: 'Key figures' })
        await visitor.reads(tiles, new RegExp(`Tasks completed ${projectCost.tasksCompleted}`))
        const figure = await tiles.locator('[title]').first().getAttribute('title')
        expect(scaled(plainDecimal(figure))).toBe(scaled(projectCost.cost.total.amount))
        const tasks = await rowsOf(visitor.page.getByRole('table', { name: 'Tasks' }))
        expect(tasks.map((row) => costIn(row))).toEqual(taskCosts.nodes.map(({ cost }) => scaled(cost.total.amount)))
        await visitor.click(
          visitor.page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link', { name: 'Halden & Co' }),
        )
        await visitor.arrivesAt('/clients/halden?period=last-month')
        await visitor.click(visitor.page.getByRole('main').getByRole('link', { name: 'Site rebuild' }).first())
        await visitor.arrivesAt('/projects/site-rebuild?period=last-month')
      }),
    )
  })
}
