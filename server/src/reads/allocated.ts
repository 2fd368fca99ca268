import { accrualByMonth, accrued, type Accrual, type MonthAmount } from '@outlay/db/sql/accrued'
import { plusAllocated } from '@outlay/db/sql/cell-sums'
import { monthFractions, type MonthFraction } from '@outlay/domain/periods/accrual'
import type { DateRange } from '@outlay/domain/periods/calendar-date'
import { rangeBounds } from '@outlay/domain/periods/local-day'
import type { SeriesPoint } from './cost-series.ts'

/** How much of which months a range of local days holds. */
export function fractionsOf(range: DateRange, timeZone: string): MonthFraction[] {
  const { start, end } = rangeBounds(range, timeZone)
  return monthFractions({ startMs: start, endMs: end }, timeZone)
}

/** How much of which months each step of a series holds. */
export function accrualsOfSteps(points: readonly SeriesPoint[], timeZone: string): Accrual[] {
  return points.map(({ start, end }) =>
    accrualByMonth(monthFractions({ startMs: Date.parse(start), endMs: Date.parse(end) }, timeZone)),
  )
}

/** A series with what accrued in each of its steps. */
export function withAccrued(
  points: readonly SeriesPoint[],
  amounts: readonly MonthAmount[],
  accruals: readonly Accrual[],
): SeriesPoint[] {
  return points.map((point, i) => {
    const accrual = accruals[i]
    return accrual === undefined ? point : { ...point, cost: plusAllocated(point.cost, accrued(amounts, accrual)) }
  })
}
