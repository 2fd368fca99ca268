import { describe, expect, it } from '@jest/globals'
import { product, visiting } from './world.ts'

let plan: Promise<string> | null = null

/** A draft that is there for pages to show. */
export function somePlan(): Promise<string> {
  plan ??= product()
    .demo.gql<{ createPlan: { plan: { id: string } } }>(
      'mutation ($input: CreatePlanInput!) { createPlan(input: $input) { plan { id } userErrors { message } } }',
      { input: { name: 'For pages' } },
    )
    .then(({ createPlan }) => createPlan.plan.id)
  return plan
}

export function planning(): void {
  describe('planning', () => {
    it(
      'drafts a plan from the forecast, adds a scenario and shows what adopting would set',
      visiting(async (visit) => {
        const visitor = await visit('finance')
        await visitor.open('/plan')
        const main = visitor.page.getByRole('main')
        await visitor.reads(main, /expected over twelve months/)
        await visitor.reads(main, /Tried on the past/)
        await visitor.reads(main, /no season is assumed/)
        await visitor.click(visitor.page.getByRole('tab', { name: 'Table' }))
        await visitor.page.getByRole('button', { name: 'Export CSV' }).first().waitFor()

        await visitor.click(visitor.page.getByRole('button', { name: 'New plan…' }))
        await visitor.fill(visitor.page.getByLabel('Name'), 'Next year')
        await visitor.click(visitor.page.getByRole('button', { name: 'Draft the plan' }))
        await visitor.arrivesAt(/^\/plan\/pln_/)
        await visitor.reads(main, /The base: the forecast, with nothing changed/)

        await visitor.click(visitor.page.getByRole('button', { name: 'Add a scenario…' }))
        await visitor.fill(visitor.page.getByRole('dialog').getByLabel('Name'), 'Cheaper models')
        await visitor.fill(visitor.page.getByRole('dialog').getByLabel(/^Price, % ·/), '-20')
        await visitor.click(visitor.page.getByRole('button', { name: 'Save the scenario' }))
        await visitor.click(visitor.page.getByRole('link', { name: 'Cheaper models' }))
        await visitor.reads(main, /Price -20 % from /)
        await visitor.click(visitor.page.getByRole('button', { name: /^Edit… Price -20 % from / }))
        await visitor.fill(visitor.page.getByRole('dialog').getByLabel('Percent'), '-25')
        await visitor.click(visitor.page.getByRole('button', { name: 'Save the change' }))
        await visitor.reads(main, /Price -25 % from /)
        await visitor.click(visitor.page.getByRole('button', { name: /^Remove… Price -25 % from / }))
        await visitor.click(visitor.page.getByRole('button', { name: 'Remove the change' }))
        await visitor.reads(main, /No changes: it is as the base/)
        const id = new URL(visitor.page.url()).pathname.split('/').at(-1)
        const { plan: stored } = await product().demo.gql<{
          plan: { status: string; scenarios: { name: string; total: { amount: string } }[] }
        }>(`{ plan(id: "${id}") { status scenarios { name total { amount } } } }`)
        expect(stored).toMatchObject({ status: 'DRAFT', scenarios: [{ name: 'Base' }, { name: 'Cheaper models' }] })

        await visitor.click(visitor.page.getByRole('button', { name: 'Adopt as budgets…' }))
        await visitor.reads(visitor.page.getByRole('dialog'), /budgets of months are set/)
        await visitor.page.keyboard.press('Escape')
        await visitor.click(visitor.page.getByRole('link', { name: 'Review by month' }))
        await visitor.reads(main, /that no driver tells/)
      }),
    )

    it(
      'is hidden from project managers, and says from when on it knows something',
      visiting(async (visit) => {
        const manager = await visit('projectManager')
        await manager.open('/plan')
        await manager.reads(manager.page.getByRole('main'), /Plans are made and read by leadership/)
        const newcomer = await visit('newcomer')
        await newcomer.open('/plan')
        await newcomer.reads(newcomer.page.getByRole('main'), /The forecast needs two whole months/)
      }),
    )
  })
}
