import type { DayJudgement, FlagRule } from '@outlay/domain/anomaly/judge-series'
import { formatFixed18, parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import type { AlertEvidence } from '../alerts/alert-row.ts'

/** A flagged day as an alert keeps it in its evidence. */
interface StoredDay {
  day: CalendarDate
  actual: string
  expected: string
  low: string | null
  high: string | null
  rule: FlagRule
  kind: 'COST_SPIKE' | 'COST_SHIFT'
  score: number
  ratio: number
}

/** Scores and ratios are for reading; four digits of them. */
const readable = (value: number): number => Number(value.toPrecision(4))

/** What was flagged, day by day, so that the next look can say the incident as a whole. */
export function storedDays(flagged: readonly DayJudgement[]): StoredDay[] {
  return flagged.flatMap(({ day, actual, expected, low, high, flag }) => {
    if (flag === null) return []
    const { rule, kind, score, ratio } = flag
    return [
      {
        day,
        actual: formatFixed18(actual),
        expected: formatFixed18(expected ?? 0n),
        low: textOf(low),
        high: textOf(high),
        rule,
        kind,
        score: readable(score),
        ratio: readable(ratio),
      },
    ]
  })
}

/** The flagged days that an alert keeps; empty for what is no cost. */
export function flaggedDays({ days }: AlertEvidence): DayJudgement[] {
  if (!Array.isArray(days)) return []
  return (days as StoredDay[]).map((stored) => {
    const { day, rule, kind, score, ratio } = stored
    const [actual, expected] = [parseFixed18(stored.actual), parseFixed18(stored.expected)]
    return {
      day,
      actual,
      status: 'READY',
      expected,
      low: amountOf(stored.low),
      high: amountOf(stored.high),
      alarmAt: null,
      rule,
      flag: { rule, kind, score, ratio, excess: actual - expected },
    }
  })
}

const textOf = (amount: Fixed18 | null): string | null => (amount === null ? null : formatFixed18(amount))
const amountOf = (text: string | null): Fixed18 | null => (text === null ? null : parseFixed18(text))
