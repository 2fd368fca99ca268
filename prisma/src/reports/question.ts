import type { PoolClient } from 'pg'
import { DomainError } from '@outlay/domain/errors'
import { monthFractions, type MonthFraction } from '@outlay/domain/periods/accrual'
import { addMonths, firstOfMonth, type CalendarDate, type DateRange } from '@outlay/domain/periods/calendar-date'
import { comparisonRange } from '@outlay/domain/periods/comparison'
import { rangeBounds } from '@outlay/domain/periods/local-day'
import { instantText } from '../sql/cell-sums.ts'
import { clientSql, type TenantSql } from '../sql/tenant-sql.ts'

/** What a report is asked of: the days, whose they are, and the way to read them. */
export interface ReportQuestion {
  db: TenantSql
  holder: PoolClient
  tenantId: string
  issuer: string
  /** Reporting currency, ISO 4217. */
  currency: string
  timeZone: string
  range: DateRange
  /** The days it is compared with. */
  before: DateRange
  /** The instants of the range. */
  start: string
  end: string
  /** How much of which months the range holds. */
  fractions: readonly MonthFraction[]
  /** The moment of the snapshot: ISO 8601 in UTC, and in milliseconds since 1970. */
  asOf: string
  nowMs: number
}

/** Opens a question within the transaction of `holder`. Throws DomainError INVALID_DATE for an empty range, or one longer than a year. */
export async function openQuestion(
  holder: PoolClient,
  { tenantId, range }: { tenantId: string; range: DateRange },
): Promise<ReportQuestion> {
  if (range.from >= range.to || range.to > addMonths(range.from, 12)) {
    throw new DomainError('INVALID_DATE', 'A report is of at least a day and of at most a year.', 'range')
  }
  const { rows } = await holder.query<{ name: string; currency: string; timeZone: string; at: string }>(
    `SELECT name, currency, time_zone AS "timeZone", ${instantText('clock_timestamp()')} AS at FROM tenant WHERE id = $1::uuid`,
    [tenantId],
  )
  const [tenant] = rows
  if (tenant === undefined) throw new Error(`The tenant ${tenantId} does not exist.`)
  const { name, currency, timeZone, at } = tenant
  return {
    db: clientSql(holder, tenantId),
    holder,
    tenantId,
    issuer: name,
    currency,
    timeZone,
    range,
    before: comparisonRange(range, 'PREVIOUS_PERIOD'),
    ...instantsOf(range, timeZone),
    fractions: fractionsOf(range, timeZone),
    asOf: at,
    nowMs: Date.parse(at),
  }
}

/** The instants of some local days as RFC 3339. */
export function instantsOf(range: DateRange, timeZone: string): { start: string; end: string } {
  const { start, end } = rangeBounds(range, timeZone)
  return { start: new Date(start).toISOString(), end: new Date(end).toISOString() }
}

/** How much of which months some local days hold. */
export function fractionsOf(range: DateRange, timeZone: string): MonthFraction[] {
  const { start, end } = rangeBounds(range, timeZone)
  return monthFractions({ startMs: start, endMs: end }, timeZone)
}

/** The months that a range touches, by their first days. */
export function monthsOf({ from, to }: DateRange): CalendarDate[] {
  const months: CalendarDate[] = []
  for (let month = firstOfMonth(from); month < to; month = addMonths(month, 1)) months.push(month)
  return months
}

/** Of the months that a range touches those that lie in it with all their days. */
export function wholeMonthsOf(range: DateRange): CalendarDate[] {
  return monthsOf(range).filter((month) => month >= range.from && addMonths(month, 1) <= range.to)
}
