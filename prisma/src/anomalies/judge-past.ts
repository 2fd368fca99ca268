import { incidentsOf } from '@outlay/domain/anomaly/incidents'
import { judgeSeries, type DayJudgement, type DetectorSettings } from '@outlay/domain/anomaly/judge-series'
import { addDays, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { Grain } from '@outlay/domain/rollup/grain'
import { costFinding, type CostFinding } from './finding.ts'
import type { Series } from './load-series.ts'
import { identityOf } from './series-names.ts'

/** Complete days that are judged each morning: what arrived late for one of them is judged with it. */
export const JUDGED_DAYS = 4
/** How far before those a flagged day may lie and still be told with them. */
const TOLD_BACK_DAYS = 28

/** What a series is expected to cost on a day. */
export interface SeriesExpectation extends Omit<DayJudgement, 'actual' | 'flag'> {
  grain: number
  a: string
  b: string
}

export interface Judgement {
  findings: CostFinding[]
  expectations: SeriesExpectation[]
}

/** What is known of series beside their costs. */
export interface Hindsight {
  settings: Pick<DetectorSettings, 'minExcess' | 'coldExcess'>
  /** What feedback has moved, by series. */
  shifts: ReadonlyMap<string, number>
  /** Days from which on the past of a scope says nothing, by `<scope> <member>`. */
  resets: ReadonlyMap<string, readonly CalendarDate[]>
  /** Since when an incident of a series has been going on, by series. */
  since: ReadonlyMap<string, CalendarDate>
}

/**
 * Judges the complete days before `day`, and says what is expected of it and of the day after. A series is walked through once; one with a
 * flagged day, or whose incident is going on, once more, to tell its incident as a whole.
 */
export function judgePast(series: readonly Series[], day: CalendarDate, hindsight: Hindsight): Judgement {
  const findings: CostFinding[] = []
  const expectations: SeriesExpectation[] = []
  const from = addDays(day, -JUDGED_DAYS)
  const through = addDays(day, -1)
  for (const { grain, a, b, days } of series) {
    const identity = identityOf({ grain, a, b })
    const input = {
      // Of the day itself only a part has come in; it is no day to judge by.
      days: days.filter((cost) => cost.day < day),
      settings: { ...hindsight.settings, scoreShift: hindsight.shifts.get(identity.series) ?? 0 },
      resets: resetsOf({ grain, a, b }, hindsight.resets),
    }
    if (input.days.length === 0) continue
    const judged = judgeSeries({ ...input, from, to: addDays(day, 1) })
    for (const { actual: _, flag: __, ...expectation } of judged.slice(JUDGED_DAYS)) {
      expectations.push({ grain, a, b, ...expectation })
    }
    const since = hindsight.since.get(identity.series)
    if (since === undefined && judged.every(({ flag }) => flag === null)) continue
    const earliest = addDays(from, -TOLD_BACK_DAYS)
    const told = judgeSeries({
      ...input,
      from: since !== undefined && since < earliest ? since : earliest,
      to: through,
    })
    for (const incident of incidentsOf(told)) {
      if (incident.lastDay >= from || since !== undefined) findings.push(costFinding({ grain, a, b }, incident))
    }
  }
  return { findings, expectations }
}

/**
 * The days from which on the past of a series says nothing. A note on a scope holds for everything that is a part of it: an agent's for its
 * work for each client, the fleet's for all.
 */
export function resetsOf(
  { grain, a, b }: { grain: number; a: string; b: string },
  resets: ReadonlyMap<string, readonly CalendarDate[]>,
): CalendarDate[] {
  const of = (scope: string, member?: string) => (member === undefined ? [] : (resets.get(`${scope} ${member}`) ?? []))
  const agent = grain === Grain.AGENT ? a : grain === Grain.CLIENT_AGENT ? b : undefined
  const client = grain === Grain.CLIENT || grain === Grain.CLIENT_AGENT ? a : undefined
  const project = grain === Grain.PROJECT ? a : undefined
  return [...(resets.get('FLEET') ?? []), ...of('AGENT', agent), ...of('CLIENT', client), ...of('PROJECT', project)]
}
