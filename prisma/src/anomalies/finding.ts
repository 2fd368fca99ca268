import type { AlertKind } from '@outlay/domain/alerts/alert'
import { incidentsOf, type Incident } from '@outlay/domain/anomaly/incidents'
import type { DayJudgement } from '@outlay/domain/anomaly/judge-series'
import type { Fixed18 } from '@outlay/domain/money/fixed18'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import type { AlertScope } from '../alerts/alert-row.ts'
import type { SeriesPlace } from '../sql/read-alert-course.ts'
import { identityOf, type SeriesIdentity } from './series-names.ts'

/** Something unusual, before it is an alert: what was found, of whom and on which days, without names and words. */
export type Finding = CostFinding | BurnFinding | FanoutFinding | NewResourceFinding | UnpricedFinding | ChainFinding

interface Found {
  /** One incident of it is open at a time. */
  series: string
  scope: AlertScope
  memberId: string
  secondId: string | null
  firstDay: CalendarDate
  lastDay: CalendarDate
}

/** Days that cost more than the past of the series explains. */
export interface CostFinding extends Found {
  kind: 'COST_SPIKE' | 'COST_SHIFT'
  suspect: SeriesIdentity['suspect']
  place: SeriesPlace
  incident: Incident
}

/** Money that leaves faster than the day's expectation allows: told before the day has come to it. */
export interface BurnFinding extends Found {
  kind: 'BURN_RATE'
  place: SeriesPlace
  hours: 1 | 6
  /** In those hours. */
  spent: Fixed18
  projectedDay: Fixed18
  expectedDay: Fixed18
  ratio: number
  /** What each member of a dimension spent in those hours. */
  members: { dimension: 'CLIENT' | 'PROJECT' | 'RESOURCE' | 'AGENT'; id: string; cost: Fixed18 }[]
}

export interface FanoutFinding extends Found {
  kind: 'AGENT_FANOUT'
  day: CalendarDate
  agents: number
  usual: number
  unseen: readonly string[]
  /** What each unseen agent cost in the project on the day. */
  costs: ReadonlyMap<string, Fixed18>
}

export interface NewResourceFinding extends Found {
  kind: 'NEW_RESOURCE'
  resourceId: string
  /** Since its first day. */
  cost: Fixed18
}

export interface UnpricedFinding extends Found {
  kind: 'UNPRICED_USAGE'
  resourceId: string
  /** Invocations of its days that have no price. */
  invocations: bigint
}

export interface ChainFinding extends Found {
  kind: 'CHAIN_SHAPE'
  day: CalendarDate
  what: 'DEPTH' | 'FANOUT'
  value: number
  p99: number
  traceId: string | null
}

/** As which kind of alert a finding is told: a burn rate is a spike that is not complete yet. */
export function alertKindOfFinding({ kind }: Finding): AlertKind {
  return kind === 'BURN_RATE' ? 'COST_SPIKE' : kind
}

/** The finding of an incident of a series. */
export function costFinding(place: SeriesPlace, incident: Incident): CostFinding {
  const { kind, firstDay, lastDay } = incident
  return { ...identityOf(place), kind, place, incident, firstDay, lastDay }
}

/**
 * An incident with other flagged days of it that are known already: the days of one series that are told as one. Where both have a day, the
 * incident's says more about it.
 */
export function withDays(finding: CostFinding, known: readonly DayJudgement[]): CostFinding {
  const own = new Set(finding.incident.flagged.map(({ day }) => day))
  const others = known.filter(({ day }) => !own.has(day))
  if (others.length === 0) return finding
  const incident = incidentsOf([...others, ...finding.incident.flagged]).find(
    ({ lastDay }) => lastDay >= finding.lastDay,
  )
  return incident === undefined ? finding : costFinding(finding.place, incident)
}

/** The part of an incident after a day; null when there is none. */
export function partAfter(finding: CostFinding, day: CalendarDate): CostFinding | null {
  const incident = incidentsOf(finding.incident.flagged.filter((flagged) => flagged.day > day)).at(-1)
  return incident === undefined ? null : costFinding(finding.place, incident)
}
