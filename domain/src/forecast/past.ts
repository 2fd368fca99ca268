import { toEstimate } from '../anomaly/estimate.ts'
import type { Fixed18 } from '../money/fixed18.ts'
import { addDays, dayNumber, type CalendarDate } from '../periods/calendar-date.ts'

/** What the past of a scope says of the days to come. Estimates: nothing that is paid or summed is made from them. */
export interface Past {
  /** What a day costs now, before its weekday. */
  level: number
  /** How far a day's deviation moves the level, 0 to 1. */
  smoothing: number
  /** 1 is a usual day; 0 a weekday on which nothing was ever spent. */
  factorOf: (day: CalendarDate) => number
  /** Cost ÷ what was expected of the day the evening before; their mean is 1. */
  residuals: readonly number[]
  /** How many days the level is worth: it is as uncertain as a mean of so many. */
  levelDays: number
}

/** Eight weeks: each weekday eight times. */
const PAST_DAYS = 56
const ACTIVE_DAYS_MIN = 7
/** Days at the beginning from which the first level is made; it expects nothing of them. */
const FIRST_DAYS = 7
/** Two of each weekday: fewer do not tell a week from chance. */
const FACTOR_DAYS_MIN = 14
/** With a week so clear, a weekday that never cost anything will not. */
const FREE_SHARE = 0.5
/** From a level that hardly moves in weeks to one that follows in days. */
const SMOOTHINGS = [0.03, 0.07, 0.15, 0.3] as const
/** A quicker one is taken where it would have expected the past so much better: else it only follows noise. */
const BETTER = 0.97

/**
 * Exponential smoothing with factors of the weekday and errors in proportion, ETS(M,N,M) in the words of Hyndman et al., *Forecasting with
 * Exponential Smoothing* (2008): the level moves by a share of what each day deviates, and that share is chosen by what it would have
 * expected of the past. Factors are shrunk towards 1 by n ÷ (n + 2). Null with fewer than seven days of cost in the last eight weeks.
 */
export function pastOf(days: readonly { day: CalendarDate; cost: Fixed18 }[], today: CalendarDate): Past | null {
  const history = historyOf(days, today)
  if (history === null) return null
  const factors = weekdayFactors(history)
  const factorOf = (day: CalendarDate) => factors[weekdayOf(day)] ?? 1
  const levels = history.flatMap(({ day, cost }) => {
    const factor = factorOf(day)
    return factor > 0 ? [{ value: cost / factor, weight: Math.min(1, factor) }] : []
  })
  const walks = SMOOTHINGS.map((smoothing) => walk(levels, smoothing))
  const best = walks.reduce((one, other) => (other.error < BETTER * one.error ? other : one))
  const { level, smoothing } = best
  const levelDays = Math.max(1, Math.min(levels.length, Math.round((2 - smoothing) / smoothing)))
  return { level, smoothing, factorOf, residuals: best.residuals, levelDays }
}

interface Day {
  day: CalendarDate
  cost: number
}

/** Every day from the first with a cost to yesterday; a day without one costs 0, and so does one that was corrected below it. */
function historyOf(days: readonly { day: CalendarDate; cost: Fixed18 }[], today: CalendarDate): Day[] | null {
  const earliest = addDays(today, -PAST_DAYS)
  const known = days.filter(({ day, cost }) => day >= earliest && day < today && cost > 0n)
  const first = known.map(({ day }) => day).sort()[0]
  if (first === undefined || known.length < ACTIVE_DAYS_MIN) return null
  const costs = new Map(known.map(({ day, cost }) => [day, toEstimate(cost)]))
  const history: Day[] = []
  for (let day = first; day < today; day = addDays(day, 1)) history.push({ day, cost: costs.get(day) ?? 0 })
  return history
}

/**
 * Means of weekdays ÷ the mean of all days, shrunk towards 1 by as much of their differences as chance alone makes (James and Stein): of a
 * scope without a week little is left, of a clear one nearly all.
 */
function weekdayFactors(history: readonly Day[]): number[] {
  const costsOf = Array.from({ length: 7 }, (_, weekday) =>
    history.filter(({ day }) => weekdayOf(day) === weekday).map(({ cost }) => cost),
  )
  const overall = meanOf(history.map(({ cost }) => cost))
  const share = history.length < FACTOR_DAYS_MIN ? 0 : shareBeyondChance(costsOf, overall)
  return costsOf.map((costs) => {
    if (share > FREE_SHARE && costs.every((cost) => cost === 0)) return 0
    return 1 + share * (meanOf(costs) / overall - 1)
  })
}

/** How much of the variance between the means of groups is more than the variance within them explains. */
function shareBeyondChance(groups: readonly (readonly number[])[], overall: number): number {
  const count = groups.reduce((sum, { length }) => sum + length, 0)
  const squares = groups.map((values) => values.reduce((sum, value) => sum + (value - meanOf(values)) ** 2, 0))
  const within = squares.reduce((sum, square) => sum + square, 0) / (count - groups.length)
  const chance = meanOf(groups.map(({ length }) => within / length))
  const between = groups.reduce((sum, values) => sum + (meanOf(values) - overall) ** 2, 0) / (groups.length - 1)
  return between > 0 ? Math.max(0, 1 - chance / between) : 0
}

/** Expects each day of the past from the days before it. A day that usually costs little says little about the level. */
function walk(
  levels: readonly { value: number; weight: number }[],
  smoothing: number,
): { smoothing: number; level: number; error: number; residuals: number[] } {
  let level = meanOf(levels.slice(0, FIRST_DAYS).map(({ value }) => value))
  let error = 0
  const residuals: number[] = []
  for (const [index, { value, weight }] of levels.entries()) {
    // The first days are what the first level was made from: they deviate from it, and do not judge it.
    if (index >= FIRST_DAYS) error += weight * (value - level) ** 2
    if (level > 0) residuals.push(value / level)
    level += smoothing * weight * (value - level)
  }
  const centre = meanOf(residuals)
  return { smoothing, level, error, residuals: centre > 0 ? residuals.map((residual) => residual / centre) : [1] }
}

const weekdayOf = (day: CalendarDate): number => ((dayNumber(day) % 7) + 7) % 7

function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}
