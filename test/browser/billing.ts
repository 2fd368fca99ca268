import { describe, expect, it } from '@jest/globals'
import { addMonths, firstOfMonth } from '@outlay/domain/periods/calendar-date'
import { today } from '@outlay/domain/periods/local-day'
import { accessFaults } from './every-page.ts'
import { plainDecimal, rowsOf, scaled, type Row } from './table.ts'
import { PHONE, type Visitor } from './visitor.ts'
import { product, visiting } from './world.ts'

interface Charge {
  engagement: { id: string; model: string; project: { key: string } | null }
  lineCount: number
  lines: { amount: { amount: string } }[]
  total: { amount: string }
  margin: { amount: string }
}

const present = () => firstOfMonth(today(Date.now(), 'Europe/London'))

async function chargesOf(place: { clientKey?: string; projectKey?: string }, month = present()) {
  const { charges } = await product().demo.gql<{
    charges: { total: { amount: string }; charges: Charge[] }
  }>(
    `query ($month: Date!, $clientKey: String, $projectKey: String) {
      charges(month: $month, clientKey: $clientKey, projectKey: $projectKey) { total { amount }
        charges { engagement { id model project { key } } lineCount lines(first: 50) { amount { amount } } total { amount } margin { amount } } } }`,
    { month, ...place },
  )
  return charges
}

/** The section of a page that is about terms and charges. */
const section = (visitor: Visitor) => visitor.page.getByRole('region', { name: 'Terms and charges', exact: true })

