import { addDays, addMonths, daysBetween, firstOfMonth } from '@outlay/domain/periods/calendar-date'
import { today } from '@outlay/domain/periods/local-day'
import { describe, expect, it } from '@jest/globals'
import type { Locator } from 'playwright-core'
import { plainDecimal, scaled, unscaled } from './table.ts'
import type { Visitor } from './visitor.ts'
import { product, visiting } from './world.ts'

export function why(): void {
  describe('why did the cost change', () => {
    it(
      'is asked at the delta of the fleet, answered beside it, and closed again',
      visiting(async (visit) => {
        const visitor = await visit('leadership')
        await visitor.open('/?period=last-month')
        await visitor.click(visitor.page.getByRole('link', { name: /^Why\?/ }).first())
        await visitor.arrivesAt(/why=cost/)
        await panel(visitor).waitFor()
        await visitor.click(panel(visitor).getByRole('link', { name: 'Close the explanation' }))
        await visitor.arrivesAt('/?period=last-month')
        expect(await panel(visitor).count()).toBe(0)
      }),
    )

    it(
      'adds up to what the fleet cost more, by cause, agent, client and resource',
      visiting(async (visit) => {
        const visitor = await visit('finance')
        await visitor.open('/?period=last-month&why=cost')
        const { range, before } = lastMonth()
        const cost = 'unallocated { amount } cost { total { amount } }'
        const { now, then } = await product().demo.gql<Record<'now' | 'then', FleetCost>>(`{
          now: fleetCost(range: ${range}, compareTo: NONE) { ${cost} } then: fleetCost(range: ${before}, compareTo: NONE) { ${cost} } }`)
        const held = scaled(now.unallocated.amount) - scaled(then.unallocated.amount)
        const change = scaled(now.cost.total.amount) - scaled(then.cost.total.amount)
        expect(await sumOf(visitor, 'By cause')).toEqual(exact(change + held))
        for (const title of ['By agent', 'By client', 'By resource'])
          expect([title, await sumOf(visitor, title)]).toEqual([title, exact(change)])
      }),
    )

    it.each([
      ['an agent', '/agents/coding', 'scope: AGENT, key: "coding"'],
      ['a client', '/clients/northwind', 'scope: CLIENT, key: "northwind"'],
      ['a project', '/projects/site-rebuild', 'scope: PROJECT, key: "site-rebuild"'],
    ])('is answered for %s as the API answers it', (_, path, scope) =>
      visiting(async (visit) => {
        const visitor = await visit('projectManager')
        await visitor.open(`${path}?period=last-month`)
        await visitor.click(visitor.page.getByRole('link', { name: /^Why\?/ }).first())
        await visitor.arrivesAt(/why=cost/)
        const { range, before } = lastMonth()
        const { costChange } = await product().demo.gql<{ costChange: { change: { amount: string } } }>(
          `{ costChange(range: ${range}, before: ${before}, ${scope}) { change { amount } } }`,
        )
        for (const title of ['By cause', 'By resource'])
          expect([title, await sumOf(visitor, title)]).toEqual([title, exact(scaled(costChange.change.amount))])
      })(),
    )

    it.each([
      ['the fleet', '/', 'scope: FLEET'],
      ['an agent', '/agents/coding', 'scope: AGENT, key: "coding"'],
      ['a project', '/projects/site-rebuild', 'scope: PROJECT, key: "site-rebuild"'],
    ])('is asked at the cost per task of %s, and adds up to its delta', (_, path, scope) =>
      visiting(async (visit) => {
        const visitor = await visit('projectManager')
        await visitor.open(`${path}?period=last-month`)
        await visitor.click(visitor.page.getByRole('link', { name: 'Why? What changed the cost per task' }))
        await visitor.arrivesAt(/why=unit/)
        const { range, before } = lastMonth()
        const { costChange } = await product().demo.gql<{ costChange: { perTask: PerTask } }>(
          `{ costChange(range: ${range}, before: ${before}, ${scope}) { perTask { parts {
            change { amount } current { amount } previous { amount } } } } }`,
        )
        const { change, current, previous } = costChange.perTask.parts
        expect(await sumOf(visitor, 'By cause')).toEqual(exact(scaled(change.amount)))
        for (const [title, money] of Object.entries({ Now: current, Before: previous })) {
          const last = panel(visitor).getByRole('region', { name: title }).locator('p [title]')
          expect(unscaled(scaled(plainDecimal(await last.getAttribute('title'))))).toBe(unscaled(scaled(money.amount)))
        }
      })(),
    )

    it(
      'shows what each client takes of cost and brings of revenue, in a chart and a table',
      visiting(async (visit) => {
        const visitor = await visit('leadership')
        await visitor.open('/clients?period=last-month')
        const drawn = await visitor.page.locator('#main [data-point]').count()
        expect(drawn).toBeGreaterThan(1)
        await visitor.click(visitor.page.getByRole('tab', { name: 'Table' }))
        const rows = visitor.page.getByRole('region', { name: 'Shares of clients' }).locator('tbody tr')
        expect(await rows.count()).toBe(drawn)
        const flagged = await rows.filter({ hasText: 'disproportionate' }).count()
        const table = visitor.page.getByRole('table').last().locator('tbody tr')
        expect(await table.filter({ hasText: 'disproportionate' }).count()).toBe(flagged)
      }),
    )
  })
}

interface PerTask {
  parts: Record<'change' | 'current' | 'previous', { amount: string }>
}

interface FleetCost {
  unallocated: { amount: string }
  cost: { total: { amount: string } }
}

function panel(visitor: Visitor): Locator {
  return visitor.page.getByRole('complementary', { name: /than before|the same as before/ })
}

/** Last month in the demo's calendar, and the same weekdays before it. */
function lastMonth(): { range: string; before: string } {
  const to = firstOfMonth(today(Date.now(), 'Europe/London'))
  const from = addMonths(to, -1)
  const days = -7 * Math.ceil(daysBetween(from, to) / 7)
  const text = (first: string, afterLast: string) => `{ from: "${first}", to: "${afterLast}" }`
  return { range: text(from, to), before: text(addDays(from, days), addDays(to, days)) }
}

const exact = (amount: bigint) => ({ rows: unscaled(amount), total: unscaled(amount) })

/** What the rows of a list add up to, and what stands below them. */
async function sumOf(visitor: Visitor, title: string): Promise<{ rows: string; total: string }> {
  const list = panel(visitor).getByRole('region', { name: title })
  await list.waitFor()
  let sum = 0n
  for (const row of await list.locator('li').all())
    sum += changeOf(await row.locator('[title]').last().getAttribute('title'))
  const total = changeOf(await list.locator('p [title]').getAttribute('title'))
  return { rows: unscaled(sum), total: unscaled(total) }
}

/** `£12.50`, or `£20.00 less £7.50`. */
function changeOf(title: string | null): bigint {
  const [now = '', before] = (title ?? '').split(' less ')
  return scaled(plainDecimal(now)) - (before === undefined ? 0n : scaled(plainDecimal(before)))
}
