import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { WatchAbove, watchFacts } from '../../../../components/alert/watch.tsx'
import { askBilling, Billing } from '../../../../components/billing/billing.tsx'
import { SeriesCard } from '../../../../components/chart/series-card.tsx'
import { CostParts, showsParts } from '../../../../components/cost/cost-parts.tsx'
import { SplitCard } from '../../../../components/cost/split-card.tsx'
import type { SumFacts } from '../../../../components/cost/sum-panel.tsx'
import { taskSumFacts } from '../../../../components/cost/task-sum.ts'
import { WithSum } from '../../../../components/cost/with-sum.tsx'
import { TaskTable } from '../../../../components/cost/task-table.tsx'
import { asksWhy, WhyChange } from '../../../../components/cost/why-change.tsx'
import { PeriodBar } from '../../../../components/period/period-bar.tsx'
import { HiddenByRole } from '../../../../components/ui/hidden-by-role.tsx'
import { NoData } from '../../../../components/ui/no-data.tsx'
import { PageHeader } from '../../../../components/ui/page-header.tsx'
import { Pager } from '../../../../components/ui/pager.tsx'
import { Section } from '../../../../components/ui/section.tsx'
import { Skeleton } from '../../../../components/ui/skeleton.tsx'
import { graphql } from '../../../../generated/gql.ts'
import type { FleetPoolsFragment, ProjectDetailQuery } from '../../../../generated/graphql.ts'
import { colourOfAgents } from '../../../../lib/agents.ts'
import { query } from '../../../../lib/api.ts'
import { attributedOf, readBasis, type Basis } from '../../../../lib/basis.ts'
import {
  allocatedOf,
  areComparable,
  basisOf,
  hasPools,
  isWaiting,
  ownPools,
  totalLabel,
} from '../../../../lib/fleet-pools.ts'
import { currencySymbol, decimalText, isZero, moneyText, percentText, shareOf } from '../../../../lib/format.ts'
import { memberPath } from '../../../../lib/member-path.ts'
import { truthOf } from '../../../../lib/page-context.ts'
import { comparisonText, periodText, readPeriod } from '../../../../lib/period.ts'
import { colleague } from '../../../../lib/role-gate.ts'
import { first, hrefWith, periodParams, type SearchParams } from '../../../../lib/search-params.ts'
import { attributedSeries, binsOf } from '../../../../lib/series.ts'
import { isLimited } from '../../../../lib/session.ts'
import { sumLinks, type SumQuestion } from '../../../../lib/sum.ts'
import { projectSumFacts } from '../project-sum.ts'
import { ProjectTiles } from './project-tiles.tsx'

const ProjectDetailDocument = graphql(`
  query ProjectDetail(
    $key: String!
    $keys: [String!]!
    $range: DateRangeInput!
    $full: DateRangeInput!
    $before: DateRangeInput!
    $hasBefore: Boolean!
    $granularity: Granularity!
    $after: String
    $basis: CostBasis!
    $isWhole: Boolean!
    $isComparedWhole: Boolean!
  ) {
    ...ClosedMonths @include(if: $isWhole)
    fleetCost(range: $range, compareTo: NONE) @include(if: $isWhole) {
      dataThrough
      attributionRatio
      ...FleetPools
    }
    fleetBefore: fleetCost(range: $before, compareTo: NONE) @include(if: $isComparedWhole) {
      ...FleetPools
    }
    projectCost(key: $key, range: $range) {
      project {
        key
        name
        client {
          key
          name
        }
      }
      agentsUsed
      tasksCompleted
      costPerTask(basis: $basis) {
        amount
        currency
      }
      revenue {
        amount
        currency
      }
      revenueParts {
        ...RevenueParts
      }
      isChargedWithClient
      margin(basis: $basis) {
        amount
        currency
      }
      marginRatio(basis: $basis)
      failed {
        calls
        cost {
          amount
          currency
        }
        retriedCost {
          amount
          currency
        }
        unknownCalls
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
        unpricedInvocations
      }
    }
    full: projectCost(key: $key, range: $full) @include(if: $hasBefore) {
      ...ProjectOutcome
    }
    before: projectCost(key: $key, range: $before) @include(if: $hasBefore) {
      ...ProjectOutcome
    }
    own: costRollup(range: $range, granularity: $granularity, groupBy: [PROJECT], filter: { projects: $keys }) {
      ...ProjectSeries
    }
    earlier: costRollup(range: $before, granularity: $granularity, groupBy: [PROJECT], filter: { projects: $keys })
      @include(if: $hasBefore) {
      ...ProjectSeries
    }
    agents: costRollup(range: $range, groupBy: [AGENT], filter: { projects: $keys }, top: 10) {
      total {
        total {
          amount
          currency
        }
      }
      other {
        cost {
          total {
            amount
            currency
          }
        }
      }
      rows {
        keys {
          key
          label
        }
        cost {
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
    taskCosts(range: $range, projectKey: $key, orderBy: COST, first: 25, after: $after) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        ...TaskRow
      }
    }
  }

  fragment ProjectOutcome on ProjectCost {
    costPerTask(basis: $basis) {
      amount
      currency
    }
    cost {
      total {
        amount
        currency
      }
      ...AttributedCost
    }
  }

  fragment ProjectSeries on CostRollup {
    rows {
      series {
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
  }
`)

