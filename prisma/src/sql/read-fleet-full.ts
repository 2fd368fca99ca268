import { monthFractions } from '@outlay/domain/periods/accrual'
import type { DateRange } from '@outlay/domain/periods/calendar-date'
import { rangeBounds } from '@outlay/domain/periods/local-day'
import { Grain } from '@outlay/domain/rollup/grain'
import { accrualByMonth, accrued, type MonthAmount } from './accrued.ts'
import { plusAllocated, type CellSums } from './cell-sums.ts'
import { readAllocatedMonths } from './read-allocated.ts'
import { readFleetSums } from './read-fleet.ts'
import type { TenantSql } from './tenant-sql.ts'

/** The cost of the fleet in each of some ranges of local days, shares of pools included, and those shares by month. */
export async function readFleetFull(
  db: TenantSql,
  { ranges, timeZone }: { ranges: readonly DateRange[]; timeZone: string },
): Promise<{ sums: CellSums[]; allocated: MonthAmount[] }> {
  const fractions = ranges.map((range) => {
    const { start, end } = rangeBounds(range, timeZone)
    return monthFractions({ startMs: start, endMs: end }, timeZone)
  })
  const months = [...new Set(fractions.flat().map((part) => part.month))]
  const [sums, allocated] = await Promise.all([
    readFleetSums(db, ranges),
    readAllocatedMonths(db, { grain: Grain.FLEET, months }),
  ])
  const withShares = (cost: CellSums, i: number) =>
    plusAllocated(cost, accrued(allocated, accrualByMonth(fractions[i] ?? [])))
  return { sums: sums.map(withShares), allocated }
}
