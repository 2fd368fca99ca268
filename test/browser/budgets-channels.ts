import { readFile } from 'node:fs/promises'
import { describe, expect, it } from '@jest/globals'
import type { Visitor } from './visitor.ts'
import { product, visiting } from './world.ts'

let budget: Promise<string> | null = null
let channel: Promise<string> | null = null

/** A budget that is there for pages to show, far from spent. */
export function someBudget(): Promise<string> {
  budget ??= product()
    .demo.gql<{ setBudget: { budget: { id: string } } }>(
      'mutation ($input: BudgetInput!) { setBudget(input: $input) { budget { id } userErrors { message } } }',
      { input: { scope: 'FLEET', window: 'MONTH', amount: { amount: '900000', currency: 'GBP' } } },
    )
    .then(({ setBudget }) => setBudget.budget.id)
  return budget
}

/** A channel that is there for pages to show. It is told of nothing that happens. */
export function someChannel(): Promise<string> {
  channel ??= product()
    .demo.gql<{ createChannel: { channel: { id: string } } }>(
      'mutation ($input: ChannelInput!) { createChannel(input: $input) { channel { id } userErrors { message } } }',
      {
        input: {
          name: 'Chains',
          kind: 'EMAIL',
          target: 'chains@fernhill.example',
          kinds: ['CHAIN_SHAPE'],
          minSeverity: 'CRITICAL',
          digest: 'DAILY',
          digestHour: 7,
          quietFrom: '22:00',
          quietTo: '07:00',
        },
      },
    )
    .then(({ createChannel }) => createChannel.channel.id)
  return channel
}

