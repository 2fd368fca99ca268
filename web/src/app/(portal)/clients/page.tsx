import type { Money } from '@outlay/domain/money/currency'
import type { Metadata } from 'next'
import { Link } from '../../../components/ui/link.tsx'
import { BasisSwitch } from '../../../components/cost/basis-switch.tsx'
import { showsParts } from '../../../components/cost/cost-parts.tsx'
import { allocatedColumn, unallocatedRow } from '../../../components/cost/loaded-columns.tsx'
import type { SumFacts } from '../../../components/cost/sum-panel.tsx'
import { WithSum } from '../../../components/cost/with-sum.tsx'
import { PeriodBar } from '../../../components/period/period-bar.tsx'
import { DataTable, type Column, type FixedRow } from '../../../components/table/data-table.tsx'
import { Amount, NotAvailable } from '../../../components/ui/amount.tsx'
import { Badge } from '../../../components/ui/badge.tsx'
import { HiddenByRole } from '../../../components/ui/hidden-by-role.tsx'
import { NoData } from '../../../components/ui/no-data.tsx'
import { askSavedViews, SavedViews } from '../../../components/views/saved-views.tsx'
import { PageHeader } from '../../../components/ui/page-header.tsx'
import { Pager } from '../../../components/ui/pager.tsx'
import { ShareBar } from '../../../components/ui/share-bar.tsx'
import { graphql } from '../../../generated/gql.ts'
import type { ClientsQuery } from '../../../generated/graphql.ts'
import { query } from '../../../lib/api.ts'
import { costOn, onBasis, readBasis, type Basis } from '../../../lib/basis.ts'
import {
  compareDecimals,
  countText,
  currencySymbol,
  differenceOf,
  isZero,
  percentText,
  shareOf,
  sumOf,
} from '../../../lib/format.ts'
import { wholeOrOwn, type OwnFacts } from '../../../lib/own-cost.ts'
import { truthOf } from '../../../lib/page-context.ts'
import { periodText, readPeriod } from '../../../lib/period.ts'
import { allocatedOf, basisOf, fullyLoadedOf, hasPools, totalLabel } from '../../../lib/fleet-pools.ts'
import { colleague } from '../../../lib/role-gate.ts'
import { isLimited } from '../../../lib/session.ts'
import { first, hrefWith, periodParams, type SearchParams } from '../../../lib/search-params.ts'
import { sumKey, sumLinks, type SumOf, type SumQuestion } from '../../../lib/sum.ts'
import { ClientShares } from './client-shares.tsx'

export const metadata: Metadata = { title: 'Clients' }

