import { divideHalfEven } from '../money/half-even.ts'
import { formatFixed18, roundHalfEven, type Fixed18 } from '../money/fixed18.ts'
import { addDays, type CalendarDate } from '../periods/calendar-date.ts'

/** Complete days that a burn rate looks back at. */
export const BURN_DAYS = 7

/** How fast a budget is spent. */
export interface Burn {
  /** The mean of the last complete days. */
  perDay: Fixed18
  /** Days from today until nothing is left, at most one decimal; 0 when nothing is; null when nothing is spent any more. */
  daysToCap: string | null
  /** The day on which nothing is left; null when it is not reached within the window. */
  capOn: CalendarDate | null
}

/**
 * How fast a budget is spent and when it will be gone: what is left ÷ the mean of the last seven complete days (those of them that the
 * window has; days without cost count as 0). Null while the window has no complete day.
 *
 *     burn({ amount: 100, spent: 80, recent: [5, 5, 5, 5, 5, 5, 5], … }) // { perDay: 5, daysToCap: '4', … }
 */
export function burn(input: {
  amount: Fixed18
  spent: Fixed18
  /** Costs of days; those outside the looked-at days do not matter. */
  recent: readonly { day: CalendarDate; cost: Fixed18 }[]
  today: CalendarDate
  windowStart: CalendarDate | null
  windowEnd: CalendarDate | null
}): Burn | null {
  const { amount, spent, recent, today, windowStart, windowEnd } = input
  const earliest = addDays(today, -BURN_DAYS)
  const from = windowStart !== null && windowStart > earliest ? windowStart : earliest
  const within = recent.filter(({ day }) => day >= from && day < today)
  let days = 0
  for (let day = from; day < today; day = addDays(day, 1)) days += 1
  if (days === 0) return null
  const sum = within.reduce((total, { cost }) => total + cost, 0n)
  const perDay = divideHalfEven(sum, BigInt(days))
  const left = amount - spent
  if (left <= 0n) return { perDay, daysToCap: '0', capOn: today }
  if (perDay <= 0n) return { perDay, daysToCap: null, capOn: null }
  const daysToCap = divideHalfEven(left * 10n ** 18n, perDay)
  const whole = Number(daysToCap / 10n ** 18n)
  const capOn = whole > 3_650 ? null : addDays(today, whole)
  const isWithin = capOn !== null && (windowEnd === null || capOn < windowEnd)
  return { perDay, daysToCap: formatFixed18(roundHalfEven(daysToCap, 1)), capOn: isWithin ? capOn : null }
}
