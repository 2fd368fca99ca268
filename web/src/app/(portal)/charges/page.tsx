import type { Metadata } from 'next'
import { DataTable, type Column } from '../../../components/table/data-table.tsx'
import { daysText, placeName } from '../../../components/billing/engagement-facts.ts'
import { MonthBar } from '../../../components/period/month-bar.tsx'
import { PeriodBadge } from '../../../components/period/period-badge.tsx'
import { Amount } from '../../../components/ui/amount.tsx'
import { Badge } from '../../../components/ui/badge.tsx'
import { EmptyState } from '../../../components/ui/empty-state.tsx'
import { HiddenByRole } from '../../../components/ui/hidden-by-role.tsx'
import { Link } from '../../../components/ui/link.tsx'
import { NotForRole } from '../../../components/ui/not-for-role.tsx'
import { PageHeader } from '../../../components/ui/page-header.tsx'
import { Tile, TileStrip } from '../../../components/ui/tiles.tsx'
import { graphql } from '../../../generated/gql.ts'
import type { MonthChargesQuery } from '../../../generated/graphql.ts'
import { query } from '../../../lib/api.ts'
import { currencySymbol, percentText } from '../../../lib/format.ts'
import { monthOf, monthParam, monthText } from '../../../lib/months.ts'
import { tenantTruth } from '../../../lib/page-context.ts'
import { plural } from '../../../lib/plural.ts'
import { staffViewer } from '../../../lib/role-gate.ts'
import { hrefWith, type SearchParams } from '../../../lib/search-params.ts'
import { mayReadBilling } from '../../../lib/session.ts'
import { MODEL_NAMES, termsSentence } from '../../../lib/terms-text.ts'

export const metadata: Metadata = { title: 'Charges' }

const MonthChargesDocument = graphql(`
  query MonthCharges($month: Date!) {
    ...ClosedMonths
    charges(month: $month) {
      total {
        amount
        currency
      }
      cost {
        total {
          amount
          currency
        }
      }
      margin {
        amount
        currency
      }
      marginRatio
      charges {
        engagement {
          ...EngagementFacts
        }
        from
        isPartial
        total {
          amount
          currency
        }
        cost {
          total {
            amount
            currency
          }
        }
        margin {
          amount
          currency
        }
        marginRatio
      }
    }
  }
`)

type Charge = MonthChargesQuery['charges']['charges'][number]
type Row = Charge & { engagement: NonNullable<Charge['engagement']> }

export default async function ChargesPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const viewer = await staffViewer()
  if (viewer === null) return <HiddenByRole />
  const { tenant } = viewer
  if (!mayReadBilling(viewer)) {
    return (
      <>
        <PageHeader title="Charges" truth={tenantTruth(tenant)} />
        <NotForRole>Finance, administrators and project managers see what clients are charged.</NotForRole>
      </>
    )
  }
  const params = await searchParams
  const month = monthOf(params, tenant.today)
  const data = await query(MonthChargesDocument, { month })
  const { charges, total, cost, margin, marginRatio } = data.charges
  const rows = charges.flatMap((charge) =>
    charge.engagement == null ? [] : [{ ...charge, engagement: charge.engagement }],
  )
  const period = data.periods.find((one) => one.month === month)
  return (
    <>
      <PageHeader title="Charges" truth={tenantTruth(tenant)} />
      <MonthBar
        path="/charges"
        params={params}
        month={month}
        today={tenant.today}
        badge={period === undefined ? undefined : <PeriodBadge state={period.state} edition={period.edition} />}
        note="By agreed terms, whether charges or billed amounts count as revenue"
      />
      {rows.length === 0 ? (
        <div className="card px-3.5 py-4 sm:px-5">
          <EmptyState>
            No terms are in force in {monthText(month)}. What each client and project is charged, what that cost and
            what is left will stand here. Terms are set on the page of a client or a project.
          </EmptyState>
        </div>
      ) : (
        <>
          <TileStrip label="Key figures">
            <Tile
              label={`Charged, ${monthText(month)}`}
              figure={<Amount as="text" money={total} />}
              context={plural(rows.length, 'engagement')}
            />
            <Tile
              label="Cost of what is charged"
              figure={<Amount as="text" money={cost.total} />}
              context="all its parts; what has no terms is not in it"
            />
            <Tile
              label="Margin"
              figure={<Amount as="text" money={margin} />}
              context={marginRatio == null ? 'nothing is charged' : `${percentText(marginRatio)} of what is charged`}
            />
          </TileStrip>
          <DataTable
            label={`Charges, ${monthText(month)}`}
            noun="charges"
            path="/charges"
            params={params}
            rows={rows}
            columns={columnsOf(tenant.currency, month)}
            rowKey={({ engagement }) => engagement.id}
            filterText={({ engagement }) =>
              `${placeName(engagement)} ${engagement.client?.name ?? ''} ${MODEL_NAMES[engagement.model]} ${engagement.note ?? ''}`
            }
            defaultSort={{ column: 'charged', direction: 'desc' }}
            fixedRows={[
              {
                id: 'total',
                tone: 'total',
                cells: {
                  of: 'Charged by terms',
                  charged: <Amount money={total} />,
                  cost: <Amount money={cost.total} />,
                  margin: <Amount money={margin} />,
                  ratio: marginRatio == null ? '' : percentText(marginRatio),
                },
                csv: {
                  of: 'Charged by terms',
                  charged: { number: total.amount },
                  cost: { number: cost.total.amount },
                  margin: { number: margin.amount },
                  ratio: marginRatio == null ? '' : { number: marginRatio },
                },
              },
            ]}
            csvName={`charges ${monthParam(month)}`}
          />
        </>
      )}
    </>
  )
}

