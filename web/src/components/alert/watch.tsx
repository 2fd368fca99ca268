import { graphql } from '../../generated/gql.ts'
import type { BudgetScope, WatchQuery } from '../../generated/graphql.ts'
import { ahead, query } from '../../lib/api.ts'
import { budgetName, capText, unseenText, windowName } from '../../lib/budgets.ts'
import { isLimit, totalImpact } from '../../lib/alerts.ts'
import { countText, isZero, moneyText, percentText, signedMoneyText } from '../../lib/format.ts'
import { mayManageBudgets, type Viewer } from '../../lib/session.ts'
import type { BudgetFacts } from '../budget/budget-facts.ts'
import { BurnBar } from '../budget/burn-bar.tsx'
import { Card } from '../ui/card.tsx'
import { Link } from '../ui/link.tsx'
import { Section } from '../ui/section.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { AlertStateBadge, SeverityDot } from './alert-badges.tsx'
import { aboutText, alertHref, type AlertFacts } from './alert-facts.ts'
import { LiveBadge } from './live-badge.tsx'
import { RefreshOnAlerts } from './live-alerts.tsx'

const WatchDocument = graphql(`
  query Watch($scope: BudgetScope, $key: String, $first: Int!) {
    alerts(isOpen: true, scope: $scope, key: $key, orderBy: IMPACT, first: $first) {
      totalCount
      nodes {
        ...AlertFacts
      }
    }
    budgets {
      ...BudgetFacts
    }
  }
`)

/** As many as a page has room for beside what it is about. */
const MOST = 4

interface Of {
  scope: BudgetScope
  key: string
}

interface WatchProps {
  /** The agent, client or project of the page; null: the whole fleet. */
  of: (Of & { name: string }) | null
  viewer: Viewer
  /** Where the page says by itself how far the budget is. */
  isWithoutBudgets?: boolean
}

/** What is out of the ordinary with somebody now, and how far their budgets are. Absent when there is neither. */
export async function Watch(props: WatchProps) {
  return <Watched {...props} facts={await factsOf(props.of)} />
}

/** What `Watch` will ask. */
export function askWatch(of: Of | null): void {
  ahead(WatchDocument, askedOf(of))
}

function askedOf(of: Of | null) {
  return { scope: of?.scope ?? null, key: of?.key ?? null, first: MOST }
}

function factsOf(of: Of | null): Promise<WatchQuery> {
  return query(WatchDocument, askedOf(of))
}

/** Asked beside what the page itself asks; null when it failed. */
export function watchFacts(of: Of): Promise<WatchQuery | null> {
  return factsOf(of).catch(() => null)
}

/**
 * The same for a page that has more below. How high it is, from nothing to four alerts, nobody knows before the answer: a skeleton would
 * move what is below, so the page comes with it. What failed is asked again, and fails by itself.
 */
export function WatchAbove({ facts, ...props }: WatchProps & { facts: WatchQuery | null }) {
  if (facts !== null) return <Watched {...props} facts={facts} />
  return (
    <Section fallback={<Skeleton className="mb-4 h-24 w-full rounded-card" />}>
      <Watch {...props} />
    </Section>
  )
}

function Watched({
  of,
  viewer,
  isWithoutBudgets = false,
  facts: { alerts, budgets },
}: WatchProps & { facts: WatchQuery }) {
  const own = budgets.filter(
    (one) => !isWithoutBudgets && (of === null ? one.scope === 'FLEET' : one.scope === of.scope && one.key === of.key),
  )
  const total = alerts.totalCount ?? alerts.nodes.length
  return (
    <>
      <RefreshOnAlerts />
      {total === 0 && own.length === 0 ? null : (
        <div
          className={`mb-4 grid items-start gap-4 ${total > 0 && own.length > 0 ? 'lg:grid-cols-[minmax(0,1fr)_minmax(300px,368px)]' : ''}`}
        >
          {total === 0 ? null : <OpenAlerts alerts={alerts.nodes} total={total} viewer={viewer} />}
          {own.length === 0 ? null : <Burning budgets={own} />}
        </div>
      )}
      {own.length > 0 || of === null || !mayManageBudgets(viewer) ? null : (
        <p className="no-print mb-4 text-caption text-ink-3">
          {of.name} has no budget.{' '}
          <Link
            href={`/budgets/new?scope=${of.scope}&key=${encodeURIComponent(of.key)}`}
            className="link inline-flex min-h-6 items-center"
          >
            Set one
          </Link>
        </p>
      )}
    </>
  )
}

