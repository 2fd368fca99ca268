import { readFileSync } from 'node:fs'
import { hasFrozenHead, readWorkbook } from '@outlay/server/exports/workbook-test-kit'
import { describe, expect, it } from '@jest/globals'
import type { Locator } from 'playwright-core'
import { listening } from './keyboard.ts'
import { plainDecimal, rowsOf, scaled, type Row } from './table.ts'
import type { Visitor } from './visitor.ts'
import { product, visiting } from './world.ts'

interface Rollup {
  rows: { keys: { key: string | null; label: string }[]; cost: Cost }[]
  total: Cost
}

interface Cost {
  direct: { amount: string }
  chainShared: { amount: string }
  total: { amount: string }
}

/** Last month, as the export of the server names it: from its first to its last day. */
function lastMonth(): { from: string; to: string } {
  const now = new Date()
  const month = (offset: number) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + offset, 1)).toISOString().slice(0, 10)
  return { from: month(-1), to: month(0) }
}

async function rollup(groupBy: string, filter = '{}'): Promise<Rollup> {
  const { from, to } = lastMonth()
  const cost = 'cost { direct { amount } chainShared { amount } total { amount } }'
  const { costRollup } = await product().demo.gql<{ costRollup: Rollup }>(
    `{ costRollup(range: { from: "${from}", to: "${to}" }, groupBy: [${groupBy}], filter: ${filter}, top: 500) {
      rows { keys { key label } ${cost} } total { ${cost.slice(7, -2)} } } }`,
  )
  return costRollup
}

function table(visitor: Visitor): Locator {
  return visitor.page.getByRole('table', { name: /^Spend by/ })
}

function exact(row: Row | undefined, head: string): bigint {
  return scaled(plainDecimal(row?.[head]?.title ?? null))
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n)
}

async function download(visitor: Visitor, item: string): Promise<{ name: string; content: Buffer }> {
  await visitor.click(visitor.page.locator('#main summary', { hasText: /^Export$/ }))
  const saving = visitor.page.waitForEvent('download')
  await visitor.page.locator('#main .popover').getByText(item, { exact: true }).click()
  const saved = await saving
  return { name: saved.suggestedFilename(), content: readFileSync(await saved.path()) }
}

