import { addMonths, type CalendarDate, type DateRange } from './calendar-date.ts'

/** The calendar quarter a date lies in: `quarterOf('2026-11-25')` is `{ from: '2026-10-01', to: '2027-01-01' }`. */
export function quarterOf(date: CalendarDate): DateRange {
  const month = Number.parseInt(date.slice(5, 7), 10)
  const firstMonth = month - ((month - 1) % 3)
  const from = `${date.slice(0, 4)}-${String(firstMonth).padStart(2, '0')}-01`
  return { from, to: addMonths(from, 3) }
}
