import { randomUUID } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import type { Locator } from 'playwright-core'
import { listening } from './keyboard.ts'
import type { Visitor } from './visitor.ts'
import { product, visiting } from './world.ts'

/** A million tokens of a model at £0.015 per thousand. */
const DEAR = { meter: 'input_tokens', quantity: '1000000' }
const DEAR_COST = 15

let known: Promise<string> | null = null

/** An alert that is there for pages to show, of an agent that no test acts on; raised by API once. */
export function someAlert(): Promise<string> {
  known ??= raisedAlert('summarisation')
  return known
}

export function anomalies(): void {
  describe('alerts', () => {
    it(
      'appear in the feed without a reload when an event crosses a budget, and are acknowledged by keyboard',
      visiting(async (visit) => {
        await armedBudget('campaign')
        const visitor = await visit('finance')
        await visitor.open('/anomalies')
        await isLive(visitor)
        await visitor.page.evaluate('void (window.wasNotReloaded = true)')
        const before = await openCount(visitor)

        await spend('campaign')
        await visitor.reads(feed(visitor), /Campaign Agent/)
        await visitor.until('The count beside the page follows', async () => (await openCount(visitor)) === before + 1)
        const rows = feed(visitor).getByRole('rowheader', { name: /Campaign Agent/ })
        expect(await rows.count()).toBe(1)

        await visitor.click(rows.getByRole('link', { name: /Campaign Agent/ }))
        await visitor.arrivesAt(/^\/anomalies\?open=alr_/)
        const facts = visitor.page.getByRole('region', { name: 'The facts' })
        await visitor.reads(facts, /Spent, today £.*Threshold 100 %/)
        await visitor.ready(visitor.page.getByRole('button', { name: 'Acknowledge' }))
        await listening(visitor)
        await visitor.page.keyboard.press('a')
        await visitor.reads(feed(visitor), /Campaign Agent.*Acknowledged/)
        await visitor.page.getByRole('button', { name: 'Acknowledge' }).waitFor({ state: 'detached' })
        expect(await visitor.page.evaluate('window.wasNotReloaded')).toBe(true)
        await visitor.until('It is counted no more', async () => (await openCount(visitor)) === before)
      }),
    )

    it(
      'are dismissed by keyboard with a reason, for everybody',
      visiting(async (visit) => {
        const id = await raisedAlert('coding')
        const visitor = await visit('projectManager')
        await visitor.open(`/anomalies?open=${id}`)
        await visitor.ready(visitor.page.getByRole('button', { name: 'Acknowledge' }))
        await listening(visitor)
        await visitor.page.keyboard.press('d')
        const dialog = visitor.page.getByRole('dialog', { name: 'Dismiss it?' })
        await visitor.fill(dialog.getByLabel('Reason'), 'the load test of the browser')
        await visitor.click(dialog.getByRole('button', { name: 'Dismiss it' }))
        await dialog.waitFor({ state: 'hidden' })

        const other = await visit('leadership')
        await other.open('/anomalies?state=dismissed')
        await other.reads(feed(other), /Coding Agent/)
        await other.open(`/anomalies/${id}`)
        await other.reads(other.page.getByRole('main'), /Dismissed by .*: the load test of the browser\./)
        expect(await other.page.getByRole('button', { name: 'Resolve' }).count()).toBe(0)
      }),
    )

    it(
      'have a page with their history, their budget and whom they reached, and stand where they belong',
      visiting(async (visit) => {
        const id = await someAlert()
        const visitor = await visit('leadership')
        await visitor.open(`/anomalies/${id}`)
        const main = visitor.page.getByRole('main')
        await visitor.reads(main, /History.*raised/)
        await visitor.reads(main, /The budget of Summarisation Agent/)
        await visitor.open('/agents/summarisation')
        const link = visitor.page.locator('#alerts').getByRole('link', { name: /Summarisation Agent/ })
        expect(await (await visitor.ready(link)).getAttribute('href')).toBe(`/anomalies/${id}`)
        // The fleet shows the dearest, and says how many there are.
        await visitor.open('/')
        const { data } = await visitor.graphql('{ alerts(isOpen: true) { totalCount } }')
        const { alerts } = data as { alerts: { totalCount: number } }
        await visitor.reads(visitor.page.locator('#alerts'), new RegExp(`^(One|${alerts.totalCount}) alerts? open`))
        await visitor.open('/agents/research')
        expect(await visitor.page.locator('#alerts').count()).toBe(0)
      }),
    )

    it(
      'are seen by a viewer, who cannot act on them, and not at all by a client',
      visiting(async (visit) => {
        const id = await someAlert()
        const viewer = await visit('viewer')
        for (const path of [`/anomalies?open=${id}`, `/anomalies/${id}`]) {
          await viewer.open(path)
          await viewer.reads(viewer.page.getByRole('main'), /You see alerts\./)
          const actions = /^(Acknowledge|Resolve|Dismiss|Assign)/
          expect(await viewer.page.getByRole('button', { name: actions }).count()).toBe(0)
        }
        const client = await visit('client')
        for (const path of ['/anomalies', `/anomalies/${id}`, '/budgets', '/channels']) {
          await client.open(path)
          await client.reads(client.page.getByRole('main'), /^Not part of your view/)
        }
        expect(await client.page.getByRole('link', { name: /Anomalies|Alerts and budgets/ }).count()).toBe(0)
      }),
    )
  })
}

