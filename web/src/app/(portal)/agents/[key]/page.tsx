import type { Money } from '@outlay/domain/money/currency'
import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { WatchAbove, watchFacts } from '../../../../components/alert/watch.tsx'
import { BarListCard } from '../../../../components/chart/bar-list-card.tsx'
import { SeriesCard } from '../../../../components/chart/series-card.tsx'
import { CostParts, showsParts } from '../../../../components/cost/cost-parts.tsx'
import type { SumFacts } from '../../../../components/cost/sum-panel.tsx'
import { WithSum } from '../../../../components/cost/with-sum.tsx'
import { asksWhy, WhyChange } from '../../../../components/cost/why-change.tsx'
import { whyHref } from '../../../../components/cost/why-panel.tsx'
import { PeriodBar } from '../../../../components/period/period-bar.tsx'
import { Amount, NotAvailable } from '../../../../components/ui/amount.tsx'
import { Delta } from '../../../../components/ui/delta.tsx'
import { HiddenByRole } from '../../../../components/ui/hidden-by-role.tsx'
import { NoData } from '../../../../components/ui/no-data.tsx'
import { PageHeader } from '../../../../components/ui/page-header.tsx'
import { Section } from '../../../../components/ui/section.tsx'
import { Skeleton } from '../../../../components/ui/skeleton.tsx'
import { Swatch } from '../../../../components/ui/swatch.tsx'
import { Tile, TileStrip } from '../../../../components/ui/tiles.tsx'
import { graphql } from '../../../../generated/gql.ts'
import type { AgentDetailQuery, AttributedCostFragment, FleetPoolsFragment } from '../../../../generated/graphql.ts'
import { colourOfAgents } from '../../../../lib/agents.ts'
import { query } from '../../../../lib/api.ts'
import { attributedOf, readBasis, unitCostLabel } from '../../../../lib/basis.ts'
import {
  changeRatio,
  changeText,
  compactCountText,
  compareDecimals,
  countText,
  currencySymbol,
  decimalText,
  isZero,
  moneyText,
  percentText,
  shareOf,
} from '../../../../lib/format.ts'
import { truthOf } from '../../../../lib/page-context.ts'
import { comparisonText, periodPhrase, periodText, readPeriod, type Period } from '../../../../lib/period.ts'
import {
  allocatedOf,
  areComparable,
  basisOf,
  fullyLoadedOf,
  hasPools,
  isSplit,
  isWaiting,
  totalLabel,
} from '../../../../lib/fleet-pools.ts'
import { staffViewer } from '../../../../lib/role-gate.ts'
import { hrefWith, periodParams, type SearchParams } from '../../../../lib/search-params.ts'
import { attributedSeries, binsOf } from '../../../../lib/series.ts'
import { sumLinks, type SumLinks, type SumQuestion } from '../../../../lib/sum.ts'
import { AllocatedByPool } from './allocated-by-pool.tsx'

const AgentDetailDocument = graphql(`
  query AgentDetail(
    $key: String!
    $range: DateRangeInput!
    $full: DateRangeInput!
    $before: DateRangeInput!
    $hasBefore: Boolean!
    $granularity: Granularity!
    $basis: CostBasis!
  ) {
    ...ClosedMonths
    agent(key: $key) {
      key
      name
    }
    fleetCost(range: $range, compareTo: NONE) {
      dataThrough
      attributionRatio
      ...FleetPools
      cost {
        total {
          amount
          currency
        }
        unpricedInvocations
      }
    }
    fleetBefore: fleetCost(range: $before, compareTo: NONE) @include(if: $hasBefore) {
      ...FleetPools
    }
    agentCost(agentKey: $key, range: $range) {
      tasksCompleted
      costPerTask(basis: $basis) {
        amount
        currency
      }
      cost {
        ...AttributedCost
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
      resources {
        provider
        resource
        cost {
          direct {
            amount
            currency
          }
          invocations
          unpricedInvocations
        }
      }
      clients {
        client {
          key
          name
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
    full: agentCost(agentKey: $key, range: $full) @include(if: $hasBefore) {
      cost {
        total {
          amount
          currency
        }
        ...AttributedCost
      }
      costPerTask(basis: $basis) {
        amount
      }
    }
    before: agentCost(agentKey: $key, range: $before) @include(if: $hasBefore) {
      cost {
        total {
          amount
          currency
        }
        ...AttributedCost
      }
      costPerTask(basis: $basis) {
        amount
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
  }
`)

interface AgentPageProps {
  params: Promise<{ key: string }>
  searchParams: Promise<SearchParams>
}

