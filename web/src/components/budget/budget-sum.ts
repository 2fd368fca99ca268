import { addDays } from '../../lib/calendar.ts'
import type { DateRange } from '../../lib/period.ts'
import type { SumTags } from '../../lib/sum.ts'
import type { Tenant } from '../../lib/session.ts'
import { dateOf } from '../../lib/time.ts'
import type { BudgetFacts } from './budget-facts.ts'

/** The longest range that the API takes, for a budget that has no beginning. */
const ALL_DAYS = 3_650

/** The days whose cost a budget counts now. */
export function budgetRange({ windowStart, windowEnd, window }: BudgetFacts, tenant: Tenant): DateRange {
  const tomorrow = addDays(tenant.today, 1)
  const from = windowStart == null ? addDays(tomorrow, -ALL_DAYS) : dateOf(windowStart, tenant.timeZone)
  if (window === 'DAY') return { from, to: addDays(from, 1) }
  return { from, to: windowEnd == null ? tomorrow : dateOf(windowEnd, tenant.timeZone) }
}

/** Whose cost it is. */
export function budgetTags({ scope, key }: Pick<BudgetFacts, 'scope' | 'key'>): SumTags {
  if (scope === 'FLEET' || key == null) return {}
  return { [scope.toLowerCase()]: key }
}
