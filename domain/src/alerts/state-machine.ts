import { quoted } from '../errors.ts'
import { isWellFormed } from '../invocation/key.ts'
import { formatInstant, parseInstant } from '../periods/instant.ts'
import type { AlertFeedback, AlertState } from './alert.ts'

/** What a person does to an alert. */
export type AlertActionInput =
  | { do: 'acknowledge' }
  | { do: 'resolve' }
  | { do: 'dismiss'; reason: string }
  /** `until`: RFC 3339. */
  | { do: 'snooze'; until: string }
  /** To nobody with null. */
  | { do: 'assign'; to: string | null }
  | { do: 'feedback'; feedback: AlertFeedback }

/** What of an alert its transitions look at and change. */
export interface AlertStanding {
  state: AlertState
  assignee: string | null
  snoozedUntil: string | null
  acknowledgedBy: string | null
  endedBy: string | null
  endedAt: string | null
  dismissReason: string | null
  feedback: AlertFeedback | null
}

export type ActResult =
  | { kind: 'changed'; changes: Partial<AlertStanding>; note: string | null }
  /** It is so already. */
  | { kind: 'same' }
  | { kind: 'refused'; code: string; message: string; field?: string }

const REASON_MIN = 3
const REASON_MAX = 500
const SNOOZE_MS_MAX = 30 * 86_400_000
const ASSIGNEE_MAX = 254

/**
 * The transitions of an alert: OPEN → ACKNOWLEDGED → RESOLVED, or DISMISSED with a reason from either of the first two. An alert that has
 * ended stays ended; doing again what is done is the same. Feedback may be given at any time, also afterwards.
 *
 *     act({ state: 'OPEN', … }, { do: 'acknowledge' }, { by: 'ann@example.com', nowMs })
 *     // { kind: 'changed', changes: { state: 'ACKNOWLEDGED', acknowledgedBy: 'ann@example.com' }, note: null }
 */
export function act(
  alert: AlertStanding,
  action: AlertActionInput,
  { by, nowMs }: { by: string; nowMs: number },
): ActResult {
  switch (action.do) {
    case 'acknowledge':
      if (alert.state === 'ACKNOWLEDGED') return { kind: 'same' }
      return ended(alert) ?? changed({ state: 'ACKNOWLEDGED', acknowledgedBy: by })
    case 'resolve':
      if (alert.state === 'RESOLVED') return { kind: 'same' }
      return ended(alert) ?? changed({ state: 'RESOLVED', endedBy: by })
    case 'dismiss':
      return dismiss(alert, action.reason, by)
    case 'snooze':
      return ended(alert) ?? snooze(alert, action.until, nowMs)
    case 'assign':
      return ended(alert) ?? assign(alert, action.to)
    case 'feedback':
      if (alert.feedback === action.feedback) return { kind: 'same' }
      return changed({ feedback: action.feedback }, action.feedback)
    default:
      return action satisfies never
  }
}

function changed(changes: Partial<AlertStanding>, note: string | null = null): ActResult {
  return { kind: 'changed', changes, note }
}

function refused(code: string, message: string, field?: string): ActResult {
  return field === undefined ? { kind: 'refused', code, message } : { kind: 'refused', code, message, field }
}

function ended({ state, endedBy, endedAt }: AlertStanding): ActResult | null {
  if (state === 'OPEN' || state === 'ACKNOWLEDGED') return null
  const how = state === 'RESOLVED' ? 'resolved' : 'dismissed'
  return refused('ALERT_ENDED', `This alert was ${how} by ${endedBy ?? 'somebody'} at ${endedAt ?? 'an unknown time'}.`)
}

function dismiss(alert: AlertStanding, reason: string, by: string): ActResult {
  if (alert.state === 'DISMISSED') return { kind: 'same' }
  const gone = ended(alert)
  if (gone !== null) return gone
  const text = reason.trim()
  if (text.length < REASON_MIN)
    return refused(
      'MISSING_FIELD',
      `Dismissing an alert needs a reason of at least ${REASON_MIN} characters.`,
      'reason',
    )
  if (text.length > REASON_MAX) {
    return refused(
      'INVALID_FIELD',
      `A reason has at most ${REASON_MAX} characters; this one has ${text.length}.`,
      'reason',
    )
  }
  if (!isText(text)) return refused('INVALID_FIELD', 'The reason has characters that are no text.', 'reason')
  return changed({ state: 'DISMISSED', endedBy: by, dismissReason: text }, text)
}

function snooze(alert: AlertStanding, until: string, nowMs: number): ActResult {
  let atMs: number
  try {
    atMs = parseInstant(until) / 1_000
  } catch {
    return refused('INVALID_FIELD', `${quoted(until)} is not an instant such as 2026-03-01T09:00:00Z.`, 'until')
  }
  if (atMs <= nowMs) return refused('INVALID_FIELD', `An alert is snoozed until later; ${until} has passed.`, 'until')
  if (atMs - nowMs > SNOOZE_MS_MAX) {
    return refused('INVALID_FIELD', `An alert is snoozed for at most 30 days; ${until} is further away.`, 'until')
  }
  const snoozedUntil = formatInstant(Math.round(atMs * 1_000))
  return snoozedUntil === alert.snoozedUntil ? { kind: 'same' } : changed({ snoozedUntil }, snoozedUntil)
}

function assign(alert: AlertStanding, to: string | null): ActResult {
  const assignee = to === null || to.trim() === '' ? null : to.trim()
  if (assignee === alert.assignee) return { kind: 'same' }
  if (assignee !== null && assignee.length > ASSIGNEE_MAX) {
    return refused(
      'INVALID_FIELD',
      `An assignee has at most ${ASSIGNEE_MAX} characters; this one has ${assignee.length}.`,
      'to',
    )
  }
  if (assignee !== null && !isText(assignee))
    return refused('INVALID_FIELD', 'The assignee has characters that are no text.', 'to')
  return changed({ assignee }, assignee)
}

/** What the database can keep. */
function isText(text: string): boolean {
  return !text.includes('\0') && isWellFormed(text)
}
