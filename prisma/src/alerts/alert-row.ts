import type { AlertFeedback, AlertKind, AlertSeverity, AlertState } from '@outlay/domain/alerts/alert'
import { parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import { instantText } from '../sql/cell-sums.ts'

export type AlertScope = 'FLEET' | 'AGENT' | 'CLIENT' | 'PROJECT'

/** A part of an alert's impact by one member of a dimension; without an id the rest. */
export interface StoredContributor {
  dimension: 'AGENT' | 'CLIENT' | 'PROJECT' | 'RESOURCE'
  id: string | null
  /** Decimal text in the reporting currency. */
  amount: string
  share: string
}

/** What made actual − expected; the parts add up to the total, as decimal texts. */
export interface StoredDecomposition {
  volume: string
  tokensPerCall: string
  price: string
  mix: string
  total: string
}

/** Why it was told, for who looks closer. */
export interface AlertEvidence {
  rule?: string
  score?: number
  ratio?: number
  [fact: string]: unknown
}

/** What an alert says, beside its state: what is given when it is raised. Amounts are in the reporting currency. */
export interface AlertDraft {
  kind: AlertKind
  severity: AlertSeverity
  scope: AlertScope
  /** The agent, client or project; the nil uuid for the fleet. */
  memberId: string
  /** The second member of what is watched: the resource, or the client of an agent. */
  secondId: string | null
  /** What is watched, e.g. `AGENT:<uuid>`; one incident of it is open at a time. */
  series: string
  /** One alert for ever. */
  dedupeKey: string
  budgetId: string | null
  /** A share of the budget. */
  threshold: string | null
  title: string
  /** A sentence. */
  reason: string
  expected: Fixed18 | null
  bandLow: Fixed18 | null
  bandHigh: Fixed18 | null
  actual: Fixed18 | null
  impact: Fixed18 | null
  impactPerHour: Fixed18 | null
  firstDay: CalendarDate
  lastDay: CalendarDate
  /** RFC 3339. */
  windowStart: string
  windowEnd: string
  contributors: readonly StoredContributor[]
  decomposition: StoredDecomposition | null
  evidence: AlertEvidence
  /** The alert that explains this one, which is then not told. */
  suppressedBy: string | null
}

/** A row of `alert`. Instants are RFC 3339 with microseconds. */
export interface AlertRow extends AlertDraft {
  id: string
  state: AlertState
  /** The impact that people were told last. */
  toldImpact: Fixed18 | null
  revision: number
  assignee: string | null
  snoozedUntil: string | null
  escalatedAt: string | null
  acknowledgedBy: string | null
  acknowledgedAt: string | null
  endedBy: string | null
  endedAt: string | null
  dismissReason: string | null
  feedback: AlertFeedback | null
  raisedAt: string
  updatedAt: string
}

const AMOUNTS = ['expected', 'bandLow', 'bandHigh', 'actual', 'impact', 'impactPerHour', 'toldImpact'] as const
type Amounts = (typeof AMOUNTS)[number]

/** As Postgres answers it: amounts as text. */
export type StoredAlert = Omit<AlertRow, Amounts> & Record<Amounts, string | null>

/** The select list of an alert of alias `a`. */
export const ALERT_COLUMNS = `a.id, a.kind, a.severity, a.state, a.scope, a.member_id AS "memberId", a.second_id AS "secondId", a.series,
  a.dedupe_key AS "dedupeKey", a.budget_id AS "budgetId", trim_scale(a.threshold)::text AS threshold, a.title, a.reason,
  a.expected::text AS expected, a.band_low::text AS "bandLow", a.band_high::text AS "bandHigh", a.actual::text AS actual,
  a.impact::text AS impact, a.impact_per_hour::text AS "impactPerHour", a.first_day::text AS "firstDay", a.last_day::text AS "lastDay",
  ${instantText('a.window_start')} AS "windowStart", ${instantText('a.window_end')} AS "windowEnd", a.contributors, a.decomposition,
  a.evidence, a.suppressed_by AS "suppressedBy", a.told_impact::text AS "toldImpact", a.revision, a.assignee,
  ${instantText('a.snoozed_until')} AS "snoozedUntil", ${instantText('a.escalated_at')} AS "escalatedAt",
  a.acknowledged_by AS "acknowledgedBy", ${instantText('a.acknowledged_at')} AS "acknowledgedAt", a.ended_by AS "endedBy",
  ${instantText('a.ended_at')} AS "endedAt", a.dismiss_reason AS "dismissReason", a.feedback,
  ${instantText('a.raised_at')} AS "raisedAt", ${instantText('a.updated_at')} AS "updatedAt"`

export function alertRow(row: StoredAlert): AlertRow {
  const amounts = Object.fromEntries(AMOUNTS.map((name) => [name, amountOf(row[name])])) as Record<
    Amounts,
    Fixed18 | null
  >
  return { ...row, ...amounts }
}

const amountOf = (text: string | null): Fixed18 | null => (text === null ? null : parseFixed18(text))
