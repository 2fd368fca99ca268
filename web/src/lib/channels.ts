import type { Tone } from '../components/ui/badge.tsx'
import type {
  AlertKind,
  AlertSeverity,
  ChannelDigest,
  ChannelKind,
  ChannelState,
  DeliveryState,
} from '../generated/graphql.ts'
import { KIND_NAMES, SCOPE_NAMES } from './alerts.ts'

/** Channels and deliveries in words. */

export const CHANNEL_KINDS = {
  EMAIL: 'E-mail',
  WEBHOOK: 'Webhook',
  SLACK: 'Slack',
} as const satisfies Record<ChannelKind, string>

export const CHANNEL_STATES = {
  ACTIVE: { tone: 'ok', text: 'active' },
  PAUSED: { tone: 'neutral', text: 'paused' },
  FAILING: { tone: 'bad', text: 'failing' },
} as const satisfies Record<ChannelState, { tone: Tone; text: string }>

export const DIGESTS = {
  NONE: 'at once',
  HOURLY: 'once an hour',
  DAILY: 'once a day',
} as const satisfies Record<ChannelDigest, string>

export const DELIVERY_STATES = {
  PENDING: { tone: 'neutral', text: 'waiting' },
  DIGESTED: { tone: 'outline', text: 'in a digest' },
  SENT: { tone: 'ok', text: 'sent' },
  GIVEN_UP: { tone: 'bad', text: 'given up' },
  DROPPED: { tone: 'neutral', text: 'dropped' },
} as const satisfies Record<DeliveryState, { tone: Tone; text: string }>

const PURPOSES: Readonly<Record<string, string>> = {
  RAISED: 'raised',
  UPDATED: 'grew',
  ESCALATED: 'escalated',
  RESOLVED: 'resolved',
  TEST: 'test',
  DIGEST: 'digest',
}

/** Why something was sent; the API tells it as text. */
export function purposeText(purpose: string): string {
  return PURPOSES[purpose] ?? purpose.toLowerCase()
}

const SEVERITIES = {
  INFO: 'all severities',
  WARNING: 'warnings and worse',
  CRITICAL: 'critical only',
} as const satisfies Record<AlertSeverity, string>

export const SEVERITY_CHOICES = Object.entries(SEVERITIES) as [AlertSeverity, string][]

interface Filtered {
  kinds: readonly AlertKind[]
  minSeverity: AlertSeverity
  scopes: readonly { scope: keyof typeof SCOPE_NAMES; label: string }[]
}

/** `everything`, `critical only, of Northwind`: what a channel is told of. */
export function filterText({ kinds, minSeverity, scopes }: Filtered): string {
  const what =
    kinds.length === 0
      ? null
      : kinds.length === 1
        ? KIND_NAMES[kinds[0] ?? 'COST_SPIKE'].toLowerCase()
        : `${kinds.length} kinds`
  const how = minSeverity === 'INFO' ? null : SEVERITIES[minSeverity]
  const of =
    scopes.length === 0
      ? null
      : `of ${scopes.map((one) => (one.scope === 'FLEET' ? 'the fleet' : one.label)).join(', ')}`
  const parts = [what, how, of].filter((part) => part !== null)
  return parts.length === 0 ? 'everything' : parts.join(', ')
}

interface Timed {
  digest: ChannelDigest
  digestHour?: number | null
  quietFrom?: string | null
  quietTo?: string | null
  criticalBreaksQuiet: boolean
}

/** `at once, quiet 22:00 to 07:00 unless critical`. */
export function timingText({ digest, digestHour, quietFrom, quietTo, criticalBreaksQuiet }: Timed): string {
  const when =
    digest === 'DAILY' && digestHour != null
      ? `once a day at ${String(digestHour).padStart(2, '0')}:00`
      : DIGESTS[digest]
  if (quietFrom == null || quietTo == null) return when
  return `${when}, quiet ${quietFrom.slice(0, 5)} to ${quietTo.slice(0, 5)}${criticalBreaksQuiet ? ' unless critical' : ''}`
}