export function billing(): void {
  describe('terms and charges', () => {
    it(
      'show each charge with the arithmetic that the API answers, for a month that the address names',
      visiting(async (visit) => {
        const visitor = await visit('projectManager')
        await visitor.open('/clients/halden')
        await visitor.reads(section(visitor), /£2,400\.00 a month for 180 completed tasks, £15\.00 for each one beyond/)
        const { charges, total } = await chargesOf({ clientKey: 'halden' })
        expect(charges.map(({ engagement }) => engagement.model).sort()).toEqual(['PER_TASK', 'RETAINER'])
        for (const charge of charges) {
          const name = charge.engagement.project === null ? 'Halden & Co' : 'Search'
          const table = section(visitor).getByRole('region', { name: new RegExp(`^Charge of ${name}, `) })
          const rows = await rowsOf(table.getByRole('table'))
          // What is not shown line by line is one row, with what it comes to.
          const left = charge.lineCount - charge.lines.length
          const rest = rows.filter((row) => / more$/.test(row.For?.text ?? ''))
          expect(rest.map((row) => row.For?.text)).toEqual(left === 0 ? [] : [`${left} more`])
          const shown = rows.map((row) => scaled(plainDecimal(row['Amount, £']?.text ?? null)))
          const lines = charge.lines.map(({ amount }) => scaled(amount.amount))
          const others = scaled(charge.total.amount) - lines.reduce((sum, amount) => sum + amount, 0n)
          expect(shown).toEqual([...lines, ...(left === 0 ? [] : [others]), scaled(charge.total.amount)])
        }
        const tiles = section(visitor).getByRole('region', { name: /^Charged, / })
        expect((await visitor.text(tiles)).replaceAll(',', '')).toContain(`£${total.amount}`)

        const before = addMonths(present(), -1)
        await visitor.open(`/clients/halden?month=${before.slice(0, 7)}`)
        await visitor.reads(section(visitor), /No terms are in force in/)
        expect((await chargesOf({ clientKey: 'halden' }, before)).charges).toEqual([])
        // Who does not keep the money changes nothing.
        expect(
          await section(visitor)
            .getByRole('link', { name: /^Set terms/ })
            .count(),
        ).toBe(0)
        expect(await section(visitor).getByRole('button').count()).toBe(1)
      }),
    )

    it(
      'propose the price of a margin that the address asks for',
      visiting(async (visit) => {
        const visitor = await visit('finance')
        await visitor.open('/projects/emea-expansion?target=50')
        const { priceProposal } = await product().demo.gql<{ priceProposal: { price: { amount: string } } }>(
          `query ($from: Date!, $to: Date!) { priceProposal(projectKey: "emea-expansion", margin: "0.5",
            range: { from: $from, to: $to }) { price { amount } } }`,
          { from: present(), to: addMonths(present(), 1) },
        )
        const price = section(visitor).getByRole('heading', { name: /would reach 50/ })
        expect((await visitor.text(price)).replaceAll(',', '')).toContain(`£${priceProposal.price.amount}`)
        const target = section(visitor).getByLabel('Margin to reach, in percent')
        await visitor.fill(target, '100')
        await target.press('Enter')
        await visitor.arrivesAt(/target=100/)
        await visitor.reads(section(visitor), /from 0 to below 100.*This is for 40\./s)
      }),
    )

    it(
      'are tried, set, refused by name beside the field, and ended',
      visiting(async (visit) => {
        const visitor = await visit('finance')
        await visitor.open('/projects/studio-tools')
        await visitor.reads(section(visitor), /No terms are in force in/)
        await visitor.click(section(visitor).getByRole('link', { name: /^Set terms/ }))
        await visitor.arrivesAt('/terms?project=studio-tools')
        const { page } = visitor
        const model = await visitor.ready(page.getByRole('combobox', { name: 'Model' }))
        await model.selectOption('COST_PLUS')
        const set = page.getByRole('button', { name: 'Set the terms' })
        await visitor.click(set)
        await page.getByText('Write the markup in percent, like 15.').waitFor()
        const markup = page.getByLabel(/^Markup ·/)
        expect(await markup.evaluate((field) => field === field.ownerDocument.activeElement)).toBe(true)
        await visitor.fill(markup, '1100')
        await visitor.click(set)
        await page.getByText('markup is a fraction of at most 10; 11 is more.').waitFor()
        expect(await markup.getAttribute('aria-invalid')).toBe('true')
        expect(await accessFaults(visitor)).toEqual([])

        await visitor.fill(markup, '100')
        await visitor.fill(page.getByLabel(/^Least of a month/), '75000')
        await visitor.click(page.getByRole('button', { name: /^Try them on/ }))
        await visitor.reads(page.getByRole('main'), /would have been charged £75,000\.00/)
        expect((await chargesOf({ projectKey: 'studio-tools' })).charges).toEqual([])

        await visitor.click(set)
        await visitor.arrivesAt('/projects/studio-tools')
        await visitor.reads(section(visitor), /and 100 % on it; at least £75,000\.00 a month\./)
        expect((await chargesOf({ projectKey: 'studio-tools' })).total.amount).toBe('75000.00')

        await visitor.click(section(visitor).getByRole('button', { name: /^End…/ }))
        const dialog = page.getByRole('dialog')
        await visitor.fill(dialog.getByLabel('First day without them'), present())
        await visitor.click(dialog.getByRole('button', { name: 'End the terms' }))
        await visitor.reads(section(visitor), /No terms are in force in/)
        expect((await chargesOf({ projectKey: 'studio-tools' })).charges).toEqual([])
        await visitor.click(section(visitor).getByText(/^All that was ever set/))
        await visitor.reads(section(visitor), /superseded/)
      }),
    )

    it(
      'of a rate card are written step by step, with the keyboard alone',
      visiting(async (visit) => {
        const visitor = await visit('finance')
        await visitor.page.setViewportSize(PHONE)
        await visitor.open('/terms?project=brand-refresh')
        const { page } = visitor
        await (await visitor.ready(page.getByRole('combobox', { name: 'Model' }))).selectOption('RATE_CARD')
        await page.getByRole('button', { name: /^Add a step/ }).press('Enter')
        await visitor.fill(page.getByLabel('Step 1, price'), '12')
        await visitor.fill(page.getByLabel('Step 2, beyond'), '0')
        await visitor.fill(page.getByLabel('Step 2, price'), '9')
        await page.getByRole('button', { name: 'Set the terms' }).press('Enter')
        await page.getByText('The first step begins at 0, and each one above the one before it.').waitFor()
        expect(await page.getByLabel('Step 2, beyond').getAttribute('aria-invalid')).toBe('true')
        expect((await chargesOf({ projectKey: 'brand-refresh' })).charges).toEqual([])
      }),
    )

    it(
      'by the hour are tried on the time that tasks took, and are those of a project of the demo',
      visiting(async (visit) => {
        const visitor = await visit('finance')
        await visitor.page.setViewportSize(PHONE)
        await visitor.open('/terms?project=brand-refresh')
        const { page } = visitor
        await (await visitor.ready(page.getByRole('combobox', { name: 'Model' }))).selectOption('TIME')
        await visitor.fill(page.getByLabel(/^For each hour/), '90')
        const steps = page.getByLabel(/^Rounded up to steps of/)
        await visitor.fill(steps, '0')
        await visitor.click(page.getByRole('button', { name: 'Set the terms' }))
        await page.getByText('incrementMinutes is a whole number from 1 to 1440; 0 is not.').waitFor()
        expect(await steps.getAttribute('aria-invalid')).toBe('true')
        await visitor.fill(steps, '6')
        await visitor.click(page.getByRole('button', { name: /^Try them on/ }))
        await visitor.reads(page.getByRole('main'), /Time on task .*, in steps of 6 min/)
        expect(await accessFaults(visitor)).toEqual([])
        expect((await chargesOf({ projectKey: 'brand-refresh' })).charges).toEqual([])
        const { charges } = await chargesOf({ projectKey: 'supplier-review' })
        expect(charges.map(({ engagement }) => engagement.model)).toEqual(['TIME'])
        await visitor.open('/projects/supplier-review')
        await visitor.reads(section(visitor), /£75\.00 for each hour that a task was worked on/)
      }),
    )

    it(
      'of a month are listed for all with terms, and add up to what the API says',
      visiting(async (visit) => {
        const visitor = await visit('projectManager')
        await visitor.open('/charges')
        const table = visitor.page.getByRole('table', { name: /^Charges, / })
        await table.waitFor()
        const { charges, total } = await chargesOf({})
        const charged = (row: Row) => scaled(plainDecimal(row['Charged, £']?.text ?? null))
        const shown = (await rowsOf(table)).map(charged)
        // The dearest first.
        expect(shown).toEqual(charges.map((charge) => scaled(charge.total.amount)).sort((a, b) => (a > b ? -1 : 1)))
        expect((await rowsOf(table, 'tfoot')).map(charged)).toEqual([scaled(total.amount)])
        await visitor.click(table.getByRole('link', { name: 'Search', exact: true }))
        await visitor.arrivesAt(/^\/projects\/halden-search/)
        await visitor.reads(section(visitor), /£12\.00 for each completed task/)
      }),
    )

    it(
      'are not shown to a viewer, and it says to whom they are',
      visiting(async (visit) => {
        const visitor = await visit('viewer')
        await visitor.open('/clients/halden')
        const text = await visitor.reads(
          section(visitor),
          /Finance, administrators and project managers .* see the terms/,
        )
        expect(text).not.toContain('£')
        for (const path of ['/charges', '/terms?client=halden']) {
          await visitor.open(path)
          await visitor.page.locator('[data-hidden-by-role]').waitFor()
          expect(await visitor.text(visitor.page.getByRole('main'))).not.toContain('£')
        }
      }),
    )
  })
}
