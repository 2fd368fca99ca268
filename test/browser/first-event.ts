import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { product, visiting } from './world.ts'

const run = promisify(execFile)

interface Recent {
  invocationId: string
  cost: { amount: string } | null
  agent: { name: string } | null
}

export function firstEvent(): void {
  describe('the first event', () => {
    it(
      'is sent with the snippet of the page as it stands, and arrives there with its price',
      visiting(async (visit) => {
        const visitor = await visit('leadership')
        await visitor.context.grantPermissions(['clipboard-read', 'clipboard-write'])
        await visitor.open('/start')
        const { page } = visitor
        const start = page.locator('section', { has: page.getByRole('heading', { name: 'Send your first event' }) })
        await start.getByText('Waiting for the first event…').waitFor()
        // The page takes what is there already for old; it must have looked once.
        await page.getByRole('region', { name: 'Latest events' }).waitFor()

        await visitor.click(page.getByRole('button', { name: 'Make a key and put it in' }))
        const key = await page
          .locator('code', { hasText: /^outl_live_\w+_\w+$/ })
          .first()
          .innerText()
        await visitor.click(
          page.locator('div:has(> pre[aria-label="In a terminal"])').getByRole('button', { name: 'Copy' }),
        )
        const snippet = await page.evaluate<string>('navigator.clipboard.readText()')
        expect(snippet).toContain(key)
        const { stdout } = await run('sh', ['-c', snippet], { timeout: 60_000 })
        expect(JSON.parse(stdout)).toMatchObject({ accepted: 1, duplicates: 0, unpriced: 0, rejected: [] })

        const arrived = page.locator('[data-arrived]')
        const text = await visitor.reads(arrived, /^Arrived at \d\d:\d\d:\d\d: £\d/)
        expect(text).toContain('anthropic · claude-sonnet-4-5')
        const sent = await newest()
        expect(sent.invocationId).toMatch(/^first-event-\d+$/)
        expect(sent.cost?.amount).toMatch(/^0\.0\d+/)
        expect(text).toContain(`£${sent.cost?.amount}`)
        expect(text).toContain('Research Agent')
        const colour = await page.evaluate<{ is: string; ok: string }>(colours)
        expect(colour.is).toBe(colour.ok)

        const row = page.getByRole('region', { name: 'Latest events' }).locator('tbody tr').first()
        await visitor.reads(row, /claude-sonnet-4-5/)
        expect(await visitor.text(row)).toContain(`£${sent.cost?.amount}`)

        const developers = await visit('leadership')
        await developers.open('/developers')
        await developers.page.getByRole('region', { name: 'API keys' }).getByText(key.slice(0, 18)).waitFor()

        // Its task was made by it.
        await visitor.click(arrived.getByRole('link', { name: 'see its task' }))
        await visitor.arrivesAt('/tasks/first-task')
        await visitor.reads(page.locator('main'), /1 call belongs to this task without naming a trace/)
        await visitor.reads(page.getByRole('complementary', { name: 'first-task' }), /Research Agent 1 call 0\.0/)
      }),
    )

    it(
      'tells which tag is missing, and that a resource has no price yet',
      visiting(async (visit) => {
        const visitor = await visit('projectManager')
        await visitor.open('/start')
        await visitor.page.getByRole('region', { name: 'Latest events' }).waitFor()
        const sent = await product().demo.post('/v1/invocations', [
          {
            id: 'without-tags',
            ...{ agent: 'coding', kind: 'MODEL', provider: 'nobody', resource: 'unheard-of-1' },
            occurredAt: new Date().toISOString(),
            usage: [{ meter: 'input_tokens', quantity: '10' }],
          },
        ])
        expect(sent.body).toMatchObject({ accepted: 1, unpriced: 1 })
        const text = await visitor.reads(visitor.page.locator('[data-arrived]'), /no price for it yet/)
        expect(text).toContain('no task')
        expect(text).toContain('no client')
        expect(text).not.toContain('£')
      }),
    )

    it(
      'needs somebody who makes keys: others are told whom to ask',
      visiting(async (visit) => {
        for (const person of ['finance', 'projectManager', 'viewer'] as const) {
          const visitor = await visit(person)
          await visitor.open('/start')
          await visitor.page.getByText('Your role does not make keys. Ask an owner for one').waitFor()
          expect(await visitor.page.getByRole('button', { name: /Make a key/ }).count()).toBe(0)
          const { errors } = await visitor.graphql(
            'mutation { createApiKey(input: { name: "mine", scopes: ["read"] }) { secret } }',
          )
          expect(errors.map((error) => error.extensions.code)).toEqual(['FORBIDDEN'])
        }
      }),
    )
  })
}

async function newest(): Promise<Recent> {
  const { recentInvocations } = await product().demo.gql<{ recentInvocations: Recent[] }>(
    '{ recentInvocations(first: 1) { invocationId cost { amount } agent { name } } }',
  )
  const [event] = recentInvocations
  if (event === undefined) throw new Error('Nothing was recorded.')
  return event
}

/** The colour of the message, and the one that means "all is well". */
const colours = `(() => {
  const message = document.querySelector('[data-arrived] p')
  const probe = message.appendChild(document.createElement('span'))
  probe.style.color = 'var(--ok)'
  const colours = { is: getComputedStyle(message).color, ok: getComputedStyle(probe).color }
  probe.remove()
  return colours
})()`
