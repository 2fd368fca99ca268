import type { AlertSeverity } from '@outlay/domain/alerts/alert'
import { anomalyWords, type FoundAnomaly } from '@outlay/domain/alerts/anomaly-words'
import { toEstimate } from '@outlay/domain/anomaly/estimate'
import { divideHalfEven } from '@outlay/domain/money/half-even'
import { formatFixed18, ratio, type Fixed18 } from '@outlay/domain/money/fixed18'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import { dayBounds } from '@outlay/domain/periods/local-day'
import type { AlertDraft, StoredContributor } from '../alerts/alert-row.ts'
import { named, type Explanation } from './explain.ts'
import { alertKindOfFinding, type BurnFinding, type CostFinding, type FanoutFinding, type Finding } from './finding.ts'
import type { Names } from './names.ts'
import { storedDays } from './stored-days.ts'

/** What a draft needs to know beside the finding. */
export interface DraftContext {
  names: Names
  currency: string
  timeZone: string
  nowMs: number
  /** The day that is not over. */
  today: CalendarDate
  /** The least excess that is told. */
  minExcess: Fixed18
}

const HOUR_MS = 3_600_000
/** So many times the usual, and so many times the least excess that is told: worth waking somebody. */
const CRITICAL_RATIO = 4
const CRITICAL_EXCESSES = 10n

/** The alert that tells a finding. `explanation`: of a cost. */
export function draftOf(
  finding: Finding,
  context: DraftContext,
  { explanation, suppressedBy }: { explanation: Explanation | null; suppressedBy: string | null },
): AlertDraft {
  const { series, scope, memberId, secondId, firstDay, lastDay } = finding
  return {
    kind: alertKindOfFinding(finding),
    severity: severityOf(finding, context),
    ...{ scope, memberId, secondId, series, firstDay, lastDay, suppressedBy },
    dedupeKey: `${series}/${firstDay}`,
    budgetId: null,
    threshold: null,
    ...anomalyWords(wordsOf(finding, context)),
    windowStart: new Date(dayBounds(firstDay, context.timeZone).start).toISOString(),
    windowEnd: new Date(dayBounds(lastDay, context.timeZone).end).toISOString(),
    ...amountsOf(finding, context),
    contributors: explanation?.contributors ?? contributorsOf(finding),
    decomposition: explanation?.decomposition ?? null,
    evidence: evidenceOf(finding),
  }
}

function severityOf(finding: Finding, { minExcess }: DraftContext): AlertSeverity {
  switch (finding.kind) {
    case 'COST_SPIKE':
    case 'COST_SHIFT': {
      const { impact, peak } = finding.incident
      const isLarge = (peak.flag?.ratio ?? 0) >= CRITICAL_RATIO && impact >= CRITICAL_EXCESSES * minExcess
      return isLarge ? 'CRITICAL' : 'WARNING'
    }
    case 'NEW_RESOURCE':
      return 'INFO'
    case 'BURN_RATE':
    case 'AGENT_FANOUT':
    case 'UNPRICED_USAGE':
    case 'CHAIN_SHAPE':
      return 'WARNING'
    default:
      return finding satisfies never
  }
}

function wordsOf(finding: Finding, { names, currency, today }: DraftContext): FoundAnomaly {
  const who = nameOf(finding, names)
  switch (finding.kind) {
    case 'COST_SPIKE':
    case 'COST_SHIFT': {
      const { kind, incident, firstDay, lastDay } = finding
      const { flagged, actual, expected, low, high, peak } = incident
      const rule = peak.flag === null || peak.flag.rule === 'BURN_RATE' ? 'POINT' : peak.flag.rule
      const days = flagged.length
      return {
        kind,
        who,
        rule,
        firstDay,
        lastDay,
        days,
        actual,
        expected,
        low,
        high,
        isToday: lastDay >= today,
        currency,
      }
    }
    case 'BURN_RATE': {
      const { kind, hours, spent, projectedDay, expectedDay } = finding
      return { kind, who, hours, spent, projectedDay, expectedDay, currency }
    }
    case 'AGENT_FANOUT': {
      const { kind, day, agents, usual } = finding
      const unseen = finding.unseen.map((agent) => names.get(agent) ?? agent).sort()
      return { kind, who: who ?? '', day, agents, usual, unseen }
    }
    case 'NEW_RESOURCE': {
      const { kind, firstDay, cost } = finding
      return { kind, who: who ?? '', firstSeen: firstDay, cost, currency }
    }
    case 'UNPRICED_USAGE': {
      const { kind, firstDay, invocations } = finding
      return { kind, who: who ?? '', day: firstDay, invocations }
    }
    case 'CHAIN_SHAPE': {
      const { kind, day, what, value, p99 } = finding
      return { kind, who, day, what, value, p99 }
    }
    default:
      return finding satisfies never
  }
}

