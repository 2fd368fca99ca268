import { describe, expect, it } from '@jest/globals'
import { firstOfMonth } from '@outlay/domain/periods/calendar-date'
import { today } from '@outlay/domain/periods/local-day'
import { someClientPage } from './transparency.ts'
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
  '{ clientPreview(clientKey: "halden", month: "2020-01-01") { total } }',
  '{ clientLinks(clientKey: "northwind") { label createdBy } }',
  '{ clientQuestions(clientKey: "northwind") { body } }',
]

export function clientsView(): void {
  describe("a client's people", () => {
    it(
      'see the month of their own work as the firm’s preview has it, of any month, and nobody else’s',
      visiting(async (visit) => {
        await someClientPage()
        const visitor = await visit('client')
        const allSent = visitor.sent()
        await visitor.open('/')
        await visitor.quiet()
        await visitor.reads(visitor.page.getByRole('heading', { level: 1 }), /^Northwind Capital, \w+ \d{4} so far$/)
        const { clientPreview } = await product().demo.gql<{ clientPreview: { delivered: number } }>(
          'query ($month: Date!) { clientPreview(clientKey: "northwind", month: $month) { delivered } }',
          { month: firstOfMonth(today(Date.now(), 'Europe/London')) },
        )
        const main = await visitor.text(visitor.page.locator('main'))
        expect(main).toMatch(new RegExp(`Tasks delivered\\s+${clientPreview.delivered.toLocaleString('en-GB')}`))
        const sent = await allSent()
        expect(sent).toContain('Northwind Capital')
        expect(sent.match(/marginRatio|\bbilled\b|costDirect|chainShared/g)).toBeNull()
        for (const name of ['Halden', 'Meridian', 'Corvid', 'Coding Agent']) expect(sent.includes(name)).toBe(false)
        await visitor.open('/?month=2020-01')
        await visitor.reads(visitor.page.getByRole('heading', { level: 1 }), /^Northwind Capital, January 2020$/)
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
          expect(text).toContain('Your role sees the work done for you and what you are charged.')
          expect(text).not.toMatch(/[£$€]|\d\.\d/)
        }
        await visitor.click(visitor.page.getByRole('main').getByRole('link', { name: 'Your work' }))
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
