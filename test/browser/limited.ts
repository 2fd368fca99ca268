import { describe, expect, it } from '@jest/globals'
import { listening } from './keyboard.ts'
import { everyRoute, fetchPage } from './page-roles.ts'
import { plainDecimal, rowsOf } from './table.ts'
import type { Visitor } from './visitor.ts'
import { product, visiting } from './world.ts'

/** Pages with what is of their clients. Every other page of the portal is of the whole firm, and closed to them. */
const OPEN = [
  '/',
  '/anomalies',
  '/anomalies/[id]',
  '/budgets',
  '/budgets/[id]',
  '/clients',
  '/clients/[key]',
  '/events/[id]',
  '/projects',
  '/projects/[key]',
  '/settings',
  '/settings/account',
  '/settings/roles',
  '/spend',
  '/tasks',
  '/tasks/[key]',
]

const OF_OTHERS = ['Halden', 'Meridian', 'Brightwater']

export function limited(): void {
  describe('a project manager who is limited to a client', () => {
    it(
      'is limited on the members page, and then finds every page with what is of that client, and none of the whole firm',
      visiting(async (visit) => {
        const owner = await visit('leadership')
        await owner.open('/settings/members')
        const { members } = (
          await owner.graphql('{ members { id email role } clients(first: 100) { nodes { key name } } }')
        ).data as { members: { id: string; email: string }[] }
        const member = members.find(({ email }) => email === 'pm@demo.outlay.local')
        if (member === undefined) throw new Error('The demo has no project manager.')
        const manager = await visit('projectManager')
        try {
          const row = owner.page.getByRole('row', { name: /pm@demo\.outlay\.local/ })
          await owner.click(row.getByRole('button', { name: /^Clients…/ }))
          const dialog = owner.page.getByRole('dialog')
          await (await owner.ready(dialog.getByRole('checkbox', { name: 'Northwind Capital' }))).check()
          await owner.click(dialog.getByRole('button', { name: 'Set the clients' }))
          await owner.reads(row, /Only: Northwind Capital/)

          await manager.until('The limit is kept to', async () => {
            await manager.open('/')
            return manager.path.startsWith('/clients')
          })
          expect(await manager.everything()).toContain('Limited to Northwind Capital')
          await manager.open('/clients?period=last-month')
          const clients = await rowsOf(manager.page.getByRole('table', { name: /^Clients/ }))
          expect(clients.map((one) => one.Client?.text)).toEqual([expect.stringMatching(/^Northwind Capital/)])
          await manager.open('/clients/northwind?period=last-month')
          await manager.reads(manager.page.getByRole('main'), /Northwind Capital/)

          await manager.open('/projects?period=last-month')
          const { data } = await manager.graphql('{ projects(first: 100) { nodes { name client { key } } } }')
          const own = (data as { projects: { nodes: { name: string; client: { key: string } }[] } }).projects.nodes
          expect(own.map(({ client }) => client.key)).toEqual(own.map(() => 'northwind'))
          const projects = await rowsOf(manager.page.getByRole('table', { name: /^Projects/ }))
          expect(projects.length).toBe(own.length)
          expect(own.length).toBeGreaterThan(0)
          for (const { name } of own) expect(await manager.everything()).toContain(name)

          await manager.open('/projects/emea-expansion?period=last-month')
          await manager.reads(manager.page.getByRole('heading', { level: 1 }), /^EMEA expansion/)
          const tasks = await rowsOf(manager.page.getByRole('table', { name: /^Tasks/ }))
          expect(tasks.length).toBeGreaterThan(0)

          await opensTheirs(manager)
          await manager.open('/spend?period=last-month&by=client&then=agent&open=all')
          const total = (await rowsOf(manager.page.getByRole('table', { name: /^Spend/ }), 'tfoot')).at(-1)
          expect(total?.Client?.text).toBe('Your clients')
          expect(await spentLastMonth(manager)).toBe(plainDecimal(total?.['Direct, £']?.title ?? null))
          for (const place of ['Fleet', 'Agents', 'Rate cards'])
            expect(
              await manager.page.getByRole('navigation', { name: 'Pages', exact: true }).innerText(),
            ).not.toContain(place)

          await listening(manager)
          await manager.page.keyboard.press('Control+k')
          const palette = manager.page.getByRole('dialog', { name: 'Find' })
          const found = palette.getByRole('combobox')
          await manager.fill(found, 'emea')
          await manager.reads(palette.getByRole('option').first(), /^EMEA expansion emea-expansion Project$/)
          for (const nothing of ['halden', 'research agent', 'rate cards', 'add a channel']) {
            await manager.fill(found, nothing)
            await palette.getByText(`Nothing is called ${nothing}.`).waitFor()
          }
        } finally {
          await product().demo.gql(
            'mutation ($id: ID!) { setMemberClients(id: $id, clients: []) { userErrors { message } } }',
            { id: member.id },
          )
          await manager.until('The limit is over', async () => {
            const { data } = await manager.graphql('{ viewer { clients { key } } }')
            return (data as { viewer: { clients: unknown } }).viewer.clients === null
          })
        }
      }),
    )
  })
}

