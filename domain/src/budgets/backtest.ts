import type { Fixed18 } from '../money/fixed18.ts'
import { addDays, type CalendarDate } from '../periods/calendar-date.ts'
import type { Budget } from './budget.ts'
import { crossings } from './crossings.ts'
import { windowOf } from './window-of.ts'

/** A day on which a threshold would have alerted. */
export interface BudgetFiring {
  day: CalendarDate
  /** Null: from the beginning. */
  windowStart: CalendarDate | null
  threshold: string
  spent: Fixed18
  amount: Fixed18
}

/**
 * On which of the days `[from, to)` a budget would have alerted, had it been there: the same crossings, at the end of each day, each
 * threshold once a window, and of those of one day the highest. `days` has the costs from the beginning of the first window on; what was
 * crossed before `from` does not alert again.
 */
export function backtestBudget(input: {
  budget: Pick<Budget, 'window' | 'startsOn' | 'endsOn' | 'amount' | 'thresholds'>
  days: readonly { day: CalendarDate; cost: Fixed18 }[]
  from: CalendarDate
  to: CalendarDate
}): BudgetFiring[] {
  const { budget, days, from, to } = input
  const { amount, thresholds } = budget
  const costs = new Map(days.map(({ day, cost }) => [day, cost]))
  const first = days[0]?.day ?? from
  const spentOf = new Map<string, Fixed18>()
  const crossedOf = new Map<string, Set<string>>()
  const firings: BudgetFiring[] = []
  for (let day = first < from ? first : from; day < to; day = addDays(day, 1)) {
    const window = windowOf(budget, day)
    if (window === null) continue
    const key = window.start ?? ''
    const spent = (spentOf.get(key) ?? 0n) + (costs.get(day) ?? 0n)
    spentOf.set(key, spent)
    const before = crossedOf.get(key) ?? new Set<string>()
    const fresh = crossings({ amount, spent, thresholds }).filter((threshold) => !before.has(threshold))
    crossedOf.set(key, new Set([...before, ...fresh]))
    const threshold = fresh.at(-1)
    if (threshold !== undefined && day >= from)
      firings.push({ day, windowStart: window.start, threshold, spent, amount })
  }
  return firings
}
