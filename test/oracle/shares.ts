import { addDays, startOfDay, type Micros } from './local-time.ts'
import { Rational } from './rational.ts'
import type { Range } from './views.ts'

/** Amounts that belong to whole months, and what of them an interval holds. */
export interface MonthPart {
  month: string
  amount: Rational
}

const ONE = 10n ** 14n

/** Of some months' amounts, what accrues between two instants: evenly with time, in steps of 10^-14 of a month. */
export function accruedBetween(parts: readonly MonthPart[], between: [Micros, Micros], timeZone: string): Rational {
  const byMonth = new Map<string, Rational>()
  for (const { month, amount } of parts) byMonth.set(month, (byMonth.get(month) ?? Rational.zero).plus(amount))
  return Rational.sum([...byMonth].map(([month, amount]) => amount.times(fraction(month, between, timeZone))))
}

export function accruedWithin(parts: readonly MonthPart[], range: Range, timeZone: string): Rational {
  return accruedBetween(parts, [startOfDay(range.from, timeZone), startOfDay(range.to, timeZone)], timeZone)
}

function fraction(month: string, [from, to]: [Micros, Micros], timeZone: string): Rational {
  const { start, end } = boundsOf(month, timeZone)
  const upTo = (at: Micros): bigint => {
    const inside = at < start ? start : at > end ? end : at
    return (ONE * (inside - start)) / (end - start)
  }
  return Rational.of(upTo(to) - upTo(from), ONE)
}

const bounds = new Map<string, { start: Micros; end: Micros }>()

function boundsOf(month: string, timeZone: string): { start: Micros; end: Micros } {
  const key = `${timeZone} ${month}`
  const known = bounds.get(key)
  if (known !== undefined) return known
  const next = `${addDays(month, 31).slice(0, 7)}-01`
  const found = { start: startOfDay(month, timeZone), end: startOfDay(next, timeZone) }
  bounds.set(key, found)
  return found
}
