import type { CalendarDate, DateRange } from '@outlay/domain/periods/calendar-date'
import type { CorrectionCause } from '@outlay/domain/rollup/cells'
import type { Prepared, TenantSql } from './tenant-sql.ts'

/** What one cause did to one day of a closed month, as it stands. */
export interface PostedCorrection {
  cause: CorrectionCause
  usageDay: CalendarDate
  postedDay: CalendarDate
  /** Decimal text. */
  cost: string
  invocations: string
}

const POSTED: Prepared = {
  name: 'read_posted_corrections',
  text: `SELECT k.cause, k.usage_day::text AS "usageDay", k.posted_day::text AS "postedDay", sum(k.cost_direct + k.cost_shared)::text AS cost,
      sum(k.invocations)::text AS invocations
    FROM period_correction k WHERE k.tenant_id = $1::uuid AND k.returned_at IS NULL
      AND ((k.usage_day >= $2::date AND k.usage_day < $3::date) OR (k.posted_day >= $2::date AND k.posted_day < $3::date))
    GROUP BY k.cause, k.usage_day, k.posted_day ORDER BY k.posted_day, k.usage_day, k.cause`,
}

/** What was posted from days of a range, or to them, in other months; what has gone home since is not among it. */
export function readPostedCorrections(db: TenantSql, { from, to }: DateRange): Promise<PostedCorrection[]> {
  return db.query(POSTED, [from, to])
}
