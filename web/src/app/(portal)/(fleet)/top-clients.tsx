import { Link } from '../../../components/ui/link.tsx'
import { showsParts } from '../../../components/cost/cost-parts.tsx'
import { MiniTable } from '../../../components/table/mini-table.tsx'
import { Amount, NotAvailable } from '../../../components/ui/amount.tsx'
import { Badge } from '../../../components/ui/badge.tsx'
import { Card } from '../../../components/ui/card.tsx'
import type { FleetQuery } from '../../../generated/graphql.ts'
import { onBasis, type Basis } from '../../../lib/basis.ts'
import {
  compareDecimals,
  currencySymbol,
  differenceOf,
  isZero,
  percentText,
  shareOf,
  sumOf,
} from '../../../lib/format.ts'
import { periodText, type Period } from '../../../lib/period.ts'
import { fullyLoadedOf, hasPools } from '../../../lib/fleet-pools.ts'
import { hrefWith, periodParams, type SearchParams } from '../../../lib/search-params.ts'
import { sumLinks } from '../../../lib/sum.ts'

interface TopClientsProps {
  fleet: FleetQuery['fleetCost']
  clients: FleetQuery['clientCosts']['nodes']
  params: SearchParams
  period: Period
  basis: Basis
}

const MOST_ROWS = 6

/** The most expensive clients, what they brought, and what carries no client. */
export function TopClients({ fleet, clients, params, period, basis }: TopClientsProps) {
  const { total } = fleet.cost
  const symbol = currencySymbol(total.currency)
  const sum = sumLinks('/', params)
  const isNamed = showsParts(hasPools(fleet), params)
  const sorted = [...clients].sort((a, b) => compareDecimals(b.cost.total.amount, a.cost.total.amount))
  const shown = sorted.slice(0, MOST_ROWS)
  const rest = differenceOf(
    total.amount,
    sumOf([...shown.map(({ cost }) => cost.total.amount), fleet.withoutClient.amount]),
  )
  const share = shareOf(sumOf(shown.slice(0, 3).map(({ cost }) => cost.total.amount)), total.amount)
  const shareOfTotal = (amount: string): string => {
    const ratio = shareOf(amount, total.amount)
    return ratio === null ? '' : percentText(ratio)
  }
  const rows = [
    ...shown.map((row) => ({
      id: row.client.key,
      cells: [
        <Link
          key="name"
          href={hrefWith(`/clients/${encodeURIComponent(row.client.key)}`, periodParams(params))}
          className="row-link font-medium"
        >
          {row.client.name}
        </Link>,
        <Amount key="revenue" money={row.revenue} reason="No amount was billed to this client in the period" />,
        <Amount key="cost" money={row.cost.total} sumHref={sum('cost', { client: row.client.key })} />,
        <Amount
          key="margin"
          money={row.margin}
          reason="No revenue to compare with"
          sumHref={sum('margin', { client: row.client.key })}
          className="font-[550]"
        />,
        row.marginRatio == null ? <NotAvailable key="ratio" reason="No revenue" /> : percentText(row.marginRatio),
        row.costShare == null ? '' : percentText(row.costShare),
        row.revenueShare == null ? <NotAvailable key="share" reason="No revenue" /> : percentText(row.revenueShare),
        row.isDisproportionate ? (
          <Badge key="flag" tone="warn">
            cost share above revenue share
          </Badge>
        ) : null,
      ],
    })),
    ...(isZero(rest)
      ? []
      : [
          {
            id: 'others',
            tone: 'remainder' as const,
            cells: [
              `${sorted.length - shown.length} other clients`,
              '',
              <Amount key="a" money={{ ...total, amount: rest }} />,
              '',
              '',
              shareOfTotal(rest),
              '',
              '',
            ],
          },
        ]),
    {
      id: 'without',
      tone: 'remainder' as const,
      cells: [
        'Without client',
        '',
        <Amount key="a" money={fleet.withoutClient} />,
        '',
        '',
        shareOfTotal(fleet.withoutClient.amount),
        '',
        'internal work and missing tags',
      ],
    },
    {
      id: 'total',
      tone: 'total' as const,
      cells: ['Fleet', '', <Amount key="a" money={total} sumHref={sum('cost')} />, '', '', '100\u00a0%', '', ''],
    },
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
          {
            id: 'loaded',
            tone: 'total' as const,
            cells: [
              'Fleet, fully loaded',
              '',
              <Amount key="a" money={fullyLoadedOf(fleet)} sumHref={sum('loaded')} />,
              '',
              '',
              '',
              '',
              '',
            ],
          },
        ]),
  ]
  return (
    <Card
      flush
      title={
        share === null || shown.length === 0
          ? 'No client carries a cost'
          : `${shown.length < 3 ? (shown[0]?.client.name ?? '') : 'Three clients'} ${shown.length < 3 ? 'takes' : 'take'} ${percentText(shown.length < 3 ? (shareOf(shown[0]?.cost.total.amount ?? '0', total.amount) ?? '0') : share, 0)} of cost`
      }
      caption={`Most expensive clients, ${periodText(period)}`}
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
        label="Most expensive clients"
        heads={[
          { label: 'Client' },
          { label: `Revenue, ${symbol}`, isNumber: true },
          { label: `Cost, ${symbol} ↓`, isNumber: true, isMain: true },
          { label: `${onBasis(basis, 'Margin', isNamed)}, ${symbol}`, isNumber: true },
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
