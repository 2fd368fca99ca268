'use client'

import { Check } from 'lucide-react'
import { eventHref } from '../../../components/rating/invocation-facts.ts'
import { Link } from '../../../components/ui/link.tsx'
import { Badge } from '../../../components/ui/badge.tsx'
import { exactText } from '../../../lib/format.ts'
import { secondsText } from '../../../lib/time.ts'
import type { RecentEvent, RecentEvents } from '../developers/use-recent-events.ts'

/** What the event cost, or why nobody knows yet. */
export function priceText({ status, cost }: Pick<RecentEvent, 'status' | 'cost'>): string {
  if (status === 'UNPRICED') return 'no price for it yet'
  if (status === 'UNCONVERTED') return 'no exchange rate for its day'
  return cost == null ? 'costs nothing itself' : exactText(cost)
}

/** Waits for the first event after the page was opened, then turns green with it. */
export function FirstEvent({ recent, timeZone }: { recent: RecentEvents; timeZone: string }) {
  const { arrived, failure } = recent
  if (arrived === null) {
    return (
      <p
        role="status"
        className="mt-3 flex min-h-11 items-center gap-2.5 rounded-control border border-line bg-bg px-3 text-ink-2"
      >
        <span aria-hidden className="size-2 animate-pulse rounded-full bg-[var(--chart-compare)]" />
        {failure === null ? 'Waiting for the first event…' : `Waiting; the server says: ${failure}`}
      </p>
    )
  }
  const missing = arrived.missingTags
  return (
    <div role="status" data-arrived className="mt-3 rounded-control bg-ok-soft px-3 py-2.5">
      <p className="flex items-center gap-2 font-[550] text-ok">
        <Check size={16} strokeWidth={2} aria-hidden />
        Arrived at {secondsText(arrived.ingestedAt, timeZone)}: {priceText(arrived)}
      </p>
      <p className="mt-1 text-ink-2">
        {[arrived.agent?.name, arrived.provider, arrived.resource].filter(Boolean).join(' · ')}
        {' · '}
        <Link className="link" href={eventHref(arrived.invocationId)}>
          see the event
        </Link>
        {arrived.task == null ? null : (
          <>
            {' · '}
            <Link className="link" href={`/tasks/${encodeURIComponent(arrived.task.key)}`}>
              see its task
            </Link>
          </>
        )}
      </p>
      <p className="mt-1.5 flex flex-wrap gap-1.5">
        {missing.length === 0 ? (
          <Badge tone="ok">every tag is there</Badge>
        ) : (
          missing.map((tag) => (
            <Badge key={tag} tone="warn">
              no {tag}
            </Badge>
          ))
        )}
      </p>
    </div>
  )
}
