import { describe, expect, it } from '@jest/globals'
import { product, visiting } from './world.ts'

let report: Promise<string> | null = null

function lastMonth(): { from: string; to: string } {
  const now = new Date()
  const month = (offset: number) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + offset, 1)).toISOString().slice(0, 10)
  return { from: month(-1), to: month(0) }
}

/** A finance pack that is there for pages to show, with an edition. */
export function someReport(): Promise<string> {
  report ??= (async () => {
    const { demo } = product()
    const { requestReport } = await demo.gql<{ requestReport: { report: { id: string } } }>(
      'mutation ($input: RequestReportInput!) { requestReport(input: $input) { report { id } userErrors { message } } }',
      { input: { kind: 'FINANCE_PACK', range: lastMonth() } },
    )
    const { id } = requestReport.report
    for (let tries = 0; tries < 240; tries += 1) {
      const answer = await demo.gql<{ report: { editionCount: number } }>(
        'query ($id: ID!) { report(id: $id) { editionCount } }',
        { id },
      )
      if (answer.report.editionCount > 0) return id
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
    throw new Error('The finance pack was not made within two minutes.')
  })()
  return report
}

export function reports(): void {
  describe('reports', () => {
    it(
      'are made by a worker, downloaded, restated with a bridge, and sent with a link that can be closed',
      visiting(async (visit) => {
        const visitor = await visit('finance')
        const main = visitor.page.getByRole('main')
        await visitor.open('/reports')
        await visitor.click(main.getByRole('button', { name: 'New report…' }))
        const dialog = visitor.page.getByRole('dialog', { name: 'Make a report' })
        await dialog.getByLabel('Report').selectOption('FINANCE_PACK')
        await dialog.getByLabel('Send to').fill('board@example.com')
        await dialog.getByRole('button', { name: 'Make the report' }).click()
        await visitor.page.waitForURL(/\/reports\/rpt_/)
        const pdf = main.getByRole('link', { name: /^PDF of edition/ }).first()
        await pdf.waitFor({ timeout: 120_000 })
        const saving = visitor.page.waitForEvent('download')
        await pdf.click()
        expect((await saving).suggestedFilename()).toMatch(/^red_.*\.pdf$/)
        await visitor.reads(main, /SHA-256/)

        await visitor.click(main.getByRole('button', { name: 'Restate…' }))
        const restate = visitor.page.getByRole('dialog', { name: 'Restate the report' })
        await restate.getByLabel('Why').fill('A late invoice.')
        await restate.getByRole('button', { name: 'Make a new edition' }).click()
        await main
          .getByText(/which restates edition/)
          .first()
          .waitFor({ timeout: 120_000 })
        await visitor.reads(main, /A late invoice\./)
        await visitor.reads(main, /What changed since edition|It says what edition/)

        // The mail of the first edition goes out by itself; its link is closed here.
        const close = main.getByRole('button', { name: 'Close link… of board@example.com' }).first()
        for (let tries = 0; tries < 60 && !(await close.isVisible()); tries += 1) {
          await visitor.page.waitForTimeout(1_000)
          await visitor.page.reload()
        }
        await visitor.click(close)
        await visitor.page
          .getByRole('dialog', { name: /^Close the link/ })
          .getByRole('button', { name: 'Close the link' })
          .click()
        await main
          .getByText(/closed .*; not opened/)
          .first()
          .waitFor()
      }),
    )

    it(
      'are scheduled with the next five runs in sight, paused and ended',
      visiting(async (visit) => {
        const visitor = await visit('finance')
        const main = visitor.page.getByRole('main')
        await visitor.open('/reports')
        await visitor.click(main.getByRole('button', { name: 'New schedule…' }))
        const dialog = visitor.page.getByRole('dialog', { name: 'Make a report by itself' })
        await dialog.getByLabel('Report').selectOption('PROJECT_WEEKLY')
        await dialog.getByRole('listitem').nth(4).waitFor()
        await dialog.getByLabel(/^When/).fill('* * * * *')
        await dialog.getByText(/is no schedule such as/).waitFor()
        await dialog.getByLabel(/^When/).fill('30 6 * * 2')
        await dialog.getByRole('listitem').nth(4).waitFor()
        await dialog.getByRole('button', { name: 'Save the schedule' }).click()
        const row = main.getByRole('row', { name: /30 6 \* \* 2/ })
        await row.waitFor()
        await visitor.click(row.getByRole('button', { name: /^Pause…/ }))
        await visitor.page.getByRole('dialog').getByRole('button', { name: 'Pause', exact: true }).click()
        await row.getByText('paused').waitFor()
        await visitor.click(row.getByRole('button', { name: /^End…/ }))
        await visitor.page.getByRole('dialog').getByRole('button', { name: 'End it' }).click()
        await row.waitFor({ state: 'detached' })
      }),
    )

    it(
      'come by mail every week to who asks for it on the Fleet page',
      visiting(async (visit) => {
        const visitor = await visit('viewer')
        await visitor.open('/')
        const button = visitor.page.getByRole('button', { name: 'Weekly mail' })
        await visitor.click(button)
        await visitor.page.getByRole('button', { name: 'Weekly mail', pressed: true }).waitFor()
        await visitor.open('/reports')
        await visitor.reads(visitor.page.getByRole('main'), /1 member who subscribed/)
        // What a viewer may not do is not there.
        expect(await visitor.page.getByRole('button', { name: /^(New|Change|Pause|End)/ }).count()).toBe(0)
        await visitor.click(visitor.page.getByRole('button', { name: 'Weekly mail' }))
        await visitor.page.getByRole('button', { name: 'Weekly mail', pressed: false }).waitFor()
      }),
    )
  })
}