export function spend(): void {
  describe('spend', () => {
    it(
      'is what the API answers, row by row, and adds up to its total',
      visiting(async (visit) => {
        const visitor = await visit('finance')
        await visitor.open('/spend?period=last-month&by=client')
        const { rows, total } = await rollup('CLIENT')
        const shown = await rowsOf(table(visitor))
        const named = rows.filter(({ keys }) => keys[0]?.key !== null)
        expect(shown.map((row) => exact(row, 'Cost, £'))).toEqual(named.map(({ cost }) => scaled(cost.total.amount)))
        for (const [i, { keys }] of named.entries())
          expect(Object.values(shown[i] ?? {})[0]?.text).toContain(keys[0]?.label)

        const fixed = await rowsOf(table(visitor), 'tfoot')
        expect(fixed.map((row) => row['Client']?.text)).toEqual([
          'Without client · internal work and missing tags',
          'Fleet',
        ])
        for (const [head, pick] of [
          ['Direct, £', total.direct],
          ['Chain-shared, £', total.chainShared],
          ['Cost, £', total.total],
        ] as const) {
          const amounts = [...shown, ...fixed.slice(0, -1)].map((row) => exact(row, head))
          expect(sum(amounts)).toBe(scaled(pick.amount))
          expect(exact(fixed.at(-1), head)).toBe(scaled(pick.amount))
        }
        await visitor.reads(visitor.page.getByRole('heading', { level: 2 }).first(), / is \d+ % of £[\d,.]+ spent$/)
      }),
    )

    it(
      'unfolds a second level that adds up to the first, by keyboard and by address',
      visiting(async (visit) => {
        const visitor = await visit('projectManager')
        await visitor.open('/spend?period=last-month&by=client&then=agent')
        const { rows } = await rollup('CLIENT, AGENT', '{ clients: ["northwind"] }')
        const fold = await visitor.ready(
          table(visitor).getByRole('button', { name: 'What Northwind Capital is made of' }),
        )
        expect(await fold.getAttribute('aria-expanded')).toBe('false')
        await fold.focus()
        await visitor.page.keyboard.press('Enter')
        await visitor.arrivesAt(/open=/)
        const shown = await rowsOf(table(visitor))
        const at = shown.findIndex((row) => row['Client']?.text.includes('Northwind Capital'))
        const children = shown.slice(at + 1, at + 1 + rows.length)
        expect(children.map((row) => exact(row, 'Cost, £'))).toEqual(rows.map(({ cost }) => scaled(cost.total.amount)))
        expect(sum(children.map((row) => exact(row, 'Cost, £')))).toBe(exact(shown[at], 'Cost, £'))

        await visitor.open(visitor.path)
        expect(await rowsOf(table(visitor))).toEqual(shown)
      }),
    )

    it(
      'looks into a row: keeps it alone, groups by the next dimension, and goes back',
      visiting(async (visit) => {
        const visitor = await visit('finance')
        await visitor.open('/spend?period=last-month&basis=direct')
        await visitor.click(table(visitor).getByRole('link', { name: /^by client\b.*Coding Agent$/ }))
        await visitor.arrivesAt('/spend?agent=coding&basis=direct&by=client&period=last-month')
        const { total } = await rollup('CLIENT', '{ agents: ["coding"] }')
        const fixed = await rowsOf(table(visitor), 'tfoot')
        expect(fixed.at(-1)?.['Client']?.text).toBe('This selection')
        expect(exact(fixed.at(-1), 'Cost, £')).toBe(scaled(total.direct.amount))
        await visitor.reads(visitor.page.getByRole('group', { name: 'Filters' }), /Coding Agent.*All clients/)
        await visitor.page.goBack()
        await visitor.arrivesAt('/spend?period=last-month&basis=direct')
      }),
    )

    it(
      'filters by several of a kind, in the address, and clears them',
      visiting(async (visit) => {
        const visitor = await visit('viewer')
        await visitor.open('/spend?period=last-month&by=client')
        const filters = visitor.page.getByRole('group', { name: 'Filters' })
        await (await visitor.ready(filters.locator('summary', { hasText: 'All agents' }))).click()
        await filters.getByLabel('Coding Agent').check()
        await filters.getByLabel('Research Agent').check()
        await filters.getByRole('button', { name: 'Apply' }).click()
        await visitor.arrivesAt(/agent=coding&agent=research/)
        const { total } = await rollup('CLIENT', '{ agents: ["coding", "research"] }')
        expect(exact((await rowsOf(table(visitor), 'tfoot')).at(-1), 'Cost, £')).toBe(scaled(total.total.amount))
        expect(
          await table(visitor)
            .getByRole('link', { name: /^add a budget/ })
            .count(),
        ).toBe(0)

        await visitor.click(visitor.page.getByRole('link', { name: 'Last month', exact: true }))
        await visitor.click(filters.getByRole('link', { name: 'Clear filters' }))
        await visitor.arrivesAt('/spend?by=client&period=last-month')
      }),
    )

    it(
      'leads to a budget of a row, and by g e from anywhere',
      visiting(async (visit) => {
        const visitor = await visit('finance')
        await visitor.open('/agents?period=last-month')
        await listening(visitor)
        await visitor.page.keyboard.press('g')
        await visitor.page.keyboard.press('e')
        await visitor.arrivesAt('/spend?period=last-month')
        await visitor.click(table(visitor).getByRole('link', { name: 'add a budget of Coding Agent' }))
        await visitor.arrivesAt('/budgets/new?scope=AGENT&key=coding')
      }),
    )

    it(
      'has the chart as a table and as a file that add up to it',
      visiting(async (visit) => {
        const visitor = await visit('finance')
        await visitor.open('/spend?period=last-month')
        await visitor.click(visitor.page.getByRole('tab', { name: 'Table' }))
        const card = visitor.page.getByRole('tabpanel', { name: 'Table' })
        const days = await rowsOf(card.getByRole('table'))
        const { total } = await rollup('AGENT')
        expect(sum(days.map((row) => exact(row, 'Total, £')))).toBe(scaled(total.total.amount))
        const saving = visitor.page.waitForEvent('download')
        await visitor.click(card.getByRole('button', { name: 'Export CSV' }))
        const lines = readFileSync(await (await saving).path(), 'utf8')
          .trim()
          .split('\r\n')
          .map((line) => line.split(','))
        expect(lines[0]?.slice(-2)).toEqual(['Total', 'Currency'])
        expect(sum(lines.slice(1).map((line) => scaled(line.at(-2) ?? '')))).toBe(scaled(total.total.amount))
      }),
    )

    it(
      'is exported as what is seen, as all rows in CSV, and in a workbook that says what it is',
      visiting(async (visit) => {
        const visitor = await visit('finance')
        await visitor.open('/spend?period=last-month&by=client&then=agent')
        const { total } = await rollup('CLIENT')
        const seen = await download(visitor, 'What I see (CSV)')
        expect(seen.name).toMatch(/^spend .*\.csv$/)
        expect(seen.content.toString('utf8')).toContain('Without client')

        const { from } = lastMonth()
        const all = await download(visitor, 'All rows (CSV)')
        expect(all.name).toMatch(new RegExp(`^spend-${from}-.*\\.csv$`))
        const [head = [], ...lines] = all.content
          .toString('utf8')
          .slice(1)
          .trim()
          .split('\r\n')
          .map((line) => line.split(','))
        const cost = head.indexOf('Cost')
        expect(sum(lines.map((line) => scaled(line[cost] ?? '')))).toBe(scaled(total.total.amount))

        const workbook = await download(visitor, 'All rows (XLSX)')
        expect(workbook.name).toMatch(/\.xlsx$/)
        expect(hasFrozenHead(workbook.content)).toBe(true)
        const sheets = readWorkbook(workbook.content)
        expect(sheets.get('Rows')?.length).toBe(lines.length + 1)
        expect(new Map(sheets.get('About')?.map(([name, value]) => [name, value])).get('First day')).toBe(from)
      }),
    )

    it(
      'is exported beside agents, tasks and clients too',
      visiting(async (visit) => {
        const visitor = await visit('viewer')
        for (const what of ['agents', 'tasks', 'clients']) {
          await visitor.open(`/${what}?period=last-month`)
          const { name, content } = await download(visitor, 'All rows (CSV)')
          expect(name).toMatch(new RegExp(`^${what}-`))
          expect(content.toString('utf8').split('\r\n').length).toBeGreaterThan(4)
        }
      }),
    )

    it(
      'keeps a view under a name, shows it to colleagues, and takes it away',
      visiting(async (visit) => {
        const visitor = await visit('finance')
        await visitor.open('/spend?period=last-month&by=client&then=agent&agent=coding')
        await visitor.click(visitor.page.getByRole('button', { name: 'Save view…' }))
        const dialog = visitor.page.getByRole('dialog', { name: 'Save this view' })
        await dialog.getByLabel('Name').fill('Coding by client')
        await dialog.getByLabel(/^Share it/).check()
        await dialog.getByRole('button', { name: 'Save the view' }).click()
        await dialog.waitFor({ state: 'hidden' })

        const colleague = await visit('viewer')
        await colleague.open('/spend')
        await colleague.page.locator('#main summary', { hasText: 'Views' }).click()
        const views = colleague.page.getByRole('list', { name: 'Saved views' })
        await colleague.reads(views, /Coding by client shared by finance@/)
        expect(await views.getByRole('button').count()).toBe(0)
        await colleague.click(views.getByRole('link', { name: 'Coding by client' }))
        await colleague.arrivesAt('/spend?agent=coding&by=client&period=last-month&then=agent')

        await visitor.page.locator('#main summary', { hasText: 'Views' }).click()
        await visitor.click(visitor.page.getByRole('button', { name: 'Delete… the view Coding by client' }))
        await visitor.page.getByRole('button', { name: 'Delete the view' }).click()
        await visitor.page.getByText('No view is saved yet.').waitFor({ state: 'attached' })
        await colleague.open('/spend')
        expect(await colleague.page.getByRole('list', { name: 'Saved views' }).count()).toBe(0)
      }),
    )

    it(
      'is no part of a client’s view, and its files are not there for them',
      visiting(async (visit) => {
        const visitor = await visit('client')
        await visitor.open('/spend')
        await visitor.reads(visitor.page.getByRole('main'), /Not part of your view/)
        const answer = await visitor.context.request.get(`${product().url}/v1/exports/spend.csv`)
        expect(answer.status()).toBe(404)
      }),
    )
  })
}
