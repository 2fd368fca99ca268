import { describe, expect, it } from '@jest/globals'
import { addMonths, firstOfMonth } from '@outlay/domain/periods/calendar-date'
import { today } from '@outlay/domain/periods/local-day'
import { plainDecimal, scaled, unscaled } from './table.ts'
import type { Visitor } from './visitor.ts'
import { product, visiting } from './world.ts'

const sections: Record<string, string[]> = {
  leadership: ['Latest spend', 'Most and least profitable clients'],
  finance: ['Most and least profitable clients', 'Usage without a rate'],
  projects: ['Most expensive projects', 'Most expensive tasks'],
  engineering: ['Latest spend', 'Cost without a tag', 'Usage without a rate'],
}

function regions(visitor: Visitor): Promise<string[]> {
  return visitor.page
    .getByRole('main')
    .locator('section[aria-label], [role=region][aria-label]')
    .evaluateAll((all) => all.map((one) => one.getAttribute('aria-label') ?? ''))
}

async function expectSections(visitor: Visitor, lens: string): Promise<void> {
  const known = new Set(Object.values(sections).flat())
  for (const name of sections[lens] ?? []) {
    await visitor.ready(visitor.page.getByRole('region', { name, exact: true }).first())
  }
  const shown = new Set((await regions(visitor)).filter((name) => known.has(name)))
  expect([lens, [...shown].sort()]).toEqual([lens, [...(sections[lens] ?? [])].sort()])
}

export function fleet(): void {
  describe('the fleet', () => {
    it.each([
      ['leadership', 'leadership'],
      ['finance', 'finance'],
      ['projectManager', 'projects'],
    ] as const)('is shown to %s through the lens of the role, and through any other by the address', (person, own) =>
      visiting(async (visit) => {
        const visitor = await visit(person)
        await visitor.open('/?period=90d')
        await expectSections(visitor, own)
        await visitor.page.locator('#main summary', { hasText: /^(Leadership|Finance|Project manager)$/ }).click()
        await visitor.click(
          visitor.page
            .getByRole('navigation', { name: 'For whom the fleet is shown' })
            .getByRole('link', { name: /^Engineering/ }),
        )
        await visitor.arrivesAt(/lens=engineering/)
        await expectSections(visitor, 'engineering')
      })(),
    )

    it(
      'says the margin, the movers and the month end as the API does',
      visiting(async (visit) => {
        const visitor = await visit('leadership')
        await visitor.open('/?period=last-month')
        const to = firstOfMonth(today(Date.now(), 'Europe/London'))
        const range = { from: addMonths(to, -1), to }
        const { fleetCost, forecast } = await product().demo.gql<{
          fleetCost: Record<'revenue' | 'unallocated', { amount: string }> & { cost: { total: { amount: string } } }
          forecast: { p50: { amount: string } }
        }>(
          `query ($range: DateRangeInput!) {
            fleetCost(range: $range, compareTo: NONE) { revenue { amount } unallocated { amount } cost { total { amount } } }
            forecast(scope: FLEET) { p50 { amount } } }`,
          { range },
        )
        const tiles = visitor.page.getByRole('region', { name: 'Key figures' })
        const exact = async (label: RegExp) => {
          const tile = tiles.locator('> div', { hasText: label })
          return scaled(plainDecimal(await tile.locator('p').nth(1).locator('[title]').getAttribute('title')))
        }
        const loaded = scaled(fleetCost.cost.total.amount) + scaled(fleetCost.unallocated.amount)
        expect(unscaled(await exact(/^(Fully loaded|Spend), last month/))).toBe(unscaled(loaded))
        expect(unscaled(await exact(/gross margin/i))).toBe(unscaled(scaled(fleetCost.revenue.amount) - loaded))
        expect(unscaled(await exact(/^Projected/))).toBe(unscaled(scaled(forecast.p50.amount)))

        const movers = visitor.page.locator('section', { hasText: /Change, full days against/ })
        await visitor.ready(movers)
        const amounts = await movers
          .locator('.num[title]')
          .evaluateAll((all) => all.map((one) => one.getAttribute('title')))
        const [sum = 0n, ...rows] = amounts.map((title) => scaled(plainDecimal(title).replace('+', ''))).reverse()
        expect(rows.length).toBeGreaterThan(2)
        expect(rows.reduce((all, one) => all + one, 0n)).toBe(sum)
      }),
    )

    it(
      'prints on two pages at most, without what can only be pressed',
      visiting(async (visit) => {
        const visitor = await visit('leadership')
        await visitor.open('/?period=last-month')
        await visitor.quiet()
        const pdf = (await visitor.page.pdf({ format: 'A4', printBackground: true })).toString('latin1')
        expect(pdf.match(/\/Type\s*\/Page[^s]/g)?.length).toBeLessThanOrEqual(2)
        await visitor.page.emulateMedia({ media: 'print' })
        for (const name of [/^Print$/, /^Shown for/]) {
          expect(await visitor.page.getByRole('button', { name }).count()).toBe(0)
        }
      }),
    )
  })
}
