import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'
import { ROLES, isAllowed, type Action, type Role } from '@outlay/domain/audience/policy'
import { somePool } from './allocation.ts'
import { someAlert } from './anomalies.ts'
import { someBudget, someChannel } from './budgets-channels.ts'
import { somePlan } from './planning.ts'
import type { Person } from './product.ts'
import { someReport } from './reports.ts'
import { product, visiting } from './world.ts'

/** Who has the role in the demo tenant. */
const PERSON: Record<Role, Person> = {
  OWNER: 'leadership',
  ADMIN: 'administrator',
  FINANCE: 'finance',
  PROJECT_MANAGER: 'projectManager',
  VIEWER: 'viewer',
  CLIENT: 'client',
}

interface Rule {
  /** What one must be allowed to do to find nothing hidden on the page. */
  needs: Action
  /** An address of it, when the route has a variable part. */
  at?: () => string | Promise<string>
}

/**
 * Every page of the portal and the action of the policy table that it is for. Written down by hand beside what the pages decide themselves;
 * a new page without a line fails.
 */
const PAGES: Record<string, Rule> = {
  '/': { needs: 'task.list' },
  '/agents': { needs: 'cost.read' },
  '/agents/[key]': { needs: 'cost.read', at: () => '/agents/coding' },
  '/allocation': { needs: 'pool.read' },
  '/allocation/close': { needs: 'pool.read' },
  '/allocation/close/[month]': {
    needs: 'pool.read',
    at: async () => `/allocation/close/${(await somePool()).month.slice(0, 7)}`,
  },
  '/allocation/import': { needs: 'pool.manage' },
  '/allocation/pools/[id]': { needs: 'pool.read', at: () => poolPath('') },
  '/allocation/pools/[id]/policy': { needs: 'pool.read', at: () => poolPath('/policy') },
  '/allocation/pools/new': { needs: 'pool.manage' },
  '/anomalies': { needs: 'alert.read' },
  '/anomalies/[id]': { needs: 'alert.read', at: async () => `/anomalies/${await someAlert()}` },
  '/budgets': { needs: 'budget.read' },
  '/budgets/[id]': { needs: 'budget.read', at: async () => `/budgets/${await someBudget()}` },
  '/budgets/new': { needs: 'budget.manage' },
  '/budgets/rules': { needs: 'alert.read' },
  '/channels': { needs: 'channel.read' },
  '/channels/[id]': { needs: 'channel.read', at: async () => `/channels/${await someChannel()}` },
  '/channels/new': { needs: 'channel.manage' },
  '/charges': { needs: 'billing.read' },
  '/clients': { needs: 'cost.read' },
  '/clients/[key]': { needs: 'cost.read', at: () => '/clients/northwind' },
  '/clients/[key]/transparency': { needs: 'transparency.read', at: () => '/clients/northwind/transparency' },
  '/developers': { needs: 'schema.read' },
  '/developers/explorer': { needs: 'schema.read' },
  '/developers/import': { needs: 'usage.record' },
  '/developers/schema': { needs: 'schema.read' },
  '/events/[id]': { needs: 'cost.read', at: someEvent },
  '/plan': { needs: 'plan.read' },
  '/plan/[id]': { needs: 'plan.read', at: async () => `/plan/${await somePlan()}` },
  '/plan/[id]/review': { needs: 'plan.read', at: async () => `/plan/${await somePlan()}/review` },
  '/projects': { needs: 'cost.read' },
  '/projects/[key]': { needs: 'cost.read', at: () => '/projects/site-rebuild' },
  '/rate-cards': { needs: 'rate.read' },
  '/rate-cards/catalogue': { needs: 'rate.read' },
  '/rate-cards/drafts/[id]': { needs: 'rate.publish', at: someDraft },
  '/rate-cards/drafts/new': { needs: 'rate.publish' },
  '/rate-cards/re-rating': { needs: 'rating.rerate' },
  '/rate-cards/re-rating/[id]': { needs: 'cost.read', at: someRerating },
  '/rate-cards/review': { needs: 'rate.read' },
  '/rate-cards/unpriced': { needs: 'cost.read' },
  '/rate-cards/what-if': { needs: 'rating.rerate' },
  '/reports': { needs: 'report.read' },
  '/reports/[id]': { needs: 'report.read', at: async () => `/reports/${await someReport()}` },
  '/reconciliation': { needs: 'reconciliation.read' },
  '/reconciliation/import': { needs: 'reconciliation.manage' },
  '/settings': { needs: 'account.manage' },
  '/settings/account': { needs: 'account.manage' },
  '/settings/audit': { needs: 'audit.read' },
  '/settings/exports': { needs: 'export.start' },
  '/settings/members': { needs: 'member.manage' },
  '/settings/roles': { needs: 'policy.read' },
  '/spend': { needs: 'cost.read' },
  '/start': { needs: 'schema.read' },
  '/tasks': { needs: 'cost.read' },
  '/tasks/[key]': { needs: 'cost.read', at: () => '/tasks/market-entry-analysis' },
  '/terms': { needs: 'billing.manage', at: () => '/terms?client=northwind' },
}

