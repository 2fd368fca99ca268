import type { Metadata } from 'next'
import { PeriodBadge } from '../../../../components/period/period-badge.tsx'
import { DataTable, type Column } from '../../../../components/table/data-table.tsx'
import { Amount, NotAvailable } from '../../../../components/ui/amount.tsx'
import { Badge } from '../../../../components/ui/badge.tsx'
import { HiddenByRole } from '../../../../components/ui/hidden-by-role.tsx'
import { Link } from '../../../../components/ui/link.tsx'
import { PageHeader } from '../../../../components/ui/page-header.tsx'
import { graphql } from '../../../../generated/gql.ts'
import type { PeriodsQuery } from '../../../../generated/graphql.ts'
import { query } from '../../../../lib/api.ts'
import { addDays, firstOfMonth } from '../../../../lib/calendar.ts'
import { closeHref } from '../../../../lib/closed-months.ts'
import { currencySymbol, isZero, signedAmountText } from '../../../../lib/format.ts'
import { addMonths, monthText } from '../../../../lib/months.ts'
import { tenantTruth } from '../../../../lib/page-context.ts'
import { staffViewer } from '../../../../lib/role-gate.ts'
import type { SearchParams } from '../../../../lib/search-params.ts'
import { mayKeepRates, type Tenant } from '../../../../lib/session.ts'
import { dateOf, momentText } from '../../../../lib/time.ts'
import { ClosersOnly } from './closers-only.tsx'

export const metadata: Metadata = { title: 'Month close' }

/** How many months back one can look. */
const MONTHS = 24

const PeriodsDocument = graphql(`
  query Periods($first: Int!, $range: DateRangeInput!) {
    periods(first: $first) {
      month
      state
      edition
      correctionsPosted {
        amount
        currency
      }
      correctionsReceived {
        amount
        currency
      }
      reopening {
        requestedBy
      }
      snapshots {
        edition
        closedBy
        closedAt
        cost {
          total {
            amount
            currency
          }
        }
      }
    }
    fleetCost(range: $range, compareTo: NONE) {
      series(granularity: MONTH) {
        start
        cost {
          total {
            amount
            currency
          }
        }
      }
    }
  }
`)

type Period = PeriodsQuery['periods'][number]
type Money = Period['correctionsPosted']

export default async function ClosePage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const viewer = await staffViewer()
  if (viewer === null) return <HiddenByRole />
  const { tenant } = viewer
  const params = await searchParams
  const present = firstOfMonth(tenant.today)
  const { periods, fleetCost } = await query(PeriodsDocument, {
    first: MONTHS,
    range: { from: addMonths(present, 1 - MONTHS), to: addDays(tenant.today, 1) },
  })
  const live = new Map(
    fleetCost.series.map(({ start, cost }) => [firstOfMonth(dateOf(start, tenant.timeZone)), cost.total]),
  )
  return (
    <>
      <PageHeader
        title="Month close"
        crumbs={[{ label: 'Allocation', href: '/allocation' }]}
        truth={tenantTruth(tenant)}
      />
      {mayKeepRates(viewer.role) ? null : <ClosersOnly />}
      <DataTable
        label="Months"
        noun="months"
        path="/allocation/close"
        params={params}
        rows={periods}
        columns={columnsOf(tenant, live)}
        rowKey={({ month }) => month}
        filterText={({ month, state }) => `${monthText(month)} ${month} ${state.replace('_', '-')}`}
        defaultSort={{ column: 'month', direction: 'desc' }}
        csvName="month close"
        empty="No month has data yet. Each month will stand here from its first event or pool on."
      />
    </>
  )
}

/** What a closed month was closed with; of an open one nothing, whatever it was closed with before. */
function editionOf({ state, edition, snapshots }: Period) {
  return state === 'CLOSED' ? snapshots.find((snapshot) => snapshot.edition === edition) : undefined
}

function columnsOf(tenant: Tenant, live: ReadonlyMap<string, Money>): Column<Period>[] {
  const symbol = currencySymbol(tenant.currency)
  const present = firstOfMonth(tenant.today)
  const costOf = (period: Period): Money | undefined => editionOf(period)?.cost.total ?? live.get(period.month)
  return [
    {
      id: 'month',
      label: 'Month',
      cell: ({ month }) => (
        <>
          <Link href={closeHref(month)} className="row-link font-[550]">
            {monthText(month)}
          </Link>
          {month === present ? <span className="text-ink-3"> · so far</span> : null}
        </>
      ),
      sort: ({ month }) => ({ text: month }),
      csv: ({ month }) => month,
    },
    {
      id: 'state',
      label: 'State',
      cell: ({ state, edition, reopening }) => (
        <span className="inline-flex flex-wrap gap-1">
          <PeriodBadge state={state} edition={edition} />
          {reopening == null ? null : (
            <Badge tone="warn" title={`${reopening.requestedBy} asks for it`}>
              reopening asked
            </Badge>
          )}
        </span>
      ),
      sort: ({ state }) => ({ text: state }),
      csv: ({ state }) => state,
    },
    {
      id: 'edition',
      label: 'Editions',
      isNumber: true,
      cell: ({ edition }) => edition,
      sort: ({ edition }) => ({ decimal: String(edition) }),
      csv: ({ edition }) => ({ number: String(edition) }),
    },
    {
      id: 'cost',
      label: `Cost, ${symbol}`,
      head: <span title="Attributed and allocated; of a closed month as it was closed">Cost,{`\u00a0${symbol}`}</span>,
      isNumber: true,
      isMain: true,
      cell: (period) => <Amount money={costOf(period)} reason="Nothing was recorded" className="font-[550]" />,
      sort: (period) => {
        const cost = costOf(period)
        return cost === undefined ? null : { decimal: cost.amount }
      },
      csv: (period) => {
        const cost = costOf(period)
        return cost === undefined ? null : { number: cost.amount }
      },
    },
    correction('posted', `Posted elsewhere, ${symbol}`, ({ correctionsPosted }) => correctionsPosted),
    correction('received', `Received, ${symbol}`, ({ correctionsReceived }) => correctionsReceived),
    {
      id: 'closedBy',
      label: 'Closed by',
      cell: (period) => editionOf(period)?.closedBy ?? <NotAvailable reason="It is not closed" />,
      sort: (period) => ({ text: editionOf(period)?.closedBy ?? '' }),
      csv: (period) => editionOf(period)?.closedBy ?? null,
    },
    {
      id: 'closedAt',
      label: 'Closed',
      cell: (period) => {
        const edition = editionOf(period)
        return edition === undefined ? null : (
          <span className="num text-ink-2">{momentText(edition.closedAt, tenant.timeZone)}</span>
        )
      },
      csv: (period) => editionOf(period)?.closedAt ?? null,
    },
  ]
}

/** Corrections as a signed amount; none is quiet. */
function correction(id: string, label: string, moneyOf: (period: Period) => Money): Column<Period> {
  return {
    id,
    label,
    isNumber: true,
    cell: (period) => {
      const money = moneyOf(period)
      return <span className={isZero(money.amount) ? 'text-ink-3' : 'num'}>{signedAmountText(money)}</span>
    },
    sort: (period) => ({ decimal: moneyOf(period).amount }),
    csv: (period) => ({ number: moneyOf(period).amount }),
  }
}
