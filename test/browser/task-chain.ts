import { describe, expect, it } from '@jest/globals'
import type { Locator } from 'playwright-core'
import { plainDecimal, scaled, unscaled } from './table.ts'
import { oneLine, type Visitor } from './visitor.ts'
import { product, visiting } from './world.ts'

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

    it(
      'draws who called whom: what leaves the task is what it cost, and a shared use is counted once',
      visiting(async (visit) => {
        const visitor = await visit('projectManager')
        await visitor.open(`${address}?view=flow`)
        await visitor.page.getByRole('img', { name: /of the cost is/ }).waitFor()
        await visitor.click(visitor.page.getByRole('tab', { name: 'Table' }))
        const steps = visitor.page.getByRole('region', { name: 'Steps of the flow' }).locator('tbody tr')
        let left = 0n
        for (const step of await steps.filter({ hasText: /^Produce a market entry analysis/ }).all())
          left += scaled(plainDecimal(await step.locator('[title]').last().getAttribute('title')))
        expect(unscaled(left)).toBe('4.41')
        expect(await steps.filter({ hasText: 'counted once' }).count()).toBe(1)
      }),
    )

    it(
      'draws of a long chain what is in view, and walks, finds, folds and prints all of it',
      visiting(async (visit) => {
        const spans = 600
        await sendChain('long-chain', spans)
        const visitor = await visit('projectManager')
        const { page } = visitor
        await visitor.open('/tasks/long-chain')
        await page.locator(`[role=treegrid][aria-rowcount="${spans + 3}"]`).waitFor()
        const drawn = () => chain(visitor).locator('tr[data-row]').count()
        expect(await drawn()).toBeLessThan(80)

        const first = chain(visitor).locator('tr[data-row]').first()
        await (await visitor.ready(first)).focus()
        await page.keyboard.press('End')
        expect(await focused(visitor).getAttribute('aria-rowindex')).toBe(String(spans + 2))
        expect(await focused(visitor).isVisible()).toBe(true)
        expect(await drawn()).toBeLessThan(80)
        await page.keyboard.press('Enter')
        await visitor.arrivesAt(/peek=/)
        await page.getByRole('complementary', { name: 'call 599', exact: true }).waitFor()
        await page.keyboard.press('Home')
        expect(await focused(visitor).getAttribute('aria-rowindex')).toBe('2')

        await page.keyboard.press('/')
        await page.keyboard.type('call 598')
        await visitor.reads(page.getByRole('status').first(), /^1 of 601 rows$/)
        await visitor.arrivesAt(/find=call/)
        // The call and what it stands below: the task, the root and its step.
        expect(await drawn()).toBe(4)
        await page.keyboard.press('ArrowDown')
        expect(await visitor.text(focused(visitor))).toMatch(/^call 598/)
        await visitor.fill(page.getByRole('searchbox', { name: 'Find in the chain' }), '')
        await visitor.reads(page.getByRole('status').first(), /^601 rows$/)

        await visitor.click(page.getByRole('button', { name: 'Unfold all' }))
        await page.emulateMedia({ media: 'print' })
        await visitor.until('All of it is printed', async () => (await drawn()) === spans + 1)
        await page.emulateMedia({ media: 'screen' })
        await visitor.click(page.getByRole('button', { name: 'Fold all', exact: true }))
        await visitor.until('It is folded', async () => (await drawn()) === 2)
      }),
    )
  })
}

/** One trace: a root, a step for every 30 calls, and the calls. */
async function sendChain(task: string, spans: number): Promise<void> {
  const start = Date.now() - 3_600_000
  const steps = Math.ceil(spans / 30)
  const events = Array.from({ length: spans }, (_, n) => ({
    id: `${task}-${n}`,
    ...{ agent: n % 2 === 0 ? 'research' : 'coding', client: 'northwind', task, trace: task, span: `s${n}` },
    ...(n === 0 ? {} : { parentSpan: n <= steps ? 's0' : `s${1 + (n % steps)}` }),
    name: n === 0 ? 'root' : n <= steps ? `step ${n}` : `call ${n}`,
    occurredAt: new Date(start + n * 1_000).toISOString(),
    ...{ kind: 'MODEL', provider: 'gateway', resource: 'large-reasoning' },
    usage: [{ meter: 'input_tokens', quantity: '1' }],
  }))
  const { body } = await product().demo.post('/v1/invocations', events)
  expect(body).toMatchObject({ accepted: spans, rejected: [] })
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
