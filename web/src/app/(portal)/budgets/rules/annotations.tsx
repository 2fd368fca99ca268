import { MiniTable } from '../../../../components/table/mini-table.tsx'
import { Card } from '../../../../components/ui/card.tsx'
import { graphql } from '../../../../generated/gql.ts'
import type { AnnotationFactsFragment } from '../../../../generated/graphql.ts'
import { SCOPE_NAMES } from '../../../../lib/alerts.ts'
import { dateText } from '../../../../lib/calendar.ts'
import type { Tenant } from '../../../../lib/session.ts'
import { momentText } from '../../../../lib/time.ts'
import { EndAnnotation, NewAnnotation, type Members } from './annotation-actions.tsx'

graphql(`
  fragment AnnotationFacts on Annotation {
    id
    scope
    key
    label
    day
    note
    createdBy
    createdAt
  }
`)

interface AnnotationsProps {
  annotations: readonly AnnotationFactsFragment[]
  members: Members
  tenant: Tenant
  mayManage: boolean
}

/** Days from which on something new is usual: what came before is no measure for what comes after. */
export function Annotations({ annotations, members, tenant, mayManage }: AnnotationsProps) {
  return (
    <Card
      flush
      id="annotations"
      title={annotations.length === 0 ? 'No new level is noted' : 'New levels'}
      caption="From such a day on, what is usual is learned anew"
      actions={mayManage ? <NewAnnotation members={members} today={tenant.today} /> : undefined}
    >
      {annotations.length === 0 ? (
        <p className="px-3.5 pb-4 text-ink-2 sm:px-5">
          A launch, a new model, a client that doubles its work: noted here, it is not held against the days before it.
        </p>
      ) : (
        <MiniTable
          label="New levels"
          heads={[
            { label: 'Of' },
            { label: 'From', isMain: true },
            { label: 'What' },
            { label: 'Noted' },
            { label: 'End' },
          ]}
          rows={annotations.map((one) => ({
            id: one.id,
            cells: [
              <span key="of">
                {one.scope === 'FLEET' ? SCOPE_NAMES.FLEET : one.label}
                {one.scope === 'FLEET' ? null : (
                  <span className="text-ink-3"> · {SCOPE_NAMES[one.scope].toLowerCase()}</span>
                )}
              </span>,
              <span key="day" className="num">
                {dateText(one.day, { year: true })}
              </span>,
              <span key="note" className="block min-w-0 break-words">
                {one.note}
              </span>,
              <span key="by" className="text-ink-3">
                {one.createdBy}, {momentText(one.createdAt, tenant.timeZone)}
              </span>,
              mayManage ? <EndAnnotation key="end" id={one.id} note={one.note} /> : '',
            ],
          }))}
        />
      )}
    </Card>
  )
}
