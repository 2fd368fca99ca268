import { multiplyFixed18HalfEven, parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import type { MonthFraction } from '@outlay/domain/periods/accrual'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'

/** What belongs to a month as a whole. */
export interface MonthAmount {
  month: CalendarDate
  amount: Fixed18
}

/** How much of each month has accrued, scaled 10^18. */
export type Accrual = ReadonlyMap<CalendarDate, Fixed18>

export function accrualByMonth(fractions: readonly MonthFraction[]): Accrual {
  return new Map(fractions.map(({ month, fraction }) => [month, parseFixed18(fraction)]))
}

/**
 * The part of some months' amounts that an accrual holds: exact, because amounts are whole minor units (at most 4 decimals) and fractions
 * have at most 14. Of 31.00 in March, the first ten days of 31 hold 9.99999999999999.
 */
export function accrued(amounts: readonly MonthAmount[], accrual: Accrual): Fixed18 {
  return amounts.reduce((sum, { month, amount }) => sum + multiplyFixed18HalfEven(amount, accrual.get(month) ?? 0n), 0n)
}
