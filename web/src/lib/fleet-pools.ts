import type { Money } from '@outlay/domain/money/currency'
import { graphql } from '../generated/gql.ts'
import type { FleetPoolsFragment } from '../generated/graphql.ts'
import { BASES, readBasis, type Basis } from './basis.ts'
import { isZero, sumOf } from './format.ts'
import type { SearchParams } from './search-params.ts'

/** What a page about a period needs to know of its shared costs. */
graphql(`
  fragment FleetPools on FleetCost {
    unallocated {
      amount
      currency
    }
    pools {
      pools
      unconvertedPools
      total {
        amount
        currency
      }
      allocated {
        amount
        currency
      }
    }
  }
`)

/**
 * The same for who sees no pool: what their own rows were allocated is known, and nothing of what is not in them. Where they were allocated
 * nothing, a page shows nothing of allocation.
 */
export function ownPools({ allocated }: { allocated: Money }): FleetPoolsFragment {
  const none = { amount: '0', currency: allocated.currency }
  const pools = { pools: isZero(allocated.amount) ? 0 : 1, unconvertedPools: 0, total: allocated, allocated }
  return { unallocated: none, pools }
}

/** Whether the period has pools at all. Without any, a page shows nothing of allocation. */
export function hasPools({ pools }: FleetPoolsFragment): boolean {
  return pools.pools > 0
}

/** Pools there are, and none of them has been split: what each agent, task and client bears is not known yet. */
export function isWaiting(facts: FleetPoolsFragment): boolean {
  const { pools, unallocated } = facts
  return pools.pools > 0 && isZero(pools.allocated.amount) && !isZero(unallocated.amount)
}

export const WAITING = 'The pools of this period have not been allocated yet'

/** An allocated amount to print, and why there is none: what is unknown never prints as zero. */
export function allocatedOf(facts: FleetPoolsFragment, allocated: Money): { money: Money | null; reason: string } {
  return isWaiting(facts) ? { money: null, reason: WAITING } : { money: allocated, reason: '' }
}

/** Whether what each agent, task and client bears of the pools is known: then their cost is a fully loaded one. */
export function isSplit(facts: FleetPoolsFragment): boolean {
  return hasPools(facts) && !isWaiting(facts)
}

/** Whether two periods count the same parts: where the pools of one are still to be split, both are compared without them. */
export function areComparable(facts: FleetPoolsFragment, before: FleetPoolsFragment | null | undefined): boolean {
  return !isWaiting(facts) && (before == null || !isWaiting(before))
}

/** What the sum of the known parts is called. */
export function totalLabel(facts: FleetPoolsFragment): string {
  if (!hasPools(facts)) return 'Cost'
  return isWaiting(facts) ? 'Attributed' : 'Fully loaded'
}

/**
 * The basis a page prints. Before the pools are split, fully loaded is not known and what the API answers for it is the attributed cost; so
 * it is called that.
 */
export function basisOf(params: SearchParams, facts: FleetPoolsFragment): Basis {
  const basis = readBasis(params)
  return basis.id === 'loaded' && isWaiting(facts) ? BASES[1] : basis
}

/** The fleet fully loaded: what is attributed, and every pool, split or not (law L15). */
export function fullyLoadedOf(fleet: { cost: { total: Money }; unallocated: Money }): Money {
  const { total } = fleet.cost
  return { amount: sumOf([total.amount, fleet.unallocated.amount]), currency: total.currency }
}