const ROUTES = routesOf(fileURLToPath(new URL('../../web/src/app/(portal)', import.meta.url)), '')

/** The addresses under a folder of the portal, as its pages are written: groups in brackets are no part of them. */
function routesOf(folder: string, address: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'page.tsx') return [address === '' ? '/' : address]
    if (!entry.isDirectory()) return []
    const part = entry.name.startsWith('(') ? '' : `/${entry.name}`
    return routesOf(`${folder}/${entry.name}`, address + part)
  })
}

/** Every route of the portal with an address of it. */
export function everyRoute(): Promise<{ route: string; path: string }[]> {
  return Promise.all(ROUTES.map(async (route) => ({ route, path: (await PAGES[route]?.at?.()) ?? route })))
}

export function pageRoles(): void {
  describe('every page for every role', () => {
    it('has a line in the table, and the table no line without a page', () => {
      expect([...ROUTES].sort()).toEqual(Object.keys(PAGES).sort())
    })

    it.each(ROLES)('%s finds hidden what the policy table does not allow, and nothing else', (role) =>
      visiting(async (visit) => {
        const visitor = await visit(PERSON[role])
        await visitor.open('/')
        const found: Record<string, Found> = {}
        const wanted: Record<string, Found> = {}
        for (const route of ROUTES) {
          const { needs, at = () => route } = PAGES[route]!
          const isHidden = !isAllowed({ kind: 'user', role }, needs)
          wanted[route] = { status: 200, isHidden, amounts: isHidden ? [] : 'may be' }
          found[route] = await look(visitor.page.evaluate(fetchPage, await at()), isHidden)
        }
        expect(found).toEqual(wanted)
      })(),
    )
  })
}

interface Found {
  status: number
  isHidden: boolean
  /** Amounts of money, in what is shown or in what comes with it, on a page that is hidden. The demo counts in pounds. */
  amounts: string[] | 'may be'
}

async function look(fetched: Promise<{ status: number; html: string }>, isHidden: boolean): Promise<Found> {
  const { status, html } = await fetched
  const money = html.match(/£\s?\d[\d,]*(\.\d+)?|\\?"amount\\?":/g) ?? []
  return { status, isHidden: html.includes('data-hidden-by-role'), amounts: isHidden ? money : 'may be' }
}

/** In the browser, with its cookies: the whole of a page as the server streams it, without the time to draw it. */
export async function fetchPage(path: string): Promise<{ status: number; html: string }> {
  const answer = await fetch(path)
  return { status: answer.status, html: await answer.text() }
}

async function poolPath(rest: string): Promise<string> {
  const { id, month } = await somePool()
  return `/allocation/pools/${encodeURIComponent(id)}${rest}?month=${month.slice(0, 7)}`
}

async function someEvent(): Promise<string> {
  const { recentInvocations } = await product().demo.gql<{ recentInvocations: { id: string }[] }>(
    '{ recentInvocations(first: 1) { id } }',
  )
  return `/events/${encodeURIComponent(recentInvocations[0]!.id)}`
}

let draft: Promise<string> | undefined

function someDraft(): Promise<string> {
  const rate = {
    provider: 'openai',
    resource: 'not-in-use',
    meter: 'input_tokens',
    price: { amount: '1', currency: 'GBP' },
    effectiveFrom: '2099-01-01T00:00:00Z',
  }
  draft ??= product()
    .demo.gql<{ saveRateCardDraft: { rateCard: { id: string } } }>(
      'mutation ($input: RateCardDraftInput!) { saveRateCardDraft(input: $input) { rateCard { id } } }',
      { input: { provider: 'openai', rates: [rate] } },
    )
    .then(({ saveRateCardDraft }) => `/rate-cards/drafts/${encodeURIComponent(saveRateCardDraft.rateCard.id)}`)
  return draft
}

let rerating: Promise<string> | undefined

function someRerating(): Promise<string> {
  rerating ??= product()
    .demo.gql<{ previewRerating: { rerating: { id: string } } }>(
      'mutation ($input: PreviewReratingInput!) { previewRerating(input: $input) { rerating { id } } }',
      { input: { range: { from: '2020-01-01', to: '2020-01-02' }, wait: true } },
    )
    .then(({ previewRerating }) => `/rate-cards/re-rating/${encodeURIComponent(previewRerating.rerating.id)}`)
  return rerating
}
