import { formatFixed18, parseFixed18, roundHalfEven } from '@outlay/domain/money/fixed18'
import type { Money } from '@outlay/domain/money/currency'
import type { Tone } from '../components/ui/badge.tsx'
import type { AlertFeedback, AlertKind, AlertSeverity, AlertState, BudgetScope } from '../generated/graphql.ts'
import { compareDecimals, decimalText, percentText, sumOf } from './format.ts'

/** Alerts in words, and the little that is worked out from what the API says of one. */

export const KIND_NAMES = {
  AGENT_DAILY_LIMIT: 'Daily limit of an agent',
  CLIENT_BUDGET: 'Budget of a client',
  PROJECT_BUDGET: 'Budget of a project',
  FLEET_CEILING: 'Ceiling of the fleet',
  COST_SPIKE: 'Daily cost',
  COST_SHIFT: 'New level of cost',
  AGENT_FANOUT: 'More agents than usual',
  NEW_RESOURCE: 'New resource',
  UNPRICED_USAGE: 'Usage without a price',
  CHAIN_SHAPE: 'Shape of a chain',
} as const satisfies Record<AlertKind, string>

export const ALERT_KINDS = Object.keys(KIND_NAMES) as AlertKind[]

export const SEVERITY_NAMES = {
  INFO: 'information',
  WARNING: 'warning',
  CRITICAL: 'critical',
} as const satisfies Record<AlertSeverity, string>

export const SCOPE_NAMES = {
  FLEET: 'Fleet',
  AGENT: 'Agent',
  CLIENT: 'Client',
  PROJECT: 'Project',
} as const satisfies Record<BudgetScope, string>

export const FEEDBACK_NAMES = {
  EXPECTED: 'expected',
  WRONG: 'wrong',
  FIXED: 'fixed',
} as const satisfies Record<AlertFeedback, string>

const LIMITS: ReadonlySet<AlertKind> = new Set([
  'AGENT_DAILY_LIMIT',
  'CLIENT_BUDGET',
  'PROJECT_BUDGET',
  'FLEET_CEILING',
])

/** Whether it was raised by a budget, not by a deviation from the past. */
export function isLimit(kind: AlertKind): boolean {
  return LIMITS.has(kind)
}

/** Whether people can still do something about it. */
export function isOpen(state: AlertState): boolean {
  return state === 'OPEN' || state === 'ACKNOWLEDGED'
}

/** How a state is printed. An open one is as loud as its severity. */
export function stateLook(state: AlertState, severity: AlertSeverity): { tone: Tone; text: string } {
  switch (state) {
    case 'OPEN':
      return { tone: severity === 'CRITICAL' ? 'bad' : severity === 'WARNING' ? 'warn' : 'neutral', text: 'Open' }
    case 'ACKNOWLEDGED':
      return { tone: 'neutral', text: 'Acknowledged' }
    case 'RESOLVED':
      return { tone: 'ok', text: 'Resolved' }
    case 'DISMISSED':
      return { tone: 'outline', text: 'Dismissed' }
    default:
      return state satisfies never
  }
}

const RULES: Readonly<Record<string, string>> = {
  POINT: 'Far from its usual',
  BACKSTOP: 'Many times its usual',
  SHIFT: 'Stays above its level',
  COLD_START: 'Dear from the start',
  BURN_RATE: 'Burning too fast',
}

/** The rule in words; the API's own name where it is none of these. */
export function ruleText(rule: string): string {
  return RULES[rule] ?? rule.toLowerCase().replaceAll('_', ' ')
}

/** `6×`, `1.5×`: how many times the expected, at one decimal. */
export function timesText(ratio: string): string {
  const tenths = roundHalfEven(parseFixed18(ratio), 1)
  return `${decimalText(formatFixed18(tenths), tenths % 10n ** 18n === 0n ? 0 : 1)}×`
}

interface Deviation {
  kind: AlertKind
  rule?: string | null
  score?: string | null
  ratio?: string | null
  threshold?: string | null
}

/** The measure behind it: `6× the usual, z 9.1`, `at 90 % of its budget`. Null when there is none. */
export function measureText({ kind, score, ratio, threshold }: Deviation): string | null {
  if (threshold != null && isLimit(kind)) return `at ${percentText(threshold, 0)} of its budget`
  const parts = [
    ratio == null ? null : `${timesText(ratio)} the usual`,
    score == null ? null : `z ${decimalText(score, 1)}`,
  ].filter((part) => part !== null)
  return parts.length === 0 ? null : parts.join(', ')
}

interface Contribution {
  dimension: string
  amount: { amount: string }
}

/** Contributors by what they are of, in the order they come, dearest dimension first as the API has it. */
export function byDimension<One extends Contribution>(
  contributors: readonly One[],
): { dimension: One['dimension']; rows: One[] }[] {
  const groups = new Map<One['dimension'], One[]>()
  for (const one of contributors) groups.set(one.dimension, [...(groups.get(one.dimension) ?? []), one])
  return [...groups].map(([dimension, rows]) => ({ dimension, rows }))
}

interface Amounts {
  impact?: { amount: string } | null
  actual?: { amount: string } | null
}

/** What contributors add up to, by name: of an anomaly the impact, of a limit what was spent. */
export function sumName(rows: readonly Contribution[], { impact, actual }: Amounts): 'Impact' | 'Spent' | 'Sum' {
  const sum = sumOf(rows.map((row) => row.amount.amount))
  if (impact != null && compareDecimals(sum, impact.amount) === 0) return 'Impact'
  if (actual != null && compareDecimals(sum, actual.amount) === 0) return 'Spent'
  return 'Sum'
}

const HOUR_MS = 3_600_000n

/** What it comes to by `end` at `perHour` from `now` on; null when it is over, or nobody knows how fast it goes. */
export function projected(
  soFar: Money | null | undefined,
  perHour: Money | null | undefined,
  now: number,
  end: string,
): Money | null {
  const left = BigInt(Date.parse(end) - now)
  if (soFar == null || perHour == null || left <= 0n) return null
  const more = (parseFixed18(perHour.amount) * left) / HOUR_MS
  return { amount: formatFixed18(parseFixed18(soFar.amount) + more), currency: soFar.currency }
}

/** Sum of impacts, for the heading of a list. Limits have none. */
export function totalImpact(alerts: readonly Amounts[]): string {
  return sumOf(alerts.flatMap(({ impact }) => (impact == null ? [] : [impact.amount])))
}
