import type { Metadata } from 'next'
import { Watch } from '../../../components/alert/watch.tsx'
import { asksWhy, WhyChange } from '../../../components/cost/why-change.tsx'
import { WithSum } from '../../../components/cost/with-sum.tsx'
import { PeriodBar } from '../../../components/period/period-bar.tsx'
import { NoData } from '../../../components/ui/no-data.tsx'
import { PageHeader } from '../../../components/ui/page-header.tsx'
import { PrintButton } from '../../../components/ui/print-button.tsx'
import { Section } from '../../../components/ui/section.tsx'
import { Skeleton } from '../../../components/ui/skeleton.tsx'
import { graphql } from '../../../generated/gql.ts'
import { colourOfAgents } from '../../../lib/agents.ts'
import { query } from '../../../lib/api.ts'
import { readBasis } from '../../../lib/basis.ts'
import { truthOf } from '../../../lib/page-context.ts'
import { periodText, readPeriod } from '../../../lib/period.ts'
import { basisOf, hasPools } from '../../../lib/fleet-pools.ts'
import { type SearchParams } from '../../../lib/search-params.ts'
import { currentViewer } from '../../../lib/session.ts'
import { ByAgent } from './by-agent.tsx'
import { ChainSharedUses } from './chain-shared-uses.tsx'
import { ClientTasks } from './client-tasks.tsx'
import { Conservation } from './conservation.tsx'
import { CostOverTime } from './cost-over-time.tsx'
import { FleetParts } from './fleet-parts.tsx'
import { fleetSumFacts } from './fleet-sum.ts'
import { FleetTiles } from './fleet-tiles.tsx'
import { TopClients } from './top-clients.tsx'
import { UnpricedUsage } from './unpriced-usage.tsx'

export const metadata: Metadata = { title: 'Fleet' }

const FleetDocument = graphql(`
  query Fleet(
    $range: DateRangeInput!
    $full: DateRangeInput!
    $before: DateRangeInput!
    $hasBefore: Boolean!
    $granularity: Granularity!
    $basis: CostBasis!
  ) {
    ...ClosedMonths
    fleetCost(range: $range, compareTo: NONE) {
      dataThrough
      attributionRatio
      tasksCompleted
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
    agentCosts(range: $range, first: 100) {
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
    clientCosts(range: $range, first: 100) {
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
  return viewer.role === 'CLIENT' ? <ClientTasks viewer={viewer} params={params} /> : <FleetPage params={params} />
}

async function FleetPage({ params }: { params: SearchParams }) {
  const viewer = await currentViewer()
  const { tenant } = viewer
  const period = readPeriod(params, tenant.today)
  const basis = readBasis(params)
  const [data, colourOf] = await Promise.all([
    query(FleetDocument, {
      range: period.range,
      full: period.full,
      before: period.comparison ?? period.range,
      hasBefore: period.comparison !== null,
      granularity: period.granularity,
      basis: basis.api,
    }),
    colourOfAgents(),
  ])
  const { fleetCost, full, before, agentCosts, clientCosts } = data
  const isEmpty = fleetCost.cost.invocations === '0' && !hasPools(fleetCost)
  return (
    <>
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
        actions={<PrintButton />}
      />
      <PeriodBar path="/" params={params} period={period} today={tenant.today} />
      {isEmpty ? (
        <NoData what="Spend, its trend, and cost by agent and client" periodName={periodText(period)} />
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
          <FleetTiles
            fleet={fleetCost}
            full={full ?? null}
            before={before ?? null}
            period={period}
            basis={basisOf(params, fleetCost)}
            params={params}
          />
          {asksWhy(params) ? (
            <Section fallback={<Skeleton className="mb-4 h-72 w-full rounded-card" />}>
              <WhyChange of={{ scope: 'FLEET', key: null }} period={period} isLoaded path="/" params={params} />
            </Section>
          ) : null}
          <FleetParts fleet={fleetCost} params={params} period={period} />
          <div className="mb-4 grid gap-4 lg:grid-cols-[minmax(0,1fr)_minmax(300px,368px)]">
            <CostOverTime
              fleet={fleetCost}
              full={full ?? null}
              before={before ?? null}
              period={period}
              tenant={tenant}
            />
            <ByAgent fleet={fleetCost} agents={agentCosts.nodes} colourOf={colourOf} params={params}>
              <Section fallback={<span className="text-caption text-ink-3">checking the ledger…</span>}>
                <Conservation range={period.range} />
              </Section>
            </ByAgent>
          </div>
          <Section fallback={<Skeleton className="mb-4 h-40 w-full rounded-card" />}>
            <Watch of={null} viewer={viewer} />
          </Section>
          <TopClients
            fleet={fleetCost}
            clients={clientCosts.nodes}
            params={params}
            period={period}
            basis={basisOf(params, fleetCost)}
          />
          <Section>
            <ChainSharedUses range={period.range} cost={fleetCost.cost.chainShared} />
          </Section>
          <Section>
            <UnpricedUsage range={period.range} count={fleetCost.cost.unpricedInvocations} tenant={tenant} />
          </Section>
        </WithSum>
      )}
    </>
  )
}
