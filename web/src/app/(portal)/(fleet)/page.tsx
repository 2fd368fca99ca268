import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { askWatch } from '../../../components/alert/watch.tsx'
import { asksWhy, WhyChange } from '../../../components/cost/why-change.tsx'
import { DemoData } from '../../../components/demo/demo-data.tsx'
import { WithSum } from '../../../components/cost/with-sum.tsx'
import { PeriodBar } from '../../../components/period/period-bar.tsx'
import { SubscribeWeekly } from '../../../components/report/subscribe-weekly.tsx'
import { NoData } from '../../../components/ui/no-data.tsx'
import { PageHeader } from '../../../components/ui/page-header.tsx'
import { PrintButton } from '../../../components/ui/print-button.tsx'
import { Section } from '../../../components/ui/section.tsx'
import { Skeleton } from '../../../components/ui/skeleton.tsx'
import { graphql } from '../../../generated/gql.ts'
import { colourOfAgents } from '../../../lib/agents.ts'
import { query } from '../../../lib/api.ts'
import { readBasis } from '../../../lib/basis.ts'
import { firstOfMonth } from '../../../lib/calendar.ts'
import { readLens } from '../../../lib/lens.ts'
import { addMonths } from '../../../lib/months.ts'
import { truthOf } from '../../../lib/page-context.ts'
import { periodText, readPeriod } from '../../../lib/period.ts'
import { basisOf, hasPools } from '../../../lib/fleet-pools.ts'
import { hrefWith, periodParams, type SearchParams } from '../../../lib/search-params.ts'
import { currentViewer, isLimited } from '../../../lib/session.ts'
import { ClientHome } from './client-home.tsx'
import { fleetSumFacts } from './fleet-sum.ts'
import { FleetTiles } from './fleet-tiles.tsx'
import { InvoiceGap } from './invoice-gap.tsx'
import { LensMenu } from './lens-menu.tsx'
import { recentRange } from './recent-spend.tsx'
import { Sections } from './sections.tsx'

export const metadata: Metadata = { title: 'Fleet' }

const FleetDocument = graphql(`
  query Fleet(
    $range: DateRangeInput!
    $full: DateRangeInput!
    $before: DateRangeInput!
    $hasBefore: Boolean!
    $granularity: Granularity!
    $basis: CostBasis!
    $recent: DateRangeInput!
    $month: DateRangeInput!
    $withMonthEnd: Boolean!
    $withAgents: Boolean!
    $withClients: Boolean!
  ) {
    ...ClosedMonths
    weeklyReportSubscription
    recent: fleetCost(range: $recent, compareTo: NONE) {
      series(granularity: DAY) {
        start
        cost {
          ...AttributedCost
        }
      }
    }
    month: fleetCost(range: $month, compareTo: NONE) @include(if: $withMonthEnd) {
      budget {
        ...BudgetFacts
      }
    }
    forecast(scope: FLEET) @include(if: $withMonthEnd) {
      ...Course
    }
    fleetCost(range: $range, compareTo: NONE) {
      dataThrough
      attributionRatio
      tasksCompleted
      revenue {
        amount
        currency
      }
      withoutTask {
        amount
        currency
      }
      withoutProject {
        amount
        currency
      }
      costPerTask(basis: $basis) {
        amount
        currency
      }
      ...FleetPools
      withoutAgent {
        amount
        currency
      }
      withoutClient {
        amount
        currency
      }
      cost {
        direct {
          amount
          currency
        }
        chainShared {
          amount
          currency
        }
        allocated {
          amount
          currency
        }
        total {
          amount
          currency
        }
        invocations
        tokens
        unpricedInvocations
        unconvertedInvocations
      }
      series(granularity: $granularity) {
        start
        end
        isPartial
        cost {
          total {
            amount
          }
          ...AttributedCost
        }
      }
    }
    full: fleetCost(range: $full, compareTo: NONE) @include(if: $hasBefore) {
      attributionRatio
      revenue {
        amount
        currency
      }
      costPerTask(basis: $basis) {
        amount
      }
      ...FleetPools
      cost {
        total {
          amount
          currency
        }
        ...AttributedCost
      }
    }
    before: fleetCost(range: $before, compareTo: NONE) @include(if: $hasBefore) {
      attributionRatio
      revenue {
        amount
        currency
      }
      costPerTask(basis: $basis) {
        amount
      }
      ...FleetPools
      cost {
        total {
          amount
          currency
        }
        ...AttributedCost
      }
      series(granularity: $granularity) {
        start
        end
        isPartial
        cost {
          total {
            amount
          }
          ...AttributedCost
        }
      }
    }
    agentCosts(range: $range, first: 100) @include(if: $withAgents) {
      totalCount
      nodes {
        agent {
          key
          name
        }
        cost {
          direct {
            amount
            currency
          }
          allocated {
            amount
            currency
          }
          total {
            amount
            currency
          }
        }
      }
    }
    clientCosts(range: $range, first: 100) @include(if: $withClients) {
      totalCount
      nodes {
        client {
          key
          name
        }
        cost {
          total {
            amount
            currency
          }
        }
        revenue {
          amount
          currency
        }
        revenueParts {
          ...RevenueParts
        }
        margin(basis: $basis) {
          amount
          currency
        }
        marginRatio(basis: $basis)
        costShare
        revenueShare
        isDisproportionate
      }
    }
  }
`)

