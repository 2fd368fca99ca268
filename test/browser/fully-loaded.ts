import { describe, expect, it } from '@jest/globals'
import type { Locator } from 'playwright-core'
import { somePool } from './allocation.ts'
import { plainDecimal, rowsOf, scaled, type Row } from './table.ts'
import { product, visiting } from './world.ts'

interface Answer {
  fleetCost: {
    unallocated: { amount: string }
    pools: { total: { amount: string } }
    cost: Record<'direct' | 'chainShared' | 'allocated' | 'total', { amount: string }>
  }
}

export function fullyLoaded(): void {
  describe('fully loaded cost', () => {
    it(
      'of the fleet is its parts: direct, chain-shared, allocated and unallocated',
      visiting(async (visit) => {
        const visitor = await visit('leadership')
        await visitor.open('/?period=last-month')
        const { cost, unallocated, pools } = await fleet()
        const parts = visitor.page.locator('section', { hasText: 'Fully loaded cost by part' })
        const shown = await amountsIn(parts.locator('dd'))
        const loaded = scaled(cost.total.amount) + scaled(unallocated.amount)
        expect(shown).toEqual([
          scaled(cost.direct.amount),
          scaled(cost.chainShared.amount),
          scaled(cost.allocated.amount),
          scaled(unallocated.amount),
          loaded,
        ])
        expect(scaled(cost.allocated.amount) + scaled(unallocated.amount)).toBe(scaled(pools.total.amount))
        await visitor.reads(visitor.page.locator('#by-agent'), /Fully loaded .*equals the ledger/)
      }),
    )

    it(
      'of agents adds up row by row and column by column, to the ledger and the pools',
      visiting(async (visit) => {
        const visitor = await visit('projectManager')
        await visitor.open('/agents?period=last-month')
        const table = visitor.page.getByRole('table', { name: /^Agents/ }).first()
        const rows = await rowsOf(table)
        const fixed = await rowsOf(table, 'tfoot')
        const ledger = fixed.at(-1)
        for (const row of [...rows, ...fixed]) {
          expect(exact(row, 'Direct, £') + exact(row, 'Allocated, £')).toBe(exact(row, 'Fully loaded, £'))
        }
        const { cost, unallocated, pools } = await fleet()
        for (const column of ['Direct, £', 'Allocated, £', 'Fully loaded, £']) {
          expect([column, sum(rows, column)]).toEqual([column, exact(fixed[0], column)])
          expect([column, sum(fixed.slice(0, -1), column)]).toEqual([column, exact(ledger, column)])
        }
        expect(exact(ledger, 'Allocated, £')).toBe(scaled(pools.total.amount))
        expect(exact(ledger, 'Fully loaded, £')).toBe(scaled(cost.total.amount) + scaled(unallocated.amount))
      }),
    )

    it(
      'of an agent is explained pool by pool, each leading to its arithmetic',
      visiting(async (visit) => {
        const { id } = await somePool()
        const visitor = await visit('finance')
        await visitor.open('/agents?period=last-month&peek=coding')
        const panel = visitor.page.getByRole('complementary', { name: 'Coding Agent' })
        const section = panel.locator('section', { hasText: 'Allocated, by pool' })
        const [total = 0n] = await amountsIn(section.locator('> p'))
        const lines = await amountsIn(section.locator('li'))
        expect(lines.reduce((all, amount) => all + amount, 0n)).toBe(total)
        expect(total).toBeGreaterThan(0n)
        await visitor.click(section.getByRole('link', { name: 'Orchestration' }))
        await visitor.arrivesAt(new RegExp(`/allocation/pools/${id}`))
        await visitor.page.getByRole('complementary', { name: 'Coding Agent' }).waitFor()
      }),
    )

    it(
      'makes the unit costs and margins of the chosen basis, and the choice is in the address',
      visiting(async (visit) => {
        const visitor = await visit('finance')
        await visitor.open('/clients?period=last-month')
        const table = visitor.page.getByRole('table', { name: /^Clients/ })
        const basis = visitor.page.getByRole('navigation', { name: 'Basis of unit costs and margins' })
        const [loaded] = await rowsOf(table)
        const revenue = exact(loaded, 'Revenue, £')
        const direct = exact(loaded, 'Direct, £')
        const attributed = direct + exact(loaded, 'Chain-shared, £')
        const whole = exact(loaded, 'Fully loaded, £')
        expect(attributed + exact(loaded, 'Allocated, £')).toBe(whole)
        expect(exact(loaded, 'Loaded margin, £')).toBe(revenue - whole)
        await visitor.click(basis.getByRole('link', { name: 'Attributed' }))
        await visitor.arrivesAt(/basis=attributed/)
        expect(exact((await rowsOf(table))[0], 'Attributed margin, £')).toBe(revenue - attributed)
        await visitor.click(basis.getByRole('link', { name: 'Direct' }))
        await visitor.arrivesAt(/basis=direct/)
        expect(exact((await rowsOf(table))[0], 'Direct margin, £')).toBe(revenue - direct)
        // The choice goes along to the client's own page.
        await visitor.click(table.locator('tbody').getByRole('link').first())
        await visitor.arrivesAt(/^\/clients\/.*basis=direct/)
        await visitor.reads(visitor.page.getByRole('region', { name: 'Key figures' }), /Direct margin £/)
      }),
    )

    it(
      'of tasks shows its parts, and of one task what each agent bears of it',
      visiting(async (visit) => {
        const visitor = await visit('projectManager')
        await visitor.open('/tasks?period=last-month&order=cost')
        const rows = await rowsOf(visitor.page.getByRole('table', { name: 'Tasks' }))
        for (const row of rows) {
          const parts = ['Direct, £', 'Chain-shared, £', 'Allocated, £'].map((column) => exact(row, column))
          expect(parts.reduce((all, part) => all + part, 0n)).toBe(exact(row, 'Fully loaded, £'))
        }
        expect(sum(rows, 'Allocated, £')).toBeGreaterThan(0n)

        await visitor.open('/tasks/market-entry-analysis')
        const panel = visitor.page.getByRole('complementary').filter({ hasText: 'Show the arithmetic' })
        const [task = 0n] = await amountsIn(panel.locator('section', { hasText: 'by agent' }).first().locator('> p'))
        const parts = await amountsIn(
          visitor.page.locator('section', { hasText: 'Cost by part, over all time' }).locator('dd'),
        )
        expect(parts.slice(0, -1).reduce((all, part) => all + part, 0n)).toBe(task)
        expect(parts.at(-1)).toBe(task)
        await visitor.reads(panel, /Shared uses, counted once .*reported by Research Agent; also by /)
        await visitor.reads(panel, /Allocated, through its agents/)
      }),
    )
  })
}

