import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import axe from 'axe-core'
import { someAlert } from './anomalies.ts'
import { somePool } from './allocation.ts'
import { someBudget, someChannel } from './budgets-channels.ts'
import { monthToClose } from './month-close.ts'
import { someReport } from './reports.ts'
import type { Person } from './product.ts'
import { somePlan } from './planning.ts'
import { someInvitation } from './settings.ts'
import { someClientPage } from './transparency.ts'
import { LAPTOP, PHONE, type Visitor } from './visitor.ts'
import { visitorOf } from './world.ts'

/** The close of the present month, which is not over. */
function presentClose(): string {
  return `/allocation/close/${new Date().toISOString().slice(0, 7)}`
}

/** The month that is over, of which the demo has a statement. */
function lastMonth(): string {
  const now = new Date()
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1)).toISOString().slice(0, 7)
}

/** Who opens which pages. Together they are every page there is, loaded and empty. */
const PAGES: { who: string; person: Person | null; paths: string[] }[] = [
  {
    who: 'nobody signed in',
    person: null,
    paths: ['/login', '/join/:invitation', '/join/no-such-invitation', '/c/:link'],
  },
  {
    who: 'the demo’s leadership',
    person: 'leadership',
    paths: [
      '/',
      '/?period=90d&bins=week',
      '/?period=last-month&why=cost',
      '/?lens=finance',
      '/?lens=projects&period=last-month',
      '/?lens=engineering',
      '/projects',
      '/projects?period=last-month&show=client,invocations',
      '/projects?period=last-month&client=northwind',
      '/projects/site-rebuild?period=last-month',
      '/projects/site-rebuild?period=last-month&why=cost',
      '/projects/no-such-project',
      '/?period=last-month&sum=loaded',
      '/agents?period=last-month&peek=coding',
      '/agents?period=last-month&sum=unit&sum=agent%3Acoding',
      '/agents/coding?period=90d&bins=week',
      '/agents/coding?period=last-month&why=cost',
      '/tasks?period=last-month',
      '/tasks/market-entry-analysis?sum=margin&sum=task%3Amarket-entry-analysis',
      '/tasks/market-entry-analysis',
      '/tasks/market-entry-analysis?view=timeline',
      '/tasks/market-entry-analysis?view=flow',
      '/tasks/market-entry-analysis?view=table',
      '/tasks/market-entry-analysis?find=market',
      '/clients?period=last-month',
      '/clients?period=last-month&sum=margin',
      '/clients/northwind?period=last-month',
      '/clients/northwind?period=last-month&why=cost',
      '/clients/northwind?month=:month&target=37.5',
      '/clients/northwind/transparency',
      '/clients/no-such-client/transparency',
      '/developers',
      '/start',
      '/start?with=ai-sdk',
      '/developers/import',
      '/developers/explorer',
      '/developers/schema',
      '/developers/schema?part=objects',
      '/developers/schema?part=inputs',
      '/developers/schema?type=TraceSpan',
      '/developers/schema?q=invocation',
      '/developers/schema?q=zebra',
      '/anomalies',
      '/anomalies?open=:alert',
      '/anomalies?state=all',
      '/anomalies/:alert',
      '/anomalies/no-such-alert',
      '/agents/summarisation',
      '/settings',
      '/settings/members',
      '/settings/roles',
      '/settings/audit',
      '/settings/exports',
      '/settings/account',
      '/tasks/no-such-task',
    ],
  },
  {
    who: 'the demo’s finance',
    person: 'finance',
    paths: [
      '/allocation?month=:month',
      '/allocation/pools/:pool?month=:month&agent=coding',
      '/allocation/pools/:pool?month=:month&method=OVERHEAD_RATE&rate=0.24&times=coding:0.5',
      '/allocation/pools/:pool/policy?month=:month',
      '/allocation/pools/:pool/policy?month=:month&edit=new',
      '/allocation/pools/new',
      '/allocation/import',
      '/allocation/pools/no-such-pool',
      '/rate-cards',
      '/rate-cards?source=all&now=on',
      '/rate-cards/drafts/new',
      '/rate-cards/unpriced',
      '/rate-cards/re-rating',
      '/rate-cards/what-if',
      '/rate-cards/catalogue',
      '/rate-cards/catalogue?all=on',
      '/rate-cards/review',
      '/events/no-such-event',
      '/agents?period=last-month&basis=direct&show=allocated,loaded',
      '/spend?period=last-month&by=client&then=agent&open=all',
      '/spend?period=90d&bins=week&by=resource&agent=coding&agent=research&basis=direct',
      '/spend?period=today&client=no-such-client',
      '/spend?period=last-month&by=client&then=agent&open=all&sum=onBasis&sum=agent%3Acoding&sum=client%3Anorthwind',
      '/budgets',
      '/budgets/new',
      '/budgets/new?scope=AGENT&key=coding',
      '/budgets/:budget',
      '/budgets/:budget?sum=attributed',
      '/budgets/rules',
      '/plan',
      '/plan/:plan',
      '/plan/:plan?scenario=0&by=line',
      '/plan/:plan/review?by=agent',
      '/plan/no-such-plan',
      '/channels',
      '/channels/new',
      '/channels/:channel',
      '/reports',
      '/reports/:report',
      '/reports/no-such-report',
      '/charges',
      '/charges?month=:month&sort=margin.asc',
      '/clients/halden',
      '/projects/halden-search',
      '/terms?client=halden',
      '/terms?project=emea-expansion',
      '/terms?client=no-such-client',
      '/reconciliation',
      `/reconciliation?month=${lastMonth()}`,
      `/reconciliation?month=${lastMonth()}&cause=COVERAGE&sort=day`,
      '/reconciliation/import',
      '/allocation/close',
      monthToClose().path,
      presentClose(),
    ],
  },
  {
    who: 'a viewer of the demo tenant',
    person: 'viewer',
    paths: [
      '/allocation?month=:month',
      '/allocation/pools/:pool?month=:month',
      '/allocation/pools/new',
      '/anomalies/:alert',
      '/budgets/:budget',
      '/budgets/rules',
      '/channels/:channel',
      '/reports',
      '/reports/:report',
      '/settings',
      '/settings/members',
      '/settings/audit',
      '/settings/exports',
      `/reconciliation?month=${lastMonth()}`,
      '/reconciliation/import',
      '/start',
      '/charges',
      '/terms?client=northwind',
      '/developers/import',
    ],
  },
  {
    who: 'the demo’s client',
    person: 'client',
    paths: [
      '/',
      '/spend',
      '/agents',
      '/projects',
      '/projects/no-such-project',
      '/allocation',
      '/rate-cards',
      '/reconciliation',
      '/reconciliation/import',
      '/anomalies',
      '/budgets',
      '/channels',
      '/settings/members',
      '/settings/account',
    ],
  },
  {
    who: 'the owner of an empty tenant',
    person: 'newcomer',
    paths: [
      '/',
      '/spend',
      '/agents',
      '/tasks',
      '/clients',
      '/projects',
      '/?lens=engineering',
      '/anomalies',
      '/budgets',
      '/budgets/rules',
      '/plan',
      '/channels',
      '/charges',
      '/reconciliation',
      '/allocation',
      '/allocation/pools/new',
      '/rate-cards',
      '/rate-cards/unpriced',
      '/rate-cards/re-rating',
      '/rate-cards/what-if',
      '/rate-cards/catalogue',
      '/rate-cards/review',
      '/allocation/close',
      presentClose(),
      '/developers',
      '/settings',
      '/settings/members',
      '/settings/audit',
      '/settings/exports',
      '/start',
      '/developers/import',
      '/no-such-page',
    ],
  },
]

