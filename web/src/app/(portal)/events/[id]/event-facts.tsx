import type { ReactNode } from 'react'
import { NotAvailable } from '../../../../components/ui/amount.tsx'
import { Card } from '../../../../components/ui/card.tsx'
import { Link } from '../../../../components/ui/link.tsx'
import { qualifiersText } from '../../../../lib/rate-text.ts'
import type { RecordedEvent } from './page.tsx'

/** What the event carries: its tags, its resource, and how it counts. */
export function EventFacts({ event }: { event: RecordedEvent }) {
  const tag = (named: { key: string; name: string } | null | undefined, path: string, noun: string): ReactNode =>
    named == null ? (
      <NotAvailable reason={`No ${noun} tag`} />
    ) : (
      <Link className="link" href={`${path}/${encodeURIComponent(named.key)}`}>
        {named.name}
      </Link>
    )
  const facts: [string, ReactNode][] = [
    [
      'Id of the sender',
      <code key="id" className="font-mono text-caption break-all">
        {event.invocationId}
      </code>,
    ],
    ['Kind', event.kind.toLowerCase()],
    ['Resource', [event.provider, event.resource].filter(Boolean).join(' / ') || 'none named'],
    ['Agent', tag(event.agent, '/agents', 'agent')],
    ['Task', tag(event.task, '/tasks', 'task')],
    ['Client', tag(event.client, '/clients', 'client')],
    ['Project', event.project?.name ?? <NotAvailable key="project" reason="No project tag" />],
    [
      'Trace',
      event.traceId == null ? (
        'none'
      ) : (
        <code key="trace" className="font-mono text-caption break-all">
          {event.traceId}
        </code>
      ),
    ],
    ['Qualifiers', qualifiersText(event) ?? 'none'],
    ...(event.sharedKey == null ? [] : [['Shared use', event.sharedKey] as [string, ReactNode]]),
    ['Counts as', event.billing.toLowerCase()],
  ]
  return (
    <Card title="What the event carries">
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-6 gap-y-1.5">
        {facts.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-ink-3">{name}</dt>
            <dd className="break-words">{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  )
}
