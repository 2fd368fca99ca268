import { describe, expect, it } from '@jest/globals'
import type { Visitor } from './visitor.ts'
import { visiting } from './world.ts'

export function keyboard(): void {
  describe('the keyboard', () => {
    it.each(['Meta+k', 'Control+k'])('finds an agent with %s and goes there, in the same period', (keys) =>
      visiting(async (visit) => {
        const visitor = await visit('leadership')
        await visitor.open('/tasks?period=last-month')
        await listening(visitor)
        await visitor.page.keyboard.press(keys)
        const palette = visitor.page.getByRole('dialog', { name: 'Find' })
        await palette.waitFor()
        await visitor.page.keyboard.type('coding ag')
        await visitor.reads(palette.getByRole('option').first(), /^Coding Agent .*Agent$/)
        await visitor.page.keyboard.press('Enter')
        await visitor.arrivesAt('/agents/coding?period=last-month')
        expect(await palette.count()).toBe(0)
      })(),
    )

    it(
      'finds a project by its name',
      visiting(async (visit) => {
        const visitor = await visit('leadership')
        await visitor.open('/agents')
        await listening(visitor)
        await visitor.page.keyboard.press('Control+k')
        const palette = visitor.page.getByRole('dialog', { name: 'Find' })
        await palette.waitFor()
        await visitor.page.keyboard.type('site rebuild')
        await visitor.reads(palette.getByRole('option').first(), /^Site rebuild .*Project$/)
        await visitor.page.keyboard.press('Enter')
        await visitor.arrivesAt('/projects/site-rebuild')
      }),
    )

    it(
      'finds a task by its key, and closes with Escape',
      visiting(async (visit) => {
        const visitor = await visit('finance')
        await visitor.open('/')
        await listening(visitor)
        await visitor.page.keyboard.press('Control+k')
        const palette = visitor.page.getByRole('dialog', { name: 'Find' })
        await visitor.page.keyboard.type('market-entry-analysis')
        await palette
          .getByRole('option', { name: /market-entry-analysis/ })
          .first()
          .waitFor()
        await visitor.page.keyboard.press('Escape')
        await palette.waitFor({ state: 'detached' })
        expect(visitor.path).toBe('/')
      }),
    )

    it(
      'goes to a page with g and its letter',
      visiting(async (visit) => {
        const visitor = await visit('leadership')
        await visitor.open('/?period=last-month')
        for (const [letter, path] of [
          ['a', '/agents'],
          ['t', '/tasks'],
          ['c', '/clients'],
          ['p', '/projects'],
          ['n', '/anomalies'],
          ['b', '/budgets'],
          ['l', '/allocation'],
          ['h', '/charges'],
          ['r', '/rate-cards'],
          ['o', '/reports'],
          ['i', '/reconciliation'],
          ['d', '/developers'],
          ['s', '/settings'],
          ['f', '/'],
        ] as const) {
          await listening(visitor)
          await visitor.page.keyboard.press('g')
          await visitor.page.keyboard.press(letter)
          await visitor.arrivesAt(`${path}?period=last-month`)
        }
      }),
    )

    it(
      'shows its help with ? and leaves it with Escape',
      visiting(async (visit) => {
        const visitor = await visit('projectManager')
        await visitor.open('/agents')
        await listening(visitor)
        const help = visitor.page.getByRole('dialog', { name: 'Keyboard' })
        await visitor.page.keyboard.press('?')
        await help.waitFor()
        expect(await visitor.text(help)).toContain('go to Agents')
        await visitor.page.keyboard.press('Escape')
        await help.waitFor({ state: 'hidden' })
      }),
    )

    it(
      'goes to the filter with /, where letters are letters again',
      visiting(async (visit) => {
        const visitor = await visit('projectManager')
        await visitor.open('/agents?period=last-month')
        await listening(visitor)
        await visitor.page.keyboard.press('/')
        const filter = visitor.page.getByLabel('Filter agents')
        expect(await filter.evaluate((element) => element.matches(':focus'))).toBe(true)
        await visitor.page.keyboard.type('ga?')
        await visitor.arrivesAt(/^\/agents\?.*q=ga/)
        await visitor.reads(visitor.page.getByRole('table', { name: /^Agents/ }).first(), /No agents match “ga\?”\./)
      }),
    )

    it(
      'skips to the content with the first Tab',
      visiting(async (visit) => {
        const visitor = await visit('viewer')
        await visitor.open('/agents')
        await visitor.page.keyboard.press('Tab')
        const skip = visitor.page.getByRole('link', { name: 'Skip to the content' })
        expect(await skip.evaluate((element) => element.matches(':focus'))).toBe(true)
        await visitor.page.keyboard.press('Enter')
        expect(await visitor.page.locator('main').evaluate((element) => element.matches(':focus'))).toBe(true)
      }),
    )
  })
}

/**
 * The page hears keys once React has taken it over; the help's button belongs to the same part of the page. Listeners on the document
 * come with React's effects, which run after the next frame.
 */
export async function listening(visitor: Visitor): Promise<void> {
  await visitor.alive(visitor.page.locator('dialog[aria-labelledby="keyboard-help"] button'))
  const nextFrames =
    'new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve, 100))))'
  await visitor.page.evaluate(nextFrames)
}
