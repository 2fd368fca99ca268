import { toEstimate, fromEstimate } from '../anomaly/estimate.ts'
import type { Fixed18 } from '../money/fixed18.ts'
import { addDays, dayNumber, daysBetween, type CalendarDate } from '../periods/calendar-date.ts'
import { seededRandom } from './random.ts'

/** What a day is expected to cost: one in ten is below p10, half below p50, nine in ten below p90. */
export interface DayForecast {
  day: CalendarDate
  p10: Fixed18
  p50: Fixed18
  p90: Fixed18
}

/** What comes from now on until the end of a window, and day by day. Estimates, rounded to 6 decimals. */
export interface Forecast {
  p10: Fixed18
  p50: Fixed18
  p90: Fixed18
  /** Today (whole) and the days after it. */
  days: DayForecast[]
}

/** Days of the past that a forecast looks at: eight weeks. */
const PAST_DAYS = 56
/** Days whose mean is the level: four weeks, so that every weekday counts alike. */
const LEVEL_DAYS = 28
const ACTIVE_DAYS_MIN = 7
const ROUNDS = 400

/**
 * What a scope will cost from now until `to`, from its own past (bootstrap of residuals, Efron 1979): the level of the last four weeks times
 * a factor of the weekday (shrunk towards 1 by n ÷ (n + 2)), times what such days have deviated by, drawn 400 times. Each time the level is
 * drawn as well, as the mean of as many deviations as it was made from: over a month that matters as much as the days themselves do.
 * `days` has the costs of days, today's so far included; days without one cost nothing. Null with fewer than seven days of cost in the last
 * eight weeks.
 *
 *     forecast({ days: [{ day: '2026-03-01', cost: 10 }, …], today: '2026-03-20', to: '2026-04-01', seed: 1 })
 *     // { p10: 108.2, p50: 118.9, p90: 130.4, days: [{ day: '2026-03-20', … }, …] }
 */
export function forecast(input: {
  days: readonly { day: CalendarDate; cost: Fixed18 }[]
  today: CalendarDate
  to: CalendarDate
  seed: number
}): Forecast | null {
  const { today, to, seed } = input
  if (to <= today) return null
  const past = pastOf(input.days, today)
  if (past === null) return null
  const spentToday = toEstimate(input.days.find(({ day }) => day === today)?.cost ?? 0n)
  const random = seededRandom(seed)
  const count = daysBetween(today, to)
  const drawResidual = () => past.residuals[Math.floor(random() * past.residuals.length)] ?? 1
  const levels = Float64Array.from({ length: ROUNDS }, () => past.level * meanOfDraws(drawResidual, past.levelDays))
  const sums = new Float64Array(ROUNDS)
  const days: DayForecast[] = []
  for (let ahead = 0; ahead < count; ahead += 1) {
    const day = addDays(today, ahead)
    const factor = past.factorOf(day)
    const draws = new Float64Array(ROUNDS)
    for (let round = 0; round < ROUNDS; round += 1) {
      const drawn = (levels[round] ?? 0) * factor * drawResidual()
      // What today has cost already is not still to come, and it does not cost less than that.
      const whole = ahead === 0 ? Math.max(drawn, spentToday) : drawn
      draws[round] = whole
      sums[round] = (sums[round] ?? 0) + (ahead === 0 ? whole - spentToday : whole)
    }
    days.push({ day, ...percentiles(draws) })
  }
  return { ...percentiles(sums), days }
}

function meanOfDraws(draw: () => number, count: number): number {
  let sum = 0
  for (let drawn = 0; drawn < count; drawn += 1) sum += draw()
  return sum / count
}

interface Past {
  level: number
  /** How many days the level is the mean of. */
  levelDays: number
  factorOf: (day: CalendarDate) => number
  /** Cost ÷ what was usual on that day. */
  residuals: number[]
}

function pastOf(days: readonly { day: CalendarDate; cost: Fixed18 }[], today: CalendarDate): Past | null {
  const costs = new Map(days.map(({ day, cost }) => [day, toEstimate(cost)]))
  const earliest = addDays(today, -PAST_DAYS)
  const active = days.filter(({ day, cost }) => day >= earliest && day < today && cost > 0n).map(({ day }) => day)
  const [first] = active
  if (first === undefined || active.length < ACTIVE_DAYS_MIN) return null
  const history: { day: CalendarDate; cost: number }[] = []
  for (let day = first; day < today; day = addDays(day, 1))
    history.push({ day, cost: Math.max(0, costs.get(day) ?? 0) })
  const recent = history.slice(-LEVEL_DAYS)
  const level = meanOf(recent.map(({ cost }) => cost))
  const overall = meanOf(history.map(({ cost }) => cost))
  const factors = Array.from({ length: 7 }, (_, weekday) => {
    const own = history.filter(({ day }) => weekdayOf(day) === weekday).map(({ cost }) => cost)
    const weight = own.length / (own.length + 2)
    return own.length === 0 || overall <= 0 ? 1 : 1 + weight * (meanOf(own) / overall - 1)
  })
  const factorOf = (day: CalendarDate) => factors[weekdayOf(day)] ?? 1
  const residuals = history.flatMap(({ day, cost }) => {
    const usual = level * factorOf(day)
    return usual > 0 ? [cost / usual] : []
  })
  // Whatever trend the past had, its deviations are about the level that is forecast.
  const centre = meanOf(residuals)
  return {
    level,
    levelDays: recent.length,
    factorOf,
    residuals: centre > 0 ? residuals.map((residual) => residual / centre) : [1],
  }
}

const weekdayOf = (day: CalendarDate): number => ((dayNumber(day) % 7) + 7) % 7

function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}

function percentiles(values: Float64Array): { p10: Fixed18; p50: Fixed18; p90: Fixed18 } {
  const sorted = values.slice().sort()
  const at = (share: number) => fromEstimate(sorted[Math.round(share * (sorted.length - 1))] ?? 0)
  return { p10: at(0.1), p50: at(0.5), p90: at(0.9) }
}
