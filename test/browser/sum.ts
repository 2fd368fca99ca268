import { addMonths, firstOfMonth } from '@outlay/domain/periods/calendar-date'
import { today } from '@outlay/domain/periods/local-day'
import { describe, expect, it } from '@jest/globals'
import type { Locator } from 'playwright-core'
import { plainDecimal, scaled, unscaled } from './table.ts'
import { oneLine, PHONE, type Visitor } from './visitor.ts'
import { product, visiting } from './world.ts'

/** An amount on a page: where it stands, and what the panel is called that shows how it is made. */
const AMOUNTS: [what: string, path: string, link: string, title: RegExp][] = [
  ['the fleet', '/?period=last-month', 'section[aria-label="Key figures"] .sum-link', /ost of the fleet$/],
  ['an agent in the table', '/agents?period=last-month', 'tbody tr:first-child .sum-link', /^Direct cost of /],
  [
    'an agent',
    '/agents/coding?period=last-month',
    'section[aria-label="Key figures"] .sum-link',
    /^Cost of Coding Agent$/,
  ],
  [
    'a client in the table',
    '/clients?period=last-month',
    'table[role="table"] tbody tr:first-child .sum-link',
    /^Direct cost of /,
  ],
  [
    'a client',
    '/clients/northwind?period=last-month',
    'section[aria-label="Key figures"] .sum-link',
    /^Cost of Northwind/,
  ],
  [
    'a row of spend',
    '/spend?basis=attributed&by=client&period=last-month',
    'tbody tr:first-child .sum-link',
    /^Direct cost of /,
  ],
  [
    'an agent of a project',
    '/projects/site-rebuild?period=last-month',
    'main li .sum-link[href*="agent%3A"]',
    /^Cost of .+, .+/,
  ],
  ['a task in the table', '/tasks?period=last-month', 'tbody tr:first-child .sum-link', / of /],
  ['a task', '/tasks/market-entry-analysis', 'section[aria-label="Key figures"] .sum-link', /^Cost of /],
]