export function budgetsAndChannels(): void {
  describe('budgets', () => {
    it(
      'are tried on the past, saved, changed and ended',
      visiting(async (visit) => {
        const visitor = await visit('finance')
        await visitor.open('/budgets')
        await visitor.click(visitor.page.getByRole('link', { name: 'New budget' }))
        await visitor.arrivesAt('/budgets/new')
        await (
          await visitor.ready(visitor.page.getByRole('combobox', { name: 'Of', exact: true }))
        ).selectOption('CLIENT')
        await visitor.page.getByRole('combobox', { name: 'Client', exact: true }).selectOption('northwind')
        await visitor.fill(visitor.page.getByLabel(/^Amount/), '1')
        await visitor.click(visitor.page.getByRole('button', { name: 'Try it on the last 90 days' }))
        const main = visitor.page.getByRole('main')
        await visitor.reads(main, /It would have alerted \d+ times in the last 90 days/)
        await visitor.page.getByRole('region', { name: 'When it would have fired' }).waitFor()
        expect(await ofNorthwind()).toEqual([])

        await visitor.click(visitor.page.getByRole('button', { name: 'Save the budget' }))
        await visitor.arrivesAt('/budgets')
        const table = visitor.page.getByRole('table', { name: 'Budgets' })
        const name = /^(Northwind|northwind)/
        await visitor.click(table.getByRole('link', { name }))
        await visitor.arrivesAt(/^\/budgets\/bdg_/)
        const [saved] = await ofNorthwind()
        expect(saved).toMatchObject({ window: 'MONTH', amount: { amount: '1.00' }, thresholds: ['0.8', '0.9', '1'] })

        await visitor.fill(visitor.page.getByLabel(/^Amount/), '250,000.50')
        await visitor.fill(visitor.page.getByLabel(/^Spent reaches/), '50 %, 100')
        await visitor.click(visitor.page.getByRole('button', { name: 'Save the budget' }))
        await visitor.arrivesAt('/budgets')
        expect(await ofNorthwind()).toEqual([
          {
            id: saved?.id,
            key: 'northwind',
            window: 'MONTH',
            amount: { amount: '250000.50' },
            thresholds: ['0.5', '1'],
          },
        ])

        await visitor.click(table.getByRole('link', { name }))
        await visitor.arrivesAt(/^\/budgets\/bdg_/)
        await visitor.click(visitor.page.getByRole('button', { name: /^End…/ }))
        await visitor.click(visitor.page.getByRole('dialog').getByRole('button', { name: 'End the budget' }))
        await visitor.arrivesAt('/budgets')
        expect(await ofNorthwind()).toEqual([])
      }),
    )

    it(
      'say what cannot be read, and what the server refuses',
      visiting(async (visit) => {
        const visitor = await visit('projectManager')
        await visitor.open('/budgets/new')
        const save = visitor.page.getByRole('button', { name: 'Save the budget' })
        await visitor.fill(visitor.page.getByLabel(/^Amount/), '−5')
        await visitor.click(save)
        await visitor.page.getByText('Write the amount like 640 or 5,600.00.').waitFor()
        await visitor.fill(visitor.page.getByLabel(/^Amount/), '5')
        await visitor.fill(visitor.page.getByLabel('Currency'), 'ZAR')
        await visitor.click(save)
        await visitor.reads(visitor.page.getByRole('main').locator('p[role="status"]'), /ZAR/)
        expect(visitor.path).toBe('/budgets/new')
      }),
    )

    it(
      'and rules are seen by a viewer, who changes neither',
      visiting(async (visit) => {
        const id = await someBudget()
        const visitor = await visit('viewer')
        for (const path of ['/budgets', `/budgets/${id}`, '/budgets/rules', '/channels']) {
          await visitor.open(path)
          await visitor.reads(visitor.page.getByRole('main'), /You see budgets, rules and channels\./)
          // Everybody saves views.
          const actions = /^(New |Save(?! view)|End|Note|Send)/
          expect(await visitor.page.getByRole('main').getByRole('button', { name: actions }).count()).toBe(0)
          expect(await visitor.page.getByRole('main').getByRole('link', { name: /^New / }).count()).toBe(0)
        }
        await visitor.open('/budgets/new')
        await visitor.reads(visitor.page.getByRole('main'), /Budgets are set by Finance/)
      }),
    )
  })

  describe('channels', () => {
    it(
      'send a test, say what became of it, and log it',
      visiting(async (visit) => {
        const visitor = await visit('finance')
        await visitor.open('/channels/new')
        await visitor.fill(visitor.page.getByLabel('Name'), 'Finance')
        await visitor.fill(visitor.page.getByLabel(/^E-mail addresses/), 'budgets@fernhill.example')
        await visitor.page.getByRole('combobox', { name: 'From', exact: true }).selectOption('CRITICAL')
        await visitor.click(visitor.page.getByRole('button', { name: 'Create the channel' }))
        await visitor.arrivesAt(/^\/channels\/chn_/)
        await visitor.click(visitor.page.getByRole('button', { name: 'Send a test' }))
        await visitor.reads(visitor.page.getByRole('main'), /The test was sent/)
        await visitor.reads(visitor.page.locator('#deliveries'), /Test sent/)
        expect(await readFile(product().outbox, 'utf8')).toContain('budgets@fernhill.example')

        await visitor.click(visitor.page.getByRole('button', { name: 'Pause' }))
        await visitor.page.getByRole('button', { name: 'Resume' }).waitFor()
        await visitor.click(visitor.page.getByRole('button', { name: /^End…/ }))
        await visitor.click(visitor.page.getByRole('dialog').getByRole('button', { name: 'End the channel' }))
        await visitor.arrivesAt('/channels')
        expect(await visitor.page.getByRole('link', { name: 'Finance', exact: true }).count()).toBe(0)
      }),
    )

    it(
      'show the secret of a webhook once, and refuse an address inside',
      visiting(async (visit) => {
        const visitor = await visit('finance')
        await visitor.open('/channels/new')
        await visitor.fill(visitor.page.getByLabel('Name'), 'Hook')
        await visitor.page.getByRole('combobox', { name: 'By', exact: true }).selectOption('WEBHOOK')
        const address = visitor.page.getByLabel(/^Address/)
        const create = visitor.page.getByRole('button', { name: 'Create the channel' })
        await visitor.fill(address, 'https://10.0.0.1/in')
        await visitor.click(create)
        await refused(visitor, /10\.0\.0\.1/)
        await visitor.fill(address, 'https://hooks.example.com/outlay')
        await visitor.click(create)
        const main = visitor.page.getByRole('main')
        const secret = /whsec_\S+/.exec(await visitor.reads(main, /It is shown only now\..*whsec_/))?.[0] ?? ''
        await visitor.click(visitor.page.getByRole('link', { name: 'To the channel' }))
        await visitor.arrivesAt(/^\/channels\/chn_/)
        const page = await visitor.everything()
        expect(page).toContain('hooks.example.com')
        expect(page).not.toContain(secret)
      }),
    )
  })
}

async function refused(visitor: Visitor, pattern: RegExp): Promise<void> {
  await visitor.reads(visitor.page.getByRole('main').locator('p[role="status"]', { hasText: pattern }), pattern)
}

interface Budget {
  id: string
  key: string | null
  window: string
  amount: { amount: string }
  thresholds: string[]
}

async function ofNorthwind(): Promise<Budget[]> {
  const { budgets } = await product().demo.gql<{ budgets: Budget[] }>(
    '{ budgets { id key window amount { amount } thresholds } }',
  )
  return budgets.filter(({ key }) => key === 'northwind')
}
