import { Bell } from 'lucide-react'
import type { Metadata } from 'next'
import { LiveBadge } from '../../../components/alert/live-badge.tsx'
import { RefreshOnAlerts } from '../../../components/alert/live-alerts.tsx'
import { PeriodBar } from '../../../components/period/period-bar.tsx'
import { HiddenByRole } from '../../../components/ui/hidden-by-role.tsx'
import { Link } from '../../../components/ui/link.tsx'
import { askSavedViews, SavedViews } from '../../../components/views/saved-views.tsx'
import { PageHeader } from '../../../components/ui/page-header.tsx'
import { Pager } from '../../../components/ui/pager.tsx'
import { graphql } from '../../../generated/gql.ts'
import { query } from '../../../lib/api.ts'
import { dateText, rangeText } from '../../../lib/calendar.ts'
import { countText } from '../../../lib/format.ts'
import { truthOf, viewerTruth } from '../../../lib/page-context.ts'
import { periodText, readPeriod } from '../../../lib/period.ts'
import { colleague } from '../../../lib/role-gate.ts'
import { first, type SearchParams } from '../../../lib/search-params.ts'
import { isLimited } from '../../../lib/session.ts'
import { AlertTable } from './alert-table.tsx'
import { NoAlerts } from './no-alerts.tsx'
import { readTab, TabBar } from './tab-bar.tsx'

export const metadata: Metadata = { title: 'Anomalies' }

const AnomaliesDocument = graphql(`
  query Anomalies(
    $range: DateRangeInput!
    $listed: DateRangeInput
    $state: AlertState
    $isOpen: Boolean
    $orderBy: AlertOrder!
    $after: String
    $isWhole: Boolean!
  ) {
    alerts(state: $state, isOpen: $isOpen, range: $listed, orderBy: $orderBy, first: 50, after: $after) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        ...AlertFacts
        suppressed {
          ...AlertFacts
        }
      }
    }
    counts: alertCounts(range: $range) {
      open
      acknowledged
      resolved
      dismissed
    }
    everOpen: alertCounts {
      open
      acknowledged
    }
    detector @include(if: $isWhole) {
      isEnabled
      series
      learning
      judgedThrough
      reachesNobody
    }
    fleetCost(range: $range, compareTo: NONE) @include(if: $isWhole) {
      dataThrough
      attributionRatio
      cost {
        unpricedInvocations
      }
    }
  }
`)

export default async function AnomaliesPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const viewer = await colleague()
  if (viewer === null) return <HiddenByRole />
  const { tenant } = viewer
  const params = await searchParams
  const period = readPeriod({ period: '30d', ...params }, tenant.today)
  const tab = readTab(params)
  // What is open is open, whenever it began; the period is about what ended.
  const isActive = tab === 'active'
  askSavedViews('ANOMALIES')
  const data = await query(AnomaliesDocument, {
    range: period.range,
    listed: isActive ? null : period.range,
    state: tab === 'resolved' ? 'RESOLVED' : tab === 'dismissed' ? 'DISMISSED' : null,
    isOpen: isActive ? true : null,
    orderBy: first(params.sort)?.startsWith('raised') ? 'NEWEST' : 'IMPACT',
    after: first(params.cursor),
    isWhole: !isLimited(viewer),
  })
  const { alerts, counts, everOpen, detector, fleetCost } = data
  const fired = counts.open + counts.acknowledged + counts.resolved + counts.dismissed
  return (
    <>
      <RefreshOnAlerts />
      <PageHeader
        title="Anomalies"
        truth={
          fleetCost === undefined || detector === undefined
            ? viewerTruth(viewer)
            : [
                ...truthOf({
                  tenant,
                  params: { period: '30d', ...params },
                  dataThrough: fleetCost.dataThrough,
                  attributionRatio: fleetCost.attributionRatio,
                  unpriced: fleetCost.cost.unpricedInvocations,
                }),
                {
                  text: judgedText(detector),
                  href: '/budgets/rules',
                  title: 'Complete days are judged each morning; limits and the present day at once',
                },
                ...(detector.reachesNobody
                  ? [
                      {
                        text: 'no channel is told',
                        href: '/channels',
                        title: 'Alerts are listed here, and sent to nobody',
                      },
                    ]
                  : []),
              ]
        }
        actions={
          <>
            <SavedViews page="ANOMALIES" params={params} />
            {isLimited(viewer) ? null : (
              <Link href="/channels" className="control">
                <Bell size={16} strokeWidth={1.4} aria-hidden />
                Channels
              </Link>
            )}
            <Link href="/budgets" className="control">
              {isLimited(viewer) ? 'Budgets' : 'Rules and budgets'}
            </Link>
          </>
        }
      />
      <div className="flex flex-wrap items-start gap-x-2">
        <TabBar
          tab={tab}
          params={params}
          counts={{
            active: everOpen.open + everOpen.acknowledged,
            resolved: counts.resolved,
            dismissed: counts.dismissed,
            all: null,
          }}
        />
        <PeriodBar
          path="/anomalies"
          params={params}
          period={period}
          today={tenant.today}
          defaultPreset="30d"
          hasBins={false}
          isComparable={false}
          isCompact
        />
        <span className="flex-1" />
        <p className="mb-4 flex min-h-8 flex-wrap items-center gap-x-3 gap-y-1 text-caption text-ink-3">
          <span>
            {fired === 1 ? 'One alert' : `${countText(fired)} alerts`} in{' '}
            {rangeText(period.range.from, period.range.to, { year: false })}
          </span>
          <LiveBadge timeZone={tenant.timeZone} today={tenant.today} />
        </p>
      </div>
      {alerts.nodes.length === 0 && first(params.cursor) === null ? (
        <NoAlerts
          tab={tab}
          fired={fired}
          periodName={periodText(period)}
          currency={tenant.currency}
          detector={detector ?? null}
        />
      ) : (
        <AlertTable
          alerts={alerts.nodes}
          totalCount={alerts.totalCount ?? alerts.nodes.length}
          params={params}
          viewer={viewer}
          openId={first(params.open)}
        />
      )}
      <Pager path="/anomalies" params={params} noun="alerts" {...alerts.pageInfo} />
      {detector === undefined ? null : (
        <p className="mt-4 text-center text-caption text-ink-3">{learningText(detector)}</p>
      )}
    </>
  )
}

interface Detector {
  isEnabled: boolean
  series: number
  learning: number
  judgedThrough?: string | null
}

function judgedText({ isEnabled, judgedThrough }: Detector): string {
  if (!isEnabled) return 'detection is off'
  return judgedThrough == null ? 'no day judged yet' : `judged through ${dateText(judgedThrough)}`
}

function learningText({ isEnabled, learning, series }: Detector): string {
  if (!isEnabled) return 'Detection is switched off; only budgets raise alerts.'
  const known =
    learning === 0
      ? 'no series is learning'
      : learning === 1
        ? 'one series is learning'
        : `${countText(learning)} series are learning`
  return `Agents, clients, projects and resources with too few days are “learning”, and only limits apply to them · ${known}, of ${countText(series)}`
}