interface ProjectPageProps {
  params: Promise<{ key: string }>
  searchParams: Promise<SearchParams>
}

export async function generateMetadata({ params }: ProjectPageProps): Promise<Metadata> {
  return { title: decodeURIComponent((await params).key) }
}

export default async function ProjectPage({ params, searchParams }: ProjectPageProps) {
  const viewer = await colleague()
  if (viewer === null) return <HiddenByRole />
  const { tenant } = viewer
  const key = decodeURIComponent((await params).key)
  const search = await searchParams
  const period = readPeriod(search, tenant.today)
  const isWhole = !isLimited(viewer)
  askBilling({ scope: 'PROJECT', key }, search, viewer)
  const [data, colourOf, watch] = await Promise.all([
    query(ProjectDetailDocument, {
      key,
      keys: [key],
      range: period.range,
      full: period.full,
      before: period.comparison ?? period.range,
      hasBefore: period.comparison !== null,
      isWhole,
      isComparedWhole: isWhole && period.comparison !== null,
      granularity: period.granularity,
      after: first(search.cursor),
      basis: readBasis(search).api,
    }),
    colourOfAgents(),
    watchFacts({ scope: 'PROJECT', key }),
  ])
  const { projectCost, taskCosts } = data
  if (projectCost == null) notFound()
  // Who is limited to clients is told of pools what of them this project bears.
  const fleetCost: FleetPoolsFragment = data.fleetCost ?? ownPools(projectCost.cost)
  const { project, cost, tasksCompleted, revenue } = projectCost
  const path = `/projects/${encodeURIComponent(key)}`
  const symbol = currencySymbol(tenant.currency)
  const sum = sumLinks(path, search)
  const mine = { project: key }
  const pools = hasPools(fleetCost)
  const isLoaded = areComparable(fleetCost, data.fleetBefore)
  const seriesOf = (rollup: ProjectDetailQuery['earlier']) => {
    const series = rollup?.rows[0]?.series ?? []
    return isLoaded ? series : attributedSeries(series)
  }
  const spent = isLoaded ? cost.total : attributedOf(cost)
  const isEmpty = cost.invocations === '0' && isZero(cost.total.amount) && tasksCompleted === 0 && revenue == null
  return (
    <>
      <PageHeader
        title={project.name}
        crumbs={[
          { label: 'Projects', href: hrefWith('/projects', periodParams(search)) },
          ...(project.client == null
            ? []
            : [
                {
                  label: project.client.name,
                  href: hrefWith(`/clients/${encodeURIComponent(project.client.key)}`, periodParams(search)),
                },
              ]),
        ]}
        truth={truthOf({
          tenant,
          params: search,
          dataThrough: data.fleetCost?.dataThrough,
          attributionRatio: data.fleetCost?.attributionRatio,
          unpriced: cost.unpricedInvocations,
          months: data.periods ?? [],
          isWhole,
          range: period.range,
        })}
      />
      <PeriodBar path={path} params={search} period={period} today={tenant.today} />
      {isEmpty ? (
        <NoData what={`What ${project.name} cost and brought`} periodName={periodText(period)} />
      ) : (
        <WithSum
          path={path}
          params={search}
          range={period.range}
          when={periodText(period)}
          basis={basisOf(search, fleetCost)}
          timeZone={tenant.timeZone}
          factsOf={(question) => sumFacts(data, basisOf(search, fleetCost), question)}
        >
          <ProjectTiles data={data} facts={fleetCost} row={projectCost} period={period} params={search} path={path} />
          {asksWhy(search) ? (
            <Section fallback={<Skeleton className="mb-4 h-72 w-full rounded-card" />}>
              <WhyChange
                of={{ scope: 'PROJECT', key }}
                period={period}
                isLoaded={isLoaded}
                path={path}
                params={search}
              />
            </Section>
          ) : null}
          <WatchAbove of={{ scope: 'PROJECT', key, name: project.name }} viewer={viewer} facts={watch} />
          {showsParts(pools, search) ? (
            <CostParts
              heading={partsHeading(projectCost, isWaiting(fleetCost))}
              caption={`Cost by part, ${periodText(period)}`}
              parts={[
                { kind: 'direct', money: cost.direct, sumHref: sum('direct', mine) },
                { kind: 'shared', money: cost.chainShared, sumHref: sum('shared', mine) },
                ...(pools
                  ? [
                      {
                        kind: 'allocated' as const,
                        ...allocatedOf(fleetCost, cost.allocated),
                        sumHref: sum('allocated', mine),
                      },
                    ]
                  : []),
              ]}
              total={cost.total}
              sumHref={sum('cost', mine)}
              totalLabel={totalLabel(fleetCost)}
              path={path}
              params={search}
              facts={fleetCost}
            />
          ) : null}
          <div className="mb-4 grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_minmax(300px,368px)]">
            <SeriesCard
              heading={`${moneyText(spent)} spent on ${project.name}`}
              caption={`${pools ? (isLoaded ? 'Attributed and allocated cost' : 'Attributed cost') : 'Cost'}, cumulative and by ${period.granularity.toLowerCase()}, ${symbol}`}
              currency={tenant.currency}
              bins={binsOf(seriesOf(data.own), seriesOf(data.earlier), period, tenant.timeZone)}
              ownName={periodText(period)}
              beforeName={comparisonText(period)}
              endLabel={decimalText(spent.amount, 2)}
              perBin={`per ${period.granularity.toLowerCase()}`}
            />
            <SplitCard
              by="agent"
              whose="Project"
              list={data.agents}
              hasPools={pools}
              colourOf={colourOf}
              hrefOf={(one) => {
                const page = memberPath('AGENT', one, { isLimited: !isWhole })
                return page === null ? null : hrefWith(page, periodParams(search))
              }}
              sumOf={(what, of) => sum(what, { ...mine, ...of })}
            />
          </div>
          <h2 className="mt-6 mb-3 text-card font-semibold">Tasks, most expensive first</h2>
          <TaskTable
            rows={taskCosts.nodes}
            totalCount={taskCosts.totalCount}
            path={path}
            params={search}
            currency={tenant.currency}
            timeZone={tenant.timeZone}
            facts={fleetCost}
            csvName={`tasks ${key} ${period.range.from} ${period.range.to}`}
          />
          <Pager path={path} params={search} noun="tasks" {...taskCosts.pageInfo} />
        </WithSum>
      )}
      <Section fallback={<Skeleton className="mt-6 h-72 w-full rounded-card" />}>
        <Billing of={{ scope: 'PROJECT', key, name: project.name }} path={path} params={search} viewer={viewer} />
      </Section>
    </>
  )
}

