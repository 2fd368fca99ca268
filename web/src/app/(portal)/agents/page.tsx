import type { Metadata } from 'next'
import type { SumFacts } from '../../../components/cost/sum-panel.tsx'
import { WithSum } from '../../../components/cost/with-sum.tsx'
import { PeriodBar } from '../../../components/period/period-bar.tsx'
import { HiddenByRole } from '../../../components/ui/hidden-by-role.tsx'
import { Link } from '../../../components/ui/link.tsx'
import { NoData } from '../../../components/ui/no-data.tsx'
import { askSavedViews, SavedViews } from '../../../components/views/saved-views.tsx'
import { PageHeader } from '../../../components/ui/page-header.tsx'
import { Pager } from '../../../components/ui/pager.tsx'
import { Skeleton } from '../../../components/ui/skeleton.tsx'
import { Section } from '../../../components/ui/section.tsx'
import { graphql } from '../../../generated/gql.ts'
import type { AgentsQuery } from '../../../generated/graphql.ts'
import { colourOfAgents } from '../../../lib/agents.ts'
import { query } from '../../../lib/api.ts'
import { readBasis } from '../../../lib/basis.ts'
import { basisOf, fullyLoadedOf } from '../../../lib/fleet-pools.ts'
import { truthOf } from '../../../lib/page-context.ts'
import { periodText, readPeriod } from '../../../lib/period.ts'
import { staffViewer } from '../../../lib/role-gate.ts'
import { first, type SearchParams } from '../../../lib/search-params.ts'
import { readSum, type SumQuestion } from '../../../lib/sum.ts'
import { AgentPeek } from './agent-peek.tsx'
import { AgentTable } from './agent-table.tsx'
import { CostAgainstTasks } from './cost-against-tasks.tsx'
import { trendRange, UnitCostTrend } from './unit-cost-trend.tsx'

export const metadata: Metadata = { title: 'Agents' }

const AgentsDocument = graphql(`
  query Agents(
    $range: DateRangeInput!
    $full: DateRangeInput!
    $before: DateRangeInput!
    $hasBefore: Boolean!
    $weeks: DateRangeInput!
    $basis: CostBasis!
    $after: String
  ) {
    ...ClosedMonths
    fleetCost(range: $range, compareTo: NONE) {
      dataThrough
      attributionRatio
      tasksCompleted
      withoutAgent {
        amount
        currency
      }
      ...FleetPools
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
        unpricedInvocations
      }
    }
    agentCosts(range: $range, first: 100, after: $after) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        agent {
          key
          name
        }
        resources
        tasksCompleted
        unitCosts(range: $weeks) {
          direct {
            amount
          }
          directPerTask {
            amount
          }
        }
        costPerTask(basis: $basis) {
          amount
          currency
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
          invocations
          tokens
          unpricedInvocations
        }
      }
    }
    full: agentCosts(range: $full, first: 100) @include(if: $hasBefore) {
      nodes {
        agent {
          key
        }
        cost {
          direct {
            amount
          }
        }
      }
    }
    before: agentCosts(range: $before, first: 100) @include(if: $hasBefore) {
      nodes {
        agent {
          key
        }
        cost {
          direct {
            amount
          }
        }
      }
    }
  }
`)

export default async function AgentsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const viewer = await staffViewer()
  if (viewer === null) return <HiddenByRole />
  const { tenant } = viewer
  const params = await searchParams
  const period = readPeriod(params, tenant.today)
  const basis = readBasis(params)
  askSavedViews('AGENTS')
  const [data, colourOf] = await Promise.all([
    query(AgentsDocument, {
      range: period.range,
      full: period.full,
      before: period.comparison ?? period.range,
      hasBefore: period.comparison !== null,
      weeks: trendRange(tenant.today),
      basis: basis.api,
      after: first(params.cursor),
    }),
    colourOfAgents(),
  ])
  const { fleetCost, agentCosts } = data
  const peek = first(params.peek)
  const peeked = agentCosts.nodes.find(({ agent }) => agent.key === peek)
  return (
    <>
      <PageHeader
        title="Agents"
        actions={
          <>
            <Link href="/rate-cards/what-if" className="control">
              What if another model
            </Link>
            <SavedViews page="AGENTS" params={params} />
          </>
        }
        truth={truthOf({
          tenant,
          params,
          dataThrough: fleetCost.dataThrough,
          attributionRatio: fleetCost.attributionRatio,
          unpriced: fleetCost.cost.unpricedInvocations,
          months: data.periods,
          range: period.range,
        })}
      />
      <PeriodBar path="/agents" params={params} period={period} today={tenant.today} hasBins={false} />
      {fleetCost.cost.invocations === '0' && agentCosts.nodes.length === 0 ? (
        <NoData what="What each agent cost, and per completed task," periodName={periodText(period)} />
      ) : (
        <WithSum
          path="/agents"
          params={params}
          range={period.range}
          when={periodText(period)}
          basis={basisOf(params, fleetCost)}
          timeZone={tenant.timeZone}
          factsOf={(question) => sumFacts(data, question)}
          panel={
            peeked === undefined ? null : (
              <Section key={peek} fallback={<Skeleton className="h-96 w-full rounded-card" />}>
                <AgentPeek
                  row={peeked}
                  fleet={fleetCost}
                  period={period}
                  params={params}
                  colour={colourOf(peek)}
                  timeZone={tenant.timeZone}
                />
              </Section>
            )
          }
        >
          <AgentTable
            data={data}
            colourOf={colourOf}
            params={params}
            period={period}
            isNarrow={peeked !== undefined || readSum(params) !== null}
          />
          <Pager path="/agents" params={params} noun="agents" {...agentCosts.pageInfo} />
          <div className="mt-4 flex flex-col gap-4">
            <CostAgainstTasks agents={agentCosts.nodes} colourOf={colourOf} period={period} />
            <UnitCostTrend agents={agentCosts.nodes} colourOf={colourOf} params={params} today={tenant.today} />
          </div>
        </WithSum>
      )}
    </>
  )
}

/** What the page shows of an agent's amounts, or of the ledger under the table. */
function sumFacts({ agentCosts, fleetCost }: AgentsQuery, { what, of }: SumQuestion): SumFacts | null {
  const [tag, ...more] = of
  if (tag === undefined) {
    const figures = { loaded: fullyLoadedOf(fleetCost), shared: fleetCost.cost.chainShared }
    return { name: 'the fleet', figure: what in figures ? figures[what as keyof typeof figures] : null }
  }
  if (tag.dimension !== 'agent' || more.length > 0) return null
  if (tag.key === '') return { name: 'what has no agent', figure: what === 'direct' ? fleetCost.withoutAgent : null }
  const row = agentCosts.nodes.find(({ agent }) => agent.key === tag.key)
  if (row === undefined) return null
  const figures = {
    direct: row.cost.direct,
    allocated: row.cost.allocated,
    cost: row.cost.total,
    unit: row.costPerTask,
  }
  return {
    name: row.agent.name,
    figure: what in figures ? figures[what as keyof typeof figures] : null,
    tasks: row.tasksCompleted,
  }
}
