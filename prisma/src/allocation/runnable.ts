import { poolFxDate } from '@outlay/domain/allocation/pool-amount'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import { connectedTo } from './month-inputs.ts'
import type { MonthPool } from './pools-of-month.ts'

/** Why a pool cannot be run. */
export interface PoolRefusal {
  poolId: string
  code: 'UNCONVERTED' | 'POLICY_NOT_APPROVED'
  message: string
}

/** Pools that can be run, and why the others cannot. A pool that is connected with one that cannot be run waits for it. */
export function sortOut(
  asked: Iterable<string>,
  pools: readonly MonthPool[],
  { month, currency }: { month: CalendarDate; currency: string },
): { runnable: string[]; refusals: PoolRefusal[] } {
  const byId = new Map(pools.map((pool) => [pool.id, pool]))
  const runnable = new Set<string>()
  const refusals = new Map<string, PoolRefusal>()
  for (const id of asked) {
    if (runnable.has(id)) continue
    const together = [...connectedTo([id], pools)]
    const refused = together.flatMap((member) => {
      const pool = byId.get(member)
      return (pool === undefined ? null : refusalOf(pool, { month, currency })) ?? []
    })
    if (refused.length === 0) for (const member of together) runnable.add(member)
    for (const refusal of refused) refusals.set(refusal.poolId, refusal)
  }
  return { runnable: [...runnable].sort(), refusals: [...refusals.values()] }
}

function refusalOf(
  pool: MonthPool,
  { month, currency }: { month: CalendarDate; currency: string },
): PoolRefusal | null {
  if (pool.amount === null) {
    const message = `The pool ${pool.name} is in ${pool.currency} and there is no FX rate ${pool.currency} to ${currency} on ${poolFxDate(month)}, the last day of its month.`
    return { poolId: pool.id, code: 'UNCONVERTED', message }
  }
  if (pool.policy === null) {
    const message = `The pool ${pool.name} has no approved policy for ${month.slice(0, 7)}.`
    return { poolId: pool.id, code: 'POLICY_NOT_APPROVED', message }
  }
  return null
}