/** What the page shows of the project's amounts, and of the tasks it lists. */
function sumFacts(
  { projectCost, taskCosts, agents }: ProjectDetailQuery,
  basis: Basis,
  question: SumQuestion,
): SumFacts | null {
  const [tag, ...more] = question.of
  if (tag?.dimension === 'task' && more.length === 0)
    return taskSumFacts(taskCosts.nodes, tag.key, { what: question.what, basis })
  if (projectCost == null) return null
  const agent = question.of.find(({ dimension }) => dimension === 'agent')
  if (agent === undefined) return projectSumFacts([projectCost], question)
  const { project } = projectCost
  const isOfProject = question.of.some(({ dimension, key }) => dimension === 'project' && key === project.key)
  const found = isOfProject ? agents.rows.find(({ keys }) => (keys[0]?.key ?? '') === agent.key) : undefined
  return found === undefined
    ? null
    : { name: `${project.name}, ${found.keys[0]?.label ?? 'Unattributed'}`, figure: found.cost.total }
}

type ProjectCost = NonNullable<ProjectDetailQuery['projectCost']>

function partsHeading({ cost }: ProjectCost, isWaitingForPools: boolean): string {
  if (isWaitingForPools) return 'The pools of this period are not allocated yet'
  const share = shareOf(cost.allocated.amount, cost.total.amount)
  return isZero(cost.allocated.amount) || share === null
    ? `${moneyText(cost.total)}, none of it from pools`
    : `${percentText(share, 0)} of what it costs is allocated from pools`
}