async function fleet(): Promise<Answer['fleetCost']> {
  const { month } = await somePool()
  const [year = 0, number = 0] = month.split('-').map(Number)
  const to = new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 10)
  const { fleetCost } = await product().demo.gql<Answer>(
    `query ($range: DateRangeInput!) { fleetCost(range: $range, compareTo: NONE) {
      unallocated { amount } pools { total { amount } }
      cost { direct { amount } chainShared { amount } allocated { amount } total { amount } }
    } }`,
    { range: { from: month, to } },
  )
  return fleetCost
}

/** The exact amount of a cell; `0` has none but itself. */
function exact(row: Row | undefined, column: string): bigint {
  const cell = row?.[column]
  if (cell === undefined) throw new Error(`There is no column ${column} among ${Object.keys(row ?? {}).join(', ')}.`)
  return scaled(plainDecimal(cell.title ?? cell.text))
}

function sum(rows: readonly Row[], column: string): bigint {
  return rows.reduce((total, row) => total + exact(row, column), 0n)
}

async function amountsIn(places: Locator): Promise<bigint[]> {
  const titles = await places
    .locator('[title^="£"], [title^="−£"]')
    .or(places.and(places.page().locator('[title]')))
    .all()
  return Promise.all(titles.map(async (one) => scaled(plainDecimal(await one.getAttribute('title')))))
}
