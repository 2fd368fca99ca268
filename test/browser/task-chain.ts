import { describe, expect, it } from '@jest/globals'
import type { Locator } from 'playwright-core'
import { plainDecimal, scaled, unscaled } from './table.ts'
import { oneLine, type Visitor } from './visitor.ts'
import { visiting } from './world.ts'

const address = '/tasks/market-entry-analysis'

export function taskChain(): void {
  describe('the chain of a task', () => {
    it(
      'shows what the task cost, what was billed, and the margin',
      visiting(async (visit) => {
        const visitor = await visit('projectManager')
        await visitor.open(address)
        const tiles = await visitor.text(visitor.page.getByRole('region', { name: 'Key figures' }))
        expect(tiles).toContain('Cost £4.41')
        expect(tiles).toContain('Billed £50.00')
        expect(tiles).toContain('Margin £45.59 91.18 % margin ratio')
      }),
    )

    it(
      'counts a shared use once, and its rows add up to the cost of the task',
      visiting(async (visit) => {
        const visitor = await visit('projectManager')
        await visitor.open(address)
        const rows = await chain(visitor).locator('tbody tr').all()
        const texts = await Promise.all(rows.map(async (row) => oneLine(await row.innerText())))
        expect(texts.filter((text) => text.includes('counted once · 3 reporters'))).toHaveLength(1)
        expect(texts.filter((text) => text.includes('counted above'))).toHaveLength(2)
        for (const name of ['Research Agent', 'Summarisation Agent', 'Campaign Agent'])
          expect(texts.filter((text) => text.startsWith(name))).toHaveLength(1)
        const selves = await Promise.all(rows.map((row) => exactSelf(row)))
        expect(unscaled(selves.reduce((sum, self) => sum + self, 0n))).toBe('4.41')
        const foot = await visitor.text(chain(visitor).locator('tfoot'))
        expect(foot).toMatch(/4\.4100 4\.4100/)
        expect(foot).toContain('✓ self sums to the root')
      }),
    )

    it(
      'is walked with the arrow keys, and Enter shows the arithmetic of a call',
      visiting(async (visit) => {
        const visitor = await visit('finance')
        await visitor.open(address)
        const { keyboard } = visitor.page
        const first = chain(visitor).locator('tbody tr').first()
        await (await visitor.ready(first)).focus()
        // From the task to its first call with a price of its own.
        for (let steps = 0; steps < 20; steps += 1) {
          await keyboard.press('ArrowDown')
          if ((await exactSelf(focused(visitor))) > 0n) break
        }
        const name = await focused(visitor).getByRole('link').innerText()
        const self = await exactSelf(focused(visitor))
        await keyboard.press('Enter')
        await visitor.arrivesAt(/peek=/)
        const panel = visitor.page.getByRole('complementary', { name, exact: true })
        await panel.waitFor()
        await expectArithmetic(panel, self)
      }),
    )

    it(
      'proves the dearest calls and the shared one: quantities times prices are what each cost',
      visiting(async (visit) => {
        const visitor = await visit('leadership')
        await visitor.open(address)
        const calls: { href: string; name: string; self: bigint; isShared: boolean }[] = []
        for (const row of await chain(visitor).locator('tbody tr').all()) {
          const self = await exactSelf(row)
          if (self === 0n) continue
          const link = row.getByRole('link')
          const isShared = (await row.innerText()).includes('counted once')
          calls.push({ self, isShared, name: await link.innerText(), href: (await link.getAttribute('href')) ?? '' })
        }
        const dearest = calls.filter((call) => !call.isShared).sort((a, b) => (a.self < b.self ? 1 : -1))
        const shared = calls.filter((call) => call.isShared)
        expect(shared).toHaveLength(1)
        for (const { href, name, self } of [...dearest.slice(0, 4), ...shared]) {
          await visitor.open(href)
          await expectArithmetic(visitor.page.getByRole('complementary', { name, exact: true }), self)
        }
      }),
    )

    it(
      'folds and unfolds by keyboard and by pointer',
      visiting(async (visit) => {
        const visitor = await visit('projectManager')
        await visitor.open(address)
        const all = await chain(visitor).locator('tbody tr').count()
        const agent = chain(visitor).locator('tbody tr', { hasText: 'Summarisation Agent' }).first()
        await (await visitor.ready(agent)).focus()
        expect(await agent.getAttribute('aria-expanded')).toBe('true')
        await visitor.page.keyboard.press('ArrowLeft')
        expect(await agent.getAttribute('aria-expanded')).toBe('false')
        expect(await chain(visitor).locator('tbody tr').count()).toBeLessThan(all)
        expect(await isFocused(agent)).toBe(true)
        await visitor.page.keyboard.press('ArrowRight')
        expect(await chain(visitor).locator('tbody tr').count()).toBe(all)
        // Folded again, ← goes on to the parent.
        await visitor.page.keyboard.press('ArrowLeft')
        await visitor.page.keyboard.press('ArrowLeft')
        const parent = await visitor.text(focused(visitor))
        expect(parent).toMatch(/^Research Agent/)
        await visitor.page.keyboard.press('Home')
        expect(await isFocused(chain(visitor).locator('tbody tr').first())).toBe(true)

        await visitor.click(chain(visitor).getByRole('button', { name: 'Open Summarisation Agent' }))
        expect(await chain(visitor).locator('tbody tr').count()).toBe(all)
        await visitor.click(
          chain(visitor)
            .getByRole('button', { name: /^Fold / })
            .first(),
        )
        expect(await chain(visitor).locator('tbody tr').count()).toBe(1)
      }),
    )

    it(
      'has a timeline and a table of the same calls',
      visiting(async (visit) => {
        const visitor = await visit('projectManager')
        await visitor.open(address)
        const calls = (await chain(visitor).locator('tbody tr').count()) - 1
        const views = visitor.page.getByRole('navigation', { name: 'View of the chain' })
        await visitor.click(views.getByRole('link', { name: 'Table' }))
        await visitor.arrivesAt(/view=table/)
        expect(await visitor.page.getByRole('table').first().locator('tbody tr').count()).toBe(calls)
        await visitor.click(views.getByRole('link', { name: 'Timeline' }))
        await visitor.arrivesAt(/view=timeline/)
        expect(await chain(visitor).locator('tbody tr').count()).toBe(calls + 1)
      }),
    )
  })
}

