import { monthParts } from '@outlay/domain/billing/part-of-month'
import type { BillingTerms } from '@outlay/domain/billing/terms'
import type { DateRange } from '@outlay/domain/periods/calendar-date'
import { addSums, NO_SUMS, type CellSums } from '../sql/cell-sums.ts'
import type { BilledPlace } from '../sql/read-billing-facts.ts'
import type { TenantSql } from '../sql/tenant-sql.ts'
import { loadPeriodFacts } from './period-facts.ts'

/** Terms that ask for completed tasks, and for nothing of which there is much. */
const TASKS: BillingTerms = { model: 'PER_TASK', price: 0n, discount: 0n, minimum: null, cap: null, credit: 0n }

/**
 * What a place cost in a range, fully loaded, and how many of its tasks were completed: as charges count them. Of a client it is all that is
 * tagged with it, under whatever terms.
 */
export async function readPlaceFacts(
  db: TenantSql,
  { place, range, timeZone }: { place: BilledPlace; range: DateRange; timeZone: string },
): Promise<{ cost: CellSums; tasks: number }> {
  const wanted = [{ terms: TASKS, since: range.from, place, parts: monthParts(range) }]
  const [loaded = []] = await loadPeriodFacts(db, { wanted, except: [], timeZone, time: [] })
  return {
    cost: loaded.map(({ cost }) => cost).reduce(addSums, NO_SUMS),
    tasks: loaded.reduce((sum, { facts }) => sum + facts.completed.length, 0),
  }
}
