import { describe, expect, it } from '@jest/globals'
import { scaled, unscaled } from './table.ts'
import type { Visitor } from './visitor.ts'
import { product, visiting } from './world.ts'

interface TaskCost {
  task: { key: string }
  billed: { amount: string } | null
  margin: { amount: string } | null
  cost: { total: { amount: string } }
}

const fields = 'task { key } billed { amount } margin { amount } cost { total { amount } }'

export function billedAmount(): void {
  describe('what a task is billed at', () => {
    it(
      'is set on its page, and the margin follows',
      visiting(async (visit) => {
        const visitor = await visit('finance')
        const before = await someTask(0)
        await visitor.open(pageOf(before))
        await bill(visitor, '1,250.50')
        await visitor.reads(tiles(visitor), /Billed £1,250\.50 /)
        const after = await taskCost(before.task.key)
        expect(scaled(after.billed?.amount ?? '')).toBe(scaled('1250.5'))
        const margin = scaled('1250.5') - scaled(after.cost.total.amount)
        expect(scaled(after.margin?.amount ?? '')).toBe(margin)
        const figure = tiles(visitor)
          .locator('div', { hasText: /^(Loaded m|M)argin/ })
          .first()
          .locator('[title]')
          .first()
        expect(await figure.getAttribute('title')).toBe(`£${grouped(unscaled(margin))}`)

        await bill(visitor, '0.01')
        await visitor.reads(tiles(visitor), /[Mm]argin −£/)
      }),
    )

    it(
      'is refused where it is no amount, and stays as it was',
      visiting(async (visit) => {
        const visitor = await visit('finance')
        const before = await someTask(1)
        await visitor.open(pageOf(before))
        await bill(visitor, '12.3.4')
        await visitor.page.getByText('Write the amount like 50 or 1,250.00.').waitFor()
        expect((await taskCost(before.task.key)).billed).toEqual(before.billed)
      }),
    )

    it(
      'is set by a project manager too',
      visiting(async (visit) => {
        const visitor = await visit('projectManager')
        const before = await someTask(2)
        await visitor.open(pageOf(before))
        await bill(visitor, '77')
        await visitor.reads(tiles(visitor), /Billed £77\.00 /)
      }),
    )

    it(
      'is not set by a viewer: there is no form, and the server refuses',
      visiting(async (visit) => {
        const visitor = await visit('viewer')
        const before = await someTask(3)
        await visitor.open(pageOf(before))
        expect(await visitor.page.getByText('Set billed amount').count()).toBe(0)
        const { errors } = await visitor.graphql(
          'mutation ($input: UpsertTaskInput!) { upsertTask(input: $input) { userErrors { code } } }',
          { input: { key: before.task.key, billed: { amount: '1', currency: 'GBP' } } },
        )
        expect(errors.map((error) => error.extensions.code)).toEqual(['FORBIDDEN'])
        expect((await taskCost(before.task.key)).billed).toEqual(before.billed)
      }),
    )
  })
}

function tiles(visitor: Visitor) {
  return visitor.page.getByRole('region', { name: 'Key figures' })
}

function pageOf({ task }: TaskCost): string {
  return `/tasks/${encodeURIComponent(task.key)}`
}

async function bill(visitor: Visitor, amount: string): Promise<void> {
  await visitor.click(visitor.page.getByText('Set billed amount'))
  await visitor.fill(visitor.page.getByLabel('Billed, GBP'), amount)
  await visitor.click(visitor.page.getByRole('button', { name: 'Save', exact: true }))
}

/** One of the demo's tasks other than the worked example. */
async function someTask(index: number): Promise<TaskCost> {
  const { tenant } = await product().demo.gql<{ tenant: { today: string } }>('{ tenant { today } }')
  const from = new Date(Date.parse(tenant.today) - 60 * 86_400_000).toISOString().slice(0, 10)
  const { taskCosts } = await product().demo.gql<{ taskCosts: { nodes: TaskCost[] } }>(
    `query ($range: DateRangeInput!) { taskCosts(range: $range, orderBy: COST, first: 20) { nodes { ${fields} } } }`,
    { range: { from, to: tenant.today } },
  )
  const task = taskCosts.nodes.filter((one) => one.task.key !== 'market-entry-analysis')[index]
  if (task === undefined) throw new Error('The demo has too few tasks.')
  return task
}

async function taskCost(key: string): Promise<TaskCost> {
  const query = `query ($key: String!) { taskCost(taskKey: $key) { ${fields} } }`
  return (await product().demo.gql<{ taskCost: TaskCost }>(query, { key })).taskCost
}

function grouped(decimal: string): string {
  const [integer = '', fraction] = decimal.split('.')
  const thousands = integer.replace(/\B(?=(\d{3})+(?!\d))/g, ',')
  return fraction === undefined ? thousands : `${thousands}.${fraction}`
}
