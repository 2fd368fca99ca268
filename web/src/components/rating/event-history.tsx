import type { ReactNode } from 'react'
import { currencySymbol, exactDecimalText, exactText, fineMoneyText, signedFineMoneyText } from '../../lib/format.ts'
import { doneText } from '../../lib/rate-text.ts'
import { PeekLine, PeekSection } from '../peek/peek-panel.tsx'
import { Amount } from '../ui/amount.tsx'
import { Badge } from '../ui/badge.tsx'
import { Link } from '../ui/link.tsx'
import { eventHref, type InvocationFacts } from './invocation-facts.ts'
import { LineFormula } from './line-arithmetic.tsx'

/** What the sender says it cost, beside what our rates say. Absent where it says nothing. */
export function ReportedCost({ facts }: { facts: InvocationFacts }) {
  const { reportedCost, reportedDifference, costBasis } = facts
  if (reportedCost == null) return null
  return (
    <PeekSection title="Reported by the sender">
      <ul>
        <PeekLine
          name="Reported cost"
          value={<span title={exactText(reportedCost)}>{fineMoneyText(reportedCost)}</span>}
        />
        <PeekLine
          name="Ours less reported"
          value={
            reportedDifference == null ? (
              <Amount money={null} reason="One of the two is not known in the reporting currency" />
            ) : (
              <span title={exactText(reportedDifference)}>{signedFineMoneyText(reportedDifference)}</span>
            )
          }
        />
      </ul>
      <p className="pt-1.5 text-caption text-ink-3">
        {costBasis === 'REPORTED'
          ? 'No rate matched, so the reported cost counts.'
          : 'It is kept for comparison; the cost is ours.'}
      </p>
    </PeekSection>
  )
}

/** What was done to the event, by whom and why; and what it replaces. */
export function Corrections({ facts, timeZone }: { facts: InvocationFacts; timeZone: string }) {
  const { correction, replaces } = facts
  if (correction == null && replaces == null) return null
  return (
    <PeekSection title="Correction">
      {correction == null ? null : (
        <>
          <p className="mb-1 flex flex-wrap items-center gap-2">
            <Badge tone="warn">{correction.kind === 'VOID' ? 'voided' : 'replaced'}</Badge>
            <span className="text-ink-2">{doneText(correction.correctedAt, correction.correctedBy, timeZone)}</span>
          </p>
          <p className="break-words">{correction.reason}</p>
          <p className="text-caption text-ink-3">It stays as it was recorded, and counts nothing.</p>
          {correction.replacementId == null ? null : (
            <EventLink id={correction.replacementId}>The event in its place</EventLink>
          )}
        </>
      )}
      {replaces == null ? null : (
        <>
          <p className="text-ink-2">It stands in the place of another event.</p>
          <EventLink id={replaces}>The event it replaces</EventLink>
        </>
      )}
    </PeekSection>
  )
}

function EventLink({ id, children }: { id: string; children: ReactNode }) {
  return (
    <Link className="link no-print inline-flex min-h-8 items-center" href={eventHref(id)}>
      {children}
    </Link>
  )
}

const WITHOUT_COST = { RATED: 'cost nothing itself', UNPRICED: 'had no price', UNCONVERTED: 'had no exchange rate' }

/** The ratings that re-ratings took the place of, the latest first, each with its own lines. */
export function SupersededRatings({
  facts,
  currency,
  timeZone,
}: {
  facts: InvocationFacts
  currency: string
  timeZone: string
}) {
  const { supersededRatings } = facts
  if (supersededRatings.length === 0) return null
  return (
    <PeekSection title="Rated before" unit={currencySymbol(currency)}>
      <ul className="flex flex-col gap-3">
        {supersededRatings.map((rating) => (
          <li key={rating.supersededAt}>
            <p className="flex justify-between gap-3">
              <span className="min-w-0 break-words">Replaced {doneText(rating.supersededAt, rating.by, timeZone)}</span>
              <Amount money={rating.cost} as="fine" reason={`It ${WITHOUT_COST[rating.status]}`} />
            </p>
            {rating.reason == null ? null : <p className="text-caption break-words text-ink-2">{rating.reason}</p>}
            {rating.costBasis === 'REPORTED' ? (
              <p className="text-caption text-ink-3">The cost that the sender reported counted.</p>
            ) : null}
            <ul>
              {rating.ratedLines.map((line, index) => (
                <li key={`${line.meter} ${index}`} className="num text-caption whitespace-normal text-ink-3">
                  {line.meter.replaceAll('_', ' ')}: <LineFormula line={line} currency={currency} /> ={' '}
                  {exactDecimalText(line.amount.amount)}
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </PeekSection>
  )
}