const tags = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']

/** Dark differs from light in its colours only; what they can break is this rule, and the slow rest is looked at once. */
const SCHEMES = [
  { colorScheme: 'light', rules: { type: 'tag', values: tags } },
  { colorScheme: 'dark', rules: { type: 'rule', values: ['color-contrast'] } },
] as const

export function everyPage(): void {
  describe.each(PAGES)('for $who', ({ person, paths }) => {
    let windows: Windows
    beforeAll(async () => {
      windows = new Windows(await Promise.all([visitorOf(person), visitorOf(person)]))
    })
    afterAll(() => windows.close())

    it.each(paths.map((path, index) => [path, index] as const))(
      '%s has no fault of access, layout, console or network, light and dark, wide and narrow',
      async (path, index) => {
        const faults = windows.faultsOf(path)
        // While one page is examined in its window, the next one is drawn by the server in the other.
        const next = paths[index + 1]
        if (next !== undefined) void windows.faultsOf(next)
        expect(await faults).toEqual([])
      },
    )
  })
}

/** Windows of one person that look at pages side by side, each at one page at a time. */
class Windows {
  readonly #visitors: readonly Visitor[]
  /** When each window is free again. */
  readonly #free: Promise<unknown>[]
  readonly #known = new Map<string, Promise<string[]>>()

