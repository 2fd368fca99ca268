import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { accessFaults } from './every-page.ts'
import { listening } from './keyboard.ts'
import { product, visiting } from './world.ts'

const EMAIL = 'of-the-250th@fernhill.example'

export function searching(): void {
  describe('search among 300 clients', () => {
    beforeAll(async () => {
      await product().rows(
        `INSERT INTO client (tenant_id, id, key, name) SELECT t.id, gen_random_uuid(), 'many-' || n, 'Customer ' || n || ' Ltd'
         FROM tenant t, generate_series(1, 300) AS n WHERE t.key = 'newcomer'`,
      )
    })
    afterAll(async () => {
      await product().rows(`DELETE FROM invitation WHERE email = '${EMAIL}'`)
      await product().rows(`DELETE FROM client WHERE key LIKE 'many-%'`)
    })

    it(
      'finds the 250th in the palette, by the keyboard alone',
      visiting(async (visit) => {
        const visitor = await visit('newcomer')
        await visitor.open('/agents?period=last-month')
        await listening(visitor)
        await visitor.page.keyboard.press('Control+k')
        const palette = visitor.page.getByRole('dialog', { name: 'Find' })
        await palette.waitFor()
        await visitor.page.keyboard.type('customer 250')
        await visitor.reads(palette.getByRole('option').first(), /^Customer 250 Ltd many-250 Client$/)
        expect(await accessFaults(visitor)).toEqual([])
        await visitor.page.keyboard.press('Enter')
        await visitor.arrivesAt('/clients/many-250?period=last-month')
      }),
    )

    it(
      'finds pages, actions and saved views beside them, and says when nothing is called so',
      visiting(async (visit) => {
        const visitor = await visit('leadership')
        const view = '{ page: SPEND, name: "Quarter by client", query: "by=client" }'
        await visitor.open('/')
        await visitor.graphql(`mutation { saveView(input: ${view}) { userErrors { code } } }`)
        await listening(visitor)
        await visitor.page.keyboard.press('Control+k')
        const palette = visitor.page.getByRole('dialog', { name: 'Find' })
        const found = palette.getByRole('combobox')
        for (const [text, first] of [
          ['audit', /^Audit log Page$/],
          ['set a bud', /^Set a budget Action$/],
          ['zebra', null],
          ['quarter by', /^Quarter by client View$/],
        ] as const) {
          await visitor.fill(found, text)
          if (first === null) await palette.getByText(`Nothing is called ${text}.`).waitFor()
          else await visitor.reads(palette.getByRole('option').first(), first)
        }
        await visitor.page.keyboard.press('Enter')
        await visitor.arrivesAt(/^\/spend\?by=client/)
      }),
    )

    it(
      'picks the 250th in a form, by the keyboard, and leaves what was typed but not picked',
      visiting(async (visit) => {
        const owner = await visit('newcomer')
        const { page } = owner
        await owner.open('/settings/members')
        await owner.click(page.getByRole('button', { name: 'Invite…' }))
        const dialog = page.getByRole('dialog', { name: 'Invite somebody' })
        await owner.fill(dialog.getByLabel('E-mail'), EMAIL)
        await dialog.getByLabel('Role').selectOption({ label: 'Client' })
        const client = dialog.getByRole('combobox', { name: 'Client' })
        const found = dialog.getByRole('listbox', { name: 'Client, found' }).getByRole('option')
        await owner.click(client)
        await found.first().waitFor()
        await page.keyboard.type('250')
        await owner.reads(found.first(), /^Customer 250 Ltd many-250$/)
        expect(await client.getAttribute('aria-expanded')).toBe('true')
        expect(await accessFaults(owner)).toEqual([])
        // Escape closes the list, not the dialog, and nothing is chosen.
        await page.keyboard.press('Escape')
        expect(await dialog.isVisible()).toBe(true)
        expect(await client.inputValue()).toBe('')
        await page.keyboard.press('ArrowDown')
        await found.first().waitFor()
        await page.keyboard.type('customer 25')
        await owner.reads(found.first(), /^Customer 25 Ltd/)
        await page.keyboard.press('ArrowDown')
        await owner.reads(
          dialog.getByRole('option', { selected: true }).filter({ hasText: 'many-' }),
          /^Customer 250 Ltd/,
        )
        await page.keyboard.press('Enter')
        expect(await client.inputValue()).toBe('Customer 250 Ltd')
        await owner.click(dialog.getByRole('button', { name: 'Send the invitation' }))
        await owner.reads(page.getByRole('region', { name: 'Invitations' }), /of-the-250th.*Client of Customer 250 Ltd/)
      }),
    )
  })
}
