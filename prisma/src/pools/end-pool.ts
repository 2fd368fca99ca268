import type { Pool } from 'pg'
import { checkMonth } from '@outlay/domain/allocation/pool-amount'
import { DomainError, quoted } from '@outlay/domain/errors'
import { addMonths, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import type { PoolRecord } from '../sql/read-pools.ts'
import type { Prepared } from '../sql/tenant-sql.ts'
import { refuseClosedMonths } from './closed-months.ts'
import { refuseCycles } from './pool-cycles.ts'
import { poolToChange, refuseTakenName } from './pool-state.ts'
import { writePools, type Actor, type PoolWriter, type Written } from './pool-writer.ts'

/**
 * Sets the last month of a recurring pool, earlier or later than it was. What was allocated stays: a pool does not end before a month that
 * has a run.
 */
export function endPool(
  deps: { pool: Pool },
  tenantId: string,
  { input, actor }: { input: { poolId: string; lastMonth: CalendarDate }; actor: Pick<Actor, 'by'> },
): Promise<Written<{ poolId: string }>> {
  return writePools(deps, tenantId, async (writer) => {
    const lastMonth = checkMonth(input.lastMonth, 'lastMonth')
    await moveEnd(writer, { pool: await poolToChange(writer.db, input.poolId), lastMonth, by: actor.by })
    return { poolId: input.poolId }
  })
}

/** Moves the end of a pool unless it is there already; answers whether it did. Throws DomainError. */
export async function moveEnd(
  writer: PoolWriter,
  { pool, lastMonth, by }: { pool: PoolRecord; lastMonth: CalendarDate; by: string },
): Promise<boolean> {
  if (pool.lastMonth === lastMonth) return false
  checkEnd(pool, lastMonth)
  const { client, tenantId, db } = writer
  const isLater = pool.lastMonth !== null && lastMonth > pool.lastMonth
  const first = addMonths(isLater ? (pool.lastMonth ?? lastMonth) : lastMonth, 1)
  await refuseClosedMonths(db, { first, last: isLater ? lastMonth : pool.lastMonth, field: 'lastMonth' })
  if (isLater) {
    await refuseTakenName(db, { name: pool.name, first, last: lastMonth, except: pool.id }, 'lastMonth')
  } else await refuseAllocated(writer, pool, lastMonth)
  await client.query(
    'UPDATE cost_pool SET last_month = $3::date, ended_by = $4 WHERE tenant_id = $1::uuid AND id = $2::uuid',
    [tenantId, pool.id, lastMonth, by],
  )
  if (isLater) await refuseCycles(db, { from: first, candidateId: null })
  return true
}

function checkEnd(pool: PoolRecord, lastMonth: CalendarDate): void {
  if (pool.recurrence === 'ONCE') {
    const message = `The pool ${quoted(pool.name)} is of ${pool.firstMonth.slice(0, 7)} alone; only a monthly pool ends.`
    throw new DomainError('INVALID_FIELD', message, 'lastMonth')
  }
  if (lastMonth >= pool.firstMonth) return
  const message = `The pool ${quoted(pool.name)} begins in ${pool.firstMonth.slice(0, 7)}; it cannot end in ${lastMonth.slice(0, 7)}.`
  throw new DomainError('INVALID_DATE', message, 'lastMonth')
}

const LAST_RUN: Prepared = {
  name: 'last_run_of_pool',
  text: `SELECT max(r.month)::text AS month FROM allocation_run r
    WHERE r.tenant_id = $1::uuid AND r.pool_id = $2::uuid AND r.state = 'CURRENT' AND r.month > $3::date`,
}

/** A run of a month that the pool no longer has would allocate money that is in no pool. */
async function refuseAllocated({ db }: PoolWriter, pool: PoolRecord, lastMonth: CalendarDate): Promise<void> {
  const [row] = await db.query<{ month: string | null }>(LAST_RUN, [pool.id, lastMonth])
  const month = row?.month ?? null
  if (month === null) return
  const message = `The pool ${quoted(pool.name)} is allocated for ${month.slice(0, 7)}; end it there or later, or set its amount to 0 and run it again.`
  throw new DomainError('POOL_ALLOCATED', message, 'lastMonth')
}
