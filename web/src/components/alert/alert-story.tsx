import type { Tenant } from '../../lib/session.ts'
import { throughText } from '../../lib/time.ts'
import { Link } from '../ui/link.tsx'
import type { AlertDetail } from './alert-detail.ts'
import { subjectHref } from './alert-facts.ts'

interface StoryProps {
  alert: AlertDetail
  tenant: Tenant
  /** The latest only; the alert's own page has them all. */
  most?: number
}

/** What happened, why it was told, and when what was done about it. */
export function AlertStory({ alert, tenant, most = Infinity }: StoryProps) {
  const href = subjectHref(alert)
  const events = most === Infinity ? alert.history : alert.history.slice(-most)
  return (
    <section aria-label="What happened" className="min-w-0">
      <h3 className="mb-1 text-caption font-[550] text-ink">What happened</h3>
      <p className="mb-2 text-ink-2">{alert.reason}</p>
      <ol className="text-caption text-ink-2">
        {events.map((event) => (
          <li key={event.id} className="flex gap-3 py-0.5">
            <time dateTime={event.at} className="num shrink-0 text-ink-3">
              {throughText(event.at, tenant.timeZone, tenant.today)}
            </time>
            <span className="min-w-0 break-words">
              {eventText(event.note === alert.reason ? { ...event, note: null } : event)}
            </span>
          </li>
        ))}
      </ol>
      {href === null ? null : (
        <Link href={href} className="link mt-1 inline-flex min-h-8 items-center">
          {alert.scope === 'FLEET' ? 'The fleet' : alert.label}
        </Link>
      )}
    </section>
  )
}

const ACTIONS: Readonly<Record<string, string>> = {
  RAISED: 'raised',
  UPDATED: 'still growing',
  ACKNOWLEDGED: 'seen',
  RESOLVED: 'resolved',
  DISMISSED: 'dismissed',
  SNOOZED: 'snoozed',
  ASSIGNED: 'assigned',
  ESCALATED: 'escalated',
  FEEDBACK: 'feedback given',
  SUPPRESSED: 'explained by another alert',
}

/** `seen by leo@fernhill.example: on it`; what Outlay does by itself names nobody. */
export function eventText({ action, actor, note }: AlertDetail['history'][number]): string {
  const done = ACTIONS[action] ?? action.toLowerCase().replaceAll('_', ' ')
  const by = actor === 'Outlay' ? '' : ` by ${actor}`
  return `${done}${by}${note == null || note === '' ? '' : `: ${note}`}`
}
