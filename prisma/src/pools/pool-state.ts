import { DomainError, quoted } from '@outlay/domain/errors'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import { readPoolsByIds, type PoolRecord } from '../sql/read-pools.ts'
import type { Prepared, TenantSql } from '../sql/tenant-sql.ts'

/** The pool that a change is about. Throws DomainError NOT_FOUND. */
export async function poolToChange(db: TenantSql, poolId: string): Promise<PoolRecord> {
  const [pool] = await readPoolsByIds(db, [poolId])
  if (pool === undefined) throw new DomainError('NOT_FOUND', 'This cost pool does not exist.', 'poolId')
  return pool
}

/** Refuses a month that is not one of the pool's. Throws DomainError INVALID_DATE naming both. */
export function checkMonthOfPool(pool: PoolRecord, month: CalendarDate, field: string): void {
  if (month >= pool.firstMonth && (pool.lastMonth === null || month <= pool.lastMonth)) return
  const message = `The pool ${quoted(pool.name)} is of ${monthsOf(pool)}; ${month.slice(0, 7)} is not one of its months.`
  throw new DomainError('INVALID_DATE', message, field)
}

/** The months of a pool in words: `2026-03`, `2026-03 to 2026-05`, `2026-03 and on`. */
export function monthsOf({ firstMonth, lastMonth }: Pick<PoolRecord, 'firstMonth' | 'lastMonth'>): string {
  const first = firstMonth.slice(0, 7)
  if (lastMonth === null) return `${first} and on`
  return lastMonth === firstMonth ? first : `${first} to ${lastMonth.slice(0, 7)}`
}

const SAME_NAME: Prepared = {
  name: 'pool_of_same_name',
  text: `SELECT p.id, p.first_month::text AS "firstMonth", p.last_month::text AS "lastMonth" FROM cost_pool p
    WHERE p.tenant_id = $1::uuid AND p.name = $2 AND p.id IS DISTINCT FROM $5::uuid
      AND daterange(p.first_month, p.last_month, '[]') && daterange($3::date, $4::date, '[]')
    ORDER BY p.first_month LIMIT 1`,
}

/** Where a name is looked for: `last` null is without end; the pool `except` is left out. */
export interface NameInMonths {
  name: string
  first: CalendarDate
  last: CalendarDate | null
  except?: string
}

/** A pool that has a name in one of some months; null when none has. */
export async function poolOfName(
  db: TenantSql,
  { name, first, last, except }: NameInMonths,
): Promise<{ id: string; firstMonth: CalendarDate; lastMonth: CalendarDate | null } | null> {
  const rows = await db.query<{ id: string; firstMonth: string; lastMonth: string | null }>(SAME_NAME, [
    name,
    first,
    last,
    except ?? null,
  ])
  return rows[0] ?? null
}

/** Refuses a second pool of one name in one month: money that is entered twice is split twice. Throws DomainError CONFLICT. */
export async function refuseTakenName(db: TenantSql, wanted: NameInMonths, field: string): Promise<void> {
  const taken = await poolOfName(db, wanted)
  if (taken === null) return
  const message = `The pool ${quoted(wanted.name)} is already there for ${monthsOf(taken)}; set its amount, or choose another name.`
  throw new DomainError('CONFLICT', message, field)
}
