import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { parse } from 'csv-parse/sync'
import { scaled } from './table.ts'
import type { Visitor } from './visitor.ts'
import { product, visiting } from './world.ts'

function lastMonth(): { from: string; to: string } {
  const now = new Date()
  const month = (offset: number) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + offset, 1)).toISOString().slice(0, 10)
  return { from: month(-1), to: month(0) }
}

async function choose(visitor: Visitor, item: string): Promise<void> {
  await visitor.click(visitor.page.locator('#main summary', { hasText: /^Export$/ }))
  await visitor.click(visitor.page.locator('#main .popover').getByText(item, { exact: true }))
}

/** The pages whose view can be saved, each with an address that is not its first. */
const VIEWED = [
  '/agents?period=last-month',
  '/tasks?order=cost&period=last-month',
  '/clients?period=90d',
  '/anomalies?period=90d&state=all',
  '/budgets?hide=burn',
]

export function exports(): void {
  describe('exports', () => {
    it(
      'of many events are written by a worker, show how far they are, and add up to what the API answers',
      visiting(async (visit) => {
        const visitor = await visit('finance')
        await visitor.open('/spend?period=last-month&by=client')
        await choose(visitor, 'Every event (CSV)')
        await visitor.arrivesAt('/settings/exports')
        const row = visitor.page.getByRole('row', { name: /^Invocations/ }).first()
        const link = row.getByRole('link', { name: /^Download CSV/ })
        await link.waitFor({ timeout: 60_000 })
        const saving = visitor.page.waitForEvent('download')
        await link.click()
        const saved = await saving
        const { from, to } = lastMonth()
        expect(saved.suggestedFilename()).toMatch(new RegExp(`^invocations-${from}-.*\\.csv$`))
        const lines: Record<string, string>[] = parse(readFileSync(await saved.path()), { columns: true, bom: true })
        const { fleetCost } = await product().demo.gql<{
          fleetCost: { cost: { direct: { amount: string }; chainShared: { amount: string }; invocations: string } }
        }>(
          `{ fleetCost(range: { from: "${from}", to: "${to}" }, compareTo: NONE) { cost { direct { amount } chainShared { amount } invocations } } }`,
        )
        const { direct, chainShared } = fleetCost.cost
        expect(lines.length).toBeGreaterThan(5_000)
        expect(lines.reduce((sum, line) => sum + scaled(line['Counted cost'] || '0'), 0n)).toBe(
          scaled(direct.amount) + scaled(chainShared.amount),
        )
        await visitor.reads(row, new RegExp(lines.length.toLocaleString('en-GB')))
        // The last day is the last of the month, not the first of the next or the one before.
        const last = new Date(Date.parse(to) - 86_400_000).getUTCDate()
        await visitor.reads(row, new RegExp(`1–${last} `))

        // Nobody else has it in their list, nor behind its address.
        const href = (await link.getAttribute('href')) ?? ''
        const colleague = await visit('viewer')
        await colleague.open('/settings/exports')
        await colleague.reads(colleague.page.getByRole('main'), /You have exported nothing yet/)
        const answer = await colleague.page.request.get(`${product().url}${href}`)
        expect(answer.status()).toBe(404)
      }),
    )

    it(
      'can be asked for by table, format and days',
      visiting(async (visit) => {
        const visitor = await visit('leadership')
        await visitor.open('/settings/exports')
        await visitor.click(visitor.page.getByRole('button', { name: 'New export…' }))
        const dialog = visitor.page.getByRole('dialog', { name: 'Export a whole table' })
        await dialog.getByLabel('Table').selectOption('rates')
        expect(await dialog.getByLabel('First day').count()).toBe(0)
        await dialog.getByLabel('Table').selectOption('allocation-shares')
        await dialog.getByLabel('Format').selectOption('XLSX')
        await dialog.getByLabel('First day').fill(lastMonth().from)
        await dialog.getByRole('button', { name: 'Start the export' }).click()
        await dialog.waitFor({ state: 'hidden' })
        const row = visitor.page.getByRole('row', { name: /^Allocated shares/ }).first()
        await row.getByRole('link', { name: /^Download XLSX/ }).waitFor({ timeout: 60_000 })
      }),
    )

    it(
      'stand in a menu that stays open when it was opened before the page’s scripts came',
      visiting(async (visit) => {
        const visitor = await visit('finance')
        let scriptsMayCome = () => {}
        const wait = new Promise<void>((come) => (scriptsMayCome = come))
        await visitor.page.route('**/*.js', (route) => wait.then(() => route.continue()))
        await visitor.page.goto(`${product().url}/agents?period=last-month`, { waitUntil: 'commit' })
        const summary = visitor.page.locator('#main summary', { hasText: /^Export$/ })
        await summary.click()
        const item = visitor.page.getByRole('button', { name: 'What I see (CSV)' })
        expect(await item.isVisible()).toBe(true)
        scriptsMayCome()
        await visitor.alive(item)
        // The menu’s own listeners come with the shell, a moment before or after.
        await visitor.quiet()
        expect(await item.isVisible()).toBe(true)
        await visitor.page.keyboard.press('Escape')
        await item.waitFor({ state: 'hidden' })
      }),
    )

    it(
      'of few rows come at once, from the menu of their table',
      visiting(async (visit) => {
        const visitor = await visit('finance')
        for (const [path, item, name] of [
          ['/allocation', 'Pools of all months (CSV)', /^pools-.*\.csv$/],
          ['/settings/audit', 'All entries (XLSX)', /^audit-log-.*\.xlsx$/],
        ] as const) {
          await visitor.open(path)
          const saving = visitor.page.waitForEvent('download')
          await choose(visitor, item)
          expect((await saving).suggestedFilename()).toMatch(name)
        }
      }),
    )
  })

  describe('saved views', () => {
    it(
      'are kept, opened and taken away on every list',
      visiting(async (visit) => {
        const visitor = await visit('projectManager')
        for (const address of VIEWED) {
          const path = address.split('?')[0] ?? ''
          await visitor.open(address)
          await visitor.click(visitor.page.getByRole('button', { name: 'Save view…' }))
          const dialog = visitor.page.getByRole('dialog', { name: 'Save this view' })
          await dialog.getByLabel('Name').fill('Mine')
          await dialog.getByRole('button', { name: 'Save the view' }).click()
          await dialog.waitFor({ state: 'hidden' })
          await visitor.open(path)
          await visitor.page.locator('#main summary', { hasText: 'Views' }).click()
          await visitor.click(visitor.page.getByRole('link', { name: 'Mine', exact: true }))
          await visitor.arrivesAt(address)
          await visitor.page.locator('#main summary', { hasText: 'Views' }).click()
          await visitor.click(visitor.page.getByRole('button', { name: 'Delete… the view Mine' }))
          await visitor.page.getByRole('button', { name: 'Delete the view' }).click()
          await visitor.page.getByText('No view is saved yet.').waitFor({ state: 'attached' })
        }
      }),
    )
  })
}
