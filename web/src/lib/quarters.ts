import { addDays, firstOfMonth } from './calendar.ts'

export interface Quarter {
  /** Its first day, which is also how an address names it. */
  from: string
  /** The first day after it. */
  to: string
  /** `Q4 2026`. */
  label: string
}

/** The calendar quarter that holds a date: `quarterOf('2026-11-19')` is Q4 2026, 1 October up to 1 January. */
export function quarterOf(date: string): Quarter {
  const year = Number.parseInt(date.slice(0, 4), 10)
  const index = Math.floor((Number.parseInt(date.slice(5, 7), 10) - 1) / 3)
  const first = (quarters: number): string => {
    const months = quarters * 3
    return `${String(year + Math.floor(months / 12)).padStart(4, '0')}-${String((months % 12) + 1).padStart(2, '0')}-01`
  }
  return { from: first(index), to: first(index + 1), label: `Q${index + 1} ${year}` }
}

/** The quarter of a date and those before it, the latest first. */
export function latestQuarters(today: string, count: number): Quarter[] {
  const quarters: Quarter[] = []
  for (let date = firstOfMonth(today); quarters.length < count;) {
    const quarter = quarterOf(date)
    quarters.push(quarter)
    date = addDays(quarter.from, -1)
  }
  return quarters
}
