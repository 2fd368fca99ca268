import { describe, expect, it } from '@jest/globals'
import { addMonths, firstOfMonth } from '@outlay/domain/periods/calendar-date'
import { today } from '@outlay/domain/periods/local-day'
import { product, visiting } from './world.ts'

const MARKUP_UP = 'Canary <img src=x onerror="document.title=1"><script>document.title=2</script>'

function thisMonth(): string {
  return firstOfMonth(today(Date.now(), 'Europe/London'))
}

let page: Promise<string> | undefined

/** The address of a working link to northwind, whose work is charged by the task. */
export function someClientPage(): Promise<string> {
  page ??= makePage()
  return page
}

async function makePage(): Promise<string> {
  const { demo } = product()
  const { setEngagement, upsertTask, publishClientLink } = await demo.gql<{
    setEngagement: { userErrors: object[] }
    upsertTask: { userErrors: object[] }
    publishClientLink: { url: string; userErrors: object[] }
  }>(
    `mutation ($terms: EngagementInput!, $task: UpsertTaskInput!, $link: PublishClientLinkInput!) {
      setEngagement(input: $terms) { userErrors { message } } upsertTask(input: $task) { userErrors { message } }
      publishClientLink(input: $link) { url userErrors { message } } }`,
    {
      terms: {
        clientKey: 'northwind',
        effectiveFrom: thisMonth(),
        terms: { model: 'PER_TASK', price: '12.34' },
        note: 'Canary note',
      },
      task: {
        key: 'canary-task',
        name: MARKUP_UP,
        client: 'northwind',
        status: 'COMPLETED',
        completedAt: new Date().toISOString(),
      },
      link: { clientKey: 'northwind', label: 'Canary label', firstMonth: addMonths(thisMonth(), -2), days: 30 },
    },
  )
  expect([...setEngagement.userErrors, ...upsertTask.userErrors, ...publishClientLink.userErrors]).toEqual([])
  return new URL(publishClientLink.url).pathname
}

interface Preview {
  total: string
  delivered: number
}

async function preview(): Promise<Preview> {
  const { clientPreview } = await product().demo.gql<{ clientPreview: Preview }>(
    'query ($month: Date!) { clientPreview(clientKey: "northwind", month: $month) { total delivered } }',
    { month: thisMonth() },
  )
  return clientPreview
}

/** What the firm keeps to itself about the month, as it would be printed or sent. */
async function secrets(): Promise<string[]> {
  const { charges, recentInvocations } = await product().demo.gql<{
    charges: { margin: { amount: string }; charges: { cost: { total: { amount: string } } }[] }
    recentInvocations: { id: string; traceId: string | null; provider: string; resource: string }[]
  }>(
    `query ($month: Date!) { charges(month: $month, clientKey: "northwind") { margin { amount } charges { cost { total { amount } } } }
      recentInvocations(first: 20) { id traceId provider resource } }`,
    { month: thisMonth() },
  )
  const amounts = [charges.margin.amount, ...charges.charges.map(({ cost }) => cost.total.amount)]
  return [
    ...amounts.filter((amount) => amount.replace(/\D/g, '').length > 5),
    ...recentInvocations.flatMap(({ id, traceId, provider, resource }) => [id, traceId ?? id, provider, resource]),
    ...['Halden', 'Meridian', 'Corvid', 'Coding Agent', 'Canary note', 'Canary label', '@demo.outlay.local'],
  ]
}

export function transparency(): void {
  describe('a client’s page', () => {
    it(
      'shows whoever holds the link the month that the API says, and sends nothing that the firm keeps to itself',
      visiting(async (visit) => {
        const path = await someClientPage()
        const visitor = await visit(null)
        const allSent = visitor.sent()
        await visitor.open(path)
        await visitor.quiet()
        const { total, delivered } = await preview()
        const main = await visitor.text(visitor.page.locator('main'))
        const [whole = '', pence = ''] = total.split('.')
        expect(main).toContain(`£${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${pence}`)
        expect(main).toMatch(new RegExp(`Tasks delivered\\s+${delivered.toLocaleString('en-GB')}`))
        const sent = await allSent()
        expect(sent).toContain('Northwind Capital')
        expect((await secrets()).filter((secret) => sent.includes(secret))).toEqual([])
      }),
    )

    it(
      'is whole without a script, private by its headers, and runs nothing that a title says',
      visiting(async (visit) => {
        const path = await someClientPage()
        const answer = await fetch(product().url + path)
        const html = await answer.text()
        expect(html).toContain('Completed tasks')
        expect(html).toContain('Canary &lt;img src=x')
        expect(html).not.toContain('<img src=x')
        const header = (name: string) => answer.headers.get(name)
        expect(header('referrer-policy')).toBe('no-referrer')
        expect(header('x-robots-tag')).toBe('noindex, nofollow')
        expect(header('cache-control')).toContain('no-store')
        expect(header('set-cookie')).toBeNull()
        expect(header('content-security-policy')).toMatch(/script-src 'self' 'nonce-[^']+' 'strict-dynamic';/)
        const visitor = await visit(null)
        await visitor.open(path)
        await visitor.quiet()
        expect(await visitor.page.title()).toMatch(/^Northwind Capital, /)
        await visitor.page.getByText('Canary <img').first().waitFor()
      }),
    )

    it(
      'takes a question without a script, and shows it to the firm',
      visiting(async (visit) => {
        const path = await someClientPage()
        const visitor = await visit(null)
        await visitor.open(path)
        await visitor.fill(visitor.page.getByLabel('Your question'), 'Why was <b>this</b> so dear?')
        await visitor.click(visitor.page.getByRole('button', { name: 'Send' }))
        await visitor.arrivesAt(/question=asked/)
        await visitor.reads(visitor.page.getByRole('status'), /^Your question was sent/)
        const firm = await visit('finance')
        await firm.open('/clients/northwind/transparency')
        await firm.reads(firm.page.getByRole('list', { name: 'Questions' }), /Why was <b>this<\/b> so dear\?/)
      }),
    )

    it(
      'is published and revoked by the firm, and is gone then like any wrong address',
      visiting(async (visit) => {
        await someClientPage()
        const firm = await visit('projectManager')
        await firm.open('/clients/northwind')
        await firm.click(firm.page.getByRole('link', { name: 'Transparency page' }))
        await firm.arrivesAt('/clients/northwind/transparency')
        await firm.click(firm.page.getByRole('button', { name: 'Publish a link…' }))
        await firm.fill(firm.page.getByLabel('Who it is for'), 'Audit committee')
        await firm.click(firm.page.getByRole('button', { name: 'Publish', exact: true }))
        const shown = await firm.reads(firm.page.locator('code').filter({ hasText: '/c/' }), /\/c\/[\w-]{43}$/)
        const path = new URL(shown).pathname
        expect((await fetch(product().url + path)).status).toBe(200)
        await firm.click(firm.page.getByRole('button', { name: 'Revoke… the link for Audit committee' }))
        await firm.click(firm.page.getByRole('button', { name: 'Revoke the link' }))
        const row = firm.page.getByRole('row', { name: /Audit committee/ })
        await firm.reads(row, /revoked/)
        const [revoked, unknown] = await Promise.all(
          [path, `/c/${'A'.repeat(43)}`].map(async (one) => {
            const answer = await fetch(product().url + one)
            return [answer.status, [...answer.headers].filter(([name]) => name !== 'date'), await answer.text()]
          }),
        )
        expect(revoked).toEqual(unknown)
        expect(revoked?.[0]).toBe(404)
      }),
    )
  })
}
