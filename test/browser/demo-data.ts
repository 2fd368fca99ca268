import { describe, expect, it } from '@jest/globals'
import { faultsOf } from './every-page.ts'
import { rowsOf } from './table.ts'
import { LAPTOP, type Visitor } from './visitor.ts'
import { product, visiting } from './world.ts'

/** Loading takes seconds; a machine under test may take more of them. */
const LOADING_MS = 240_000

export function demoData(): void {
  describe('demo data', () => {
    it(
      'is loaded with one click, shows the worked example in a tenant of its own, and is removed with one click',
      visiting(async (visit) => {
        const owner = await visit('newcomer')
        const { page } = owner
        await owner.open('/')
        const card = page.locator('section', { has: page.getByRole('heading', { name: 'Or look around first' }) })
        await owner.click(card.getByRole('button', { name: 'Load example data' }))
        await card.getByRole('progressbar', { name: 'Example data' }).waitFor()
        // It goes on without this page.
        await owner.open('/start')
        const open = card.getByRole('button', { name: 'Open the example' })
        await open.waitFor({ timeout: LOADING_MS })
        expect(await examples()).toHaveLength(1)

        await owner.click(open)
        await owner.arrivesAt('/')
        const banner = page.getByRole('note', { name: 'Demo data' })
        await owner.reads(banner, /none of this is yours/)
        await owner.reads(page.locator('aside').getByRole('link').first(), /^Example: Newcomer$/)
        await owner.click(page.locator('aside summary'))
        const tenants = page.locator('aside').getByRole('list', { name: 'Your tenants' })
        expect(await owner.text(tenants)).toMatch(/Newcomer .*Example: Newcomer .*Demo$/)
        await isWorkedExample(owner)
        expect(await faultsOf(owner, '/settings')).toEqual([])
        await page.setViewportSize(LAPTOP)
        await page.emulateMedia({ colorScheme: 'light' })

        await owner.click(banner.getByRole('button', { name: 'Remove' }))
        await owner.until('The tenant of their own again', async () =>
          /^Newcomer$/.test(await owner.text(page.locator('aside').getByRole('link').first())),
        )
        await owner.isComplete()
        expect(await owner.text(page.getByRole('main'))).toMatch(/Nothing was recorded in/)
        expect(await page.getByRole('note', { name: 'Demo data' }).count()).toBe(0)
        await owner.until('Nothing is left of it', async () => (await examples()).length === 0)
        await card.getByRole('button', { name: 'Load example data' }).waitFor()
      }),
      2 * LOADING_MS,
    )

    it(
      'is no matter of those who do not administer the tenant, nor of the installation’s own demo',
      visiting(async (visit) => {
        for (const person of ['finance', 'leadership'] as const) {
          const visitor = await visit(person)
          await visitor.open('/start')
          expect(await visitor.page.getByRole('heading', { name: 'Or look around first' }).count()).toBe(0)
          expect(await visitor.page.getByRole('note', { name: 'Demo data' }).count()).toBe(0)
        }
      }),
    )
  })
}

/** The four agents of domain.md, as finance reads them. */
async function isWorkedExample(visitor: Visitor): Promise<void> {
  await visitor.open('/agents?period=last-month&basis=direct')
  const rows = await rowsOf(visitor.page.getByRole('table', { name: /^Agents/ }).first())
  expect(rows.map((row) => [row.Agent?.text, row['Direct, £']?.text, row.Tasks?.text])).toEqual([
    [expect.stringMatching(/^Coding Agent/), '2,180.00', '310'],
    [expect.stringMatching(/^Research Agent/), '1,240.00', '620'],
    [expect.stringMatching(/^Campaign Agent/), '430.00', '180'],
    [expect.stringMatching(/^Summarisation Agent/), '85.00', '4,200'],
  ])
}

/** What there is of the newcomer's example, in every table of a tenant: one row for the tenant while it is there. */
function examples(): Promise<{ id: string }[]> {
  return product().rows<{ id: string }>(
    `SELECT d.demo_id AS id FROM demo_data d UNION SELECT id FROM tenant WHERE demo_of IS NOT NULL`,
  )
}
