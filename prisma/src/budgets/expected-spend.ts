import type { WindowDays } from '@outlay/domain/budgets/window-of'
import { forecast } from '@outlay/domain/forecast/forecast'
import type { Fixed18 } from '@outlay/domain/money/fixed18'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import type { CostOfDay } from '../sql/read-budgets.ts'

/** What is expected to be spent by the end of a window: spent, and what is still to come. */
export interface Expected {
  p10: Fixed18
  p50: Fixed18
  p90: Fixed18
}

/** Days of the past that a forecast looks at. */
export const FORECAST_PAST_DAYS = 112
/** The same budgets are forecast the same way within a day. */
const SEED = 1

/** Null for a window without an end, one that has not begun, and where the past tells nothing. */
export function expectedSpend(input: {
  days: readonly CostOfDay[]
  spent: Fixed18
  day: CalendarDate
  window: WindowDays
}): Expected | null {
  const { days, spent, day, window } = input
  if (window.end === null || (window.start !== null && window.start > day)) return null
  if (window.end <= day) return { p10: spent, p50: spent, p90: spent }
  const made = forecast({ days, today: day, to: window.end, seed: SEED })
  return made === null ? null : { p10: spent + made.p10, p50: spent + made.p50, p90: spent + made.p90 }
}
