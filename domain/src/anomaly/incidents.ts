import type { Fixed18 } from '../money/fixed18.ts'
import { daysBetween, type CalendarDate } from '../periods/calendar-date.ts'
import type { DayJudgement, Flag } from './judge-series.ts'

/** Flags at most so many days apart are of one incident. */
export const INCIDENT_GAP_DAYS = 7

/** With so many flagged days it is no spike any more. */
const SHIFT_DAYS = 3

export interface Incident {
  firstDay: CalendarDate
  lastDay: CalendarDate
  flagged: readonly DayJudgement[]
  kind: 'COST_SPIKE' | 'COST_SHIFT'
  /** Sums over the flagged days. */
  expected: Fixed18
  low: Fixed18
  high: Fixed18
  actual: Fixed18
  /** actual − expected. */
  impact: Fixed18
  /** The flagged day with the largest excess, the earliest of equals. */
  peak: DayJudgement
}

/**
 * The incidents of one series, oldest first: flagged days that lie at most seven days apart are one, and are told once. Amounts are those
 * of its flagged days; where a day has no band (COLD) the band is what was expected.
 *
 *     // flags on 3, 4 and 9 March and on 20 March
 *     incidentsOf(judgements).map(({ firstDay, lastDay }) => [firstDay, lastDay])
 *     // [['2026-03-03', '2026-03-09'], ['2026-03-20', '2026-03-20']]
 */
export function incidentsOf(judgements: readonly DayJudgement[]): Incident[] {
  const groups: FlaggedDay[][] = []
  for (const judgement of judgements.filter(isFlagged).sort((a, b) => (a.day < b.day ? -1 : 1))) {
    const last = groups.at(-1)?.at(-1)
    if (last !== undefined && daysBetween(last.day, judgement.day) <= INCIDENT_GAP_DAYS) groups.at(-1)!.push(judgement)
    else groups.push([judgement])
  }
  return groups.map(incidentOf)
}

type FlaggedDay = DayJudgement & { flag: Flag }

function isFlagged(judgement: DayJudgement): judgement is FlaggedDay {
  return judgement.flag !== null
}

function incidentOf(flagged: readonly FlaggedDay[]): Incident {
  const first = flagged[0]!
  const sum = (amountOf: (day: FlaggedDay) => Fixed18) => flagged.reduce((total, day) => total + amountOf(day), 0n)
  const expected = sum((day) => day.expected ?? 0n)
  const actual = sum((day) => day.actual)
  const isShift = flagged.length >= SHIFT_DAYS || flagged.some(({ flag }) => flag.kind === 'COST_SHIFT')
  return {
    firstDay: first.day,
    lastDay: flagged.at(-1)!.day,
    flagged,
    kind: isShift ? 'COST_SHIFT' : 'COST_SPIKE',
    expected,
    low: sum((day) => day.low ?? day.expected ?? 0n),
    high: sum((day) => day.high ?? day.expected ?? 0n),
    actual,
    impact: actual - expected,
    peak: flagged.reduce((peak, day) => (day.flag.excess > peak.flag.excess ? day : peak), first),
  }
}
