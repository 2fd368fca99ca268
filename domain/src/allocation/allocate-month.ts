import { FIXED18_SCALE, type Fixed18 } from '../money/fixed18.ts'
import { powerOfTen } from '../money/scaled-decimal.ts'
import type { CalendarDate } from '../periods/calendar-date.ts'
import type { Quantity6 } from '../usage/quantity.ts'
import { allocatePool } from './allocate-pool.ts'
import type { FactsIndex } from './facts-index.ts'
import type { AllocationPolicy } from './policy.ts'
import { byName } from './pool-cycle.ts'
import type { PoolAllocation } from './result.ts'
import { stepDown } from './step-down.ts'

/** One pool with the policy in force for the month. */
export interface PoolOfMonth {
  id: string
  name: string
  /** Its own amount, in whole minor units of the reporting currency, scaled 10^18. */
  amount: Fixed18
  policy: AllocationPolicy
  /** In the unit of the basis; counts for USAGE only. */
  capacity: Quantity6 | null
}

/** What became of a pool. result.total = poolAmount + received − passedOn. */
export interface AllocatedPool {
  poolId: string
  poolAmount: Fixed18
  /** From other pools. */
  received: Fixed18
  /** To other pools: Σ of the feeds. */
  passedOn: Fixed18
  feeds: readonly { poolId: string; amount: Fixed18 }[]
  result: PoolAllocation
}

/**
 * All pools of a month: first what they pass on to one another (step-down), then each by its own policy. Σ (allocated + unallocated +
 * underAbsorbed) = Σ of the pools' own amounts (law L15). By name of the pool; the facts are put in order once for all of them.
 *
 *     allocateMonth({ month: '2026-03-01', minorUnits: 2, pools: [hosting, orchestration], facts: new FactsIndex(facts) })
 *
 * Throws DomainError POOL_CYCLE naming pools that feed one another, NEGATIVE_WEIGHT where a measure is below zero.
 */
export function allocateMonth(input: {
  month: CalendarDate
  minorUnits: number
  pools: readonly PoolOfMonth[]
  facts: FactsIndex
}): AllocatedPool[] {
  const { month, minorUnits, facts } = input
  const unit = powerOfTen(FIXED18_SCALE - minorUnits)
  const steps = stepDown(input.pools.map((pool) => ({ ...pool, minor: pool.amount / unit })))
  return [...input.pools].sort(byName).map(({ id: poolId, amount, policy, capacity }) => {
    const step = steps.get(poolId)!
    const [received, passedOn] = [step.received * unit, step.passedOn * unit]
    const total = amount + received - passedOn
    return {
      poolId,
      poolAmount: amount,
      received,
      passedOn,
      feeds: step.feeds.map((feed) => ({ poolId: feed.poolId, amount: feed.minor * unit })),
      result: allocatePool({ total, minorUnits, month, policy, poolId, capacity, facts }),
    }
  })
}
