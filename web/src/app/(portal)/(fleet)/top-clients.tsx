import type { ReactNode } from 'react'
import { showsParts } from '../../../components/cost/cost-parts.tsx'
import { MiniTable } from '../../../components/table/mini-table.tsx'
import { Amount, NotAvailable } from '../../../components/ui/amount.tsx'
import { Badge } from '../../../components/ui/badge.tsx'
import { Card } from '../../../components/ui/card.tsx'
import { Link } from '../../../components/ui/link.tsx'
import { ShareBar } from '../../../components/ui/share-bar.tsx'
import type { FleetQuery } from '../../../generated/graphql.ts'
import { costOn, onBasis, type Basis } from '../../../lib/basis.ts'
import { fullyLoadedOf, hasPools } from '../../../lib/fleet-pools.ts'
import {
  compareDecimals,
  countText,
  currencySymbol,
  decimalText,
  differenceOf,
  isZero,
  moneyText,
  percentText,
  shareOf,
  sumOf,
} from '../../../lib/format.ts'
import { periodText, type Period } from '../../../lib/period.ts'
import { hrefWith, periodParams, type SearchParams } from '../../../lib/search-params.ts'
import { sumLinks } from '../../../lib/sum.ts'

type Client = NonNullable<FleetQuery['clientCosts']>['nodes'][number]

interface TopClientsProps {
  fleet: FleetQuery['fleetCost']
  clients: readonly Client[]
  params: SearchParams
  period: Period
  basis: Basis
}

/** As many of the most profitable clients, and as many of the least, as are named. */
const MOST_ROWS = 3

/** The most and the least profitable clients by margin, those between them as one row, and what carries no client. */
export function TopClients({ fleet, clients, params, period, basis }: TopClientsProps) {
  const { total } = fleet.cost
  const symbol = currencySymbol(total.currency)
  const ranked = [...clients].filter(({ margin }) => margin != null).sort(byMargin)
  const isShort = ranked.length <= 2 * MOST_ROWS + 1
  const best = isShort ? ranked : ranked.slice(0, MOST_ROWS)
  const worst = isShort ? [] : ranked.slice(-MOST_ROWS)
  const named = [...best, ...worst]
  const others = clients.filter((client) => !named.includes(client))
  const most = named.reduce(
    (top, { margin }) => (margin != null && compareDecimals(margin.amount, top) > 0 ? margin.amount : top),
    '0',
  )
  const money = (amount: string) => ({ ...total, amount })
  const rows = [
    ...best.map((client) => clientRow(client, params, most)),
    ...otherRows({ fleet, named, others, basis }),
    ...worst.map((client) => clientRow(client, params, most)),
    {
      id: 'without',
      tone: 'remainder' as const,
      cells: [
        'Without client',
        '',
        <Amount key="a" money={fleet.withoutClient} />,
        '',
        '',
        shareText(fleet.withoutClient.amount, total.amount),
        '',
        'internal work and missing tags',
      ],
    },
    { id: 'total', tone: 'total' as const, cells: fleetCells(fleet, { basis, params }) },
    ...(isZero(fleet.unallocated.amount)
      ? []
      : [
          {
            id: 'unallocated',
            tone: 'remainder' as const,
            cells: [
              'Unallocated',
              '',
              <Amount key="a" money={fleet.unallocated} />,
              '',
              '',
              '',
              '',
              'pool money that nobody bears',
            ],
          },
          { id: 'loaded', tone: 'total' as const, cells: loadedCells(fleet, params) },
        ]),
  ]
  const isNamed = showsParts(hasPools(fleet), params)
  return (
    <Card
      flush
      title={headingOf(clients, best[0], money)}
      caption={`${ranked.length === 0 ? 'Clients' : 'Most and least profitable clients by margin'}, ${periodText(period)}`}
      className="mb-4"
      actions={
        <Link
          href={hrefWith('/clients', periodParams(params))}
          className="link no-print inline-flex min-h-8 items-center"
        >
          All clients
        </Link>
      }
    >
      <MiniTable
        label="Most and least profitable clients"
        heads={[
          { label: 'Client' },
          { label: `Revenue, ${symbol}`, isNumber: true },
          { label: `Cost, ${symbol}`, isNumber: true },
          { label: `${onBasis(basis, 'Margin', isNamed)}, ${symbol} ↓`, isNumber: true, isMain: true },
          { label: 'Margin ratio', isNumber: true },
          { label: 'Cost share', isNumber: true },
          { label: 'Revenue share', isNumber: true },
          { label: 'Note' },
        ]}
        rows={rows}
      />
    </Card>
  )
}

function byMargin(a: Client, b: Client): number {
  return compareDecimals(b.margin?.amount ?? '0', a.margin?.amount ?? '0')
}

function shareText(part: string, whole: string): string {
  const ratio = shareOf(part, whole)
  return ratio === null ? '' : percentText(ratio)
}

/** The finding: who takes more of the cost than of the revenue, or else who leaves most. */
function headingOf(
  clients: readonly Client[],
  best: Client | undefined,
  money: (amount: string) => { amount: string; currency: string },
): string {
  const flagged = clients.filter(({ isDisproportionate }) => isDisproportionate)
  if (flagged.length > 0) {
    const cost = percentText(sumOf(flagged.map(({ costShare }) => costShare ?? '0')), 0)
    const revenue = percentText(sumOf(flagged.map(({ revenueShare }) => revenueShare ?? '0')), 0)
    return flagged.length === 1
      ? `${flagged[0]?.client.name ?? ''} takes ${cost} of cost and brings ${revenue} of revenue`
      : `${countText(flagged.length)} clients take ${cost} of cost and bring ${revenue} of revenue`
  }
  if (best?.margin == null) return 'No client has brought revenue yet'
  return `${best.client.name} leaves most, ${moneyText(money(best.margin.amount))}`
}

