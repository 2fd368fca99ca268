import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { BarListCard } from '../../../../components/chart/bar-list-card.tsx'
import { SeriesCard } from '../../../../components/chart/series-card.tsx'
import { PeriodBar } from '../../../../components/period/period-bar.tsx'
import { Amount, NotAvailable } from '../../../../components/ui/amount.tsx'
import { Delta } from '../../../../components/ui/delta.tsx'
import { HiddenByRole } from '../../../../components/ui/hidden-by-role.tsx'
import { NoData } from '../../../../components/ui/no-data.tsx'
import { PageHeader } from '../../../../components/ui/page-header.tsx'
import { Swatch } from '../../../../components/ui/swatch.tsx'
import { Tile, TileStrip } from '../../../../components/ui/tiles.tsx'
import { graphql } from '../../../../generated/gql.ts'
import type { AgentDetailQuery } from '../../../../generated/graphql.ts'
import { colourOfAgents } from '../../../../lib/agents.ts'
import { query } from '../../../../lib/api.ts'
import {
  changeRatio,
  changeText,
  compactCountText,
  compareDecimals,
  countText,
  currencySymbol,
  decimalText,
  moneyText,
  percentText,
  shareOf,
} from '../../../../lib/format.ts'
import { truthOf } from '../../../../lib/page-context.ts'
import { comparisonText, periodPhrase, periodText, readPeriod, type Period } from '../../../../lib/period.ts'
import { staffViewer } from '../../../../lib/role-gate.ts'
import { hrefWith, periodParams, type SearchParams } from '../../../../lib/search-params.ts'
import { binsOf } from '../../../../lib/series.ts'

const AgentDetailDocument = graphql(`
  query AgentDetail(
    $key: String!
    $range: DateRangeInput!
    $full: DateRangeInput!
    $before: DateRangeInput!
    $hasBefore: Boolean!
    $granularity: Granularity!
  ) {
    agent(key: $key) {
      key
      name
    }
    fleetCost(range: $range, compareTo: NONE) {
      dataThrough
      attributionRatio
      cost {
        total {
          amount
        }
        unpricedInvocations
      }
    }
    agentCost(agentKey: $key, range: $range) {
      tasksCompleted
      costPerTask {
        amount
        currency
      }
      cost {
        direct {
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
          direct {
            amount
            currency
          }
        }
      }
    }
    full: agentCost(agentKey: $key, range: $full) @include(if: $hasBefore) {
      cost {
        direct {
          amount
        }
      }
      costPerTask {
        amount
      }
    }
    before: agentCost(agentKey: $key, range: $before) @include(if: $hasBefore) {
      cost {
        direct {
          amount
        }
      }
      costPerTask {
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
  const [data, colourOf] = await Promise.all([
    query(AgentDetailDocument, {
      key,
      range: period.range,
      full: period.full,
      before: period.comparison ?? period.range,
      hasBefore: period.comparison !== null,
      granularity: period.granularity,
    }),
    colourOfAgents(),
  ])
  const { agent, agentCost, fleetCost } = data
  if (agent == null) notFound()
  const path = `/agents/${encodeURIComponent(key)}`
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
        })}
      />
      <PeriodBar path={path} params={search} period={period} today={tenant.today} />
      {agentCost == null || agentCost.cost.invocations === '0' ? (
        <NoData what={`What ${agent.name} cost, on which resources and for whom,`} periodName={periodText(period)} />
      ) : (
        <>
          <Tiles data={data} period={period} />
          <div className="mb-4">
            <SeriesCard
              heading={headingOf(data, period)}
              caption={`Direct cost, cumulative and by ${period.granularity.toLowerCase()}, ${currencySymbol(tenant.currency)}`}
              currency={tenant.currency}
              bins={binsOf(agentCost.series, data.before?.series ?? [], period, tenant.timeZone)}
              ownName={periodText(period)}
              beforeName={comparisonText(period)}
              endLabel={decimalText(agentCost.cost.direct.amount, 2)}
              perBin={`per ${period.granularity.toLowerCase()}`}
            />
          </div>
          <div className="grid gap-4 lg:grid-cols-2">
            <Resources agentCost={agentCost} colour={colourOf(key)} />
            <Clients agentCost={agentCost} colour={colourOf(key)} params={search} />
          </div>
        </>
      )}
    </>
  )
}

type AgentCost = NonNullable<AgentDetailQuery['agentCost']>

function headingOf({ agentCost, full, before }: AgentDetailQuery, period: Period): string {
  const spent = agentCost == null ? '' : `${moneyText(agentCost.cost.direct)} direct cost`
  const change = full && before ? changeRatio(full.cost.direct.amount, before.cost.direct.amount) : null
  if (change === null) return spent
  const text = changeText(change)
  const weeks = `${period.comparisonWeeks} ${period.comparisonWeeks === 1 ? 'week' : 'weeks'} earlier`
  return text === '0'
    ? `${spent}, as ${weeks}`
    : `${spent}, full days ${text.slice(1)}\u00a0% ${text.startsWith('+') ? 'above' : 'below'} ${weeks}`
}

function Tiles({ data, period }: { data: AgentDetailQuery; period: Period }) {
  const { agentCost, fleetCost, full, before } = data
  if (agentCost == null) return null
  const against = `vs ${comparisonText(period) ?? ''}`
  const change = full && before ? changeRatio(full.cost.direct.amount, before.cost.direct.amount) : undefined
  const unit =
    full?.costPerTask && before?.costPerTask
      ? changeRatio(full.costPerTask.amount, before.costPerTask.amount)
      : undefined
  const share = shareOf(agentCost.cost.direct.amount, fleetCost.cost.total.amount)
  return (
    <TileStrip label="Key figures">
      <Tile
        label={`Direct cost, ${periodPhrase(period)}`}
        figure={<Amount money={agentCost.cost.direct} as="text" />}
        context={change === undefined ? '' : <Delta ratio={change} against={against} />}
      />
      <Tile
        label="Cost per completed task"
        figure={<Amount money={agentCost.costPerTask} as="text" reason="No task was completed in this period" />}
        context={unit === undefined ? '' : <Delta ratio={unit} against={against} />}
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

function Resources({ agentCost, colour }: { agentCost: AgentCost; colour: string }) {
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
        colour,
        ...(row.cost.invocations === row.cost.unpricedInvocations ? { unknown: 'No price for this resource' } : {}),
      }))}
      total={{
        label: sorted.length > MOST_ROWS ? `All ${sorted.length} resources` : 'Direct',
        money: agentCost.cost.direct,
      }}
    />
  )
}

function Clients({ agentCost, colour, params }: { agentCost: AgentCost; colour: string; params: SearchParams }) {
  const sorted = [...agentCost.clients].sort((a, b) => compareDecimals(b.cost.direct.amount, a.cost.direct.amount))
  const top = sorted[0]
  const share = top === undefined ? null : shareOf(top.cost.direct.amount, agentCost.cost.direct.amount)
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
        money: cost.direct,
        colour: client == null ? 'var(--chart-compare)' : colour,
      }))}
      total={{
        label: sorted.length > MOST_ROWS ? `All ${sorted.length} clients` : 'Direct',
        money: agentCost.cost.direct,
      }}
    />
  )
}
