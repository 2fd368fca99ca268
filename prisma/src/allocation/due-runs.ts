import type { Pool } from 'pg'
import { addMonths, firstOfMonth, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { today } from '@outlay/domain/periods/local-day'
import { clientSql, type TenantSql } from '../sql/tenant-sql.ts'
import { instantText } from '../sql/cell-sums.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import type { TenantMoney } from './month-inputs.ts'
import { loadPools } from './pools-of-month.ts'
import { moneyOf } from './run-job.ts'
import { sortOut } from './runnable.ts'
import { staleRuns, type CurrentRun } from './stale-runs.ts'

/** What the schedule asks for. */
export interface DueRun {
  month: CalendarDate
  poolIds: string[]
  cause: 'SCHEDULED' | 'LATE_EVENTS'
}

/** How far back the schedule looks: older months that are still open wait for a person. */
const MONTHS_MAX = 24

const NOT_RUN = {
  name: 'allocation_not_run',
  text: `SELECT m.month::date::text AS month, p.id AS "poolId" FROM generate_series($2::date, $3::date, interval '1 month') AS m(month)
    JOIN cost_pool p ON p.tenant_id = $1::uuid AND p.first_month <= m.month AND (p.last_month IS NULL OR p.last_month >= m.month)
    WHERE NOT EXISTS (SELECT 1 FROM allocation_run r
        WHERE r.tenant_id = $1::uuid AND r.month = m.month::date AND r.pool_id = p.id AND r.state = 'CURRENT')
      AND NOT EXISTS (SELECT 1 FROM period c WHERE c.tenant_id = $1::uuid AND c.month = m.month::date AND c.state = 'CLOSED')
      AND NOT EXISTS (SELECT 1 FROM allocation_job j WHERE j.tenant_id = $1::uuid AND j.month = m.month::date
        AND j.state IN ('QUEUED', 'RUNNING') AND p.id = ANY (j.pool_ids))
    ORDER BY 1, 2`,
}

const HOLDING = {
  name: 'allocation_holding',
  text: `SELECT r.id, r.pool_id AS "poolId", r.month::text AS month, r.policy_id AS "policyId", r.pool_amount::text AS "poolAmount",
      ${instantText('r.snapshot')} AS snapshot
    FROM allocation_run r
    WHERE r.tenant_id = $1::uuid AND r.state = 'CURRENT' AND r.month >= $2::date AND r.month <= $3::date
      AND NOT EXISTS (SELECT 1 FROM period c WHERE c.tenant_id = $1::uuid AND c.month = r.month AND c.state = 'CLOSED')
      AND NOT EXISTS (SELECT 1 FROM allocation_job j WHERE j.tenant_id = $1::uuid AND j.month = r.month
        AND j.state IN ('QUEUED', 'RUNNING') AND r.pool_id = ANY (j.pool_ids))
    ORDER BY 3, 2`,
}

/**
 * What is to be run without anybody asking: pools of months that are over and not closed, which have no run (SCHEDULED), or whose run no
 * longer says what a new one would (LATE_EVENTS). Each by the policy of its own month.
 */
export async function dueRuns(pool: Pool, tenantId: string, nowMs: number): Promise<DueRun[]> {
  return tenantTransaction(pool, tenantId, async (client) => {
    const money = await moneyOf(client, tenantId)
    const last = addMonths(firstOfMonth(today(nowMs, money.timeZone)), -1)
    const months = [addMonths(last, 1 - MONTHS_MAX), last] as const
    const db = clientSql(client, tenantId)
    const due = new Map<string, DueRun>()
    const add = (month: CalendarDate, poolId: string, cause: DueRun['cause']) => {
      const key = `${month} ${cause}`
      const run = due.get(key) ?? { month, poolIds: [], cause }
      run.poolIds.push(poolId)
      due.set(key, run)
    }
    for (const { month, poolId } of await db.query<{ month: string; poolId: string }>(NOT_RUN, months)) {
      add(month, poolId, 'SCHEDULED')
    }
    const holding = await db.query<CurrentRun>(HOLDING, months)
    const stale = await staleRuns(db, money, holding)
    for (const { id, month, poolId } of holding) if (stale.has(id)) add(month, poolId, 'LATE_EVENTS')
    return keepRunnable(db, money, [...due.values()])
  })
}

/** What cannot be run is for a person to mend; the checklist of the month names it. */
async function keepRunnable(db: TenantSql, { currency }: TenantMoney, due: readonly DueRun[]): Promise<DueRun[]> {
  const kept: DueRun[] = []
  for (const { month, poolIds, cause } of due) {
    const pools = await loadPools(db, { month, currency, at: null })
    const { runnable } = sortOut(poolIds, pools, { month, currency })
    if (runnable.length > 0) kept.push({ month, poolIds: runnable, cause })
  }
  return kept
}
