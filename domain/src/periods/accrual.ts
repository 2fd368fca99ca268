import { addMonths, firstOfMonth, type CalendarDate } from './calendar-date.ts'
import { formatScaledDecimal } from '../money/scaled-decimal.ts'
import { localDay, rangeBounds } from './local-day.ts'

export interface MonthFraction {
  month: CalendarDate
  fraction: string
}

export function monthFractions(range: { startMs: number; endMs: number }, timeZone: string): MonthFraction[] {
  const parts: MonthFraction[] = []
  let month = firstOfMonth(localDay(range.startMs, timeZone))
  for (;;) {
    const { start, end } = rangeBounds({ from: month, to: addMonths(month, 1) }, timeZone)
    if (start >= range.endMs) return parts
    const upTo = (t: number) => (BigInt(Math.min(Math.max(t, start), end) - start) * 10n ** 14n) / BigInt(end - start)
    parts.push({ month, fraction: formatScaledDecimal(upTo(range.endMs) - upTo(range.startMs), 14) })
    month = addMonths(month, 1)
  }
}
