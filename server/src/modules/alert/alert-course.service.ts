import { readDetector, readResets } from '@outlay/db/anomalies/read-detector'
import { placeOf, readCourse, readSeriesBuckets, type CourseDay } from '@outlay/db/sql/read-alert-course'
import { divideHalfEven } from '@outlay/domain/money/half-even'
import type { Fixed18 } from '@outlay/domain/money/fixed18'
import { addDays } from '@outlay/domain/periods/calendar-date'
import { dayBounds, today } from '@outlay/domain/periods/local-day'
import type { Context } from '../../graphql/context.ts'
import { badInput } from '../../graphql/errors.ts'
import { isoText } from '../../reads/period.ts'
import type { AlertSource } from './alert.ref.ts'

export interface AlertDaySource extends CourseDay {
  isPartial: boolean
}

const DAYS_MAX = 112
const HOUR_MS = 3_600_000
/** Days of the same weekday whose course is the usual one. */
const USUAL_WEEKS = 4

/** The days up to the last one of an alert. A limit has no band: nothing was expected of its days but the budget. */
export async function daysOf(context: Context, alert: AlertSource, count: number): Promise<AlertDaySource[]> {
  if (count < 1 || count > DAYS_MAX) throw badInput('count', `count is ${count}; it must be 1 to ${DAYS_MAX}.`)
  const { db, tenant, now } = context
  const to = addDays(alert.lastDay, 1)
  const [detector, resets] = await Promise.all([readDetector(db), readResets(db, alert)])
  const days = await readCourse(db, {
    place: placeOf(alert),
    from: addDays(to, -count),
    to,
    settings: { ...detector.settings, scoreShift: 0 },
    resets,
  })
  const present = today(now, tenant.timeZone)
  return days.map((day) =>
    alert.budgetId === null
      ? { ...day, isPartial: day.day === present }
      : { ...day, expected: null, low: null, high: null, isFlagged: false, isPartial: day.day === present },
  )
}

export interface AlertHourSource {
  start: string
  end: string
  actual: Fixed18 | null
  expected: Fixed18 | null
}

/**
 * What the last day of an alert had come to by the end of each hour, and what was expected of it by then: what the day was expected to
 * come to, spread as the four days of the same weekday before it were; of a limit, which expects nothing of a day, their mean. A day of
 * 25 hours has 25.
 */
export async function hoursOf(context: Context, alert: AlertSource): Promise<AlertHourSource[]> {
  const { db, tenant, now } = context
  const days = Array.from({ length: USUAL_WEEKS + 1 }, (_, weeks) => addDays(alert.lastDay, -7 * weeks))
  const spans = days.map((day) => dayBounds(day, tenant.timeZone))
  const [[own = [], ...usual], [day]] = await Promise.all([
    readSeriesBuckets(db, { place: placeOf(alert), spans }),
    daysOf(context, alert, 1),
  ])
  const [span] = spans
  if (span === undefined) return []
  const upTo = (buckets: readonly { startMs: number; cost: Fixed18 }[], endMs: number): Fixed18 =>
    buckets.reduce((sum, { startMs, cost }) => (startMs < endMs ? sum + cost : sum), 0n)
  const whole = usual.flat().reduce((sum, { cost }) => sum + cost, 0n)
  const expectedBy = (sum: Fixed18): Fixed18 | null => {
    if (whole === 0n) return null
    const expected = day?.expected ?? null
    return expected === null ? divideHalfEven(sum, BigInt(USUAL_WEEKS)) : divideHalfEven(sum * expected, whole)
  }
  const hours: AlertHourSource[] = []
  for (let start = span.start; start < span.end; start += HOUR_MS) {
    const end = Math.min(start + HOUR_MS, span.end)
    const elapsed = end - span.start
    const sums = usual.map((buckets, index) => {
      const before = spans[index + 1]
      return before === undefined ? 0n : upTo(buckets, end === span.end ? before.end : before.start + elapsed)
    })
    const sum = sums.reduce((total, cost) => total + cost, 0n)
    hours.push({
      start: isoText(start),
      end: isoText(end),
      actual: start > now ? null : upTo(own, end),
      expected: expectedBy(sum),
    })
  }
  return hours
}
