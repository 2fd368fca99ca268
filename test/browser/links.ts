import { describe, expect, it } from '@jest/globals'
import type { Visitor } from './visitor.ts'
import { product, visiting } from './world.ts'

/** A mark in the window: gone as soon as another document is loaded. */
async function mark(visitor: Visitor): Promise<() => Promise<boolean>> {
  await visitor.page.evaluate(() => Object.assign(globalThis, { isMarked: true }))
  return () => visitor.page.evaluate<boolean>(() => 'isMarked' in globalThis)
}

export function links(): void {
  describe('a link of the portal', () => {
    it(
      'is followed without loading a document, by pointer and by Enter, and back again',
      visiting(async (visit) => {
        const visitor = await visit('finance')
        const { page } = visitor
        await visitor.open('/agents?period=last-month')
        const isSame = await mark(visitor)
        const table = page.getByRole('table').first()
        await table.getByRole('link', { name: 'Direct' }).first().click()
        await visitor.arrivesAt(/sort=direct/)
        await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Clients' }).focus()
        await page.keyboard.press('Enter')
        await visitor.arrivesAt(/^\/clients\?/)
        await page.goBack()
        await visitor.arrivesAt(/^\/agents\?.*sort=direct/)
        expect(await isSame()).toBe(true)
      }),
    )

    it(
      'opens another tab with Ctrl, and leaves this one where it is',
      visiting(async (visit) => {
        const visitor = await visit('finance')
        const { page } = visitor
        await visitor.open('/agents?period=last-month')
        const isSame = await mark(visitor)
        const opening = page.context().waitForEvent('page')
        const link = page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Clients' })
        await link.click({ modifiers: ['Control'] })
        const tab = await opening
        await tab.waitForURL(/\/clients/)
        await tab.close()
        expect(new URL(page.url()).pathname).toBe('/agents')
        expect(await isSame()).toBe(true)
      }),
    )

    it(
      'works before any script is there, as every link does',
      visiting(async (visit) => {
        const visitor = await visit('finance')
        const { page } = visitor
        let scriptsMayCome = () => {}
        const wait = new Promise<void>((come) => (scriptsMayCome = come))
        await page.route('**/*.js', (route) => wait.then(() => route.continue()))
        await page.goto(`${product().url}/agents?period=last-month`, { waitUntil: 'commit' })
        await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Clients' }).click()
        await page.waitForURL(/\/clients/, { waitUntil: 'commit' })
        scriptsMayCome()
        await visitor.arrivesAt(/^\/clients/)
      }),
    )

    it(
      'that replaces adds nothing to go back through, and that stays does not scroll',
      visiting(async (visit) => {
        const visitor = await visit('finance')
        const { page } = visitor
        await visitor.open('/agents?period=last-month')
        const depth = await page.evaluate(() => history.length)
        const isSame = await mark(visitor)
        await page.locator('#main summary', { hasText: 'Columns' }).click()
        await visitor.click(page.locator('#main').getByRole('checkbox', { name: 'Share' }))
        await visitor.arrivesAt(/hide=/)
        expect(await page.evaluate(() => history.length)).toBe(depth)
        await page.evaluate(() => scrollTo(0, 40))
        await page.getByRole('table').first().getByRole('link', { name: 'Direct' }).first().click()
        await visitor.arrivesAt(/sort=direct/)
        expect(await page.evaluate(() => scrollY)).toBe(40)
        expect(await isSame()).toBe(true)
      }),
    )
  })
}
