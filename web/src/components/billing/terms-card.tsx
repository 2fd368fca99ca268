import { countText } from '../../lib/format.ts'
import { REVENUE_SOURCES, termsSentence } from '../../lib/terms-text.ts'
import { momentText } from '../../lib/time.ts'
import { MiniTable } from '../table/mini-table.tsx'
import { Badge } from '../ui/badge.tsx'
import { Card } from '../ui/card.tsx'
import { Link } from '../ui/link.tsx'
import { EndTerms } from './end-terms.tsx'
import { daysText, placeName, type EngagementFacts } from './engagement-facts.ts'
import { TakeBack } from './take-back.tsx'

interface TermsCardProps {
  /** All that was ever set, the latest first. */
  engagements: readonly EngagementFacts[]
  /** In force on a day of the month. */
  inForce: readonly EngagementFacts[]
  monthName: string
  name: string
  setHref: string
  mayManage: boolean
  today: string
  timeZone: string
}

/** What was agreed: the terms of the month in plain words, and all that were ever set. */
export function TermsCard(props: TermsCardProps) {
  const { engagements, inForce, monthName, name, setHref, mayManage, today, timeZone } = props
  return (
    <Card
      title={titleOf(inForce, monthName)}
      caption="Terms are of a project, or of a client for its work in no project with terms of its own"
      actions={
        mayManage ? (
          <Link href={setHref} className="control no-print">
            Set terms
            <span className="sr-only"> for {name}</span>
          </Link>
        ) : undefined
      }
    >
      {inForce.length === 0 ? (
        <p className="text-ink-2">
          Nothing is charged by terms then; what completed tasks were billed at is the revenue.
          {mayManage ? '' : ' Finance and administrators set terms.'}
        </p>
      ) : (
        <ul className="flex flex-col gap-3">
          {inForce.map((one) => (
            <li key={one.id} className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
              <span className="min-w-0 flex-[1_1_280px]">
                <span className="block break-words">{termsSentence(one)}</span>
                <span className="block text-caption break-words text-ink-3">
                  {placeName(one)}, {daysText(one)} · {REVENUE_SOURCES[one.revenueSource]}
                  {one.note == null ? '' : ` · ${one.note}`}
                </span>
              </span>
              {mayManage ? (
                <span className="no-print flex flex-wrap gap-2">
                  {one.model === 'OUTCOME' ? <TakeBack name={placeName(one)} /> : null}
                  <EndTerms
                    id={one.id}
                    name={placeName(one)}
                    sentence={termsSentence(one)}
                    from={one.effectiveFrom}
                    on={today > one.effectiveFrom ? today : one.effectiveFrom}
                  />
                </span>
              ) : null}
            </li>
          ))}
        </ul>
      )}
      {engagements.length === 0 ? null : (
        <details className="mt-4">
          <summary className="link inline-flex min-h-8 cursor-pointer items-center">
            All that was ever set ({countText(engagements.length)})
          </summary>
          <MiniTable
            label={`History of the terms of ${name}`}
            maxHeight={320}
            heads={[{ label: 'Of' }, { label: 'Days', isMain: true }, { label: 'Terms' }, { label: 'Set by' }]}
            rows={engagements.map((one) => ({
              id: one.id,
              cells: [
                <span key="of" className="inline-flex flex-wrap gap-1">
                  {placeName(one)}
                  {one.supersededBy == null ? null : (
                    <Badge title={`Replaced by ${one.supersededBy}: they were in force on no day`}>superseded</Badge>
                  )}
                </span>,
                daysText(one),
                `${termsSentence(one)} Revenue: ${REVENUE_SOURCES[one.revenueSource]}.`,
                <span key="by" className="text-ink-3">
                  {one.createdBy}, {momentText(one.createdAt, timeZone)}
                  {one.endedBy == null ? '' : `; ended by ${one.endedBy}`}
                </span>,
              ],
            }))}
          />
        </details>
      )}
    </Card>
  )
}

function titleOf(inForce: readonly EngagementFacts[], monthName: string): string {
  if (inForce.length === 0) return `No terms are in force in ${monthName}`
  return inForce.length === 1 ? `The terms of ${monthName}` : `${countText(inForce.length)} terms in ${monthName}`
}
