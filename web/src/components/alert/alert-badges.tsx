import type { AlertSeverity, AlertState } from '../../generated/graphql.ts'
import { isOpen, SEVERITY_NAMES, stateLook } from '../../lib/alerts.ts'
import { momentText } from '../../lib/time.ts'
import { Badge } from '../ui/badge.tsx'

interface Stateful {
  state: AlertState
  severity: AlertSeverity
  snoozedUntil?: string | null
}

/** How an alert stands, in a word; when it sleeps, until when. */
export function AlertStateBadge({ alert, timeZone }: { alert: Stateful; timeZone: string }) {
  const { tone, text } = stateLook(alert.state, alert.severity)
  if (isOpen(alert.state) && alert.snoozedUntil != null)
    return (
      <Badge title={`${text}; nobody is told again before`}>
        Snoozed to {momentText(alert.snoozedUntil, timeZone)}
      </Badge>
    )
  return <Badge tone={tone}>{text}</Badge>
}

const COLOURS = { CRITICAL: 'bg-bad border-bad', WARNING: 'bg-warn border-warn', INFO: 'border-compare' } as const

/** How severe an alert is: a dot for the eye, a word for the ear. Once somebody looks after it, the dot is hollow. */
export function SeverityDot({ severity, state }: Stateful) {
  const look = state === 'OPEN' ? COLOURS[severity] : 'border-compare'
  return (
    <>
      <span aria-hidden className={`mr-2 inline-block size-2 shrink-0 rounded-full border ${look}`} />
      <span className="sr-only">{SEVERITY_NAMES[severity]}: </span>
    </>
  )
}