export async function generateMetadata({ params }: AgentPageProps): Promise<Metadata> {
  return { title: decodeURIComponent((await params).key) }
}

export default async function AgentPage({ params, searchParams }: AgentPageProps) {
  const viewer = await staffViewer()
  if (viewer === null) return <HiddenByRole />
  const { tenant } = viewer
  const key = decodeURIComponent((await params).key)
  const search = await searchParams
  const period = readPeriod(search, tenant.today)
  const [data, colourOf, watch] = await Promise.all([
    query(AgentDetailDocument, {
      key,
      range: period.range,
      full: period.full,
      before: period.comparison ?? period.range,
      hasBefore: period.comparison !== null,
      granularity: period.granularity,
      basis: readBasis(search).api,
    }),
    colourOfAgents(),
    watchFacts({ scope: 'AGENT', key }),
  ])
  const { agent, agentCost, fleetCost } = data
  if (agent == null) notFound()
  const path = `/agents/${encodeURIComponent(key)}`
  const sum = sumLinks(path, search)
  const mine = { agent: key }
  const pools = hasPools(fleetCost)
  const isLoaded = areComparable(fleetCost, data.fleetBefore)
  return (
    <>
      <PageHeader
        title={agent.name}
        badge={<Swatch colour={colourOf(key)} />}
        crumbs={[{ label: 'Agents', href: hrefWith('/agents', periodParams(search)) }]}
        truth={truthOf({
          tenant,
          params: search,
          dataThrough: fleetCost.dataThrough,
          attributionRatio: fleetCost.attributionRatio,
          unpriced: agentCost?.cost.unpricedInvocations ?? '0',
          months: data.periods,
          range: period.range,
        })}
      />
      <PeriodBar path={path} params={search} period={period} today={tenant.today} />
      {agentCost == null || (agentCost.cost.invocations === '0' && isZero(agentCost.cost.allocated.amount)) ? (
        <NoData what={`What ${agent.name} cost, on which resources and for whom,`} periodName={periodText(period)} />
      ) : (
        <WithSum
          path={path}
          params={search}
          range={period.range}
          when={periodText(period)}
          basis={basisOf(search, fleetCost)}
          timeZone={tenant.timeZone}
          factsOf={(question) => sumFacts(data, question)}
        >
          <Tiles data={data} period={period} params={search} path={path} />
          {asksWhy(search) ? (
            <Section fallback={<Skeleton className="mb-4 h-72 w-full rounded-card" />}>
              <WhyChange of={{ scope: 'AGENT', key }} period={period} isLoaded={isLoaded} path={path} params={search} />
            </Section>
          ) : null}
          <WatchAbove of={{ scope: 'AGENT', key, name: agent.name }} viewer={viewer} facts={watch} />
          {showsParts(pools, search) ? (
            <CostParts
              heading={partsHeading(agentCost, fleetCost)}
              caption={`Fully loaded cost by part, ${periodText(period)}`}
              parts={[
                { kind: 'direct', money: agentCost.cost.direct, sumHref: sum('direct', mine) },
                ...(pools
                  ? [
                      {
                        kind: 'allocated' as const,
                        ...allocatedOf(fleetCost, agentCost.cost.allocated),
                        sumHref: sum('allocated', mine),
                      },
                    ]
                  : []),
              ]}
              total={agentCost.cost.total}
              sumHref={sum('cost', mine)}
              totalLabel={totalLabel(fleetCost)}
              path={path}
              params={search}
              facts={fleetCost}
            />
          ) : null}
          <div className="mb-4">
            <SeriesCard
              heading={headingOf(data, period)}
              caption={`${pools && isLoaded ? 'Direct and allocated' : 'Direct'} cost, cumulative and by ${period.granularity.toLowerCase()}, ${currencySymbol(tenant.currency)}`}
              currency={tenant.currency}
              bins={
                isLoaded
                  ? binsOf(agentCost.series, data.before?.series ?? [], period, tenant.timeZone)
                  : binsOf(
                      attributedSeries(agentCost.series),
                      attributedSeries(data.before?.series ?? []),
                      period,
                      tenant.timeZone,
                    )
              }
              ownName={periodText(period)}
              beforeName={comparisonText(period)}
              endLabel={decimalText(costIn(agentCost, isLoaded).amount, 2)}
              perBin={`per ${period.granularity.toLowerCase()}`}
            />
          </div>
          <div className="grid gap-4 lg:grid-cols-2">
            <Resources
              agentCost={agentCost}
              colour={colourOf(key)}
              sumOf={(what, of) => sum(what, { ...mine, ...of })}
            />
            <Clients
              agentCost={agentCost}
              colour={colourOf(key)}
              params={search}
              hasPools={pools}
              sumOf={(what, of) => sum(what, { ...mine, ...of })}
            />
          </div>
          {pools ? (
            <Section fallback={<Skeleton className="mt-4 h-48 w-full rounded-card" />}>
              <AllocatedByPool
                agentKey={key}
                facts={fleetCost}
                allocated={agentCost.cost.allocated}
                period={period}
                timeZone={tenant.timeZone}
              />
            </Section>
          ) : null}
        </WithSum>
      )}
    </>
  )
}