  constructor(visitors: readonly Visitor[]) {
    this.#visitors = visitors
    this.#free = visitors.map(() => Promise.resolve())
  }

  /** What is wrong with a page; each is looked at once, in the window whose turn it is. */
  faultsOf(path: string): Promise<string[]> {
    const known = this.#known.get(path)
    if (known !== undefined) return known
    const turn = this.#known.size % this.#visitors.length
    const faults = (this.#free[turn] ?? Promise.resolve()).then(() => look(this.#visitors[turn]!, path))
    // Whoever asks for it is told of a failure; the window goes on to the next page.
    this.#free[turn] = faults.catch(() => null)
    this.#known.set(path, faults)
    return faults
  }

  async close(): Promise<void> {
    await Promise.all(this.#free)
    await Promise.all(this.#visitors.map((visitor) => visitor.page.close()))
  }
}

async function look(visitor: Visitor, path: string): Promise<string[]> {
  // The browser reports a page that is not found on the console.
  if (path.includes('no-such')) visitor.expectProblem(/status of 404 .*no-such/)
  return faultsOf(visitor, path)
}

/** A pool that was run, in the month it was run for, an alert, a budget, a channel, an invitation: none is known before the product has started. */
async function addressOf(path: string): Promise<string> {
  if (path.includes(':alert')) return path.replace(':alert', await someAlert())
  if (path.includes(':report')) return path.replace(':report', await someReport())
  if (path.includes(':budget')) return path.replace(':budget', await someBudget())
  if (path.includes(':plan')) return path.replace(':plan', await somePlan())
  if (path.includes(':channel')) return path.replace(':channel', await someChannel())
  if (path.includes('/join/:invitation')) return someInvitation()
  if (path === '/c/:link') return someClientPage()
  if (!path.includes(':month')) return path
  const { id, month } = await somePool()
  return path.replace(':pool', encodeURIComponent(id)).replace(':month', month.slice(0, 7))
}

/** What is wrong with a page of axe, of its width, or behind it: in each size, light and dark. Leaves the window at the last of them. */
export async function faultsOf(visitor: Visitor, path: string): Promise<string[]> {
  const { page } = visitor
  const faults: string[] = []
  await page.setViewportSize(LAPTOP)
  await page.emulateMedia({ colorScheme: 'light' })
  await visitor.open(await addressOf(path))
  await visitor.quiet()
  await page.evaluate(axe.source)
  for (const size of [LAPTOP, PHONE]) {
    await page.setViewportSize(size)
    for (const { colorScheme, rules } of SCHEMES) {
      await page.emulateMedia({ colorScheme })
      faults.push(...(await violations(visitor, rules)).map((fault) => `${size.width} px, ${colorScheme}: ${fault}`))
    }
    const surplus = await page.evaluate<number>(surplusWidth)
    if (surplus > 0) faults.push(`${size.width} px: the page is ${surplus} px wider than the window`)
  }
  return [...faults, ...visitor.problems()]
}

/** What axe finds on the page as it stands: with a list open, or a dialog. */
export async function accessFaults(visitor: Visitor): Promise<string[]> {
  await visitor.page.evaluate(axe.source)
  return violations(visitor, SCHEMES[0].rules)
}

const surplusWidth = 'document.scrollingElement.scrollWidth - document.documentElement.clientWidth'

interface Violation {
  id: string
  help: string
  nodes: { target: unknown; failureSummary: string }[]
}

async function violations(visitor: Visitor, runOnly: object): Promise<string[]> {
  const options = { runOnly, resultTypes: ['violations'], preload: false }
  const found = await visitor.page.evaluate<{ violations: Violation[] }>(
    `axe.run(document, ${JSON.stringify(options)}).then(({ violations }) => ({ violations }))`,
  )
  return found.violations.map(
    ({ id, help, nodes }) =>
      `${id} (${help}): ${nodes.map((node) => `${JSON.stringify(node.target)} ${node.failureSummary}`).join('; ')}`,
  )
}
