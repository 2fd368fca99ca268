import { formatScaledDecimal, powerOfTen } from '../money/scaled-decimal.ts'
import { addMonths, firstOfMonth, type CalendarDate } from './calendar-date.ts'
import { localDay, rangeBounds } from './local-day.ts'

/**
 * Fractions have 14 decimals and amounts of money at most 4, so that amount × fraction is exact at scale 18 (law L7).
 */
const FRACTION_DECIMALS = 14
const ONE = powerOfTen(FRACTION_DECIMALS)

/** A part of a local month. */
export interface MonthFraction {
  /** First day of it. */
  month: CalendarDate
  /** Decimal text above 0 and at most 1, with at most 14 decimals. */
  fraction: string
}

/**
 * How much of each local month lies in a range of instants: shared costs of a month accrue evenly with time. Up to the instant t of a month
 * floor(10^14 × (t − start) ÷ (end − start)) ÷ 10^14 of it has accrued, and what lies between two instants is the difference of the two. So
 * the parts of a month sum to exactly 1 wherever it is cut, also where the clocks change in it.
 *
 *     monthFractions({ startMs: 2026-04-01T00:00Z, endMs: 2026-04-16T00:00Z }, 'UTC') // [{ month: '2026-04-01', fraction: '0.5' }]
 *     monthFractions({ startMs: 2026-01-01T00:00Z, endMs: 2026-02-15T00:00Z }, 'UTC') // 2026-01-01: '1', 2026-02-01: '0.5'
 */
export function monthFractions(range: { startMs: number; endMs: number }, timeZone: string): MonthFraction[] {
  const { startMs, endMs } = range
  const fractions: MonthFraction[] = []
  if (startMs >= endMs) return fractions
  let month = firstOfMonth(localDay(startMs, timeZone))
  for (;;) {
    const next = addMonths(month, 1)
    const { start, end } = rangeBounds({ from: month, to: next }, timeZone)
    const accrued = (instantMs: number) => (ONE * BigInt(instantMs - start)) / BigInt(end - start)
    const part = accrued(Math.min(endMs, end)) - accrued(Math.max(startMs, start))
    fractions.push({ month, fraction: formatScaledDecimal(part, FRACTION_DECIMALS) })
    if (endMs <= end) return fractions
    month = next
  }
}