interface OpenAlertsProps {
  alerts: readonly AlertFacts[]
  total: number
  viewer: Viewer
}

function OpenAlerts({ alerts, total, viewer: { tenant } }: OpenAlertsProps) {
  const above = { amount: totalImpact(alerts), currency: tenant.currency }
  const count = total === 1 ? 'One alert open' : `${countText(total)} alerts open`
  return (
    <Card
      flush
      id="alerts"
      title={
        total > alerts.length || isZero(above.amount) ? count : `${count}, ${moneyText(above)} above expectation so far`
      }
      caption="Ranked by impact; a limit that is neared is no excess"
      actions={
        <span className="no-print">
          <LiveBadge timeZone={tenant.timeZone} today={tenant.today} isShort />
        </span>
      }
    >
      <ul>
        {alerts.map((alert) => (
          <li key={alert.id} className="border-t border-line px-3.5 py-3 sm:px-5">
            <span className="flex items-start justify-between gap-4">
              <span className="min-w-0">
                <Link href={alertHref(alert.id)} className="row-link font-[550]">
                  <SeverityDot severity={alert.severity} state={alert.state} />
                  {alert.title}
                </Link>
                <span className="block text-caption text-ink-3">{aboutText(alert, tenant.today)}</span>
              </span>
              <span className="shrink-0 text-right">
                <span className="num block font-semibold">
                  {alert.impact != null
                    ? signedMoneyText(alert.impact)
                    : isLimit(alert.kind) && alert.actual != null
                      ? moneyText(alert.actual)
                      : ''}
                </span>
                <span className="block text-caption text-ink-3">
                  {alert.impact != null && alert.impactPerHour != null
                    ? `${moneyText(alert.impactPerHour)} per hour`
                    : alert.impact == null && alert.expected != null
                      ? `limit ${moneyText(alert.expected)}`
                      : ''}
                </span>
                {alert.state === 'OPEN' && alert.snoozedUntil == null ? null : (
                  <AlertStateBadge alert={alert} timeZone={tenant.timeZone} />
                )}
              </span>
            </span>
          </li>
        ))}
      </ul>
      {total > alerts.length ? (
        <p className="no-print border-t border-line px-3.5 py-1.5 sm:px-5">
          <Link href="/anomalies" className="link inline-flex min-h-8 items-center">
            All {countText(total)}
          </Link>
        </p>
      ) : null}
    </Card>
  )
}

function headingOf([budget, ...others]: readonly BudgetFacts[]): string {
  return budget === undefined || others.length > 0
    ? `${countText(others.length + 1)} budgets`
    : `${percentText(budget.ratio, 0)} of the budget is spent`
}

function Burning({ budgets }: { budgets: readonly BudgetFacts[] }) {
  return (
    <Card
      id="budget"
      title={headingOf(budgets)}
      caption="Solid spent, pale forecast"
      actions={
        <Link href="/budgets" className="link no-print inline-flex min-h-8 items-center">
          All budgets
        </Link>
      }
    >
      <ul className="flex flex-col gap-4">
        {budgets.map((budget) => (
          <li key={budget.id}>
            <span className="flex justify-between gap-3">
              <Link href={`/budgets/${encodeURIComponent(budget.id)}`} className="row-link">
                {percentText(budget.ratio)} {windowName(budget)}
                <span className="sr-only"> of {budgetName(budget)}</span>
              </Link>
              <span className="num text-ink-2">of {moneyText(budget.amount)}</span>
            </span>
            <BurnBar budget={budget} className="mt-1" />
            <span className="mt-1 block text-caption text-ink-2">
              {capText(budget)}
              {budget.forecast == null ? '' : ` · ${moneyText(budget.forecast)} by its end`}
            </span>
            {unseenText(budget) === null ? null : (
              <span className="block text-caption text-warn">{unseenText(budget)}</span>
            )}
          </li>
        ))}
      </ul>
    </Card>
  )
}