function clientRow(row: Client, params: SearchParams, most: string): { id: string; cells: ReactNode[] } {
  const { client, revenue, cost, margin, marginRatio, costShare, revenueShare, isDisproportionate } = row
  const sum = sumLinks('/', params)
  const times = costShare == null || revenueShare == null ? null : shareOf(costShare, revenueShare)
  return {
    id: client.key,
    cells: [
      <Link
        key="name"
        href={hrefWith(`/clients/${encodeURIComponent(client.key)}`, periodParams(params))}
        className="row-link font-medium"
      >
        {client.name}
      </Link>,
      <Amount key="revenue" money={revenue} reason="Nothing was charged or billed to this client in the period" />,
      <Amount key="cost" money={cost.total} sumHref={sum('cost', { client: client.key })} />,
      <span key="margin" className="flex items-center justify-end gap-2">
        <ShareBar
          ratio={shareOf(margin?.amount ?? '0', most) ?? '0'}
          colour="var(--chart-1)"
          className="h-2 w-16 max-lg:hidden"
        />
        <Amount
          money={margin}
          reason="No revenue to compare with"
          sumHref={sum('margin', { client: client.key })}
          className="min-w-20 font-[550]"
        />
      </span>,
      marginRatio == null ? <NotAvailable key="ratio" reason="No revenue" /> : percentText(marginRatio),
      costShare == null ? '' : percentText(costShare),
      revenueShare == null ? <NotAvailable key="share" reason="No revenue" /> : percentText(revenueShare),
      isDisproportionate ? (
        <Badge key="flag" tone="warn">
          {times === null
            ? 'cost share above revenue share'
            : `cost share ${decimalText(times, 1)}\u00d7 revenue share`}
        </Badge>
      ) : null,
    ],
  }
}

/** Those between the named ones, and those without revenue, as one row; none where every client is named. */
function otherRows({
  fleet,
  named,
  others,
  basis,
}: {
  fleet: FleetQuery['fleetCost']
  named: readonly Client[]
  others: readonly Client[]
  basis: Basis
}) {
  const { total } = fleet.cost
  const cost = differenceOf(
    total.amount,
    sumOf([...named.map((row) => row.cost.total.amount), fleet.withoutClient.amount]),
  )
  if (others.length === 0 && isZero(cost)) return []
  const billed = others.flatMap(({ revenue }) => (revenue == null ? [] : [revenue.amount]))
  const left = others.flatMap(({ margin }) => (margin == null ? [] : [margin.amount]))
  const isAllBilled = left.length === others.length && basis.id === 'loaded'
  const money = (amount: string) => ({ ...total, amount })
  return [
    {
      id: 'others',
      tone: 'remainder' as const,
      cells: [
        `${countText(others.length)} other ${others.length === 1 ? 'client' : 'clients'}`,
        <Amount
          key="r"
          money={billed.length === 0 ? null : money(sumOf(billed))}
          reason="Nothing was charged or billed to them"
        />,
        <Amount key="c" money={money(cost)} />,
        isAllBilled ? <Amount key="m" money={money(sumOf(left))} /> : '',
        '',
        shareText(cost, total.amount),
        '',
        left.length === others.length ? '' : `${countText(others.length - left.length)} without revenue`,
      ],
    },
  ]
}

function fleetCells(
  fleet: FleetQuery['fleetCost'],
  { basis, params }: { basis: Basis; params: SearchParams },
): ReactNode[] {
  const { total } = fleet.cost
  const { revenue } = fleet
  const margin = revenue == null ? null : differenceOf(revenue.amount, costOn(basis, fleet.cost).amount)
  return [
    'Fleet',
    <Amount key="r" money={revenue} reason="Nothing was charged or billed in the period" />,
    <Amount key="c" money={total} sumHref={sumLinks('/', params)('cost')} />,
    <Amount
      key="m"
      money={margin === null ? null : { ...total, amount: margin }}
      reason="Nothing was charged or billed in the period"
    />,
    margin === null || revenue == null ? '' : shareText(margin, revenue.amount),
    '100\u00a0%',
    revenue == null ? '' : '100\u00a0%',
    '',
  ]
}

/** The fleet with every pool, and what of its revenue is left then. */
function loadedCells(fleet: FleetQuery['fleetCost'], params: SearchParams): ReactNode[] {
  const loaded = fullyLoadedOf(fleet)
  const { revenue } = fleet
  const margin = revenue == null ? null : differenceOf(revenue.amount, loaded.amount)
  return [
    'Fleet, fully loaded',
    '',
    <Amount key="c" money={loaded} sumHref={sumLinks('/', params)('loaded')} />,
    <Amount
      key="m"
      money={margin === null ? null : { ...loaded, amount: margin }}
      reason="Nothing was charged or billed in the period"
    />,
    margin === null || revenue == null ? '' : shareText(margin, revenue.amount),
    '',
    '',
    '',
  ]
}
