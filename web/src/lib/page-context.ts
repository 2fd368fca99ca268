import 'server-only'
import { Lock } from 'lucide-react'
import type { Truth } from '../components/ui/line-of-truth.tsx'
import { closedMonthsIn, closedText, type MonthState } from './closed-months.ts'
import { countText, percentText } from './format.ts'
import type { DateRange } from './period.ts'
import { hrefWith, periodParams, type SearchParams } from './search-params.ts'
import { isLimited, type Tenant, type Viewer } from './session.ts'
import { throughText } from './time.ts'

interface TruthInput {
  tenant: Tenant
  params: SearchParams
  dataThrough?: string | null | undefined
  attributionRatio: string | null | undefined
  unpriced: string
  /** Whether it is about the whole firm, whose fleet shows what lacks a tag or a price; for who is limited to clients it is not. */
  isWhole?: boolean
  /** How the months stand and the days looked at, to say which of them cannot change any more. */
  months?: readonly MonthState[]
  range?: DateRange
}

/** What every page rests on: how far the data goes, its currency, and where a day begins and ends. */
export function tenantTruth(tenant: Tenant, dataThrough?: string | null): Truth[] {
  const through = dataThrough ?? tenant.dataThrough
  return [
    {
      text: through ? `data through ${throughText(through, tenant.timeZone, tenant.today)}` : 'no data yet',
      href: '/developers#live',
      title: 'The newest event; the live tail shows it',
    },
    { text: tenant.currency, href: '/developers#conventions', title: 'The reporting currency' },
    { text: `days in ${tenant.timeZone}`, href: '/developers#conventions', title: 'Where a day begins and ends' },
  ]
}

/** The same for who is limited to clients; the pages that prove it are of the whole firm. */
export function limitedTruth(tenant: Tenant): Truth[] {
  return tenantTruth(tenant).map(({ text, title }) => ({ text, title }))
}

/** What a page rests on, with links to what the viewer may open. */
export function viewerTruth(viewer: Viewer): Truth[] {
  return isLimited(viewer) ? limitedTruth(viewer.tenant) : tenantTruth(viewer.tenant)
}

/** That months looked at are closed, which is why they do not change; it leads to how they were closed. */
export function closedTruth(months: readonly MonthState[]): Truth | null {
  const closed = closedText(months)
  if (closed === null) return null
  const title = 'What arrives late for a closed month is posted as a correction to an open one'
  return { ...closed, title, BadgeIcon: Lock }
}

/** The line of truth of a page about a period; each part leads to what proves it. */
export function truthOf(input: TruthInput): Truth[] {
  const { tenant, params, dataThrough, attributionRatio, unpriced } = input
  const period = periodParams(params)
  const { months = [], range, isWhole = true } = input
  if (!isWhole) return [...limitedTruth(tenant), { text: `${countText(unpriced)} unpriced` }]
  const closed = range === undefined ? null : closedTruth(closedMonthsIn(months, range))
  return [
    ...tenantTruth(tenant, dataThrough),
    {
      text: attributionRatio == null ? 'nothing to attribute' : `${percentText(attributionRatio)} attributed`,
      href: `${hrefWith('/', { ...period, lens: 'finance' })}#by-agent`,
      title: 'Share of cost that carries agent, task and client; the remainders are listed',
    },
    {
      text: `${countText(unpriced)} unpriced`,
      href: `${hrefWith('/', { ...period, lens: 'finance' })}#unpriced`,
      title: 'Invocations without a price; they are in no amount',
    },
    ...(closed === null ? [] : [closed]),
  ]
}
