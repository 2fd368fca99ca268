import { describe, expect, it } from '@jest/globals'
import { scaled } from './table.ts'
import type { Visitor } from './visitor.ts'
import { product, visiting } from './world.ts'

/** The month that is over, of which the demo has the invoices of two providers. */
function lastMonth(): { month: string; from: string; to: string } {
  const now = new Date()
  const first = (offset: number) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + offset, 1)).toISOString().slice(0, 10)
  return { month: first(-1).slice(0, 7), from: first(-1), to: first(0) }
}

interface Reconciled {
  gap: { amount: string }
  causes: { cause: string; amount: { amount: string } }[]
}

async function reconciled(): Promise<Reconciled> {
  const { from, to } = lastMonth()
  const { reconciliation } = await product().demo.gql<{ reconciliation: Reconciled }>(
    `{ reconciliation(from: "${from}", to: "${to}") { gap { amount } causes { cause amount { amount } } } }`,
  )
  return reconciliation
}

/** The amount of a row of a table in a card: every decimal of it stands in its title. */
async function exactOf(visitor: Visitor, table: string, row: string): Promise<bigint> {
  const cells = visitor.page.getByRole('region', { name: table }).getByRole('row', { name: new RegExp(`^${row}`) })
  const title = await cells.first().locator('[title]').last().getAttribute('title')
  return scaled((title ?? '').replaceAll(/[^0-9.\u2212-]/g, '').replace('\u2212', '-'))
}

export function reconciliation(): void {
  describe('reconciliation', () => {
    it(
      'shows why the invoice is not what was attributed, with causes that add up to the gap, and the gap on Fleet',
      visiting(async (visit) => {
        const visitor = await visit('finance')
        const { month } = lastMonth()
        await visitor.open('/reconciliation')
        await visitor.open(`/reconciliation?month=${month}`)
        const { gap, causes } = await reconciled()
        expect(causes.map(({ cause }) => cause)).toEqual(
          expect.arrayContaining(['TAX', 'CREDIT', 'DUPLICATE', 'FX', 'COVERAGE', 'ROUNDING', 'RATE', 'UNEXPLAINED']),
        )
        expect(causes.reduce((sum, each) => sum + scaled(each.amount.amount), 0n)).toBe(scaled(gap.amount))
        expect(await exactOf(visitor, 'The gap by cause', 'Gap')).toBe(scaled(gap.amount))
        expect(await exactOf(visitor, 'The gap by cause', 'Coverage')).toBe(
          scaled(causes.find(({ cause }) => cause === 'COVERAGE')?.amount.amount ?? '0'),
        )
        await visitor.page.getByLabel('Cause', { exact: true }).selectOption('DUPLICATE')
        await visitor.arrivesAt(/cause=DUPLICATE/)
        const days = visitor.page.getByRole('table', { name: 'Invoice and attributed, by day and resource' })
        await visitor.reads(days, /Duplicate/)

        await visitor.open('/?period=last-month&lens=finance')
        const line = visitor.page.locator('[data-invoice-gap]')
        await visitor.reads(line, /Invoice against attributed.*gateway, tools: £.* invoiced, .* gap/)
        await visitor.open('/?period=today&lens=finance')
        expect(await visitor.page.locator('[data-invoice-gap]').count()).toBe(0)
      }),
    )

    it(
      'shows a hundred of its rows, and all of them when they are asked for; the totals are of all',
      visiting(async (visit) => {
        const visitor = await visit('finance')
        const { month, from, to } = lastMonth()
        const { reconciliation } = await product().demo.gql<{ reconciliation: { rows: object[] } }>(
          `{ reconciliation(from: "${from}", to: "${to}") { rows { day } } }`,
        )
        const count = reconciliation.rows.length
        expect(count).toBeGreaterThan(100)
        await visitor.open(`/reconciliation?month=${month}`)
        const table = visitor.page.getByRole('table', { name: 'Invoice and attributed, by day and resource' })
        const total = await visitor.text(table.locator('tfoot'))
        // The last row says how many there are.
        expect(await table.locator('tbody tr').count()).toBe(101)
        await table.getByRole('link', { name: `Show all ${count} rows` }).click()
        await visitor.arrivesAt(/all=rows/)
        expect(await table.locator('tbody tr').count()).toBe(count)
        expect(await visitor.text(table.locator('tfoot'))).toBe(total)
      }),
    )

    it(
      'imports a file after showing what it would store, refuses lines by name, accepts a cause and removes the file',
      visiting(async (visit) => {
        const visitor = await visit('finance')
        const { month, from } = lastMonth()
        await visitor.open('/reconciliation')
        await visitor.click(visitor.page.getByRole('link', { name: 'Import a statement' }))
        await visitor.arrivesAt('/reconciliation/import')
        const lines = ['When,Paid,Currency', `${from},3.21,GBP`, 'some day,1,GBP'].join('\n')
        const file = await visitor.ready(visitor.page.getByLabel('The file'))
        await file.setInputFiles({ name: 'harbour.csv', mimeType: 'text/csv', buffer: Buffer.from(lines) })
        const main = visitor.page.getByRole('main')
        await visitor.reads(main, /Map the provider, or state it as the same text/)
        await visitor.page.getByLabel('Column of day (UTC)').selectOption('When')
        await visitor.page.getByLabel('Column of amount').selectOption('Paid')
        const provider = visitor.page.getByLabel('provider, the same for all lines')
        await provider.fill('harbour')
        await provider.blur()
        await visitor.reads(main, /1 line cannot be read/)
        await visitor.reads(main, /line 3/)
        const button = visitor.page.getByRole('button', { name: 'Import 1 line' })
        expect(await button.isDisabled()).toBe(true)
        await visitor.page.getByLabel(/^Import without the 1 line/).check()
        await visitor.click(button)
        await visitor.arrivesAt(`/reconciliation?month=${month}`)

        await visitor.page.getByLabel('Provider', { exact: true }).selectOption('harbour')
        await visitor.arrivesAt(/provider=harbour/)
        expect(await exactOf(visitor, 'The gap by cause', 'Gap')).toBe(scaled('3.21'))
        await visitor.click(visitor.page.getByRole('button', { name: /^Accept…/ }).first())
        const dialog = visitor.page.getByRole('dialog')
        await dialog.getByLabel('Why is it right?').fill('Paid by hand, and agreed.')
        await dialog.getByRole('button', { name: 'Accept' }).click()
        await visitor.reads(visitor.page.getByRole('region', { name: 'Reasons' }), /accepted/)

        await visitor.click(visitor.page.getByRole('button', { name: 'Remove… harbour.csv' }))
        await visitor.page.getByRole('dialog').getByRole('button', { name: 'Remove it' }).click()
        await visitor.until('The statement is gone', async () => (await main.getByText('harbour.csv').count()) === 0)
      }),
    )

    it(
      'is read by who may, and changed by who keeps the money',
      visiting(async (visit) => {
        const viewer = await visit('viewer')
        await viewer.open(`/reconciliation?month=${lastMonth().month}`)
        const main = viewer.page.getByRole('main')
        await viewer.reads(main, /between invoice and attributed/)
        expect(await main.getByRole('button', { name: /^(Accept|Remove|Share the)/ }).count()).toBe(0)
        expect(await main.getByRole('link', { name: 'Import a statement' }).count()).toBe(0)
      }),
    )
  })
}
