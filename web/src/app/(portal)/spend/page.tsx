import type { Metadata } from 'next'
import { WithSum } from '../../../components/cost/with-sum.tsx'
import { PeriodBar } from '../../../components/period/period-bar.tsx'
import { EmptyState } from '../../../components/ui/empty-state.tsx'
import { HiddenByRole } from '../../../components/ui/hidden-by-role.tsx'
import { NoData } from '../../../components/ui/no-data.tsx'
import { askSavedViews, SavedViews } from '../../../components/views/saved-views.tsx'
import { PageHeader } from '../../../components/ui/page-header.tsx'
import { Section } from '../../../components/ui/section.tsx'
import { Skeleton } from '../../../components/ui/skeleton.tsx'
import type { SpendInnerQuery } from '../../../generated/graphql.ts'
import { colourOfAgents } from '../../../lib/agents.ts'
import { query } from '../../../lib/api.ts'
import { basisOf, hasPools } from '../../../lib/fleet-pools.ts'
import { wholeOrOwn } from '../../../lib/own-cost.ts'
import { truthOf } from '../../../lib/page-context.ts'
import { periodText, readPeriod, type Period } from '../../../lib/period.ts'
import { colleague } from '../../../lib/role-gate.ts'
import type { SearchParams } from '../../../lib/search-params.ts'
import { isLimited } from '../../../lib/session.ts'
import { readSpend, type SpendView } from '../../../lib/spend.ts'
import { stackOf } from '../../../lib/spend-stack.ts'
import { Grouping } from './grouping.tsx'
import { SpendChart } from './spend-chart.tsx'
import { SpendDocument, SpendInnerDocument } from './spend-facts.ts'
import { askOptions, SpendFilters } from './spend-filters.tsx'
import { spendSumFacts } from './spend-sum.ts'
import { SpendTable } from './spend-table.tsx'

export const metadata: Metadata = { title: 'Spend' }

export default async function SpendPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const viewer = await colleague()
  if (viewer === null) return <HiddenByRole />
  const { tenant } = viewer
  const params = await searchParams
  const period = readPeriod(params, tenant.today)
  const view = readSpend(params)
  const asked = { ...rangesOf(period), filter: view.filter }
  const isWhole = !isLimited(viewer)
  askSavedViews('SPEND')
  askOptions(period.range)
  const [data, inner, colourOf] = await Promise.all([
    query(SpendDocument, { ...asked, granularity: period.granularity, by: [view.by.api], isWhole }),
    innerOf(view, asked),
    colourOfAgents(),
  ])
  const { fleetCost } = data
  const facts = wholeOrOwn(data)
  const basis = basisOf(params, facts)
  const { points, series } = stackOf({ trend: data.trend, basis, by: view.by, colourOf })
  const isEmpty = facts.cost.invocations === '0' && !hasPools(facts)
  const shared = { data, view, period, basis, series }
  return (
    <>
      <PageHeader
        title="Spend"
        truth={truthOf({
          tenant,
          params,
          dataThrough: fleetCost?.dataThrough,
          attributionRatio: fleetCost?.attributionRatio,
          unpriced: facts.cost.unpricedInvocations,
          months: data.periods ?? [],
          isWhole,
          range: period.range,
        })}
        actions={
          <Section fallback={<Skeleton className="h-8 w-56 rounded-control" />}>
            <SavedViews page="SPEND" params={params} />
          </Section>
        }
      />
      <PeriodBar path="/spend" params={params} period={period} today={tenant.today} />
      <div className="no-print mb-4 flex flex-wrap items-center gap-2">
        <Grouping params={params} view={view} facts={facts} />
        <Section fallback={<Skeleton className="h-8 w-96 max-w-full rounded-control" />}>
          <SpendFilters params={params} view={view} range={period.range} />
        </Section>
      </div>
      {isEmpty ? (
        <NoData what="What was spent, on whom and with whom," periodName={periodText(period)} />
      ) : data.spend.rows.length === 0 ? (
        <div className="card px-3.5 py-4 sm:px-5">
          <EmptyState>
            Nothing was spent on this selection in {periodText(period)}. Other filters may show more.
          </EmptyState>
        </div>
      ) : (
        <WithSum
          path="/spend"
          params={params}
          range={period.range}
          when={periodText(period)}
          basis={basis}
          timeZone={tenant.timeZone}
          factsOf={(question) =>
            spendSumFacts({ data, inner, view, basis, whole: isWhole ? 'the fleet' : 'your clients' }, question)
          }
        >
          <SpendChart {...shared} tenant={tenant} points={points} />
          <SpendTable {...shared} facts={facts} inner={inner} params={params} viewer={viewer} />
        </WithSum>
      )}
    </>
  )
}

function rangesOf(period: Period) {
  const { range, full, comparison } = period
  return { range, full, before: comparison ?? range, hasBefore: comparison !== null }
}

async function innerOf(
  view: SpendView,
  asked: ReturnType<typeof rangesOf> & Pick<SpendView, 'filter'>,
): Promise<SpendInnerQuery | null> {
  return view.then === null ? null : query(SpendInnerDocument, { ...asked, levels: [view.by.api, view.then.api] })
}
