import { fromEstimate, toEstimate } from '../anomaly/estimate.ts'
import { formatFixed18, roundHalfEven, type Fixed18 } from '../money/fixed18.ts'
import { addDays, daysBetween, type CalendarDate } from '../periods/calendar-date.ts'
import { forecast } from './forecast.ts'
import { medianOf } from './median.ts'

/** How well the forecast would have done in the past. */
export interface ForecastAccuracy {
  /** Median of |p50 − actual| ÷ actual, a fraction with 4 decimals. */
  medianError: string
  /** Share of windows whose actual lay within p10 and p90; 0.8 is what it promises. */
  coverage: string
  windows: number
}

const WINDOWS_MAX = 12
const STEP_DAYS = 7
const FRACTION_DECIMALS = 4

/**
 * Forecasts what is known: windows as long as the one that is forecast (`horizon` days), each a week earlier than the next, from what was
 * known when they began. Null without a single window that has a past and a cost.
 */
export function forecastAccuracy(input: {
  days: readonly { day: CalendarDate; cost: Fixed18 }[]
  today: CalendarDate
  horizon: number
  seed: number
}): ForecastAccuracy | null {
  const { days, today, horizon, seed } = input
  const [first] = days
  if (first === undefined || horizon < 1) return null
  const errors: number[] = []
  let within = 0
  for (let window = 0; window < WINDOWS_MAX; window += 1) {
    const start = addDays(today, -horizon - window * STEP_DAYS)
    if (daysBetween(first.day, start) < STEP_DAYS) break
    const known = days.filter(({ day }) => day < start)
    const made = forecast({ days: known, today: start, to: addDays(start, horizon), seed: seed + window })
    const actual = days
      .filter(({ day }) => day >= start && day < addDays(start, horizon))
      .reduce((sum, { cost }) => sum + cost, 0n)
    if (made === null || actual <= 0n) continue
    errors.push(Math.abs(toEstimate(made.p50) - toEstimate(actual)) / toEstimate(actual))
    if (actual >= made.p10 && actual <= made.p90) within += 1
  }
  if (errors.length === 0) return null
  return {
    medianError: fraction(medianOf(errors)),
    coverage: fraction(within / errors.length),
    windows: errors.length,
  }
}

function fraction(value: number): string {
  return formatFixed18(roundHalfEven(fromEstimate(value), FRACTION_DECIMALS), FRACTION_DECIMALS)
}