/** Opens every page there is, and finds those of OPEN with nothing of another client, and all others closed. */
async function opensTheirs(manager: Visitor): Promise<void> {
  const budget = await spentBudget()
  const theirs = await pathsOfTheirs(manager, budget)
  const found: Record<string, object> = {}
  const wanted: Record<string, object> = {}
  for (const { route, path } of await everyRoute()) {
    const isOpen = OPEN.includes(route)
    const { status, html } = await manager.page.evaluate(fetchPage, isOpen ? (theirs[route] ?? path) : path)
    found[route] = {
      status,
      isOpen: !html.includes('data-hidden-by-role'),
      others: OF_OTHERS.filter((name) => html.includes(name)),
    }
    wanted[route] = { status: 200, isOpen, others: [] }
  }
  expect(found).toEqual(wanted)
  await product().demo.gql('mutation ($id: ID!) { endBudget(id: $id) { userErrors { message } } }', { id: budget })
}

/** A budget of Northwind that is spent, and so raises an alert. */
async function spentBudget(): Promise<string> {
  const { setBudget } = await product().demo.gql<{ setBudget: { budget: { id: string } } }>(
    'mutation ($input: BudgetInput!) { setBudget(input: $input) { budget { id } userErrors { message } } }',
    { input: { scope: 'CLIENT', key: 'northwind', window: 'MONTH', amount: { amount: '0.01', currency: 'GBP' } } },
  )
  return setBudget.budget.id
}

/** Addresses of what is Northwind's, for routes with a variable part. */
async function pathsOfTheirs(manager: Visitor, budget: string): Promise<Record<string, string>> {
  let alert = ''
  await manager.until('The budget of Northwind raises an alert', async () => {
    const { data } = await manager.graphql('{ alerts(first: 1) { nodes { id } } }')
    alert = (data as { alerts: { nodes: { id: string }[] } }).alerts.nodes[0]?.id ?? ''
    return alert !== ''
  })
  const { data } = await manager.graphql(
    '{ recentInvocations(first: 1) { id } taskCosts(range: RANGE, first: 1) { nodes { task { key } } } }'.replace(
      'RANGE',
      await lastMonth(manager),
    ),
  )
  const { recentInvocations, taskCosts } = data as {
    recentInvocations: { id: string }[]
    taskCosts: { nodes: { task: { key: string } }[] }
  }
  return {
    '/anomalies/[id]': `/anomalies/${encodeURIComponent(alert)}`,
    '/budgets/[id]': `/budgets/${encodeURIComponent(budget)}`,
    '/events/[id]': `/events/${encodeURIComponent(recentInvocations[0]?.id ?? '')}`,
    '/projects/[key]': '/projects/emea-expansion',
    '/tasks/[key]': `/tasks/${encodeURIComponent(taskCosts.nodes[0]?.task.key ?? '')}`,
  }
}

/** The month before the present one, as the API takes a range. */
async function lastMonth(manager: Visitor): Promise<string> {
  const { data } = await manager.graphql('{ viewer { tenant { today } } }')
  const { today } = (data as { viewer: { tenant: { today: string } } }).viewer.tenant
  const first = `${today.slice(0, 7)}-01`
  const before = new Date(Date.parse(`${first}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 7)
  return `{ from: "${before}-01", to: "${first}" }`
}

/** The direct cost of all that they see in the month before, as the API answers it. */
async function spentLastMonth(manager: Visitor): Promise<string> {
  const { data } = await manager.graphql(
    `{ costRollup(range: ${await lastMonth(manager)}, groupBy: [CLIENT]) { total { direct { amount } } } }`,
  )
  return (data as { costRollup: { total: { direct: { amount: string } } } }).costRollup.total.direct.amount
}
