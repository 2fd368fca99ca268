import { addDays, addMonths, checkDateRange, daysBetween, type DateRange } from './calendar-date.ts'

export type ComparisonKind = 'PREVIOUS_PERIOD' | 'PREVIOUS_YEAR'

/**
 * The range a range is compared with. PREVIOUS_PERIOD: a whole calendar month compares with the whole month before it, anything else
 * with as many days immediately before it. PREVIOUS_YEAR: the same dates a year earlier.
 *
 *     comparisonRange({ from: '2026-03-01', to: '2026-04-01' }, 'PREVIOUS_PERIOD') // 2026-02-01 to 2026-03-01
 *     comparisonRange({ from: '2026-03-10', to: '2026-03-17' }, 'PREVIOUS_PERIOD') // 2026-03-03 to 2026-03-10
 *     comparisonRange({ from: '2024-02-29', to: '2024-03-01' }, 'PREVIOUS_YEAR')   // 2023-02-28 to 2023-03-01
 */
export function comparisonRange(range: DateRange, comparison: ComparisonKind): DateRange {
  checkDateRange(range)
  if (comparison === 'PREVIOUS_YEAR') return { from: addMonths(range.from, -12), to: endAYearBefore(range.to) }
  if (isWholeMonth(range)) return { from: addMonths(range.from, -1), to: range.from }
  return { from: addDays(range.from, -daysBetween(range.from, range.to)), to: range.from }
}

function isWholeMonth(range: DateRange): boolean {
  return range.from.endsWith('-01') && addMonths(range.from, 1) === range.to
}

// `to` is the day after the last one. When it is the first of a month the range ends with a month, and so must the earlier one,
// leap day or not; otherwise the last day is what moves.
function endAYearBefore(to: string): string {
  return to.endsWith('-01') ? addMonths(to, -12) : addDays(addMonths(addDays(to, -1), -12), 1)
}