function chain(visitor: Visitor): Locator {
  return visitor.page.getByRole('treegrid')
}

function focused(visitor: Visitor): Locator {
  return chain(visitor).locator('tr:focus')
}

function isFocused(row: Locator): Promise<boolean> {
  return row.evaluate((element) => element.matches(':focus'))
}

/** A row's own cost with every decimal, which is the title of its second cell; 0 where the title is a reason. */
async function exactSelf(row: Locator): Promise<bigint> {
  const cell = row.locator('td').nth(1)
  if (oneLine(await cell.innerText()) === '0') return 0n
  return scaled(plainDecimal(await cell.getAttribute('title')))
}

/** `48,200 × 0.000015 @ card` of every line, multiplied here, is the line's amount; the lines add up to the call's own cost. */
async function expectArithmetic(panel: Locator, self: bigint): Promise<void> {
  const section = panel.locator('section', { hasText: 'Quantity × price @ rate' }).first()
  const lines = await section.locator('li').all()
  expect(lines.length).toBeGreaterThan(0)
  let sum = 0n
  for (const line of lines) {
    const text = oneLine(await line.innerText())
    const [, quantity = '', price = ''] = /([\d,.]+) × ([\d,.]+) @ \S/.exec(text) ?? []
    const amount = (scaled(plainDecimal(quantity)) * scaled(plainDecimal(price))) / 10n ** 18n
    const printed = await line.locator('[title]').last().getAttribute('title')
    expect(unscaled(scaled(plainDecimal(printed)))).toBe(unscaled(amount))
    sum += amount
  }
  expect(unscaled(sum)).toBe(unscaled(self))
}