function feed(visitor: Visitor): Locator {
  return visitor.page.getByRole('table', { name: 'Alerts' })
}

/** The feed is connected. */
async function isLive(visitor: Visitor): Promise<void> {
  await visitor.page.locator('[data-live="live"]').first().waitFor()
}

/** The number beside Anomalies in the sidebar; none is 0. */
async function openCount(visitor: Visitor): Promise<number> {
  const text = await visitor.text(
    visitor.page.getByRole('navigation', { name: 'Pages', exact: true }).getByRole('link', { name: /^Anomalies/ }),
  )
  return Number(/\d+/.exec(text)?.[0] ?? '0')
}

/** Gives an agent a budget of the day that one dear event crosses, whatever it spent so far. */
async function armedBudget(agent: string): Promise<void> {
  const { spent } = await setDayBudget(agent, '1000000')
  const dearer = Number.parseFloat(spent.amount) + DEAR_COST / 2
  await setDayBudget(agent, dearer.toFixed(2))
}

async function setDayBudget(agent: string, amount: string): Promise<{ id: string; spent: { amount: string } }> {
  const input = {
    scope: 'AGENT',
    key: agent,
    window: 'DAY',
    amount: { amount, currency: 'GBP' },
    thresholds: ['1'],
  }
  const { setBudget } = await product().demo.gql<{ setBudget: { budget: { id: string; spent: { amount: string } } } }>(
    'mutation ($input: BudgetInput!) { setBudget(input: $input) { budget { id spent { amount } } userErrors { message } } }',
    { input },
  )
  return setBudget.budget
}

/** Sends one dear event of an agent, now. */
async function spend(agent: string): Promise<void> {
  const { status, body } = await product().demo.post('/v1/invocations', [
    {
      id: `browser-${randomUUID()}`,
      agent,
      client: 'northwind',
      kind: 'MODEL',
      provider: 'gateway',
      resource: 'large-reasoning',
      occurredAt: new Date().toISOString(),
      usage: [DEAR],
    },
  ])
  if (status !== 200) throw new Error(`The event was not taken: ${status} ${JSON.stringify(body)}`)
}

/** The id of an alert that was raised by a budget of an agent. */
async function raisedAlert(agent: string): Promise<string> {
  await armedBudget(agent)
  await spend(agent)
  const end = Date.now() + 30_000
  for (;;) {
    const { alerts } = await product().demo.gql<{ alerts: { nodes: { id: string }[] } }>(
      'query ($key: String) { alerts(isOpen: true, scope: AGENT, key: $key, kinds: [AGENT_DAILY_LIMIT]) { nodes { id } } }',
      { key: agent },
    )
    const [alert] = alerts.nodes
    if (alert !== undefined) return alert.id
    if (Date.now() > end) throw new Error(`The budget of ${agent} raised no alert.`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