/** What the page shows of the agent's amounts. */
function sumFacts({ agent, agentCost }: AgentDetailQuery, { what, of }: SumQuestion): SumFacts | null {
  const mine = of.find(({ dimension }) => dimension === 'agent')
  if (agent == null || agentCost == null || mine?.key !== agent.key) return null
  const { cost, costPerTask, tasksCompleted, clients } = agentCost
  const client = of.find(({ dimension }) => dimension === 'client')
  if (client !== undefined) {
    const row = clients.find((one) => (one.client?.key ?? '') === client.key)
    return row === undefined
      ? null
      : { name: `${agent.name} for ${row.client?.name ?? 'no client'}`, figure: row.cost.total }
  }
  const figures = { direct: cost.direct, allocated: cost.allocated, cost: cost.total, unit: costPerTask }
  const resource = of.find(({ dimension }) => dimension === 'resource')
  return {
    name: resource === undefined ? agent.name : `${resource.key} of ${agent.name}`,
    figure: resource === undefined && what in figures ? figures[what as keyof typeof figures] : null,
    tasks: tasksCompleted,
  }
}

type AgentCost = NonNullable<AgentDetailQuery['agentCost']>

function partsHeading({ cost }: AgentCost, facts: FleetPoolsFragment): string {
  if (!hasPools(facts)) return `${moneyText(cost.total)} direct cost, and no pool in this period`
  if (isWaiting(facts)) return 'The pools of this period are not allocated yet'
  const share = shareOf(cost.allocated.amount, cost.total.amount)
  return share === null || isZero(cost.allocated.amount)
    ? 'Nothing of the pools is allocated to it'
    : `${percentText(share, 0)} of what it costs is allocated from pools`
}

/** As the pools are split in both periods, or without them in both. */
function costIn({ cost }: { cost: AttributedCostFragment & { total: Money } }, isLoaded: boolean): Money {
  return isLoaded ? cost.total : attributedOf(cost)
}

function headingOf({ agentCost, full, before, fleetCost, fleetBefore }: AgentDetailQuery, period: Period): string {
  const isLoaded = areComparable(fleetCost, fleetBefore)
  const noun = isLoaded && hasPools(fleetCost) ? 'fully loaded' : 'direct cost'
  const spent = agentCost == null ? '' : `${moneyText(costIn(agentCost, isLoaded))} ${noun}`
  const change = full && before ? changeRatio(costIn(full, isLoaded).amount, costIn(before, isLoaded).amount) : null
  if (change === null) return spent
  const text = changeText(change)
  const weeks = `${period.comparisonWeeks} ${period.comparisonWeeks === 1 ? 'week' : 'weeks'} earlier`
  return text === '0'
    ? `${spent}, as ${weeks}`
    : `${spent}, full days ${text.slice(1)}\u00a0% ${text.startsWith('+') ? 'above' : 'below'} ${weeks}`
}

interface TilesProps {
  data: AgentDetailQuery
  period: Period
  params: SearchParams
  path: string
}

