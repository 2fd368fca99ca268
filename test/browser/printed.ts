import { describe, expect, it } from '@jest/globals'
import { visiting } from './world.ts'

/** A sheet on its side less its margins (globals.css), in pixels of 96 to the inch. */
const SHEET = { width: 1031, height: 700 }

const PAGES: [name: string, path: string, period: RegExp][] = [
  ['Agents', '/agents?period=last-month', /^1–\d\d \w{3} \d{4}/],
  ['Agents, fully loaded', '/agents', /^1–|^1 /],
  ['Clients', '/clients?period=last-month', /^1–\d\d \w{3} \d{4}/],
  ['Projects', '/projects?period=last-month', /^1–\d\d \w{3} \d{4}/],
  ['Spend', '/spend?period=last-month&by=client&then=agent', /^1–\d\d \w{3} \d{4}/],
  ['Charges', '/charges', /so far$/],
]

export function printed(): void {
  describe('a page on paper', () => {
    it.each(PAGES)(
      'of %s has its title, its period and every column, in light colours and without navigation',
      (_, path, period) =>
        visiting(async (visit) => {
          const visitor = await visit('finance')
          await visitor.open(path)
          const { page } = visitor
          await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
          await page.setViewportSize(SHEET)
          expect(await page.getByRole('heading', { level: 1 }).isVisible()).toBe(true)
          expect(await page.locator('main p').filter({ hasText: period, visible: true }).count()).toBeGreaterThan(0)
          for (const hidden of ['Pages', 'Period', 'Month']) {
            for (const one of await page.locator(`[aria-label="${hidden}"]`).all())
              expect([hidden, await one.isVisible()]).toEqual([hidden, false])
          }
          expect(await page.getByText('Skip to the content').isVisible()).toBe(false)
          expect(await page.evaluate<string>('getComputedStyle(document.body).backgroundColor')).toBe(
            'rgb(255, 255, 255)',
          )
          expect(await page.evaluate<string[]>(OUTSIDE)).toEqual([])
          const heads = await page.evaluate<string[]>(HEADS)
          expect([...new Set(heads)]).toEqual(['table-header-group'])
        })(),
    )
  })
}

/** Cells that reach over the edge of the sheet or are cut by what they stand in. */
const OUTSIDE = `[...document.querySelectorAll('main :is(th, td)')].flatMap((cell) => {
  const { right, width } = cell.getBoundingClientRect()
  if (width === 0) return []
  const frame = cell.closest('table').parentElement
  const isCut = getComputedStyle(frame).overflowX !== 'visible' && frame.scrollWidth > frame.clientWidth + 1
  return right > innerWidth + 1 || isCut ? [cell.textContent.trim()] : []
})`

/** How the heads of tables are laid out: those of a table are repeated on each of its sheets. */
const HEADS = `[...document.querySelectorAll('main thead')].map((head) => getComputedStyle(head).display)`
