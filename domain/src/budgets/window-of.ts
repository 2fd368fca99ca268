import { addDays, addMonths, firstOfMonth, type CalendarDate } from '../periods/calendar-date.ts'
import type { Budget } from './budget.ts'

/** Days `[start, end)`; null: from the beginning, without an end. */
export interface WindowDays {
  start: CalendarDate | null
  end: CalendarDate | null
}

/**
 * The window of a budget that a day lies in; null when the budget is not for that day.
 *
 *     windowOf({ window: 'MONTH', … }, '2026-02-14') // { start: '2026-02-01', end: '2026-03-01' }
 */
export function windowOf(
  { window, startsOn, endsOn }: Pick<Budget, 'window' | 'startsOn' | 'endsOn'>,
  day: CalendarDate,
): WindowDays | null {
  switch (window) {
    case 'DAY':
      return { start: day, end: addDays(day, 1) }
    case 'MONTH': {
      const start = firstOfMonth(day)
      return { start, end: addMonths(start, 1) }
    }
    case 'TOTAL':
      return startsOn !== null && day < startsOn ? null : { start: startsOn, end: null }
    case 'CUSTOM': {
      const isWithin = startsOn !== null && endsOn !== null && day >= startsOn && day < endsOn
      return isWithin ? { start: startsOn, end: endsOn } : null
    }
    default:
      return window satisfies never
  }
}
