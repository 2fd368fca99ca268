import { describe, expect, it } from '@jest/globals'
import type { Locator } from 'playwright-core'
import { plainDecimal, rowsOf, scaled } from './table.ts'
import type { Visitor } from './visitor.ts'
import { product, visiting } from './world.ts'

interface Pool {
  id: string
  /** The month it was run for. */
  month: string
}

interface Share {
  agent: { name: string }
  amount: { amount: string }
}

let known: Promise<Pool> | null = null

/** A pool of last month that is approved and run, made by API once. */
export function somePool(): Promise<Pool> {
  known ??= makePool()
  return known
}

export function allocation(): void {
  describe('shared costs', () => {
    it(
      'are declared in a form, approved by somebody else, run, and split to the penny',
      visiting(async (visit) => {
        const month = await lastMonth()
        const finance = await visit('finance')
        await finance.open(`/allocation?month=${month.slice(0, 7)}`)
        await finance.click(finance.page.getByRole('link', { name: 'New pool' }))
        await finance.arrivesAt(/^\/allocation\/pools\/new/)
        await finance.fill(finance.page.getByLabel('Name'), 'Vector DB hosting')
        await finance.fill(finance.page.getByLabel('Amount'), '1,250.03')
        await finance.page.getByRole('combobox', { name: 'By', exact: true }).selectOption('INVOCATIONS')
        await finance.click(finance.page.getByRole('button', { name: 'Create the pool' }))
        await finance.arrivesAt(/^\/allocation\/pools\/pol_/)
        const path = finance.path
        await finance.reads(finance.page.getByRole('main'), /not approved/)
        expect(await finance.page.getByRole('button', { name: /^Run / }).count()).toBe(0)

        await approveAsLeadership(await visit('leadership'), path)

        await finance.open(path)
        await finance.click(finance.page.getByRole('button', { name: /^Run / }))
        await finance.reads(finance.page.getByRole('main'), /1 pool run: £1,250\.03 allocated, £0\.00 unallocated/)
        const shares = finance.page.getByRole('region', { name: 'Shares', exact: true })
        await finance.reads(shares, /Σ shares/)
        await finance.reads(finance.page.locator('#shares'), /equals the pool/)
        const rows = await rowsOf(shares.getByRole('table'))
        const sums = rows.findIndex((row) => row.Agent?.text === 'Σ shares')
        const amounts = rows.slice(0, sums).map((row) => scaled(plainDecimal(row['Amount, £']?.title ?? null)))
        expect(amounts.length).toBeGreaterThan(1)
        expect(amounts.reduce((sum, amount) => sum + amount, 0n)).toBe(scaled('1250.03'))

        const answered = await sharesOf(path)
        const shown = rows.slice(0, sums).map((row) => [row.Agent?.text, plainDecimal(row['Amount, £']?.text ?? null)])
        expect(shown.toSorted()).toEqual(answered.map(({ agent, amount }) => [agent.name, amount.amount]).toSorted())
      }),
    )

    it(
      'show where a share went, adding up to the share',
      visiting(async (visit) => {
        const { id, month } = await somePool()
        const visitor = await visit('projectManager')
        await visitor.open(`/allocation/pools/${id}?month=${month.slice(0, 7)}`)
        await visitor.click(
          visitor.page.getByRole('region', { name: 'Shares', exact: true }).getByRole('link', { name: 'Coding Agent' }),
        )
        const panel = visitor.page.getByRole('complementary', { name: 'Coding Agent' })
        await visitor.reads(panel, /Where it went/)
        const places = panel.locator('section', { hasText: 'Where it went' })
        const listed = await amountsIn(places.locator('li'))
        const [share = 0n] = await amountsIn(places.locator('p'))
        expect(listed.reduce((sum, amount) => sum + amount, 0n)).toBe(share)
        expect(share).toBeGreaterThan(0n)
      }),
    )

    it(
      'are tried another way in an address that shows the same to somebody else',
      visiting(async (visit) => {
        const { id, month } = await somePool()
        const visitor = await visit('finance')
        await visitor.open(`/allocation/pools/${id}?month=${month.slice(0, 7)}`)
        const methods = visitor.page.getByRole('navigation', { name: 'Method to try' })
        await visitor.click(methods.getByRole('link', { name: 'Overhead rate' }))
        await visitor.arrivesAt(/method=OVERHEAD_RATE/)
        await visitor.reads(visitor.page.locator('#what-if'), /absorbs the pool exactly/)
        expect(visitor.path).toMatch(/rate=0\.\d+/)
        const slider = visitor.page.getByRole('slider', { name: 'Coding Agent' })
        await (await visitor.ready(slider)).focus()
        await visitor.page.keyboard.press('ArrowRight')
        await visitor.page.keyboard.press('ArrowRight')
        await visitor.arrivesAt(/times=coding%3A1\.5/)
        const shown = await visitor.text(outcome(visitor))

        const other = await visit('viewer')
        await other.open(visitor.path)
        expect(await other.text(outcome(other))).toBe(shown)
        await visitor.click(visitor.page.getByRole('link', { name: 'Reset' }))
        await visitor.reads(visitor.page.locator('#what-if'), /What if it were split another way\?/)
      }),
    )

    it(
      'change how they are split when one proposes and another approves',
      visiting(async (visit) => {
        const { id, month } = await somePool()
        const path = `/allocation/pools/${id}/policy?month=${month.slice(0, 7)}`
        const finance = await visit('finance')
        await finance.open(path)
        await finance.click(finance.page.getByRole('link', { name: 'New version' }))
        await finance.arrivesAt(/edit=new/)
        await finance.page.getByRole('combobox', { name: 'By', exact: true }).selectOption('TOKENS')
        await finance.fill(finance.page.getByRole('textbox', { name: /^Note · why/ }), 'tokens follow the cost')
        await finance.click(finance.page.getByRole('button', { name: 'Propose it' }))
        await finance.arrivesAt(path)
        const newest = finance.page.locator('#v2')
        await finance.reads(newest, /Usage, by tokens proposed/)
        await finance.reads(newest, /Method Usage, by invocations .*Usage, by tokens/)
        await finance.reads(newest, /You wrote it; somebody else approves it\./)
        expect(await newest.getByRole('button', { name: /^Approve/ }).count()).toBe(0)

        await approveAsLeadership(await visit('leadership'), path)

        await finance.open(path)
        await finance.reads(newest, /approved in force/)
        await finance.reads(newest, /approved by leadership@demo\.outlay\.local/)
      }),
    )

    it(
      'come from a file, all lines or none',
      visiting(async (visit) => {
        const month = (await lastMonth()).slice(0, 7)
        const visitor = await visit('finance')
        await visitor.open(`/allocation/import?month=${month}`)
        const text = visitor.page.getByLabel('Or its text, pasted')
        const lines = (amount: string) =>
          `name,category,month,amount,currency,method\nMonitoring,MONITORING,${month},68.00,GBP,EQUAL\nTools,TOOL_SUBSCRIPTION,${month},${amount},GBP,EQUAL\n`
        await visitor.fill(text, lines('189.001'))
        await visitor.click(visitor.page.getByRole('button', { name: 'Check the lines' }))
        await visitor.reads(visitor.page.getByRole('main'), /1 line of 2 cannot be imported/)
        expect(await visitor.page.getByRole('button', { name: /^Import / }).count()).toBe(0)

        await visitor.fill(text, lines('189.00'))
        await visitor.click(visitor.page.getByRole('button', { name: 'Check the lines' }))
        await visitor.reads(visitor.page.getByRole('main'), /2 new pools/)
        await visitor.click(visitor.page.getByRole('button', { name: 'Import 2 lines' }))
        await visitor.arrivesAt(`/allocation?month=${month}`)
        const pools = visitor.page.getByRole('table', { name: /^Pools of/ })
        expect(await visitor.text(pools)).toMatch(/Monitoring.*Tools|Tools.*Monitoring/)
      }),
    )

    it(
      'are read and not changed by a viewer, who is told so',
      visiting(async (visit) => {
        const { id, month } = await somePool()
        const visitor = await visit('viewer')
        for (const path of ['', `/pools/${id}`, `/pools/${id}/policy`]) {
          await visitor.open(`/allocation${path}?month=${month.slice(0, 7)}`)
          await visitor.reads(visitor.page.getByRole('main'), /Finance and administrators create them/)
          const actions = /^(New pool|Import CSV|Run |Set amount|End|New version|Approve|Draft as)/
          expect(await visitor.page.getByRole('button', { name: actions }).count()).toBe(0)
          expect(await visitor.page.getByRole('link', { name: actions }).count()).toBe(0)
        }
        await visitor.open('/allocation/pools/new')
        await visitor.reads(visitor.page.getByRole('main'), /Pools are created by Finance and administrators\./)
      }),
    )
  })
}