export default async function StartPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const viewer = await currentViewer()
  const params = await searchParams
  if (viewer.role === 'CLIENT') return <ClientHome viewer={viewer} params={params} />
  // The fleet is the whole firm's: who is limited to clients begins with these.
  if (isLimited(viewer)) redirect(hrefWith('/clients', periodParams(params)))
  return <FleetPage params={params} />
}

async function FleetPage({ params }: { params: SearchParams }) {
  const viewer = await currentViewer()
  const { tenant } = viewer
  const period = readPeriod(params, tenant.today)
  const basis = readBasis(params)
  const lens = readLens(params, viewer.role)
  const first = firstOfMonth(tenant.today)
  askWatch(null)
  const [data, colourOf] = await Promise.all([
    query(FleetDocument, {
      range: period.range,
      full: period.full,
      before: period.comparison ?? period.range,
      hasBefore: period.comparison !== null,
      granularity: period.granularity,
      basis: basis.api,
      recent: recentRange(tenant.today),
      month: { from: first, to: addMonths(first, 1) },
      withMonthEnd: lens.id !== 'engineering',
      withAgents: lens.id !== 'engineering',
      withClients: lens.id === 'leadership' || lens.id === 'finance',
    }),
    colourOfAgents(),
  ])
  const { fleetCost } = data
  const isEmpty = fleetCost.cost.invocations === '0' && !hasPools(fleetCost)
  return (
    <div className="print-dense">
      <PageHeader
        title="Fleet"
        truth={truthOf({
          tenant,
          params,
          dataThrough: fleetCost.dataThrough,
          attributionRatio: fleetCost.attributionRatio,
          unpriced: fleetCost.cost.unpricedInvocations,
          months: data.periods,
          range: period.range,
        })}
        actions={
          <>
            <LensMenu chosen={lens} params={params} />
            <SubscribeWeekly isSubscribed={data.weeklyReportSubscription} />
            <PrintButton />
          </>
        }
      />
      <PeriodBar path="/" params={params} period={period} today={tenant.today} />
      {isEmpty ? (
        <>
          <NoData what="Spend, its trend, and cost by agent and client" periodName={periodText(period)} />
          {tenant.dataThrough == null ? (
            <div className="mt-4">
              <DemoData viewer={viewer} />
            </div>
          ) : null}
        </>
      ) : (
        <WithSum
          path="/"
          params={params}
          range={period.range}
          when={periodText(period)}
          basis={basisOf(params, fleetCost)}
          timeZone={tenant.timeZone}
          factsOf={(question) => fleetSumFacts(data, question)}
        >
          <FleetTiles data={data} period={period} basis={basisOf(params, fleetCost)} params={params} lens={lens.id} />
          {lens.id === 'leadership' || lens.id === 'finance' ? (
            <Section fallback={null}>
              <InvoiceGap range={period.range} invocations={data.fleetCost.cost.invocations} params={params} />
            </Section>
          ) : null}
          {asksWhy(params) ? (
            <Section fallback={<Skeleton className="mb-4 h-72 w-full rounded-card" />}>
              <WhyChange of={{ scope: 'FLEET', key: null }} period={period} isLoaded path="/" params={params} />
            </Section>
          ) : null}
          <Sections lens={lens.id} view={{ data, viewer, period, params, colourOf }} />
        </WithSum>
      )}
    </div>
  )
}
