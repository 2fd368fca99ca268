import type { ReactNode } from 'react'
import { NotAvailable } from '../../../../components/ui/amount.tsx'
import { Card } from '../../../../components/ui/card.tsx'
import { Link } from '../../../../components/ui/link.tsx'
import { memberPath } from '../../../../lib/member-path.ts'
import { qualifiersText } from '../../../../lib/rate-text.ts'
import type { RecordedEvent } from './page.tsx'

type Named = { key: string; name: string } | null | undefined

/** What the event carries: its tags, its resource, and how it counts. */
export function EventFacts({ event, isLimited }: { event: RecordedEvent; isLimited: boolean }) {
  const tag = (noun: string, named: Named, path: string | null): ReactNode =>
    named == null ? (
      <NotAvailable reason={`No ${noun} tag`} />
    ) : path === null ? (
      named.name
    ) : (
      <Link className="link" href={path}>
        {named.name}
      </Link>
    )
  const member = (dimension: 'AGENT' | 'CLIENT' | 'PROJECT', named: Named): ReactNode =>
    tag(dimension.toLowerCase(), named, named == null ? null : memberPath(dimension, named.key, { isLimited }))
  const { task } = event
  const facts: [string, ReactNode][] = [
    [
      'Id of the sender',
      <code key="id" className="font-mono text-caption break-all">
        {event.invocationId}
      </code>,
    ],
    ['Kind', event.kind.toLowerCase()],
    ['Resource', [event.provider, event.resource].filter(Boolean).join(' / ') || 'none named'],
    ['Agent', member('AGENT', event.agent)],
    ['Task', tag('task', task, task == null ? null : `/tasks/${encodeURIComponent(task.key)}`)],
    ['Client', member('CLIENT', event.client)],
    ['Project', member('PROJECT', event.project)],
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
    ...(event.failure == null ? [] : [['Failed', event.failure] as [string, ReactNode]]),
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
