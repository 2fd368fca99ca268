import { DomainError } from '@outlay/domain/errors'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import type { Prepared, TenantSql } from '../sql/tenant-sql.ts'

const FIRST_CLOSED: Prepared = {
  name: 'first_closed_month',
  text: `SELECT min(p.month)::text AS month FROM period p
    WHERE p.tenant_id = $1::uuid AND p.state = 'CLOSED' AND p.month >= $2::date AND ($3::date IS NULL OR p.month <= $3::date)`,
}

/**
 * Refuses a change that would reach a closed month (law L23): `first` to `last`, both in it, `last` null: without end. Read under the
 * tenant's lock, which closing takes too. Throws DomainError PERIOD_CLOSED naming the first such month, and `what` would change of it.
 */
export async function refuseClosedMonths(
  db: TenantSql,
  change: { first: CalendarDate; last: CalendarDate | null; field: string; what?: string },
): Promise<void> {
  const { first, last, field, what = 'its shared costs' } = change
  const [row] = await db.query<{ month: string | null }>(FIRST_CLOSED, [first, last])
  const month = row?.month ?? null
  if (month === null) return
  const message = `The month ${month.slice(0, 7)} is closed; reopen it to change ${what}.`
  throw new DomainError('PERIOD_CLOSED', message, field)
}
