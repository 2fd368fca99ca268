import { plusAllocated } from '@outlay/db/sql/cell-sums'
import type { MonthAmount } from '@outlay/db/sql/read-allocated'
import { multiplyFixed18HalfEven, parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import { monthFractions, type MonthFraction } from '@outlay/domain/periods/accrual'
import type { DateRange } from '@outlay/domain/periods/calendar-date'
import { rangeBounds } from '@outlay/domain/periods/local-day'
import type { SeriesPoint } from './cost-series.ts'

/** What part of which months a range of local days holds. */
export function accrualOf(range: DateRange, timeZone: string): MonthFraction[] {
  const { start, end } = rangeBounds(range, timeZone)
  return monthFractions({ startMs: start, endMs: end }, timeZone)
}

/** The part of some months' amounts that an accrual holds: exact, because they are whole minor units and it has at most 14 decimals. */
export function accrued(amounts: readonly MonthAmount[], accrual: readonly MonthFraction[]): Fixed18 {
  if (amounts.length === 0) return 0n
  const fractions = new Map(accrual.map((part) => [part.month, parseFixed18(part.fraction)]))
  return amounts.reduce(
    (sum, { month, amount }) => sum + multiplyFixed18HalfEven(amount, fractions.get(month) ?? 0n),
    0n,
  )
}

/** A series with what accrued in each of its steps. */
export function withAccrued(
  points: readonly SeriesPoint[],
  amounts: readonly MonthAmount[],
  timeZone: string,
): SeriesPoint[] {
  if (amounts.length === 0) return [...points]
  return points.map((point) => {
    const step = { startMs: Date.parse(point.start), endMs: Date.parse(point.end) }
    return { ...point, cost: plusAllocated(point.cost, accrued(amounts, monthFractions(step, timeZone))) }
  })
}
