import type { Pool } from 'pg'
import { checkMonth, parsePoolAmount } from '@outlay/domain/allocation/pool-amount'
import { DomainError } from '@outlay/domain/errors'
import { checkNote } from '@outlay/domain/invocation/reason'
import { formatFixed18, parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import { addMonths, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { readPoolAmounts, type PoolAmountRecord, type PoolRecord } from '../sql/read-pools.ts'
import { refuseClosedMonths } from './closed-months.ts'

import { checkMonthOfPool, poolToChange } from './pool-state.ts'
import { writePools, type Actor, type PoolWriter, type Written } from './pool-writer.ts'

export interface SetAmountInput {
  poolId: string
  fromMonth: CalendarDate
  amount: { amount: string; currency: string }
  note: string | null
}

/**
 * Says what a pool comes to from a month on, until the next month for which something was said. What was said before stays beside it as
 * an earlier revision. Saying the same again changes nothing.
 */
export function setPoolAmount(
  deps: { pool: Pool },
  tenantId: string,
  { input, actor }: { input: SetAmountInput; actor: Pick<Actor, 'by'> },
): Promise<Written<{ poolId: string }>> {
  return writePools(deps, tenantId, async (writer) => {
    const { poolId, amount } = input
    const fromMonth = checkMonth(input.fromMonth, 'fromMonth')
    const note = checkNote(input.note, 'note')
    const pool = await poolToChange(writer.db, poolId)
    checkMonthOfPool(pool, fromMonth, 'fromMonth')
    if (amount.currency !== pool.currency) {
      const message = `The pool is in ${pool.currency}, the amount in ${amount.currency}; another currency is another pool.`
      throw new DomainError('INVALID_FIELD', message, 'amount.currency')
    }
    await reviseAmount(writer, { pool, fromMonth, amount: parsePoolAmount(amount), note, by: actor.by })
    return { poolId }
  })
}

/** Writes an amount unless it is what was last said for that month; answers whether it wrote. Throws DomainError PERIOD_CLOSED. */
export async function reviseAmount(
  writer: PoolWriter,
  {
    pool,
    fromMonth,
    amount,
    note,
    by,
  }: {
    pool: PoolRecord
    fromMonth: CalendarDate
    amount: Fixed18
    note: string | null
    by: string
  },
): Promise<boolean> {
  const amounts = await readPoolAmounts(writer.db, [pool.id])
  const last = amounts.find((known) => known.fromMonth === fromMonth)
  if (last !== undefined && parseFixed18(last.amount) === amount && last.note === note) return false
  await refuseClosedMonths(writer.db, {
    first: fromMonth,
    last: lastMonthOf(pool, amounts, fromMonth),
    field: 'fromMonth',
  })
  await insertAmount(writer, { poolId: pool.id, fromMonth, amount: formatFixed18(amount), note, by })
  return true
}

/** The last month that an amount from a month on is of: up to the next amount, or the end of the pool; null: without end. */
function lastMonthOf(
  pool: PoolRecord,
  amounts: readonly PoolAmountRecord[],
  fromMonth: CalendarDate,
): CalendarDate | null {
  const later = amounts.map((known) => known.fromMonth).filter((month) => month > fromMonth)
  const next = later.sort()[0]
  return next === undefined ? pool.lastMonth : addMonths(next, -1)
}

// Stamped under the tenant's lock, as events are: a snapshot that is older does not know it (law L21).
const INSERT_AMOUNT = `
INSERT INTO cost_pool_amount (tenant_id, pool_id, from_month, revision, amount, note, set_by, set_at)
SELECT $1::uuid, $2::uuid, $3::date, coalesce(max(a.revision), 0) + 1, $4::numeric, $5, $6, clock_timestamp()
FROM cost_pool_amount a WHERE a.tenant_id = $1::uuid AND a.pool_id = $2::uuid AND a.from_month = $3::date`

/** Stores an amount as the next revision of its month. */
export async function insertAmount(
  { client, tenantId }: PoolWriter,
  {
    poolId,
    fromMonth,
    amount,
    note,
    by,
  }: {
    poolId: string
    fromMonth: CalendarDate
    /** Decimal text. */
    amount: string
    note: string | null
    by: string
  },
): Promise<void> {
  await client.query(INSERT_AMOUNT, [tenantId, poolId, fromMonth, amount, note, by])
}
