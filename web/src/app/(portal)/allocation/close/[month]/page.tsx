import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { PeriodBadge } from '../../../../../components/period/period-badge.tsx'
import { HiddenByRole } from '../../../../../components/ui/hidden-by-role.tsx'
import { Link } from '../../../../../components/ui/link.tsx'
import { PageHeader } from '../../../../../components/ui/page-header.tsx'
import { PrintButton } from '../../../../../components/ui/print-button.tsx'
import { Section } from '../../../../../components/ui/section.tsx'
import { Skeleton } from '../../../../../components/ui/skeleton.tsx'
import { query } from '../../../../../lib/api.ts'
import { closeHref } from '../../../../../lib/closed-months.ts'
import { addMonths, monthParam, monthText, rangeOfMonth, readMonth, shortMonthText } from '../../../../../lib/months.ts'
import { tenantTruth } from '../../../../../lib/page-context.ts'
import { staffViewer } from '../../../../../lib/role-gate.ts'
import { first, hrefWith, type SearchParams } from '../../../../../lib/search-params.ts'
import { mayKeepRates, type Tenant } from '../../../../../lib/session.ts'
import { ClosersOnly } from '../closers-only.tsx'
import { Bridge } from './bridge.tsx'
import { Checklist } from './checklist.tsx'
import { Corrections } from './corrections.tsx'
import { EditionRows } from './edition-rows.tsx'
import { Editions } from './editions.tsx'
import { History } from './history.tsx'
import { MonthTiles } from './month-tiles.tsx'
import { OpenAgain, RequestReopening, SoftClose } from './period-actions.tsx'
import { PeriodDocument, type Period } from './period-detail.ts'
import { Reopening } from './reopening.tsx'

interface MonthPageProps {
  params: Promise<{ month: string }>
  searchParams: Promise<SearchParams>
}

export async function generateMetadata({ params }: MonthPageProps): Promise<Metadata> {
  const month = readMonth((await params).month)
  return { title: month === null ? 'Month close' : `Close of ${monthText(month)}` }
}

export default async function MonthPage({ params, searchParams }: MonthPageProps) {
  const viewer = await staffViewer()
  if (viewer === null) return <HiddenByRole />
  const { tenant } = viewer
  const month = readMonth((await params).month)
  if (month === null || month > tenant.today) notFound()
  const search = await searchParams
  const { period, periods, fleetCost } = await query(PeriodDocument, {
    month,
    range: rangeOfMonth(month, tenant.today),
    after: first(search.cursor),
  })
  const mayAct = mayKeepRates(viewer.role)
  const path = closeHref(month)
  return (
    <>
      <PageHeader
        title={monthText(month)}
        crumbs={[
          { label: 'Allocation', href: `/allocation?month=${monthParam(month)}` },
          { label: 'Month close', href: '/allocation/close' },
        ]}
        badge={<PeriodBadge state={period.state} edition={period.edition} />}
        truth={tenantTruth(tenant, fleetCost.dataThrough)}
        actions={
          <>
            {mayAct ? <Actions period={period} tenant={tenant} /> : null}
            <PrintButton />
          </>
        }
      />
      <nav aria-label="Month" className="segment no-print mb-4">
        {[...new Set([...periods.map((one) => one.month), month])].sort().map((one) => (
          <Link key={one} href={closeHref(one)} aria-current={one === month ? 'page' : undefined}>
            {shortMonthText(one)}
          </Link>
        ))}
      </nav>
      {mayAct ? null : <ClosersOnly />}
      <Reopening period={period} tenant={tenant} mayAct={mayAct} />
      <MonthTiles period={period} fleet={fleetCost} tenant={tenant} />
      <div className="flex flex-col gap-4">
        <Section key={first(search.check) ?? ''} fallback={<Skeleton className="h-[540px] w-full rounded-card" />}>
          <Checklist
            period={period}
            tenant={tenant}
            mayAct={mayAct}
            withSums={first(search.check) === 'sums'}
            sumsHref={hrefWith(path, search, { check: 'sums' })}
          />
        </Section>
        <Editions period={period} tenant={tenant} />
        <Bridge period={period} />
        {period.snapshots.length === 0 ? null : (
          <Section fallback={<Skeleton className="h-64 w-full rounded-card" />}>
            <EditionRows period={period} path={path} params={search} />
          </Section>
        )}
        <Corrections period={period} path={path} params={search} />
        <History period={period} tenant={tenant} />
      </div>
    </>
  )
}

function Actions({ period, tenant }: { period: Period; tenant: Tenant }) {
  const { month, state, reopening } = period
  const name = monthText(month)
  switch (state) {
    case 'OPEN':
      return <SoftClose month={month} name={name} isOver={addMonths(month, 1) <= tenant.today} />
    case 'SOFT_CLOSED':
      return <OpenAgain month={month} name={name} />
    case 'CLOSED':
      return reopening == null ? <RequestReopening month={month} name={name} /> : null
    default:
      return state satisfies never
  }
}