function Tiles({ data, period, params, path }: TilesProps) {
  const { agentCost, fleetCost, full, before } = data
  if (agentCost == null) return null
  const sum = sumLinks(path, params)
  const mine = { agent: data.agent?.key ?? '' }
  const against = `vs ${comparisonText(period) ?? ''}`
  const isLoaded = areComparable(fleetCost, data.fleetBefore)
  const basis = basisOf(params, fleetCost)
  const change =
    full && before ? changeRatio(costIn(full, isLoaded).amount, costIn(before, isLoaded).amount) : undefined
  const unit =
    full?.costPerTask && before?.costPerTask && (readBasis(params).id !== 'loaded' || isLoaded)
      ? changeRatio(full.costPerTask.amount, before.costPerTask.amount)
      : undefined
  const whole = isSplit(fleetCost) ? fullyLoadedOf(fleetCost) : fleetCost.cost.total
  const share = shareOf(agentCost.cost.total.amount, whole.amount)
  return (
    <TileStrip label="Key figures">
      <Tile
        label={`${isSplit(fleetCost) ? 'Fully loaded' : 'Direct cost'}, ${periodPhrase(period)}`}
        figure={<Amount money={agentCost.cost.total} as="text" sumHref={sum('cost', mine)} />}
        context={change === undefined ? '' : <Delta ratio={change} against={against} whyHref={whyHref(path, params)} />}
      />
      <Tile
        label={unitCostLabel(basis, showsParts(hasPools(fleetCost), params))}
        figure={
          <Amount
            money={agentCost.costPerTask}
            as="text"
            reason="No task was completed in this period"
            sumHref={sum('unit', mine)}
          />
        }
        context={
          unit === undefined ? (
            ''
          ) : (
            <Delta ratio={unit} against={against} whyHref={whyHref(path, params, 'unit')} whyWhat="the cost per task" />
          )
        }
      />
      <Tile label="Tasks completed" figure={countText(agentCost.tasksCompleted)} context="that it took part in" />
      <Tile
        label="Share of the fleet"
        figure={share === null ? <NotAvailable reason="The fleet cost nothing" /> : percentText(share)}
        context="of all cost, remainders included"
      />
      <Tile
        label="Invocations"
        figure={
          <span title={countText(agentCost.cost.invocations)}>{compactCountText(agentCost.cost.invocations)}</span>
        }
        context={`${compactCountText(agentCost.cost.tokens)} tokens`}
      />
    </TileStrip>
  )
}

const MOST_ROWS = 12

function Resources({ agentCost, colour, sumOf }: { agentCost: AgentCost; colour: string; sumOf: SumLinks }) {
  const sorted = [...agentCost.resources].sort((a, b) => compareDecimals(b.cost.direct.amount, a.cost.direct.amount))
  const top = sorted[0]
  const share = top === undefined ? null : shareOf(top.cost.direct.amount, agentCost.cost.direct.amount)
  return (
    <BarListCard
      heading={
        top === undefined || share === null
          ? 'Resources'
          : `${top.resource ?? 'Unnamed resources'} makes ${percentText(share, 0)}`
      }
      dimension="Resource"
      items={sorted.slice(0, MOST_ROWS).map((row) => ({
        id: `${row.provider} ${row.resource}`,
        name: row.resource ?? 'no resource named',
        note: `${row.provider ?? 'no provider'}, ${countText(row.cost.invocations)} calls`,
        money: row.cost.direct,
        sumHref: row.resource == null ? undefined : sumOf('direct', { resource: resourceKey(row) }),
        colour,
        ...(row.cost.invocations === row.cost.unpricedInvocations ? { unknown: 'No price for this resource' } : {}),
      }))}
      total={{
        label: sorted.length > MOST_ROWS ? `All ${sorted.length} resources` : 'Direct',
        money: agentCost.cost.direct,
        sumHref: sumOf('direct'),
      }}
    />
  )
}

/** How the API names one resource of one provider. */
function resourceKey({ provider, resource }: AgentCost['resources'][number]): string {
  return [provider, resource].filter((part) => part != null).join('/')
}

interface ClientsProps {
  agentCost: AgentCost
  colour: string
  params: SearchParams
  hasPools: boolean
  sumOf: SumLinks
}

function Clients({ agentCost, colour, params, hasPools: pools, sumOf }: ClientsProps) {
  const sorted = [...agentCost.clients].sort((a, b) => compareDecimals(b.cost.total.amount, a.cost.total.amount))
  const top = sorted[0]
  const share = top === undefined ? null : shareOf(top.cost.total.amount, agentCost.cost.total.amount)
  return (
    <BarListCard
      heading={
        top === undefined || share === null
          ? 'Clients'
          : `${top.client?.name ?? 'Work without client'} takes ${percentText(share, 0)}`
      }
      dimension="Client"
      items={sorted.slice(0, MOST_ROWS).map(({ client, cost }) => ({
        id: client?.key ?? '',
        name: client?.name ?? 'Without client',
        ...(client == null
          ? { note: 'no client tag' }
          : { href: hrefWith(`/clients/${encodeURIComponent(client.key)}`, periodParams(params)) }),
        money: cost.total,
        sumHref: sumOf('cost', { client: client?.key ?? '' }),
        ...(pools ? { pale: cost.allocated } : {}),
        colour: client == null ? 'var(--chart-compare)' : colour,
      }))}
      total={{
        label: sorted.length > MOST_ROWS ? `All ${sorted.length} clients` : pools ? 'Fully loaded' : 'Direct',
        money: agentCost.cost.total,
      }}
    />
  )
}
