import { describe, expect, it } from '@jest/globals'
import type { Locator } from 'playwright-core'
import { plainDecimal, rowsOf, scaled, unscaled } from './table.ts'
import type { Visitor } from './visitor.ts'
import { product, visiting } from './world.ts'

const NAMES = 'January February March April May June July August September October November December'.split(' ')

/** The month that is closed here: two before the present one, so that no other topic looks at it. */
export function monthToClose(): { param: string; first: string; last: string; name: string; path: string } {
  const now = new Date()
  const first = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 2, 1))
  const last = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 0))
  const param = first.toISOString().slice(0, 7)
  return {
    param,
    first: `${param}-01`,
    last: last.toISOString().slice(0, 10),
    name: `${NAMES[first.getUTCMonth()]} ${first.getUTCFullYear()}`,
    path: `/allocation/close/${param}`,
  }
}

export function monthClose(): void {
  const month = monthToClose()

  describe('the close of a month', () => {
    it(
      'begins with a checklist that says what blocks, what wants a reason, and where it is mended',
      visiting(async (visit) => {
        const visitor = await visit('finance')
        await visitor.open('/allocation/close')
        await visitor.click(visitor.page.getByRole('link', { name: month.name }))
        await visitor.arrivesAt(month.path)
        const sums = (await rowsOf(checklist(visitor))).find((row) => row.Check?.text === 'All sums agree')
        expect(sums?.State?.text).toBe('not looked at')
        await visitor.click(visitor.page.getByRole('link', { name: 'Compare now' }))
        await checklist(visitor).getByText('Every cell equals its events').waitFor()
        const { period } = await periodOf('checklist { title state detail isBlocking }')
        expect(period.checklist.length).toBeGreaterThan(10)
        const rows = await rowsOf(checklist(visitor))
        expect(rows.map((row) => row.Check?.text).sort()).toEqual(period.checklist.map(({ title }) => title).sort())
        for (const { title, state, detail, isBlocking } of period.checklist) {
          const row = rows.find((one) => one.Check?.text === title)
          expect([title, row?.Found?.text]).toEqual([title, detail])
          const said = { PASS: 'passes', WARN: 'wants a reason', FAIL: isBlocking ? 'blocks the close' : 'fails' }[
            state
          ]
          expect([title, row?.State?.text]).toEqual([title, said])
        }
        // What does not pass comes first.
        expect(rows[0]?.State?.text).toBe('wants a reason')
        expect(rows.some((row) => row.Mend?.text === 'Mend')).toBe(true)
      }),
    )

    it(
      'is read by a project manager, and done by those who keep the money',
      visiting(async (visit) => {
        const visitor = await visit('projectManager')
        await visitor.open(month.path)
        const text = await visitor.text(visitor.page.locator('main'))
        expect(text).toContain('Finance, administrators and leadership close months and reopen them.')
        expect(await visitor.page.getByRole('button', { name: /close|reopen/i }).count()).toBe(0)
        const { errors } = await visitor.graphql(
          `mutation { closePeriod(input: { month: "${month.first}", accept: [] }) { period { state } } }`,
        )
        expect(errors.map((error) => error.extensions.code)).toEqual(['FORBIDDEN'])
      }),
    )

    it(
      'wants a reason for each check that does not pass, and makes an edition of what the month came to',
      visiting(async (visit) => {
        const visitor = await visit('finance')
        await visitor.open(month.path)
        const before = await fleetOf(month)
        await closeWithReasons(visitor, 'known, and small')
        await visitor.reads(header(visitor), /closed, edition 1/)
        const { period } = await periodOf(
          'state edition snapshots { hash cost { total { amount } } accepted { item reason } }',
        )
        expect([period.state, period.edition]).toEqual(['CLOSED', 1])
        const [edition] = period.snapshots
        expect(edition?.cost.total.amount).toBe(before)
        expect(edition?.accepted.every(({ reason }) => reason === 'known, and small')).toBe(true)
        expect(edition?.accepted.length).toBeGreaterThan(0)
        const [row] = await rowsOf(table(visitor, 'Editions'))
        expect(row?.Edition?.text).toBe('Edition 1')
        expect(row?.Hash?.text).toContain(edition?.hash.slice(0, 12))
        expect(row?.Hash?.text).toContain('intact')
        expect(scaled(plainDecimal(row?.['Attributed and allocated, £']?.title ?? null))).toBe(scaled(before))
        await visitor.reads(
          visitor.page.locator('#checklist h2'),
          /^The month is what was closed, to the last decimal$/,
        )
      }),
    )

    it(
      'is said by every page that looks at the month',
      visiting(async (visit) => {
        const visitor = await visit('leadership')
        for (const path of ['/', '/agents', '/tasks', '/clients', '/agents/research']) {
          await visitor.open(`${path}?period=custom&from=${month.first}&to=${month.last}`)
          const badge = header(visitor).getByRole('link', { name: `${month.name} closed, edition 1` })
          await badge.waitFor()
          expect(await badge.getAttribute('href')).toBe(month.path)
        }
        await visitor.open('/agents')
        expect(await visitor.text(header(visitor))).not.toContain('closed')
      }),
    )

    it(
      'posts what arrives late to the open month, where it keeps its day of use',
      visiting(async (visit) => {
        const before = await fleetOf(month)
        await sendLate(`${month.param}-15T10:00:00Z`)
        expect(await fleetOf(month)).toBe(before)
        const visitor = await visit('finance')
        await visitor.open(month.path)
        const [row] = await rowsOf(table(visitor, 'Corrections'))
        expect(row?.Cause?.text).toBe('late event')
        expect(row?.Used?.text).toMatch(/^15 /)
        expect(row?.Of?.text).toMatch(/^Research Agent/)
        const { period } = await periodOf('correctionsPosted { amount }')
        expect(scaled(plainDecimal(row?.['Amount, £']?.title ?? null))).toBe(scaled(period.correctionsPosted.amount))
        expect(scaled(period.correctionsPosted.amount)).toBeGreaterThan(0n)
        await visitor.reads(
          visitor.page.locator('#checklist h2'),
          /^The month is what was closed, to the last decimal$/,
        )
      }),
    )

    it(
      'is undone by two people: one asks, and another agrees',
      visiting(async (visit) => {
        const finance = await visit('finance')
        await finance.open(month.path)
        await finance.click(finance.page.getByRole('button', { name: 'Ask to reopen…' }))
        await finance.fill(dialog(finance).getByLabel('Reason'), 'an invoice came late')
        await finance.click(dialog(finance).getByRole('button', { name: 'Ask for it' }))
        const asked = finance.page.getByRole('region', { name: 'Reopening' })
        await finance.reads(asked, /“an invoice came late” Two people reopen a month: somebody else has to agree\./)
        expect(await finance.page.getByRole('button', { name: /Agree/ }).count()).toBe(0)
        const own = `mutation { agreeToReopening(input: { month: "${month.first}" }) { userErrors { code } } }`
        expect((await finance.graphql(own)).data).toEqual({
          agreeToReopening: { userErrors: [{ code: 'SAME_PERSON' }] },
        })

        const leadership = await visit('leadership')
        await leadership.open(month.path)
        await leadership.click(leadership.page.getByRole('button', { name: 'Agree and reopen…' }))
        await leadership.click(dialog(leadership).getByRole('button', { name: 'Reopen the month' }))
        await leadership.reads(header(leadership), /open again, edition 1 before/)
        const history = await rowsOf(table(leadership, 'History'))
        expect(history.slice(0, 3).map((row) => row.What?.text)).toEqual(['reopened', 'reopening asked for', 'closed'])
        expect(history[1]?.Reason?.text).toBe('an invoice came late')
        const [row] = await rowsOf(table(leadership, 'Corrections'))
        expect(row?.Cause?.text).toBe('late event went home')
      }),
    )

    it(
      'makes another edition the next time, with a bridge that adds up',
      visiting(async (visit) => {
        const visitor = await visit('leadership')
        await visitor.open(month.path)
        await closeWithReasons(visitor, 'with the late invoice')
        await visitor.reads(header(visitor), /closed, edition 2/)
        const steps = await rowsOf(table(visitor, 'Bridge by cause'))
        const [from, ...rest] = steps
        const to = rest.find((row) => row.Step?.text === 'Edition 2')
        expect(from?.Step?.text).toBe('Edition 1')
        expect(to?.Check?.text).toBe('adds up')
        expect(rest[0]?.Step?.text).toBe('Late events')
        const { period } = await periodOf('snapshots { cost { total { amount } } }')
        const [second, first] = period.snapshots.map(({ cost }) => scaled(cost.total.amount))
        expect(scaled(plainDecimal(from?.['Reached, £']?.title ?? null))).toBe(first)
        expect(scaled(plainDecimal(to?.['Reached, £']?.title ?? null))).toBe(second)
        expect(unscaled((second ?? 0n) - (first ?? 0n))).not.toBe('0')
        await visitor.click(visitor.page.getByRole('tab', { name: 'By agent' }))
        const agents = await rowsOf(table(visitor, 'Bridge by agent'))
        expect(agents.map((row) => row.Agent?.text)).toEqual(['Research Agent', 'All, with those that did not change'])
        expect(agents.at(-1)?.Check?.text).toBe('adds up')
      }),
    )
  })
}