export function sum(): void {
  describe('the arithmetic of an amount', () => {
    it.each(AMOUNTS)(
      'is opened by keyboard for %s, and adds up to it to the last decimal',
      (_what, path, link, title) =>
        visiting(async (visit) => {
          const visitor = await visit('finance')
          await visitor.open(path)
          const amount = await visitor.ready(visitor.page.locator(link).first())
          const exact = scaled(plainDecimal(await amount.getAttribute('title')))
          await amount.focus()
          await visitor.page.keyboard.press('Enter')
          await visitor.arrivesAt(/[?&]sum=/)
          await visitor.reads(panel(visitor).getByRole('heading', { level: 2 }), title)
          expect(await summed(visitor)).toEqual({ lines: unscaled(exact), sum: unscaled(exact) })
          await visitor.reads(panel(visitor), /equals the amount, to the last decimal/)

          await visitor.click(panel(visitor).getByRole('link', { name: 'Close the panel' }))
          await visitor.arrivesAt(path)
          expect(await panel(visitor).count()).toBe(0)
        })(),
    )

    it(
      'takes a margin apart into revenue and cost, and leads on to the cost',
      visiting(async (visit) => {
        const visitor = await visit('leadership')
        await visitor.open('/clients/northwind?period=last-month&sum=margin&sum=client%3Anorthwind')
        const { clientCosts } = await product().demo.gql<{ clientCosts: { nodes: ClientRow[] } }>(
          `{ clientCosts(range: ${lastMonth()}, first: 100) { nodes { client { key } revenue { amount } margin { amount } } } }`,
        )
        const row = clientCosts.nodes.find(({ client }) => client.key === 'northwind')
        const top = panel(visitor).locator('section', { hasText: 'Revenue − cost' }).first()
        const [revenue = 0n, cost = 0n] = await amountsIn(top)
        expect(unscaled(revenue)).toBe(unscaled(scaled(row?.revenue?.amount ?? '')))
        expect(unscaled(revenue - cost)).toBe(unscaled(scaled(row?.margin?.amount ?? '')))
        expect((await summed(visitor)).sum).toBe(unscaled(cost))
        await visitor.click(top.getByRole('link', { name: /^Cost/ }))
        await visitor.arrivesAt(/sum=onBasis/)
        await visitor.reads(panel(visitor), /equals the amount, to the last decimal/)
      }),
    )

    it(
      'divides a unit cost by the tasks that the page shows',
      visiting(async (visit) => {
        const visitor = await visit('projectManager')
        await visitor.open('/agents?period=last-month&sum=unit&sum=agent%3Acoding')
        const { agentCost } = await product().demo.gql<{
          agentCost: { tasksCompleted: number; costPerTask: { amount: string } }
        }>(`{ agentCost(agentKey: "coding", range: ${lastMonth()}) { tasksCompleted costPerTask { amount } } }`)
        const top = panel(visitor).locator('section', { hasText: 'Cost ÷ tasks completed' }).first()
        await visitor.reads(top, new RegExp(`÷ tasks completed.*${agentCost.tasksCompleted}`))
        const [cost = 0n] = await amountsIn(top)
        expect((await summed(visitor)).sum).toBe(unscaled(cost))
        const figure = panel(visitor).locator('[title]').first()
        expect(plainDecimal(await figure.getAttribute('title'))).toBe(agentCost.costPerTask.amount)
      }),
    )

    it(
      'ends in the query that answers the same, to copy and to open in the explorer',
      visiting(async (visit) => {
        const visitor = await visit('finance')
        await visitor.context.grantPermissions(['clipboard-read', 'clipboard-write'])
        await visitor.open('/agents?period=last-month&sum=cost&sum=agent%3Acoding')
        await visitor.click(panel(visitor).getByRole('button', { name: 'Copy', exact: true }))
        await panel(visitor).getByRole('button', { name: 'Copied' }).waitFor()
        const text = await visitor.page.evaluate<string>('navigator.clipboard.readText()')
        const { data, errors } = await visitor.graphql(text)
        expect(errors ?? []).toEqual([])
        const { costArithmetic } = data as unknown as { costArithmetic: { amount: { amount: string } } }
        expect((await summed(visitor)).sum).toBe(unscaled(scaled(costArithmetic.amount.amount)))
        await visitor.click(panel(visitor).getByRole('link', { name: 'Open in the explorer' }))
        await visitor.arrivesAt(/^\/developers\/explorer\?query=/)
        const frame = visitor.page.frameLocator('iframe[title="GraphiQL"]')
        await frame.locator('.graphiql-query-editor .view-lines', { hasText: 'costArithmetic' }).waitFor()
      }),
    )

    it(
      'stands below the page on a phone, where an amount is as high as a finger',
      visiting(async (visit) => {
        const visitor = await visit('leadership')
        await visitor.page.setViewportSize(PHONE)
        await visitor.open('/?period=last-month')
        await visitor.click(visitor.page.locator('.sum-link').first())
        await visitor.arrivesAt(/sum=loaded/)
        await panel(visitor).waitFor()
        expect(await visitor.page.evaluate<number>('document.documentElement.scrollWidth')).toBe(PHONE.width)
      }),
    )

    it(
      'is not there for who may not read costs',
      visiting(async (visit) => {
        const visitor = await visit('client')
        await visitor.open('/?sum=loaded')
        expect(await visitor.page.locator('.sum-link').count()).toBe(0)
        expect(await panel(visitor).count()).toBe(0)
        const { errors } = await visitor.graphql(`{ costArithmetic(range: ${lastMonth()}) { amount { amount } } }`)
        expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['NOT_FOUND'])
      }),
    )
  })
}

interface ClientRow {
  client: { key: string }
  revenue: { amount: string } | null
  margin: { amount: string } | null
}

/** Last month in the demo's calendar. */
function lastMonth(): string {
  const to = firstOfMonth(today(Date.now(), 'Europe/London'))
  return `{ from: "${addMonths(to, -1)}", to: "${to}" }`
}

function panel(visitor: Visitor): Locator {
  return visitor.page.getByRole('complementary').filter({ hasText: 'Everything above' })
}

/** Sections that say what is done with the cost, or what is in none. */
const BESIDE = ['Revenue − cost', 'Cost ÷ tasks completed', 'In no amount', 'Everything above', 'The same number']

/** The amounts of the lines of a section. */
async function amountsIn(section: Locator): Promise<bigint[]> {
  const texts = await section.locator('li > span:last-child').allInnerTexts()
  return texts.map((text) => scaled(plainDecimal(oneLine(text))))
}

/** What all lines of the panel add up to, and the sum that stands below them. */
async function summed(visitor: Visitor): Promise<{ lines: string; sum: string }> {
  const whole = panel(visitor).locator('section', { hasText: 'Everything above' })
  await whole.waitFor()
  let lines = 0n
  for (const section of await panel(visitor).locator('section').all()) {
    const title = oneLine(await section.locator('h3').innerText())
    if (BESIDE.some((name) => title.startsWith(name))) continue
    for (const amount of await amountsIn(section)) lines += amount
  }
  const sum = await whole.locator('p').first().locator('span').last().innerText()
  return { lines: unscaled(lines), sum: unscaled(scaled(plainDecimal(oneLine(sum)))) }
}
