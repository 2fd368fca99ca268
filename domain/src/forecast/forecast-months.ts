import { fromEstimate, toEstimate } from '../anomaly/estimate.ts'
import { formatFixed18, roundHalfEven, type Fixed18 } from '../money/fixed18.ts'
import { addMonths, type CalendarDate } from '../periods/calendar-date.ts'
import { medianOf } from './median.ts'

/** What a whole month cost. `month` is its first day. */
export interface MonthCost {
  month: CalendarDate
  cost: Fixed18
}

/** What a month to come is expected to cost. Estimates, rounded to 6 decimals; `low` and `high` are null where one month is all that is known. */
export interface ExpectedMonth {
  month: CalendarDate
  mid: Fixed18
  /** One month in ten is expected below it. */
  low: Fixed18 | null
  /** One month in ten is expected above it. */
  high: Fixed18 | null
}

/** How such forecasts would have done: made from each month of the history on, and compared with all the months after it. */
export interface MonthsAccuracy {
  /** Σ|expected − actual| ÷ Σ actual, a fraction with 4 decimals; null when nothing was spent. */
  wape: string | null
  /** Mean of |expected − actual| ÷ actual over the months with a cost, a fraction with 4 decimals; null without one. */
  mape: string | null
  /** Share of the compared months that lay within the interval; 0.8 is what it promises. */
  coverage: string
  /** How many comparisons that is. */
  points: number
}

const DAMPING = 0.8
const TREND_MONTHS_MIN = 4
const LEVEL_GAIN = 0.5
const FRACTION_DECIMALS = 4
/** For intervals that hold however a float was rounded. */
const TOLERANCE = 1e-6
/** 90 % points of Student's t by degrees of freedom: few deviations say little of how large they can be. */
const T90 = [3.078, 1.886, 1.638, 1.533, 1.476, 1.44, 1.415, 1.397, 1.383, 1.372, 1.363] as const

/**
 * What the months after a history will cost. A robust line (Theil 1950, Sen 1968) whose slope fades by a fifth each month (the damped trend of
 * Gardner and McKenzie 1985), and below four months no slope at all: the median. The interval is of 80 %, from how far the same forecast was off
 * one month ahead, with Student's t for their number, and wider each month as a level that takes in half of each deviation wanders.
 *
 * Twelve months show each month of the year once, so no season is told from chance, and none is assumed.
 *
 * `history`: whole months, ascending, without a gap. Null without any.
 *
 *     forecastMonths({ history: [{ month: '2026-01-01', cost: 10 }, { month: '2026-02-01', cost: 10 }], months: 1 })
 *     // [{ month: '2026-03-01', low: 10, mid: 10, high: 10 }]
 */
export function forecastMonths(input: { history: readonly MonthCost[]; months: number }): ExpectedMonth[] | null {
  const { history, months } = input
  const last = history.at(-1)
  if (last === undefined) return null
  const course = courseOf(history.map(({ cost }) => toEstimate(cost)))
  return Array.from({ length: months }, (_, index) => {
    const mid = course.at(index + 1)
    const half = course.halfAt(index + 1)
    return {
      month: addMonths(last.month, index + 1),
      mid: fromEstimate(mid),
      low: half === null ? null : fromEstimate(Math.max(0, mid - half)),
      high: half === null ? null : fromEstimate(mid + half),
    }
  })
}

/**
 * Forecasts what is known: from each month of the history on that has two before it, every month after it (rolling origin). Null below three
 * months, with which there is nothing to compare.
 */
export function monthsAccuracy(history: readonly MonthCost[]): MonthsAccuracy | null {
  const values = history.map(({ cost }) => toEstimate(cost))
  const compared = values.flatMap((_, origin) => {
    if (origin < 2) return []
    const course = courseOf(values.slice(0, origin))
    return values.slice(origin).map((actual, index) => {
      const error = Math.abs(course.at(index + 1) - actual)
      return { actual, error, isWithin: error <= (course.halfAt(index + 1) ?? 0) + TOLERANCE }
    })
  })
  if (compared.length === 0) return null
  const spent = sumOf(compared.map(({ actual }) => Math.abs(actual)))
  const shares = compared.flatMap(({ actual, error }) => (actual > 0 ? [error / actual] : []))
  return {
    wape: spent > 0 ? fraction(sumOf(compared.map(({ error }) => error)) / spent) : null,
    mape: shares.length > 0 ? fraction(sumOf(shares) / shares.length) : null,
    coverage: fraction(compared.filter(({ isWithin }) => isWithin).length / compared.length),
    points: compared.length,
  }
}

interface Course {
  /** So many months after the last known one. */
  at: (ahead: number) => number
  /** Half of the interval there; null where nothing could be compared yet. */
  halfAt: (ahead: number) => number | null
}

function courseOf(values: readonly number[]): Course {
  const errors = values.flatMap((value, index) => (index === 0 ? [] : [value - lineOf(values.slice(0, index))(1)]))
  const spread = Math.sqrt(sumOf(errors.map((error) => error ** 2)) / Math.max(1, errors.length))
  const quantile = T90[Math.min(errors.length, T90.length) - 1]
  return {
    at: lineOf(values),
    halfAt: (ahead) =>
      quantile === undefined ? null : quantile * spread * Math.sqrt(1 + LEVEL_GAIN ** 2 * (ahead - 1)),
  }
}

function lineOf(values: readonly number[]): (ahead: number) => number {
  const slope = values.length < TREND_MONTHS_MIN ? 0 : medianOf(slopesOf(values))
  const level = medianOf(values.map((value, index) => value - slope * index)) + slope * (values.length - 1)
  return (ahead) => {
    const faded = sumOf(Array.from({ length: ahead }, (_, index) => DAMPING ** (index + 1)))
    return Math.max(0, level + slope * faded)
  }
}

function slopesOf(values: readonly number[]): number[] {
  return values.flatMap((first, from) => values.slice(from + 1).map((second, index) => (second - first) / (index + 1)))
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}

function fraction(value: number): string {
  return formatFixed18(roundHalfEven(fromEstimate(value), FRACTION_DECIMALS), FRACTION_DECIMALS)
}
