import { readdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** What the addresses of a tenant's pages name. */
export interface Things {
  agent: string
  client: string
  project: string
  task: string
  /** The sender's id of one invocation. */
  event: string
  alert: string
  budget: string
  plan: string
  channel: string
  pool: string
  draft: string
  rerating: string
  report: string
  /** The month that is over, as 2026-10. */
  month: string
}

export interface PortalPage {
  /** As the folders under web/src/app say it: `/agents/[key]`. */
  route: string
  address: string
}

const APP = fileURLToPath(new URL('../../../web/src/app', import.meta.url))

/** The part of the app that needs a sign-in and the shell; what is outside of it is the door. */
const STAFF_FOLDER = '(portal)'

/** Every staff page by its route, and the addresses at which it is measured. */
const ADDRESSES: Readonly<Record<string, (things: Things) => readonly string[]>> = {
  '/': () => ['/', '/?period=90d&bins=week'],
  '/spend': () => ['/spend', '/spend?period=90d&by=client&then=agent&open=all'],
  '/agents': () => ['/agents', '/agents?period=90d'],
  '/agents/[key]': ({ agent }) => [`/agents/${agent}?period=90d&bins=week`],
  '/tasks': () => ['/tasks'],
  '/tasks/[key]': ({ task }) => [`/tasks/${task}`],
  '/clients': () => ['/clients', '/clients?period=90d'],
  '/clients/[key]': ({ client }) => [`/clients/${client}?period=90d`],
  '/clients/[key]/transparency': ({ client }) => [`/clients/${client}/transparency`],
  '/projects': () => ['/projects', '/projects?period=90d'],
  '/projects/[key]': ({ project }) => [`/projects/${project}?period=90d`],
  '/charges': ({ month }) => [`/charges?month=${month}`],
  '/terms': ({ client }) => [`/terms?client=${client}`],
  '/events/[id]': ({ event }) => [`/events/${event}`],
  '/allocation': ({ month }) => [`/allocation?month=${month}`],
  '/allocation/close': () => ['/allocation/close'],
  '/allocation/close/[month]': ({ month }) => [`/allocation/close/${month}`],
  '/allocation/import': () => ['/allocation/import'],
  '/allocation/pools/new': () => ['/allocation/pools/new'],
  '/allocation/pools/[id]': ({ pool, month }) => [`/allocation/pools/${pool}?month=${month}`],
  '/allocation/pools/[id]/policy': ({ pool, month }) => [`/allocation/pools/${pool}/policy?month=${month}`],
  '/reconciliation': ({ month }) => [`/reconciliation?month=${month}`],
  '/reconciliation/import': () => ['/reconciliation/import'],
  '/anomalies': () => ['/anomalies'],
  '/anomalies/[id]': ({ alert }) => [`/anomalies/${alert}`],
  '/budgets': () => ['/budgets'],
  '/budgets/new': () => ['/budgets/new'],
  '/budgets/rules': () => ['/budgets/rules'],
  '/budgets/[id]': ({ budget }) => [`/budgets/${budget}`],
  '/plan': () => ['/plan'],
  '/plan/[id]': ({ plan }) => [`/plan/${plan}`],
  '/plan/[id]/review': ({ plan }) => [`/plan/${plan}/review`],
  '/channels': () => ['/channels'],
  '/channels/new': () => ['/channels/new'],
  '/channels/[id]': ({ channel }) => [`/channels/${channel}`],
  '/developers': () => ['/developers'],
  '/developers/explorer': () => ['/developers/explorer'],
  '/developers/import': () => ['/developers/import'],
  '/developers/schema': () => ['/developers/schema'],
  '/start': () => ['/start'],
  '/reports': () => ['/reports'],
  '/reports/[id]': ({ report }) => [`/reports/${report}`],
  '/rate-cards': () => ['/rate-cards'],
  '/rate-cards/catalogue': () => ['/rate-cards/catalogue'],
  '/rate-cards/drafts/new': () => ['/rate-cards/drafts/new'],
  '/rate-cards/drafts/[id]': ({ draft }) => [`/rate-cards/drafts/${draft}`],
  '/rate-cards/re-rating': () => ['/rate-cards/re-rating'],
  '/rate-cards/re-rating/[id]': ({ rerating }) => [`/rate-cards/re-rating/${rerating}`],
  '/rate-cards/review': () => ['/rate-cards/review'],
  '/rate-cards/unpriced': () => ['/rate-cards/unpriced'],
  '/rate-cards/what-if': () => ['/rate-cards/what-if'],
  '/settings': () => ['/settings'],
  '/settings/account': () => ['/settings/account'],
  '/settings/audit': () => ['/settings/audit'],
  '/settings/exports': () => ['/settings/exports'],
  '/settings/members': () => ['/settings/members'],
  '/settings/roles': () => ['/settings/roles'],
}

/** The routes of all staff pages, from the folders of the portal. */
export function staffRoutes(): string[] {
  const root = path.join(APP, STAFF_FOLDER)
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => path.basename(file) === 'page.tsx')
    .map((file) => {
      const folders = path.dirname(file).split(path.sep)
      // A folder in brackets groups files and is no part of the address.
      return `/${folders.filter((folder) => folder !== '.' && !folder.startsWith('(')).join('/')}`
    })
    .sort()
}

/** What the list above and the portal do not have in common, as sentences; none when they agree. */
export function missingPages(routes: readonly string[] = staffRoutes()): string[] {
  const listed = Object.keys(ADDRESSES)
  return [
    ...routes
      .filter((route) => !listed.includes(route))
      .map((route) => `${route} is not measured: give it an address.`),
    ...listed
      .filter((route) => !routes.includes(route))
      .map((route) => `${route} is listed, and no page of the portal.`),
  ]
}

/** Every staff page at its addresses, in the order of the list. Throws when a page of the portal is in no list. */
export function portalPages(things: Things): PortalPage[] {
  const problems = missingPages()
  if (problems.length > 0) throw new Error(`test/bench/portal/pages.ts:\n${problems.join('\n')}`)
  return Object.entries(ADDRESSES).flatMap(([route, addresses]) =>
    addresses(things).map((address) => ({ route, address })),
  )
}
