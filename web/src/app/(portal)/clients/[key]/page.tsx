import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { WatchAbove, watchFacts } from '../../../../components/alert/watch.tsx'
import { askBilling, Billing } from '../../../../components/billing/billing.tsx'
import { NO_REVENUE, RevenueNote } from '../../../../components/billing/revenue-note.tsx'
import { SeriesCard } from '../../../../components/chart/series-card.tsx'
import { CostParts, showsParts } from '../../../../components/cost/cost-parts.tsx'
import { asksWhy, WhyChange } from '../../../../components/cost/why-change.tsx'
import { whyHref } from '../../../../components/cost/why-panel.tsx'
import { SplitCard } from '../../../../components/cost/split-card.tsx'
import type { SumFacts } from '../../../../components/cost/sum-panel.tsx'
import { taskSumFacts } from '../../../../components/cost/task-sum.ts'
import { WithSum } from '../../../../components/cost/with-sum.tsx'
import { TaskTable } from '../../../../components/cost/task-table.tsx'
import { PeriodBar } from '../../../../components/period/period-bar.tsx'
import { Amount, NotAvailable } from '../../../../components/ui/amount.tsx'
import { Badge } from '../../../../components/ui/badge.tsx'
import { Delta } from '../../../../components/ui/delta.tsx'
import { HiddenByRole } from '../../../../components/ui/hidden-by-role.tsx'
import { Link } from '../../../../components/ui/link.tsx'
import { NoData } from '../../../../components/ui/no-data.tsx'
import { PageHeader } from '../../../../components/ui/page-header.tsx'
import { Pager } from '../../../../components/ui/pager.tsx'
import { Section } from '../../../../components/ui/section.tsx'
import { Skeleton } from '../../../../components/ui/skeleton.tsx'
import { Tile, TileStrip } from '../../../../components/ui/tiles.tsx'
import { graphql } from '../../../../generated/gql.ts'
import type { ClientCostsPageQuery, ClientDetailQuery, FleetPoolsFragment } from '../../../../generated/graphql.ts'
import { colourOfAgents } from '../../../../lib/agents.ts'
import { query } from '../../../../lib/api.ts'
import { attributedOf, costOn, onBasis, readBasis, type Basis } from '../../../../lib/basis.ts'
import {
  changeRatio,
  countText,
  currencySymbol,
  decimalText,
  isZero,
  moneyText,
  percentText,
  shareOf,
} from '../../../../lib/format.ts'
import { memberPath } from '../../../../lib/member-path.ts'
import { truthOf } from '../../../../lib/page-context.ts'
import {
  comparisonText,
  periodPhrase,
  periodText,
  readPeriod,
  type DateRange,
  type Period,
} from '../../../../lib/period.ts'
import {
  allocatedOf,
  areComparable,
  basisOf,
  hasPools,
  isWaiting,
  ownPools,
  totalLabel,
} from '../../../../lib/fleet-pools.ts'
import { colleague } from '../../../../lib/role-gate.ts'
import { isLimited, mayShowClients } from '../../../../lib/session.ts'
import { plural } from '../../../../lib/plural.ts'
import { first, hrefWith, periodParams, type SearchParams } from '../../../../lib/search-params.ts'
import { sumLinks, type SumDimension, type SumQuestion } from '../../../../lib/sum.ts'
import { attributedSeries, binsOf } from '../../../../lib/series.ts'

const ClientDetailDocument = graphql(`
  query ClientDetail(
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
    client(key: $key) {
      key
      name
    }
    fleetCost(range: $range, compareTo: NONE) @include(if: $isWhole) {
      dataThrough
      attributionRatio
      ...FleetPools
    }
    fleetBefore: fleetCost(range: $before, compareTo: NONE) @include(if: $isComparedWhole) {
      ...FleetPools
    }
    own: costRollup(range: $range, granularity: $granularity, groupBy: [CLIENT], filter: { clients: $keys }) {
      total {
        total {
          amount
          currency
        }
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
        invocations
        unpricedInvocations
      }
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
    full: costRollup(range: $full, groupBy: [CLIENT], filter: { clients: $keys }) @include(if: $hasBefore) {
      total {
        total {
          amount
          currency
        }
        ...AttributedCost
      }
    }
    before: costRollup(range: $before, granularity: $granularity, groupBy: [CLIENT], filter: { clients: $keys })
      @include(if: $hasBefore) {
      total {
        total {
          amount
          currency
        }
        ...AttributedCost
      }
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
    agents: costRollup(range: $range, groupBy: [AGENT], filter: { clients: $keys }, top: 10) {
      ...RollupList
    }
    projects: costRollup(range: $range, groupBy: [PROJECT], filter: { clients: $keys }, top: 10) {
      ...RollupList
    }
    taskCosts(range: $range, clientKey: $key, orderBy: COST, first: 25, after: $after) {
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

  fragment RollupList on CostRollup {
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
`)

