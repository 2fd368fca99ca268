import { fromEstimate, toEstimate } from '../anomaly/estimate.ts'
import type { Fixed18 } from '../money/fixed18.ts'
import { addDays, daysBetween, type CalendarDate } from '../periods/calendar-date.ts'
import { pastOf, type Past } from './past.ts'
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
  /** Of everything still to come: what today has cost so far is not in it. */
  p10: Fixed18
  p50: Fixed18
  p90: Fixed18
  /** Today (whole) and the days after it. */
  days: DayForecast[]
}

const ROUNDS = 400

/**
 * What a scope will cost from now until `to`, from its own past: 400 courses are drawn, each from a level as uncertain as the past leaves it,
 * day by day with what such days have deviated by (bootstrap of residuals, Efron 1979), the level following each deviation as it did before
 * (past.ts). `days` has the costs of days, today's so far included; days without one cost nothing. The same input gives the same answer.
 *
 * Null with fewer than seven days of cost in the last eight weeks, and when nothing is to come.
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
  const ahead = Array.from({ length: daysBetween(today, to) }, (_, index) => addDays(today, index))
  const soFar = toEstimate(input.days.find(({ day }) => day === today)?.cost ?? 0n)
  const factors = ahead.map(past.factorOf)
  const random = seededRandom(seed)
  const sums = new Float64Array(ROUNDS)
  const draws = ahead.map(() => new Float64Array(ROUNDS))
  for (let round = 0; round < ROUNDS; round += 1) {
    const costs = course(past, { factors, soFar, random })
    for (const [index, cost] of costs.entries()) draws[index]![round] = cost
    sums[round] = costs.reduce((sum, cost) => sum + cost, 0) - soFar
  }
  return {
    ...percentiles(sums),
    days: ahead.map((day, index) => ({ day, ...percentiles(draws[index]!) })),
  }
}

/** One course that the days to come may take. */
function course(
  past: Past,
  { factors, soFar, random }: { factors: readonly number[]; soFar: number; random: () => number },
): number[] {
  const draw = () => past.residuals[Math.floor(random() * past.residuals.length)] ?? 1
  let sum = 0
  for (let day = 0; day < past.levelDays; day += 1) sum += draw()
  let level = past.level * (sum / past.levelDays)
  return factors.map((factor, index) => {
    const residual = draw()
    const cost = level * factor * residual
    level *= 1 + past.smoothing * Math.min(1, factor) * (residual - 1)
    // What today has cost already is known: it does not cost less.
    return index === 0 ? Math.max(cost, soFar) : cost
  })
}

function percentiles(values: Float64Array): { p10: Fixed18; p50: Fixed18; p90: Fixed18 } {
  const sorted = values.slice().sort()
  const at = (share: number) => fromEstimate(sorted[Math.round(share * (sorted.length - 1))] ?? 0)
  return { p10: at(0.1), p50: at(0.5), p90: at(0.9) }
}