function outcome(visitor: Visitor): Locator {
  return visitor.page.getByRole('region', { name: 'What each agent would bear' })
}

/** The exact amounts of some lines. */
async function amountsIn(lines: Locator): Promise<bigint[]> {
  const titles = await lines.locator('[title^="£"], [title^="−£"]').all()
  return Promise.all(titles.map(async (one) => scaled(plainDecimal(await one.getAttribute('title')))))
}

async function approveAsLeadership(visitor: Visitor, poolPath: string): Promise<void> {
  const [path = '', search = ''] = poolPath.split('?')
  await visitor.open(`${path.replace(/\/policy$/, '')}/policy?${search}`)
  const approve = visitor.page.getByRole('button', { name: /^Approve…/ })
  await visitor.click(approve)
  await visitor.click(visitor.page.getByRole('dialog').getByRole('button', { name: 'Approve it' }))
  await approve.waitFor({ state: 'detached' })
  await visitor.reads(visitor.page.getByRole('main'), /approved by leadership@demo\.outlay\.local/)
}

async function lastMonth(): Promise<string> {
  const { tenant } = await product().demo.gql<{ tenant: { today: string } }>('{ tenant { today } }')
  const [year = 0, month = 0] = tenant.today.split('-').map(Number)
  return new Date(Date.UTC(year, month - 2, 1)).toISOString().slice(0, 10)
}

