import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { Corrections, ReportedCost, SupersededRatings } from '../../../../components/rating/event-history.tsx'
import { RatesUsed } from '../../../../components/rating/line-arithmetic.tsx'
import { ApiQuery } from '../../../../components/peek/peek-panel.tsx'
import { NotAvailable } from '../../../../components/ui/amount.tsx'
import { Badge } from '../../../../components/ui/badge.tsx'
import { HiddenByRole } from '../../../../components/ui/hidden-by-role.tsx'
import { PageHeader } from '../../../../components/ui/page-header.tsx'
import { Tile, TileStrip } from '../../../../components/ui/tiles.tsx'
import { graphql } from '../../../../generated/gql.ts'
import type { EventQuery } from '../../../../generated/graphql.ts'
import { query } from '../../../../lib/api.ts'
import { exactText, fineMoneyText, signedFineMoneyText } from '../../../../lib/format.ts'
import { viewerTruth } from '../../../../lib/page-context.ts'
import { colleague } from '../../../../lib/role-gate.ts'
import { isLimited, mayKeepRates } from '../../../../lib/session.ts'
import { dayText, momentText, secondsText } from '../../../../lib/time.ts'
import { EventArithmetic } from './event-arithmetic.tsx'
import { EventFacts } from './event-facts.tsx'
import { ReplaceEvent, VoidEvent } from './correct-event.tsx'
import { missingCost } from './missing-cost.ts'

const EventDocument = graphql(`
  query Event($id: String!) {
    invocation(id: $id) {
      ...InvocationFacts
      billing
      kind
      name
      traceId
      provider
      resource
      ingestedAt
      qualifiers
      sharedKey
      failure
      agent {
        key
        name
      }
      client {
        key
        name
      }
      project {
        key
        name
      }
      task {
        key
        name
      }
    }
  }
`)

export type RecordedEvent = NonNullable<EventQuery['invocation']>

interface EventPageProps {
  params: Promise<{ id: string }>
}

export async function generateMetadata({ params }: EventPageProps): Promise<Metadata> {
  return { title: decodeURIComponent((await params).id) }
}

/** One event: what it consumed, how that was rated, and everything that was done to it since. */
export default async function EventPage({ params }: EventPageProps) {
  const viewer = await colleague()
  if (viewer === null) return <HiddenByRole />
  const { tenant } = viewer
  const id = decodeURIComponent((await params).id)
  const { invocation: event } = await query(EventDocument, { id })
  if (event == null) notFound()
  const mayCorrect = mayKeepRates(viewer.role) && event.correction == null
  return (
    <>
      <PageHeader
        title={event.name ?? event.resource ?? event.invocationId}
        badge={<EventBadge event={event} />}
        crumbs={
          event.task == null
            ? [{ label: 'Tasks', href: '/tasks' }]
            : [
                { label: 'Tasks', href: '/tasks' },
                { label: event.task.name, href: `/tasks/${encodeURIComponent(event.task.key)}` },
              ]
        }
        truth={[
          ...viewerTruth(viewer).slice(1),
          {
            text: `occurred ${dayText(event.occurredAt, tenant.timeZone)}, ${secondsText(event.occurredAt, tenant.timeZone)}`,
            title: 'It decides rate, day and period',
          },
          { text: `arrived ${momentText(event.ingestedAt, tenant.timeZone)}` },
        ]}
        actions={
          mayCorrect ? (
            <>
              <ReplaceEvent
                id={event.invocationId}
                original={{
                  texts: {
                    provider: event.provider ?? '',
                    resource: event.resource ?? '',
                    agent: event.agent?.key ?? '',
                    task: event.task?.key ?? '',
                    client: event.client?.key ?? '',
                    project: event.project?.key ?? '',
                  },
                  usage: event.usage,
                }}
              />
              <VoidEvent id={event.invocationId} cost={event.cost == null ? null : exactText(event.cost)} />
            </>
          ) : undefined
        }
      />
      <EventTiles event={event} />
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_360px]">
        <div className="flex min-w-0 flex-col gap-4">
          <EventArithmetic event={event} tenant={tenant} />
          <EventFacts event={event} isLimited={isLimited(viewer)} />
        </div>
        <section aria-label="History of the rating" className="card min-w-0 overflow-clip">
          <Corrections facts={event} timeZone={tenant.timeZone} />
          <RatesUsed
            lines={event.ratedLines}
            chosenAt={secondsText(event.occurredAt, tenant.timeZone)}
            timeZone={tenant.timeZone}
          />
          <ReportedCost facts={event} />
          <SupersededRatings facts={event} currency={tenant.currency} timeZone={tenant.timeZone} />
          <ApiQuery text={apiQuery(event.invocationId)} />
        </section>
      </div>
    </>
  )
}

function apiQuery(id: string): string {
  return `query {
  invocation(id: ${JSON.stringify(id)}) {
    status cost { amount currency }
    ratedLines {
      meter quantity
      unitPrice { amount currency }
      amountNative { amount currency }
      fxRate fxDate
      amount { amount }
      rate { card }
    }
    correction { kind reason }
    supersededRatings { supersededAt reason }
  }
}`
}

function EventBadge({ event }: { event: RecordedEvent }) {
  if (event.correction != null)
    return <Badge tone="warn">{event.correction.kind === 'VOID' ? 'voided' : 'replaced'}</Badge>
  if (event.status === 'UNPRICED') return <Badge tone="warn">unpriced</Badge>
  if (event.status === 'UNCONVERTED') return <Badge tone="warn">no exchange rate</Badge>
  return event.costBasis === 'REPORTED' ? <Badge tone="accent">reported cost</Badge> : <Badge tone="ok">rated</Badge>
}

const COUNTS_NOTHING: Partial<Record<RecordedEvent['billing'], string>> = {
  VOID: 'voided: it counts nothing',
  REPORT: 'a further report of a shared use: it counts nothing',
  CLAIMED: 'usage of the calls below it: it counts nothing',
}

function EventTiles({ event }: { event: RecordedEvent }) {
  const { cost, reportedCost, reportedDifference } = event
  return (
    <TileStrip label="Key figures">
      <Tile
        label="Cost"
        figure={
          cost == null ? (
            <NotAvailable reason={missingCost(event)} />
          ) : (
            <span title={exactText(cost)}>{fineMoneyText(cost)}</span>
          )
        }
        context={
          COUNTS_NOTHING[event.billing] ??
          (event.costBasis === 'REPORTED' ? 'as the sender reports it' : `by ${linesText(event.ratedLines.length)}`)
        }
      />
      <Tile
        label="Reported by the sender"
        figure={
          reportedCost == null ? (
            <NotAvailable reason="The sender reported no cost" />
          ) : (
            <span title={exactText(reportedCost)}>{fineMoneyText(reportedCost)}</span>
          )
        }
        context={event.costBasis === 'REPORTED' ? 'it counts: no rate matched' : 'kept for comparison'}
      />
      <Tile
        label="Ours less reported"
        figure={
          reportedDifference == null ? (
            <NotAvailable reason="One of the two is not known" />
          ) : (
            <span title={exactText(reportedDifference)}>{signedFineMoneyText(reportedDifference)}</span>
          )
        }
      />
      <Tile
        label="Rated"
        figure={event.supersededRatings.length === 0 ? 'once' : `${event.supersededRatings.length + 1} times`}
        context={event.supersededRatings.length === 0 ? 'when it arrived' : 'the earlier ratings are kept'}
      />
    </TileStrip>
  )
}

function linesText(count: number): string {
  return count === 1 ? 'one rated line' : `${count} rated lines`
}
