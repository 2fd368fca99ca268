'use client'

import { MiniTable } from '../../../components/table/mini-table.tsx'
import { eventHref } from '../../../components/rating/invocation-facts.ts'
import { Badge } from '../../../components/ui/badge.tsx'
import { Card } from '../../../components/ui/card.tsx'
import { Link } from '../../../components/ui/link.tsx'
import { momentText } from '../../../lib/time.ts'
import { priceText } from '../start/first-event.tsx'
import type { RecentEvents } from './use-recent-events.ts'

/** The latest arrivals, as they come in. */
export function EventTail({ recent, timeZone }: { recent: RecentEvents; timeZone: string }) {
  const { events, isLoaded, failure } = recent
  return (
    <Card
      id="live"
      flush
      title={events.length === 0 ? 'No event yet' : `The latest ${events.length} events`}
      caption="Newest arrival first; asked for every two seconds"
      actions={failure === null ? <Badge tone="ok">live</Badge> : <Badge tone="warn">paused</Badge>}
    >
      {events.length === 0 ? (
        <p className="px-5 pt-1 pb-4 text-ink-2">
          {isLoaded
            ? 'Events will appear here as they arrive, with their price and the tags they lack.'
            : 'Asking for the latest events…'}
        </p>
      ) : (
        <MiniTable
          label="Latest events"
          maxHeight={520}
          heads={[
            { label: 'Arrived' },
            { label: 'Agent' },
            { label: 'Resource' },
            { label: 'Cost', isNumber: true, isMain: true },
            { label: 'Lacks' },
          ]}
          rows={events.map((event) => ({
            id: event.id,
            cells: [
              <Link
                key="at"
                href={eventHref(event.invocationId)}
                className="row-link num"
                title={`${event.invocationId}, occurred ${event.occurredAt}`}
              >
                {momentText(event.ingestedAt, timeZone)}
              </Link>,
              event.agent?.name ?? '',
              event.resource ?? event.kind.toLowerCase(),
              <span key="cost" className={event.status === 'RATED' ? '' : 'text-warn'}>
                {priceText(event)}
              </span>,
              event.missingTags.join(', '),
            ],
          }))}
        />
      )}
    </Card>
  )
}
