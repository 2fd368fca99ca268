import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { Differences } from '../../../../../components/rerating/differences.tsx'
import { JobProgress } from '../../../../../components/rerating/job-progress.tsx'
import { ReratingBadge } from '../../../../../components/rerating/rerating-badge.tsx'
import { Card } from '../../../../../components/ui/card.tsx'
import { HiddenByRole } from '../../../../../components/ui/hidden-by-role.tsx'
import { graphql } from '../../../../../generated/gql.ts'
import type { ReratingByIdQuery } from '../../../../../generated/graphql.ts'
import { query } from '../../../../../lib/api.ts'
import { rangeText } from '../../../../../lib/calendar.ts'
import { countText, moneyText } from '../../../../../lib/format.ts'
import { doneText } from '../../../../../lib/rate-text.ts'
import {
  filterText,
  findingOf,
  moreOrLess,
  previewedTotal,
  remainderSentences,
  stateOf,
} from '../../../../../lib/rerating.ts'
import { staffViewer } from '../../../../../lib/role-gate.ts'
import { mayKeepRates, type Tenant } from '../../../../../lib/session.ts'
import { momentText } from '../../../../../lib/time.ts'
import { RatingFrame } from '../../rating-frame.tsx'
import { ApplyRerating } from './apply-rerating.tsx'
import { PreviewAgain } from './preview-again.tsx'
import { Steps } from './steps.tsx'

export const metadata: Metadata = { title: 'Re-rating' }

const ReratingByIdDocument = graphql(`
  query ReratingById($id: ID!) {
    rerating(id: $id) {
      ...ReratingSummary
      progress {
        done
        total
        ratio
        perSecond
        etaSeconds
      }
      byAgent {
        ...DifferenceRow
      }
      byClient {
        ...DifferenceRow
      }
      byResource {
        ...DifferenceRow
      }
    }
  }
`)

type Rerating = NonNullable<ReratingByIdQuery['rerating']>

export default async function ReratingByIdPage({ params }: { params: Promise<{ id: string }> }) {
  const viewer = await staffViewer()
  if (viewer === null) return <HiddenByRole />
  const { tenant } = viewer
  const id = decodeURIComponent((await params).id)
  const { rerating } = await query(ReratingByIdDocument, { id })
  if (rerating == null) notFound()
  const days = rangeText(rerating.from, rerating.to)
  const mayKeep = mayKeepRates(viewer.role)
  const total = previewedTotal(rerating)
  return (
    <RatingFrame
      title={`Re-rating, ${days}`}
      path="/rate-cards/re-rating"
      tenant={tenant}
      badge={<ReratingBadge kind={rerating.kind} state={rerating.state} />}
      crumbs={[
        { label: 'Rate cards', href: '/rate-cards' },
        { label: 'Re-rating', href: '/rate-cards/re-rating' },
      ]}
      truth={[
        { text: filterText(rerating.filter) ?? 'everything', title: 'What it is limited to' },
        { text: `asked for ${doneText(rerating.requestedAt, rerating.requestedBy, tenant.timeZone)}` },
      ]}
    >
      <Steps state={rerating.state} isPreviewed={rerating.previewedAt != null} />
      {stateOf(rerating.kind, rerating.state).isRunning ? (
        // After applying has begun this is another job than the preview was.
        <JobProgress
          key={rerating.previewedAt ?? 'preview'}
          id={rerating.id}
          kind={rerating.kind}
          initial={{ state: rerating.state, progress: rerating.progress }}
        />
      ) : null}
      <Outcome rerating={rerating} tenant={tenant} mayKeep={mayKeep} />
      {total === null ? null : (
        <Differences
          heading={findingOf(total)}
          caption={`Cost of ${days} before and after, ${tenant.currency}`}
          total={total}
          byAgent={rerating.byAgent}
          byClient={rerating.byClient}
          byResource={rerating.byResource}
        />
      )}
    </RatingFrame>
  )
}

interface OutcomeProps {
  rerating: Rerating
  tenant: Tenant
  mayKeep: boolean
}

/** Where it stands and what can be done about it. */
function Outcome({ rerating, tenant, mayKeep }: OutcomeProps) {
  const { state } = rerating
  const total = previewedTotal(rerating)
  const again = mayKeep ? (
    <PreviewAgain range={{ from: rerating.from, to: rerating.to }} filter={rerating.filter ?? null} />
  ) : null
  if (state === 'STALE') {
    return (
      <Card title="Prices or events changed since this preview" className="mb-4" actions={again}>
        <p className="max-w-[720px] text-ink-2">
          What you see below is no longer what applying would do, so it cannot be applied. Nothing was written. Preview
          the same days again and apply that.
        </p>
      </Card>
    )
  }
  if (state === 'FAILED') {
    return (
      <Card title="It did not end" className="mb-4" actions={again}>
        <p className="max-w-[720px] text-bad">{rerating.error ?? 'The worker gave no reason.'}</p>
        <p className="mt-1 max-w-[720px] text-ink-2">
          {rerating.appliedBy == null
            ? 'The preview wrote nothing.'
            : 'What was applied before it stopped is complete event by event, and amounts agree with it. A new preview shows what is left.'}
        </p>
      </Card>
    )
  }
  if (state === 'APPLIED') {
    return (
      <Card
        title={`Applied ${doneText(rerating.appliedAt, rerating.appliedBy, tenant.timeZone) ?? ''}`}
        caption={rerating.reason ?? undefined}
        className="mb-4"
      >
        <p className="max-w-[720px] text-ink-2">
          {countText(rerating.changed)} {rerating.changed === '1' ? 'event has' : 'events have'} a new rating. The one
          it replaced stays with each event, with this reason.
        </p>
      </Card>
    )
  }
  if (state !== 'PREVIEWED' || total === null) return null
  if (total.changed === '0') {
    return (
      <Card title="There is nothing to apply" className="mb-4" actions={again}>
        <p className="text-ink-2">Every event of these days already has the price that applies to it.</p>
      </Card>
    )
  }
  const days = rangeText(rerating.from, rerating.to)
  const sentences = [
    `${countText(total.changed)} of ${countText(total.invocations)} events get another rating.`,
    `The cost of ${days} moves from ${moneyText(total.before)} to ${moneyText(total.after)}, ${moreOrLess(total.difference)}.`,
    ...remainderSentences(total),
  ]
  return (
    <Card
      title="Ready to apply"
      caption={
        rerating.previewedAt == null ? undefined : `Previewed ${momentText(rerating.previewedAt, tenant.timeZone)}`
      }
      className="mb-4"
      actions={mayKeep ? <ApplyRerating previewId={rerating.id} days={days} sentences={sentences} /> : undefined}
    >
      <ul className="flex max-w-[720px] list-disc flex-col gap-1 pl-4 text-ink-2">
        {sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      {mayKeep ? null : <p className="mt-2 text-caption text-ink-3">Finance and administrators apply it.</p>}
    </Card>
  )
}