interface PeriodAnswer {
  period: {
    state: string
    edition: number
    correctionsPosted: { amount: string }
    checklist: { title: string; state: 'PASS' | 'WARN' | 'FAIL'; detail: string; isBlocking: boolean }[]
    snapshots: {
      hash: string
      cost: { total: { amount: string } }
      accepted: { item: string; reason: string }[]
    }[]
  }
}

function periodOf(fields: string): Promise<PeriodAnswer> {
  return product().demo.gql<PeriodAnswer>(`query ($month: Date!) { period(month: $month) { ${fields} } }`, {
    month: monthToClose().first,
  })
}

async function fleetOf({ first, last }: { first: string; last: string }): Promise<string> {
  const to = new Date(Date.parse(last) + 86_400_000).toISOString().slice(0, 10)
  const { fleetCost } = await product().demo.gql<{ fleetCost: { cost: { total: { amount: string } } } }>(
    'query ($range: DateRangeInput!) { fleetCost(range: $range, compareTo: NONE) { cost { total { amount } } } }',
    { range: { from: first, to } },
  )
  return fleetCost.cost.total.amount
}

async function sendLate(occurredAt: string): Promise<void> {
  const invocation = {
    id: `late-${Date.now()}`,
    agent: 'research',
    kind: 'MODEL',
    provider: 'anthropic',
    resource: 'claude-sonnet-4-5',
    occurredAt,
    usage: [{ meter: 'input_tokens', quantity: '120000' }],
  }
  const { recordInvocations } = await product().demo.gql<{ recordInvocations: { accepted: number; unpriced: number } }>(
    'mutation ($input: RecordInvocationsInput!) { recordInvocations(input: $input) { accepted unpriced } }',
    { input: { invocations: [invocation] } },
  )
  expect(recordInvocations).toEqual({ accepted: 1, unpriced: 0 })
}

/** Opens the dialog of the close, types a reason for each check it lists, and closes. */
async function closeWithReasons(visitor: Visitor, reason: string): Promise<void> {
  await visitor.click(visitor.page.getByRole('button', { name: /^Close .*…$/ }))
  const fields = await dialog(visitor).locator('textarea').all()
  expect(fields.length).toBeGreaterThan(0)
  for (const field of fields) await visitor.fill(field, reason)
  await visitor.click(dialog(visitor).getByRole('button', { name: 'Close the month' }))
}

function dialog(visitor: Visitor): Locator {
  return visitor.page.locator('dialog[open]')
}

function header(visitor: Visitor): Locator {
  return visitor.page.locator('main header')
}

function table(visitor: Visitor, name: string): Locator {
  return visitor.page.getByRole('region', { name, exact: true }).getByRole('table')
}

function checklist(visitor: Visitor): Locator {
  return table(visitor, 'Checklist')
}