/** Revenue and margin are answered per list of clients; this client's row is found by its key. */
const ClientCostsPageDocument = graphql(`
  query ClientCostsPage($range: DateRangeInput!, $after: String, $basis: CostBasis!) {
    clientCosts(range: $range, first: 100, after: $after) {
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        client {
          key
        }
        agentsUsed
        tasks
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

/** The page's facts: what the pools of the firm are, or to who is limited to clients what of them is the client's. */
type ClientDetail = Omit<ClientDetailQuery, 'fleetCost'> & { fleetCost: FleetPoolsFragment }

type ClientRow = ClientCostsPageQuery['clientCosts']['nodes'][number]

/** Pages looked through for the client's row: a thousand clients. */
const MAX_PAGES = 10

async function findRow(key: string, range: DateRange, basis: Basis): Promise<ClientRow | null> {
  let after: string | null = null
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { clientCosts }: ClientCostsPageQuery = await query(ClientCostsPageDocument, {
      range,
      after,
      basis: basis.api,
    })
    const row = clientCosts.nodes.find(({ client }) => client.key === key)
    if (row !== undefined) return row
    if (!clientCosts.pageInfo.hasNextPage || clientCosts.pageInfo.endCursor == null) return null
    after = clientCosts.pageInfo.endCursor
  }
  return null
}

interface ClientPageProps {
  params: Promise<{ key: string }>
  searchParams: Promise<SearchParams>
}

export async function generateMetadata({ params }: ClientPageProps): Promise<Metadata> {
  return { title: decodeURIComponent((await params).key) }
}

export default async function ClientPage({ params, searchParams }: ClientPageProps) {
  const viewer = await colleague()
  if (viewer === null) return <HiddenByRole />
  const { tenant } = viewer
  const key = decodeURIComponent((await params).key)
  const search = await searchParams
  const period = readPeriod(search, tenant.today)
  const basis = readBasis(search)
  const isWhole = !isLimited(viewer)
  askBilling({ scope: 'CLIENT', key }, search, viewer)
  const [asked, row, colourOf, watch] = await Promise.all([
    query(ClientDetailDocument, {
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
      basis: basis.api,
    }),
    findRow(key, period.range, basis),
    colourOfAgents(),
    watchFacts({ scope: 'CLIENT', key }),
  ])
  const data: ClientDetail = { ...asked, fleetCost: asked.fleetCost ?? ownPools(asked.own.total) }
  const { client, own, taskCosts, fleetCost } = data
  if (client == null) notFound()
  const path = `/clients/${encodeURIComponent(key)}`
  const symbol = currencySymbol(tenant.currency)
  const sum = sumLinks(path, search)
  const mine = { client: key }
  const pools = hasPools(fleetCost)
  const isLoaded = areComparable(fleetCost, data.fleetBefore)
  const seriesOf = (rollup: ClientDetailQuery['before']) => {
    const series = rollup?.rows[0]?.series ?? []
    return isLoaded ? series : attributedSeries(series)
  }
  const isEmpty = own.total.invocations === '0' && row === null
  return (
    <>
      <PageHeader
        title={client.name}
        crumbs={[{ label: 'Clients', href: hrefWith('/clients', periodParams(search)) }]}
        badge={
          row?.isDisproportionate ? (
            <Badge tone="warn" title="Its share of cost is far above its share of revenue">
              disproportionate
            </Badge>
          ) : null
        }
        actions={
          isWhole && mayShowClients(viewer.role) ? (
            <Link className="control" href={`${path}/transparency`}>
              Transparency page
            </Link>
          ) : undefined
        }
        truth={truthOf({
          tenant,
          params: search,
          dataThrough: asked.fleetCost?.dataThrough,
          attributionRatio: asked.fleetCost?.attributionRatio,
          unpriced: own.total.unpricedInvocations,
          months: data.periods ?? [],
          isWhole,
          range: period.range,
        })}
      />
      <PeriodBar path={path} params={search} period={period} today={tenant.today} />
      {isEmpty ? (
        <NoData what={`What ${client.name} cost and brought`} periodName={periodText(period)} />
      ) : (
        <WithSum
          path={path}
          params={search}
          range={period.range}
          when={periodText(period)}
          basis={basisOf(search, fleetCost)}
          timeZone={tenant.timeZone}
          factsOf={(question) => sumFacts(data, { row, basis: basisOf(search, fleetCost) }, question)}
        >
          <Tiles data={data} row={row} period={period} params={search} path={path} />
          {asksWhy(search) ? (
            <Section fallback={<Skeleton className="mb-4 h-72 w-full rounded-card" />}>
              <WhyChange
                of={{ scope: 'CLIENT', key }}
                period={period}
                isLoaded={isLoaded}
                path={path}
                params={search}
              />
            </Section>
          ) : null}
          <WatchAbove of={{ scope: 'CLIENT', key, name: client.name }} viewer={viewer} facts={watch} />
          {showsParts(pools, search) ? (
            <CostParts
              heading={partsHeading(data)}
              caption={`Cost by part, ${periodText(period)}`}
              parts={[
                { kind: 'direct', money: own.total.direct, sumHref: sum('direct', mine) },
                { kind: 'shared', money: own.total.chainShared, sumHref: sum('shared', mine) },
                ...(pools
                  ? [
                      {
                        kind: 'allocated' as const,
                        ...allocatedOf(fleetCost, own.total.allocated),
                        sumHref: sum('allocated', mine),
                      },
                    ]
                  : []),
              ]}
              total={own.total.total}
              sumHref={sum('cost', mine)}
              totalLabel={totalLabel(fleetCost)}
              path={path}
              params={search}
              facts={fleetCost}
            />
          ) : null}
          <div className="mb-4 grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_minmax(300px,368px)]">
            <SeriesCard
              heading={`${moneyText(isLoaded ? own.total.total : attributedOf(own.total))} spent for ${client.name}`}
              caption={`${pools ? (isLoaded ? 'Attributed and allocated cost' : 'Attributed cost') : 'Cost'}, cumulative and by ${period.granularity.toLowerCase()}, ${symbol}`}
              currency={tenant.currency}
              bins={binsOf(seriesOf(own), seriesOf(data.before), period, tenant.timeZone)}
              ownName={periodText(period)}
              beforeName={comparisonText(period)}
              endLabel={decimalText((isLoaded ? own.total.total : attributedOf(own.total)).amount, 2)}
              perBin={`per ${period.granularity.toLowerCase()}`}
            />
            <div className="flex flex-col gap-4">
              <SplitCard
                by="agent"
                whose="Client"
                list={data.agents}
                hasPools={pools}
                colourOf={colourOf}
                sumOf={(what, of) => sum(what, { ...mine, ...of })}
                hrefOf={(one) => {
                  const page = memberPath('AGENT', one, { isLimited: !isWhole })
                  return page === null ? null : hrefWith(page, periodParams(search))
                }}
              />
              <div id="projects" className="scroll-mt-20">
                <SplitCard
                  by="project"
                  whose="Client"
                  list={data.projects}
                  hasPools={pools}
                  colourOf={() => 'var(--chart-1)'}
                  hrefOf={(one) => hrefWith(`/projects/${encodeURIComponent(one)}`, periodParams(search))}
                  sumOf={(what, of) => sum(what, { ...mine, ...of })}
                />
              </div>
            </div>
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
        <Billing of={{ scope: 'CLIENT', key, name: client.name }} path={path} params={search} viewer={viewer} />
      </Section>
    </>
  )
}

/** What the page shows of the client's amounts, and of the tasks it lists. */
function sumFacts(
  data: ClientDetail,
  { row, basis }: { row: ClientRow | null; basis: Basis },
  { what, of }: SumQuestion,
): SumFacts | null {
  const { client, own, taskCosts } = data
  const [tag, ...more] = of
  if (client == null || tag === undefined) return null
  if (tag.dimension === 'task' && more.length === 0) return taskSumFacts(taskCosts.nodes, tag.key, { what, basis })
  if (of.find(({ dimension }) => dimension === 'client')?.key !== client.key) return null
  const other = of.find(({ dimension }) => dimension !== 'client')
  if (other !== undefined) {
    const lists: Partial<Record<SumDimension, ClientDetailQuery['agents']>> = {
      agent: data.agents,
      project: data.projects,
    }
    const found = lists[other.dimension]?.rows.find(({ keys }) => (keys[0]?.key ?? '') === other.key)
    return found === undefined
      ? null
      : { name: `${client.name}, ${found.keys[0]?.label ?? other.key}`, figure: found.cost.total }
  }
  const { direct, chainShared: shared, allocated, total: cost } = own.total
  const figures = { direct, shared, allocated, cost, margin: row?.margin, onBasis: costOn(basis, own.total) }
  return {
    name: client.name,
    figure: what in figures ? figures[what as keyof typeof figures] : null,
    revenue: row?.revenue,
    revenueParts: row?.revenueParts,
  }
}

function partsHeading({ own: { total }, fleetCost }: ClientDetail): string {
  if (isWaiting(fleetCost)) return 'The pools of this period are not allocated yet'
  const share = shareOf(total.allocated.amount, total.total.amount)
  return isZero(total.allocated.amount) || share === null
    ? `${moneyText(total.total)}, none of it from pools`
    : `${percentText(share, 0)} of what it costs is allocated from pools`
}

/** Full days against the same weekdays before; undefined where nothing is compared. */
function changeOf({ full, before, fleetCost, fleetBefore }: ClientDetail): string | null | undefined {
  if (full == null || before == null) return undefined
  const isLoaded = areComparable(fleetCost, fleetBefore)
  const costOf = ({ total }: typeof full) => (isLoaded ? total.total : attributedOf(total)).amount
  return changeRatio(costOf(full), costOf(before))
}

interface TilesProps {
  data: ClientDetail
  row: ClientRow | null
  period: Period
  params: SearchParams
  path: string
}

function Tiles({ data, row, period, params, path }: TilesProps) {
  const { total } = data.own
  const change = changeOf(data)
  const sum = sumLinks(path, params)
  const mine = { client: data.client?.key ?? '' }
  const pools = hasPools(data.fleetCost)
  return (
    <TileStrip label="Key figures">
      <Tile
        label={`${totalLabel(data.fleetCost)}, ${periodPhrase(period)}`}
        figure={<Amount money={total.total} as="text" sumHref={sum('cost', mine)} />}
        context={
          change !== undefined ? (
            <Delta ratio={change} against={`vs ${comparisonText(period) ?? ''}`} whyHref={whyHref(path, params)} />
          ) : pools ? (
            `${decimalText(attributedOf(total).amount, 2)} attributed`
          ) : (
            `${decimalText(total.direct.amount, 2)} direct + ${decimalText(total.chainShared.amount, 2)} shared`
          )
        }
      />
      <Tile
        label="Revenue"
        figure={<Amount money={row?.revenue} as="text" reason={NO_REVENUE} />}
        context={<RevenueNote parts={row?.revenueParts} range={period.range} billingPath={path} params={params} />}
      />
      <Tile
        label={onBasis(basisOf(params, data.fleetCost), 'Margin', showsParts(pools, params))}
        figure={<Amount money={row?.margin} as="text" reason={NO_REVENUE} sumHref={sum('margin', mine)} />}
        context={row?.marginRatio == null ? '' : `${percentText(row.marginRatio)} margin ratio`}
      />
      <Tile
        label="Share of cost"
        figure={row?.costShare == null ? <NotAvailable reason="The fleet cost nothing" /> : percentText(row.costShare)}
        context={row?.revenueShare == null ? 'no revenue' : `${percentText(row.revenueShare)} of revenue`}
      />
      <Tile
        label="Tasks"
        figure={countText(row?.tasks ?? 0)}
        context={`${plural(row?.agentsUsed ?? 0, 'agent')}, ${countText(total.invocations)} calls`}
      />
    </TileStrip>
  )
}
