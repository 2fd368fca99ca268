import { parseFixed18 } from '@outlay/domain/money/fixed18'
import { addMonths } from '@outlay/domain/periods/calendar-date'
import { formatInstant } from '@outlay/domain/periods/instant'
import { rangeBounds } from '@outlay/domain/periods/local-day'
import { readStaleMonths } from '../sql/read-stale-months.ts'
import type { TenantSql } from '../sql/tenant-sql.ts'
import type { TenantMoney } from './month-inputs.ts'
import { loadPools, type MonthPool } from './pools-of-month.ts'

/** A run that holds, as far as what it was made from may have changed. */
export interface CurrentRun {
  id: string
  poolId: string
  month: string
  policyId: string
  /** Decimal text, in the reporting currency. */
  poolAmount: string
  /** RFC 3339. */
  snapshot: string
}

/**
 * Which runs no longer say what a new run would be made from: events of their month were recorded, rated again or corrected since, or the
 * pool's amount, its FX rate or the policy in force is another. What a task was billed is not watched: it keeps no history.
 */
export async function staleRuns(
  db: TenantSql,
  { currency, timeZone }: TenantMoney,
  runs: readonly CurrentRun[],
): Promise<Set<string>> {
  const stale = new Set<string>()
  const seen = runs.map(({ month, snapshot }) => {
    const { start, end } = rangeBounds({ from: month, to: addMonths(month, 1) }, timeZone)
    return { month, snapshot, start: formatInstant(start * 1000), end: formatInstant(end * 1000) }
  })
  const isNewer = await readStaleMonths(db, seen)
  const pools = new Map<string, Map<string, MonthPool>>()
  for (const month of new Set(runs.map((run) => run.month))) {
    const ofMonth = await loadPools(db, { month, currency, at: null })
    pools.set(month, new Map(ofMonth.map((pool) => [pool.id, pool])))
  }
  for (const [index, run] of runs.entries()) {
    const pool = pools.get(run.month)?.get(run.poolId)
    const isSame = pool?.policy?.id === run.policyId && pool.amount === parseFixed18(run.poolAmount)
    if (isNewer[index] === true || !isSame) stale.add(run.id)
  }
  return stale
}