/** Who it is about; null for the fleet. */
function nameOf({ scope, memberId, secondId }: Finding, names: Names): string | null {
  const first = scope === 'FLEET' ? null : (names.get(memberId) ?? memberId)
  if (secondId === null) return first
  const second = names.get(secondId) ?? secondId
  return first === null ? second : `${first} for ${second}`
}

type Amounts = Pick<AlertDraft, 'expected' | 'bandLow' | 'bandHigh' | 'actual' | 'impact' | 'impactPerHour'>

const NO_AMOUNTS: Amounts = {
  expected: null,
  bandLow: null,
  bandHigh: null,
  actual: null,
  impact: null,
  impactPerHour: null,
}

function amountsOf(finding: Finding, context: DraftContext): Amounts {
  switch (finding.kind) {
    case 'COST_SPIKE':
    case 'COST_SHIFT': {
      const { expected, low, high, actual, impact } = finding.incident
      const ms = passedMs(finding, context)
      const impactPerHour = ms > 0 ? divideHalfEven(impact * BigInt(HOUR_MS), BigInt(ms)) : null
      return { expected, bandLow: low, bandHigh: high, actual, impact, impactPerHour }
    }
    case 'BURN_RATE': {
      const { spent, projectedDay, expectedDay } = finding
      const expected = paceOf(finding)
      const impactPerHour = divideHalfEven(projectedDay - expectedDay, 24n)
      return { ...NO_AMOUNTS, expected, actual: spent, impact: spent - expected, impactPerHour }
    }
    case 'NEW_RESOURCE':
      return { ...NO_AMOUNTS, actual: finding.cost }
    case 'AGENT_FANOUT':
    case 'UNPRICED_USAGE':
    case 'CHAIN_SHAPE':
      return NO_AMOUNTS
    default:
      return finding satisfies never
  }
}

/** How much of its flagged days has passed. */
function passedMs({ incident }: CostFinding, { timeZone, nowMs }: DraftContext): number {
  return incident.flagged.reduce((sum, { day }) => {
    const { start, end } = dayBounds(day, timeZone)
    return sum + Math.max(0, Math.min(end, nowMs) - start)
  }, 0)
}

/** What the day's expectation is in the hours that are looked at. */
function paceOf({ expectedDay, hours }: BurnFinding): Fixed18 {
  return divideHalfEven(expectedDay * BigInt(hours), 24n)
}

function contributorsOf(finding: Finding): StoredContributor[] {
  if (finding.kind === 'AGENT_FANOUT') return newcomers(finding)
  if (finding.kind !== 'BURN_RATE') return []
  // In a few hours nothing is usual of a member: each is named with its part of what was spent beyond the pace.
  const { spent, members } = finding
  const impact = spent - paceOf(finding)
  return (['AGENT', 'CLIENT', 'PROJECT', 'RESOURCE'] as const).flatMap((dimension) => {
    const parts = members
      .filter((member) => member.dimension === dimension && spent > 0n)
      .map(({ id, cost }) => [id, divideHalfEven(impact * cost, spent)] as const)
      .sort(([x, one], [y, other]) => (one === other ? (x < y ? -1 : 1) : one > other ? -1 : 1))
    return parts.length === 0 ? [] : named(dimension, parts, impact)
  })
}

/** The agents that were not there before, with what they cost. */
function newcomers({ costs }: FanoutFinding): StoredContributor[] {
  const total = [...costs.values()].reduce((sum, cost) => sum + cost, 0n)
  return [...costs]
    .sort(([x, one], [y, other]) => (one === other ? (x < y ? -1 : 1) : one > other ? -1 : 1))
    .map(([id, cost]) => ({
      dimension: 'AGENT' as const,
      id,
      amount: formatFixed18(cost),
      share: ratio(cost, total, 4) ?? '0',
    }))
}

function evidenceOf(finding: Finding): AlertDraft['evidence'] {
  switch (finding.kind) {
    case 'COST_SPIKE':
    case 'COST_SHIFT': {
      const { flagged, peak } = finding.incident
      const days = storedDays(flagged)
      const told = days.find(({ day }) => day === peak.day)
      if (told === undefined) return { days }
      return { rule: told.rule, score: told.score, ratio: told.ratio, status: peak.status, days }
    }
    case 'BURN_RATE': {
      const { hours, projectedDay, expectedDay } = finding
      return {
        rule: 'BURN_RATE',
        ratio: Number((toEstimate(projectedDay) / Math.max(toEstimate(expectedDay), 1e-6)).toPrecision(4)),
        hours,
        projectedDay: formatFixed18(projectedDay),
        expectedDay: formatFixed18(expectedDay),
      }
    }
    case 'AGENT_FANOUT':
      return { agents: finding.agents, usual: finding.usual, unseen: finding.unseen }
    case 'NEW_RESOURCE':
      return { firstSeen: finding.firstDay }
    case 'UNPRICED_USAGE':
      return { invocations: finding.invocations.toString() }
    case 'CHAIN_SHAPE':
      return { what: finding.what, value: finding.value, p99: finding.p99, traceId: finding.traceId }
    default:
      return finding satisfies never
  }
}
