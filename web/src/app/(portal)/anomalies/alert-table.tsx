import { ChevronDown, ChevronRight } from 'lucide-react'
import { AlertStateBadge, SeverityDot } from '../../../components/alert/alert-badges.tsx'
import { AlertBody } from '../../../components/alert/alert-body.tsx'
import { alertById } from '../../../components/alert/alert-detail.ts'
import { aboutText, type AlertFacts } from '../../../components/alert/alert-facts.ts'
import { DataTable, type Column } from '../../../components/table/data-table.tsx'
import { Amount, NotAvailable } from '../../../components/ui/amount.tsx'
import { Link } from '../../../components/ui/link.tsx'
import { Section } from '../../../components/ui/section.tsx'
import { Skeleton } from '../../../components/ui/skeleton.tsx'
import type { AnomaliesQuery } from '../../../generated/graphql.ts'
import { isLimit, KIND_NAMES } from '../../../lib/alerts.ts'
import { currencySymbol, exactText, signedAmountText } from '../../../lib/format.ts'
import { hrefWith, type SearchParams } from '../../../lib/search-params.ts'
import { isLimited, type Viewer } from '../../../lib/session.ts'
import { momentText } from '../../../lib/time.ts'

type Listed = AnomaliesQuery['alerts']['nodes'][number]

/** A row: an alert, or one that another explains and that stands under it. */
type Row = AlertFacts & { suppressed?: readonly AlertFacts[]; isUnder?: boolean }

interface AlertTableProps {
  alerts: readonly Listed[]
  totalCount: number
  params: SearchParams
  viewer: Viewer
  openId: string | null
}

/** Alerts, dearest first. A row opens in place; what it explains stands under it. */
export function AlertTable({ alerts, totalCount, params, viewer, openId }: AlertTableProps) {
  const { tenant } = viewer
  return (
    <DataTable<Row>
      label="Alerts"
      noun="alerts"
      path="/anomalies"
      params={params}
      rows={alerts}
      totalCount={totalCount}
      columns={columnsOf({ params, viewer, openId })}
      rowKey={(row) => row.id}
      filterText={(row) => `${row.title} ${row.label} ${row.key ?? ''} ${KIND_NAMES[row.kind]} ${row.assignee ?? ''}`}
      defaultSort={{ column: 'impact', direction: 'desc' }}
      nested={(row) => (row.suppressed ?? []).map((one) => ({ ...one, isUnder: true }))}
      openKey={openId}
      detail={(row) => (
        <Section
          key={row.id}
          fallback={
            <>
              <Skeleton className="h-20 w-full rounded-card" />
              <Skeleton className="mt-4 h-64 w-full rounded-card" />
            </>
          }
        >
          <OpenAlert id={row.id} viewer={viewer} />
        </Section>
      )}
      csvName={`alerts ${tenant.today}`}
      {...(isLimited(viewer)
        ? {}
        : { exportOf: { kind: 'alerts', words: 'All alerts', range: null, filters: [] } as const })}
    />
  )
}

async function OpenAlert({ id, viewer }: { id: string; viewer: Viewer }) {
  const alert = await alertById(id)
  return alert === null ? null : <AlertBody alert={alert} viewer={viewer} isCompact />
}

interface ColumnContext {
  params: SearchParams
  viewer: Viewer
  openId: string | null
}

function columnsOf({ params, viewer, openId }: ColumnContext): Column<Row>[] {
  const { tenant } = viewer
  const symbol = currencySymbol(tenant.currency)
  return [
    {
      id: 'alert',
      label: 'Anomaly',
      cell: (row) => <Title row={row} params={params} isOpen={row.id === openId} today={tenant.today} />,
      sort: (row) => ({ text: row.title }),
      csv: (row) => row.title,
      className: 'sm:min-w-64',
    },
    {
      id: 'expected',
      label: `Expected, ${symbol}`,
      isNumber: true,
      cell: (row) =>
        row.expected == null ? (
          ''
        ) : (
          <span className="text-ink-2">
            {isLimit(row.kind) ? 'limit ' : ''}
            <Amount money={row.expected} />
          </span>
        ),
      sort: (row) => (row.expected == null ? null : { decimal: row.expected.amount }),
      csv: (row) => (row.expected == null ? null : { number: row.expected.amount }),
    },
    {
      id: 'actual',
      label: `Actual, ${symbol}`,
      isNumber: true,
      cell: (row) => (row.actual == null ? '' : <Amount money={row.actual} />),
      sort: (row) => (row.actual == null ? null : { decimal: row.actual.amount }),
      csv: (row) => (row.actual == null ? null : { number: row.actual.amount }),
    },
    {
      id: 'impact',
      label: `Impact, ${symbol}`,
      isNumber: true,
      isMain: true,
      cell: (row) => <Impact row={row} />,
      sort: (row) => (row.impact == null ? null : { decimal: row.impact.amount }),
      csv: (row) => (row.impact == null ? null : { number: row.impact.amount }),
    },
    {
      id: 'raised',
      label: 'Raised',
      cell: (row) => (
        <time dateTime={row.raisedAt} className="num text-ink-2">
          {momentText(row.raisedAt, tenant.timeZone)}
        </time>
      ),
      sort: (row) => ({ text: row.raisedAt }),
      csv: (row) => row.raisedAt,
    },
    {
      id: 'owner',
      label: 'Owner',
      cell: (row) => row.assignee ?? '',
      sort: (row) => (row.assignee == null ? null : { text: row.assignee }),
      csv: (row) => row.assignee ?? '',
      isExtra: true,
    },
    {
      id: 'state',
      label: 'State',
      cell: (row) => <AlertStateBadge alert={row} timeZone={tenant.timeZone} />,
      sort: (row) => ({ text: row.state }),
      csv: (row) => row.state,
    },
  ]
}

interface TitleProps {
  row: Row
  params: SearchParams
  isOpen: boolean
  today: string
}

/** The name of the alert opens its row; the address keeps it open. */
function Title({ row, params, isOpen, today }: TitleProps) {
  const Chevron = isOpen ? ChevronDown : ChevronRight
  return (
    <span className={`flex items-start gap-2 ${row.isUnder ? 'pl-5' : ''}`}>
      <Chevron size={16} strokeWidth={1.6} aria-hidden className="mt-0.5 shrink-0 text-ink-3" />
      <span className="min-w-0">
        <Link
          href={hrefWith('/anomalies', params, { open: isOpen ? null : row.id })}
          scroll={false}
          aria-expanded={isOpen}
          className="row-link font-[550]"
        >
          <SeverityDot severity={row.severity} state={row.state} />
          {row.title}
        </Link>
        <span className="block text-caption text-ink-3">
          {aboutText(row, today)}
          {row.isUnder ? ' · explained by the one above' : ''}
        </span>
      </span>
    </span>
  )
}

function Impact({ row: { impact, kind } }: { row: Row }) {
  if (impact == null)
    return isLimit(kind) ? (
      <span className="text-ink-3" title="A limit that is neared, not passed: nothing is above it yet">
        limit
      </span>
    ) : (
      <NotAvailable reason="It has no amount" />
    )
  return (
    <span className="num font-semibold" title={exactText(impact)}>
      {signedAmountText(impact)}
    </span>
  )
}
