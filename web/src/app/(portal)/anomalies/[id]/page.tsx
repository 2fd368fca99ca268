import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { AlertStateBadge } from '../../../../components/alert/alert-badges.tsx'
import { AlertBody } from '../../../../components/alert/alert-body.tsx'
import { alertById, type AlertDetail } from '../../../../components/alert/alert-detail.ts'
import { aboutText, alertHref } from '../../../../components/alert/alert-facts.ts'
import { eventText } from '../../../../components/alert/alert-story.tsx'
import { LiveBadge } from '../../../../components/alert/live-badge.tsx'
import { RefreshOnAlerts } from '../../../../components/alert/live-alerts.tsx'
import { BurnBar } from '../../../../components/budget/burn-bar.tsx'
import { DeliveryLog } from '../../../../components/channel/delivery-log.tsx'
import { MiniTable } from '../../../../components/table/mini-table.tsx'
import { Badge } from '../../../../components/ui/badge.tsx'
import { Card } from '../../../../components/ui/card.tsx'
import { HiddenByRole } from '../../../../components/ui/hidden-by-role.tsx'
import { Link } from '../../../../components/ui/link.tsx'
import { PageHeader } from '../../../../components/ui/page-header.tsx'
import { FEEDBACK_NAMES, isOpen } from '../../../../lib/alerts.ts'
import { budgetName, burnText, capText, unseenText } from '../../../../lib/budgets.ts'
import { signedAmountText } from '../../../../lib/format.ts'
import { viewerTruth } from '../../../../lib/page-context.ts'
import { colleague } from '../../../../lib/role-gate.ts'
import { isLimited, mayHandleAlerts, mayManageBudgets, type Tenant } from '../../../../lib/session.ts'
import { momentText } from '../../../../lib/time.ts'

interface AlertPageProps {
  params: Promise<{ id: string }>
}

export const metadata: Metadata = { title: 'Anomaly' }

export default async function AlertPage({ params }: AlertPageProps) {
  const viewer = await colleague()
  if (viewer === null) return <HiddenByRole />
  const { tenant } = viewer
  const alert = await alertById(decodeURIComponent((await params).id))
  if (alert === null) notFound()
  const deliveries = alert.deliveries ?? []
  return (
    <>
      <RefreshOnAlerts />
      <PageHeader
        title={alert.title}
        badge={<AlertStateBadge alert={alert} timeZone={tenant.timeZone} />}
        crumbs={[{ label: 'Anomalies', href: '/anomalies' }]}
        truth={[...viewerTruth(viewer), { text: aboutText(alert, tenant.today) }]}
        actions={<LiveBadge timeZone={tenant.timeZone} today={tenant.today} />}
      />
      {isOpen(alert.state) ? null : <p className="mb-4 text-ink-2">{endText(alert, tenant)}</p>}
      <section aria-label="The alert" className="card mb-4 p-3.5 sm:p-5">
        <AlertBody alert={alert} viewer={viewer} />
      </section>
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <History alert={alert} tenant={tenant} />
        {alert.budget == null ? null : <Budget budget={alert.budget} mayChange={mayManageBudgets(viewer)} />}
        {alert.suppressed.length === 0 ? null : <Explains alert={alert} tenant={tenant} />}
      </div>
      {isLimited(viewer) ? null : (
        <Card
          flush
          className="mt-4"
          title={deliveriesTitle(deliveries)}
          caption="What channels were sent, and what they answered"
        >
          {deliveries.length === 0 ? (
            <p className="px-3.5 pb-4 sm:px-5 text-ink-2">
              {alert.suppressedBy == null
                ? 'No channel’s filters let it through when it was raised. '
                : 'Another alert explains it, so nobody was told. '}
              <Link href="/channels" className="link">
                Channels
              </Link>
            </p>
          ) : (
            <DeliveryLog deliveries={deliveries} tenant={tenant} mayReplay={mayHandleAlerts(viewer.role)} of="alert" />
          )}
        </Card>
      )}
    </>
  )
}

/** `Dismissed by leo@fernhill.example, 23 Nov, 14:20: expected work. Said to be expected.` */
function endText({ state, endedBy, endedAt, dismissReason, feedback }: AlertDetail, { timeZone }: Tenant): string {
  const word = state === 'DISMISSED' ? 'Dismissed' : 'Resolved'
  const by = endedBy == null ? '' : ` by ${endedBy}`
  const at = endedAt == null ? '' : `, ${momentText(endedAt, timeZone)}`
  const reason = dismissReason == null ? '' : `: ${dismissReason}`
  return `${word}${by}${at}${reason}.${feedback == null ? '' : ` Said to be ${FEEDBACK_NAMES[feedback]}.`}`
}

function deliveriesTitle(deliveries: readonly { state: string }[]): string {
  if (deliveries.length === 0) return 'Told to nobody'
  const sent = deliveries.filter((one) => one.state === 'SENT').length
  return sent === deliveries.length
    ? `Sent ${sent === 1 ? 'once' : `${sent} times`}`
    : `${sent} of ${deliveries.length} deliveries sent`
}

function History({ alert, tenant }: { alert: AlertDetail; tenant: Tenant }) {
  return (
    <Card flush title="History" caption="Everything that happened to it, oldest first">
      <MiniTable
        label="History"
        maxHeight={360}
        heads={[{ label: 'When' }, { label: 'What', isMain: true }]}
        rows={alert.history.map((event) => ({
          id: event.id,
          cells: [
            <time key="at" dateTime={event.at} className="num">
              {momentText(event.at, tenant.timeZone)}
            </time>,
            <span key="what" className="block min-w-0 break-words">
              {eventText(event)}
            </span>,
          ],
        }))}
      />
    </Card>
  )
}

function Budget({ budget, mayChange }: { budget: NonNullable<AlertDetail['budget']>; mayChange: boolean }) {
  const unseen = unseenText(budget)
  return (
    <Card
      title={`The budget of ${budgetName(budget)}`}
      caption={burnText(budget)}
      actions={
        <Link href={`/budgets/${encodeURIComponent(budget.id)}`} className="link inline-flex min-h-8 items-center">
          {mayChange ? 'Change it' : 'Open it'}
        </Link>
      }
    >
      <BurnBar budget={budget} />
      <p className="mt-2 text-caption text-ink-2">
        {capText(budget)}
        {unseen === null ? '' : ` · ${unseen}`}
      </p>
      {budget.reachesNobody ? (
        <p className="mt-2">
          <Badge tone="warn">reaches nobody</Badge>
        </p>
      ) : null}
    </Card>
  )
}

function Explains({ alert, tenant }: { alert: AlertDetail; tenant: Tenant }) {
  return (
    <Card
      flush
      title="It explains"
      caption="Alerts of the same days that nobody was told of, because this one makes most of them"
    >
      <MiniTable
        label="Alerts it explains"
        heads={[{ label: 'Alert' }, { label: 'Impact', isNumber: true, isMain: true }]}
        rows={alert.suppressed.map((one) => ({
          id: one.id,
          cells: [
            <span key="title">
              <Link href={alertHref(one.id)} className="row-link">
                {one.title}
              </Link>
              <span className="block text-caption text-ink-3">{aboutText(one, tenant.today)}</span>
            </span>,
            one.impact == null ? '' : signedAmountText(one.impact),
          ],
        }))}
      />
    </Card>
  )
}