/** The section of its page that has the lines. */
function hrefOf({ project, client }: Row['engagement'], month: string): string {
  const page =
    project == null
      ? `/clients/${encodeURIComponent(client?.key ?? '')}`
      : `/projects/${encodeURIComponent(project.key)}`
  return `${hrefWith(page, { month: monthParam(month) })}#billing`
}

function columnsOf(currency: string, month: string): Column<Row>[] {
  const symbol = currencySymbol(currency)
  return [
    {
      id: 'of',
      label: 'Of',
      cell: ({ engagement, isPartial }) => (
        <span>
          <Link href={hrefOf(engagement, month)} className="row-link font-[550]">
            {placeName(engagement)}
          </Link>
          <span className="flex flex-wrap items-center gap-x-2 gap-y-1 text-caption text-ink-3">
            {engagement.project == null
              ? 'client'
              : `project${engagement.client == null ? '' : ` of ${engagement.client.name}`}`}
            {isPartial ? <Badge title="Days of it are still to come">still open</Badge> : null}
          </span>
        </span>
      ),
      sort: ({ engagement }) => ({ text: placeName(engagement) }),
      csv: ({ engagement }) => placeName(engagement),
      className: 'sm:min-w-40',
    },
    {
      id: 'terms',
      label: 'Terms',
      cell: ({ engagement }) => (
        <span className="block min-w-0 text-left whitespace-normal">
          {termsSentence(engagement)}
          <span className="block text-caption text-ink-3">{daysText(engagement)}</span>
        </span>
      ),
      sort: ({ engagement }) => ({ text: MODEL_NAMES[engagement.model] }),
      csv: ({ engagement }) => termsSentence(engagement),
    },
    {
      id: 'charged',
      label: `Charged, ${symbol}`,
      isNumber: true,
      isMain: true,
      cell: ({ total }) => <Amount money={total} className="font-[550]" />,
      sort: ({ total }) => ({ decimal: total.amount }),
      csv: ({ total }) => ({ number: total.amount }),
    },
    {
      id: 'cost',
      label: `Cost, ${symbol}`,
      isNumber: true,
      cell: ({ cost }) => <Amount money={cost.total} />,
      sort: ({ cost }) => ({ decimal: cost.total.amount }),
      csv: ({ cost }) => ({ number: cost.total.amount }),
    },
    {
      id: 'margin',
      label: `Margin, ${symbol}`,
      isNumber: true,
      cell: ({ margin }) => <Amount money={margin} />,
      sort: ({ margin }) => ({ decimal: margin.amount }),
      csv: ({ margin }) => ({ number: margin.amount }),
    },
    {
      id: 'ratio',
      label: 'Margin ratio',
      isNumber: true,
      cell: ({ marginRatio }) => (marginRatio == null ? '' : <span className="num">{percentText(marginRatio)}</span>),
      sort: ({ marginRatio }) => (marginRatio == null ? null : { decimal: marginRatio }),
      csv: ({ marginRatio }) => (marginRatio == null ? '' : { number: marginRatio }),
    },
  ]
}
