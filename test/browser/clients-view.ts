import { describe, expect, it } from '@jest/globals'
import type { Visitor } from './visitor.ts'
import { product, visiting } from './world.ts'

const range = '{ from: "2020-01-01", to: "2020-02-01" }'

/** One question for each field that knows a cost, a price, a key or somebody else's name. */
const refused = [
  `{ fleetCost(range: ${range}) { cost { total { amount } } } }`,
  `{ costRollup(range: ${range}, granularity: DAY, groupBy: [AGENT]) { rows { keys { key } } } }`,
  `{ agentCosts(range: ${range}) { nodes { cost { direct { amount } } } } }`,
  `{ agentCost(agentKey: "coding", range: ${range}) { cost { direct { amount } } } }`,
  `{ clientCosts(range: ${range}) { nodes { cost { total { amount } } } } }`,
  `{ projectCosts(range: ${range}) { nodes { cost { total { amount } } } } }`,
  `{ projectCost(key: "site-rebuild", range: ${range}) { cost { total { amount } } } }`,
  `{ taskCosts(range: ${range}) { nodes { cost { total { amount } } } } }`,
  '{ taskCost(taskKey: "market-entry-analysis") { cost { total { amount } } } }',
  '{ recentInvocations { id cost { amount } } }',
  `{ unpricedUsage(range: ${range}) { meter } }`,
  '{ rateCards { provider } }',
  '{ fxRates(from: "2020-01-01", to: "2020-02-01") { base } }',
  '{ costPools { name } }',
  '{ allocationRuns { inputsHash } }',
  '{ apiKeys { prefix } }',
  '{ agents { nodes { key } } }',
  '{ clients { nodes { key } } }',
  '{ projects { nodes { key } } }',
  `{ fleetCost(range: ${range}) { unallocated { amount } pools { total { amount } } } }`,
  '{ period(month: "2020-01-01") { state checklist { detail } } }',
  '{ periods { month state } }',
  '{ savedViews(page: SPEND) { name query } }',
]

/** What would tell of money: an amount with its sign, or one of the words. */
const money = /[£$€]|\b(cost|margin|billed|revenue|price|spend|unpriced)/i

function listedKeys(visitor: Visitor): Promise<string[]> {
  return visitor.page.getByRole('region', { name: 'Your tasks' }).locator('tbody tr td:nth-child(2)').allInnerTexts()
}

export function clientsView(): void {
  describe("a client's people", () => {
    it(
      'see the tasks done for them and nobody else’s',
      visiting(async (visit) => {
        const theirs = await product().rows<{ key: string; is_theirs: boolean }>(
          "SELECT t.key, c.key = 'northwind' AS is_theirs FROM task t JOIN client c ON c.tenant_id = t.tenant_id AND c.id = t.client_id",
        )
        const keys = new Set(theirs.filter((task) => task.is_theirs).map((task) => task.key))
        expect(keys.size).toBeGreaterThan(100)
        expect(keys.size).toBeLessThan(theirs.length)

        const visitor = await visit('client')
        await visitor.open('/')
        const heading = visitor.page.getByRole('heading', { level: 2 })
        await visitor.reads(heading, new RegExp(`^${keys.size.toLocaleString('en-GB')} tasks$`))
        const seen = await listedKeys(visitor)
        await visitor.click(visitor.page.getByRole('link', { name: 'Older tasks' }))
        await visitor.arrivesAt(/cursor=/)
        seen.push(...(await listedKeys(visitor)))
        expect(new Set(seen).size).toBe(100)
        expect(seen.filter((key) => !keys.has(key))).toEqual([])
      }),
    )

    it(
      'are shown no money, neither on the page nor in what was sent for it',
      visiting(async (visit) => {
        const visitor = await visit('client')
        const bodies: Promise<string>[] = []
        visitor.page.on('response', (response) => {
          const kind = response.request().resourceType()
          if (kind === 'document' || kind === 'fetch') bodies.push(response.text())
        })
        await visitor.open('/')
        await visitor.quiet()
        expect(await visitor.everything()).not.toMatch(money)
        const sent = (await Promise.all(bodies)).join('\n')
        expect(sent).toContain('Northwind Capital')
        expect(sent.match(/[£€]|\bamount\b|marginRatio|\bbilled\b/g)).toBeNull()
        for (const name of ['Halden', 'Meridian', 'Corvid', 'Coding Agent']) expect(sent.includes(name)).toBe(false)
      }),
    )

    it(
      'are told by every other page that it is not part of their view',
      visiting(async (visit) => {
        const visitor = await visit('client')
        const paths = ['/agents', '/agents/coding', '/tasks', '/tasks/market-entry-analysis', '/clients', '/projects']
        const finance = ['/allocation', '/allocation/close', '/developers', '/start', '/developers/schema']
        for (const path of [...paths, '/clients/northwind', '/clients/halden', ...finance]) {
          await visitor.open(path)
          await visitor.reads(visitor.page.getByRole('heading', { level: 1 }), /^Not part of your view$/)
          const text = await visitor.text(visitor.page.locator('main'))
          expect(text).toContain('Your role sees the tasks delivered to you. Cost is not part of it.')
          expect(text).not.toMatch(/[£$€]|\d\.\d/)
        }
        await visitor.click(visitor.page.getByRole('main').getByRole('link', { name: 'Your tasks' }))
        await visitor.arrivesAt('/')
      }),
    )

    it(
      'are refused by the API whatever they ask about cost, and cannot write',
      visiting(async (visit) => {
        const visitor = await visit('client')
        await visitor.open('/')
        for (const query of refused) {
          const { data, errors } = await visitor.graphql(query)
          expect([query, errors.map((error) => error.extensions.code)]).toEqual([query, ['NOT_FOUND']])
          expect(JSON.stringify(data ?? {})).not.toMatch(/amount":"/)
        }
        const own = '{ task(key: "market-entry-analysis") { key billed { amount } client { key } } }'
        expect((await visitor.graphql(own)).data).toEqual({
          task: { key: 'market-entry-analysis', billed: null, client: null },
        })
        const { errors } = await visitor.graphql(
          'mutation { upsertTask(input: { key: "market-entry-analysis", status: FAILED }) { userErrors { code } } }',
        )
        expect(errors.map((error) => error.extensions.code)).toEqual(['FORBIDDEN'])
      }),
    )
  })
}