async function sharesOf(path: string): Promise<Share[]> {
  const id = decodeURIComponent(/pools\/([^/?]+)/.exec(path)?.[1] ?? '')
  const { allocationRuns } = await product().demo.gql<{
    allocationRuns: { pool: { id: string }; state: string; shares: Share[] }[]
  }>(
    'query ($month: Date) { allocationRuns(month: $month) { pool { id } state shares { agent { name } amount { amount } } } }',
    { month: await lastMonth() },
  )
  return allocationRuns.find((run) => run.pool.id === id && run.state === 'CURRENT')?.shares ?? []
}

async function makePool(): Promise<Pool> {
  const month = await lastMonth()
  const input = {
    name: 'Orchestration',
    category: 'ORCHESTRATION',
    recurrence: 'MONTHLY',
    month,
    amount: { amount: '104.60', currency: 'GBP' },
    method: 'USAGE',
    basis: 'INVOCATIONS',
  }
  const { createCostPool } = await product().demo.gql<{ createCostPool: { costPool: { id: string } } }>(
    'mutation ($input: CostPoolInput!) { createCostPool(input: $input) { costPool { id } userErrors { message } } }',
    { input },
  )
  const { id } = createCostPool.costPool
  await product().demo.gql(
    'mutation ($input: RunAllocationInput!) { runAllocation(input: $input) { jobId userErrors { message } } }',
    { input: { month, poolIds: [id], wait: true } },
  )
  return { id, month }
}