const ClientsDocument = graphql(`
  query Clients($range: DateRangeInput!, $after: String, $basis: CostBasis!, $isWhole: Boolean!) {
    ...ClosedMonths @include(if: $isWhole)
    ...OwnCost @skip(if: $isWhole)
    fleetCost(range: $range, compareTo: NONE) @include(if: $isWhole) {
      dataThrough
      attributionRatio
      ...FleetPools
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
        unpricedInvocations
      }
    }
    clientCosts(range: $range, first: 100, after: $after) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        client {
          key
          name
        }
        agentsUsed
        tasks
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

type Row = ClientsQuery['clientCosts']['nodes'][number]

export default async function ClientsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const viewer = await colleague()
  if (viewer === null) return <HiddenByRole />
  const { tenant } = viewer
  const params = await searchParams
  const period = readPeriod(params, tenant.today)
  askSavedViews('CLIENTS')
  const data = await query(ClientsDocument, {
    range: period.range,
    after: first(params.cursor),
    basis: readBasis(params).api,
    isWhole: !isLimited(viewer),
  })
  const { fleetCost, clientCosts } = data
  const facts = wholeOrOwn(data)
  return (
    <>
      <PageHeader
        title="Clients"
        actions={<SavedViews page="CLIENTS" params={params} />}
        truth={truthOf({
          tenant,
          params,
          dataThrough: fleetCost?.dataThrough,
          attributionRatio: fleetCost?.attributionRatio,
          unpriced: facts.cost.unpricedInvocations,
          months: data.periods ?? [],
          isWhole: fleetCost !== undefined,
          range: period.range,
        })}
      />
      <PeriodBar
        path="/clients"
        params={params}
        period={period}
        today={tenant.today}
        hasBins={false}
        isComparable={false}
      />
      {facts.cost.invocations === '0' && clientCosts.nodes.length === 0 ? (
        <NoData what="What each client cost and brought" periodName={periodText(period)} />
      ) : (
        <WithSum
          path="/clients"
          params={params}
          range={period.range}
          when={periodText(period)}
          basis={basisOf(params, facts)}
          timeZone={tenant.timeZone}
          factsOf={(question) => sumFacts(data, basisOf(params, facts), question)}
        >
          {fleetCost === undefined ? null : <ClientShares rows={clientCosts.nodes} params={params} />}
          <DataTable
            label={`Clients, ${periodText(period)}`}
            noun="clients"
            path="/clients"
            params={params}
            rows={clientCosts.nodes}
            totalCount={clientCosts.totalCount}
            columns={columnsOf(data, facts, params)}
            rowKey={({ client }) => client.key}
            filterText={({ client }) => `${client.name} ${client.key}`}
            defaultSort={{ column: 'cost', direction: 'desc' }}
            fixedRows={
              fleetCost === undefined ? [] : fixedRowsOf({ fleetCost, clientCosts }, basisOf(params, facts), params)
            }
            openKey={sumKey(params, 'client')}
            toolbar={
              showsParts(hasPools(facts), params) ? <BasisSwitch path="/clients" params={params} facts={facts} /> : null
            }
            csvName={`clients ${period.range.from} ${period.range.to}`}
            exportOf="clients"
          />
          <Pager path="/clients" params={params} noun="clients" {...clientCosts.pageInfo} />
        </WithSum>
      )}
    </>
  )
}

/** What the page shows of a client's amounts, or of the fleet's under the table. */
function sumFacts({ clientCosts, fleetCost }: ClientsQuery, basis: Basis, { what, of }: SumQuestion): SumFacts | null {
  const [tag, ...more] = of
  if (tag === undefined) {
    if (fleetCost == null) return null
    const billed = clientCosts.nodes.flatMap(({ revenue }) => (revenue == null ? [] : [revenue.amount]))
    const { currency } = fleetCost.cost.total
    const { cost } = fleetCost
    const known = { direct: cost.direct, shared: cost.chainShared, allocated: cost.allocated, cost: cost.total }
    const figures = { ...known, loaded: fullyLoadedOf(fleetCost) }
    return {
      name: 'the fleet',
      figure: what in figures ? figures[what as keyof typeof figures] : null,
      revenue: billed.length === 0 ? null : { amount: sumOf(billed), currency },
    }
  }
  if (tag.dimension !== 'client' || more.length > 0) return null
  if (tag.key === '')
    return fleetCost == null
      ? null
      : { name: 'what has no client', figure: what === 'cost' ? fleetCost.withoutClient : null, revenue: null }
  const row = clientCosts.nodes.find(({ client }) => client.key === tag.key)
  if (row === undefined) return null
  const { cost, margin, revenue } = row
  const figures = {
    ...{ direct: cost.direct, shared: cost.chainShared, allocated: cost.allocated, cost: cost.total, margin },
    onBasis: costOn(basis, cost),
  }
  return {
    name: row.client.name,
    figure: what in figures ? figures[what as keyof typeof figures] : null,
    revenue,
    revenueParts: row.revenueParts,
  }
}

const NO_REVENUE = 'Nothing was charged or billed to this client in the period'

function columnsOf({ fleetCost, clientCosts }: ClientsQuery, facts: OwnFacts, params: SearchParams): Column<Row>[] {
  const symbol = currencySymbol(facts.unallocated.currency)
  const pools = hasPools(facts)
  const sum = sumLinks('/clients', params)
  const sumOfRow = (what: SumOf, { client }: Row) => sum(what, { client: client.key })
  const largest = clientCosts.nodes.reduce(
    (most, { margin }) => (margin != null && compareDecimals(margin.amount, most) > 0 ? margin.amount : most),
    '0',
  )
  return [
    {
      id: 'client',
      label: 'Client',
      cell: ({ client, tasks, agentsUsed }) => (
        <span className="block">
          <Link
            href={hrefWith(`/clients/${encodeURIComponent(client.key)}`, periodParams(params))}
            className="row-link font-[550]"
          >
            {client.name}
          </Link>
          <span className="block text-caption text-ink-3">
            {countText(tasks)} {tasks === 1 ? 'task' : 'tasks'}, {countText(agentsUsed)}{' '}
            {agentsUsed === 1 ? 'agent' : 'agents'}
          </span>
        </span>
      ),
      sort: ({ client }) => ({ text: client.name }),
      csv: ({ client }) => client.name,
      className: 'sm:min-w-36',
    },
    {
      id: 'revenue',
      label: `Revenue, ${symbol}`,
      isNumber: true,
      cell: ({ revenue }) => <Amount money={revenue} reason={NO_REVENUE} />,
      sort: ({ revenue }) => (revenue == null ? null : { decimal: revenue.amount }),
      csv: ({ revenue }) => (revenue == null ? null : { number: revenue.amount }),
    },
    {
      id: 'direct',
      label: `Direct, ${symbol}`,
      isNumber: true,
      cell: (row) => <Amount money={row.cost.direct} sumHref={sumOfRow('direct', row)} />,
      sort: ({ cost }) => ({ decimal: cost.direct.amount }),
      csv: ({ cost }) => ({ number: cost.direct.amount }),
    },
    {
      id: 'shared',
      label: `Chain-shared, ${symbol}`,
      isNumber: true,
      cell: (row) => <Amount money={row.cost.chainShared} sumHref={sumOfRow('shared', row)} />,
      sort: ({ cost }) => ({ decimal: cost.chainShared.amount }),
      csv: ({ cost }) => ({ number: cost.chainShared.amount }),
    },
    allocatedColumn<Row>({ facts, costOf: ({ cost }) => cost, sumOf: sumOfRow }),
    {
      id: 'cost',
      label: `${totalLabel(facts)}, ${symbol}`,
      isNumber: true,
      isMain: true,
      cell: (row) => <Amount money={row.cost.total} sumHref={sumOfRow('cost', row)} className="font-[550]" />,
      sort: ({ cost }) => ({ decimal: cost.total.amount }),
      csv: ({ cost }) => ({ number: cost.total.amount }),
    },
    {
      id: 'margin',
      label: `${onBasis(basisOf(params, facts), 'Margin', showsParts(pools, params))}, ${symbol}`,
      isNumber: true,
      cell: (row) => <Amount money={row.margin} reason={NO_REVENUE} sumHref={sumOfRow('margin', row)} />,
      sort: ({ margin }) => (margin == null ? null : { decimal: margin.amount }),
      csv: ({ margin }) => (margin == null ? null : { number: margin.amount }),
    },
    {
      id: 'bar',
      label: 'Margin, drawn',
      isExtra: pools,
      head: <span className="sr-only">Margin, drawn</span>,
      cell: ({ margin }) =>
        margin == null ? null : (
          <ShareBar ratio={shareOf(margin.amount, largest) ?? '0'} colour="var(--chart-1)" className="h-2 w-24" />
        ),
      className: 'max-xl:hidden',
    },
    {
      id: 'ratio',
      label: 'Margin ratio',
      isNumber: true,
      cell: ({ marginRatio }) =>
        marginRatio == null ? <NotAvailable reason={NO_REVENUE} /> : percentText(marginRatio),
      sort: ({ marginRatio }) => (marginRatio == null ? null : { decimal: marginRatio }),
      csv: ({ marginRatio }) => (marginRatio == null ? null : { number: marginRatio }),
    },
    ...(fleetCost === undefined ? [] : SHARE_COLUMNS),
  ]
}

/** What a client has of the whole; there is none of it for who is limited to clients. */
const SHARE_COLUMNS: readonly Column<Row>[] = [
  {
    id: 'costShare',
    label: 'Cost share',
    isNumber: true,
    cell: ({ costShare }) =>
      costShare == null ? <NotAvailable reason="The fleet cost nothing" /> : percentText(costShare),
    sort: ({ costShare }) => (costShare == null ? null : { decimal: costShare }),
    csv: ({ costShare }) => (costShare == null ? null : { number: costShare }),
  },
  {
    id: 'revenueShare',
    label: 'Revenue share',
    isNumber: true,
    cell: ({ revenueShare }) =>
      revenueShare == null ? <NotAvailable reason={NO_REVENUE} /> : percentText(revenueShare),
    sort: ({ revenueShare }) => (revenueShare == null ? null : { decimal: revenueShare }),
    csv: ({ revenueShare }) => (revenueShare == null ? null : { number: revenueShare }),
  },
  {
    id: 'note',
    label: 'Note',
    cell: ({ isDisproportionate, costShare, revenueShare }) =>
      isDisproportionate ? (
        <Badge
          tone="warn"
          title={`Cost share ${costShare == null ? 'n/a' : percentText(costShare)}, revenue share ${revenueShare == null ? 'n/a' : percentText(revenueShare)}`}
        >
          disproportionate
        </Badge>
      ) : null,
    csv: ({ isDisproportionate }) => (isDisproportionate ? 'disproportionate' : null),
  },
]

function fixedRowsOf(
  {
    fleetCost,
    clientCosts,
  }: { fleetCost: NonNullable<ClientsQuery['fleetCost']>; clientCosts: ClientsQuery['clientCosts'] },
  basis: Basis,
  params: SearchParams,
): FixedRow[] {
  const sum = sumLinks('/clients', params)
  const { direct, chainShared, allocated, total } = fleetCost.cost
  const { unallocated } = fleetCost
  const loaded = fullyLoadedOf(fleetCost)
  const rows = clientCosts.nodes
  const money = (amount: string) => ({ amount, currency: total.currency })
  const listed = sumOf(rows.map(({ cost }) => cost.total.amount))
  const others = differenceOf(total.amount, sumOf([listed, fleetCost.withoutClient.amount]))
  const withRevenue = rows.flatMap(({ revenue }) => (revenue == null ? [] : [revenue.amount]))
  const revenue = withRevenue.length === 0 ? null : sumOf(withRevenue)
  const margin = revenue === null ? null : differenceOf(revenue, costOn(basis, fleetCost.cost).amount)
  const ratio = margin === null || revenue === null ? null : shareOf(margin, revenue)
  const share = (amount: string) => {
    const part = shareOf(amount, total.amount)
    return part === null ? null : percentText(part)
  }
  const remainder = (id: string, name: string, note: string, amount: string, sumHref?: string): FixedRow => ({
    id,
    tone: 'remainder',
    cells: {
      client: (
        <>
          {name} <span className="text-ink-3">· {note}</span>
        </>
      ),
      cost: <Amount money={money(amount)} sumHref={sumHref} />,
      margin: null,
      bar: null,
      ratio: null,
      costShare: share(amount),
      revenueShare: null,
      note: null,
    },
    csv: { client: `${name} (${note})`, cost: { number: amount } },
  })
  return [
    ...(isZero(others) ? [] : [remainder('other-clients', 'Other clients', 'on other pages', others)]),
    remainder(
      'without-client',
      'Without client',
      'internal work and missing tags',
      fleetCost.withoutClient.amount,
      sum('cost', { client: '' }),
    ),
    {
      id: 'fleet',
      tone: 'total',
      cells: {
        client: 'Fleet',
        revenue: (
          <Amount
            money={revenue === null ? null : money(revenue)}
            reason="Nothing was charged or billed in the period"
          />
        ),
        direct: <Amount money={direct} sumHref={sum('direct')} />,
        shared: <Amount money={chainShared} sumHref={sum('shared')} />,
        allocated: <Amount {...allocatedOf(fleetCost, allocated)} sumHref={sum('allocated')} />,
        cost: <Amount money={total} sumHref={sum('cost')} />,
        margin: (
          <Amount
            money={margin === null ? null : money(margin)}
            reason="Nothing was charged or billed in the period"
            sumHref={sum('margin')}
          />
        ),
        bar: null,
        ratio: ratio === null ? null : percentText(ratio),
        costShare: '100\u00a0%',
        revenueShare: revenue === null ? null : '100\u00a0%',
        note: null,
      },
      csv: {
        client: 'Fleet',
        revenue: revenue === null ? null : { number: revenue },
        direct: { number: direct.amount },
        shared: { number: chainShared.amount },
        allocated: { number: allocated.amount },
        cost: { number: total.amount },
        margin: margin === null ? null : { number: margin },
      },
    },
    ...(isZero(unallocated.amount)
      ? []
      : [
          heldRow(unallocated),
          loadedRow(loaded, revenue === null ? null : differenceOf(revenue, loaded.amount), sum('loaded')),
        ]),
  ]
}

const NOTHING = { margin: null, bar: null, ratio: null, costShare: null, revenueShare: null, note: null }

/** Pool money that no client bears; it is in no share of cost. */
function heldRow(unallocated: Money): FixedRow {
  const { id, name, note } = unallocatedRow(unallocated)
  return {
    id,
    tone: 'remainder',
    cells: {
      client: (
        <>
          {name} <span className="text-ink-3">· {note}</span>
        </>
      ),
      cost: <Amount money={unallocated} />,
      ...NOTHING,
    },
    csv: { client: `${name} (${note})`, cost: { number: unallocated.amount } },
  }
}

/** The fleet with every pool, and what of its revenue is left then. */
function loadedRow(loaded: Money, margin: string | null, sumHref: string): FixedRow {
  return {
    id: 'fully-loaded',
    tone: 'total',
    cells: {
      client: 'Fleet, fully loaded',
      cost: <Amount money={loaded} sumHref={sumHref} />,
      ...NOTHING,
      margin: (
        <Amount
          money={margin === null ? null : { ...loaded, amount: margin }}
          reason="Nothing was charged or billed in the period"
        />
      ),
    },
    csv: {
      client: 'Fleet, fully loaded',
      cost: { number: loaded.amount },
      margin: margin === null ? null : { number: margin },
    },
  }
}
