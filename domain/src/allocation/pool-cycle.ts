import { DomainError } from '../errors.ts'
import { compareTexts } from './tie-order.ts'

/** A pool as far as the passing on of money is concerned. */
export interface FeedingPool {
  id: string
  /** The tenant's own; unique among the pools of a month. */
  name: string
  policy: { feeds: readonly { poolId: string; share: string }[] }
}

/**
 * Pools in an order in which each comes after all that feed it, or the first cycle there is. Feeds to pools that are not given do not count.
 *
 *     A feeds B, B feeds C → { order: [A, B, C], cycle: null }
 */
export function orderPools<P extends FeedingPool>(pools: readonly P[]): { order: P[]; cycle: P[] | null } {
  const byId = new Map(pools.map((pool) => [pool.id, pool]))
  const feeders = new Map<string, P[]>(pools.map(({ id }) => [id, []]))
  for (const pool of [...pools].sort(byName)) {
    for (const { poolId } of pool.policy.feeds) feeders.get(poolId)?.push(pool)
  }
  const open = new Map([...feeders].map(([id, list]) => [id, list.length]))
  const order = [...pools].sort(byName).filter(({ id }) => open.get(id) === 0)
  // The list grows while it is walked: a pool is put in when the last of those that feed it has been passed.
  for (const pool of order) {
    for (const { poolId } of pool.policy.feeds) {
      const fed = byId.get(poolId)
      if (fed === undefined) continue
      const left = open.get(poolId)! - 1
      open.set(poolId, left)
      if (left === 0) order.push(fed)
    }
  }
  if (order.length === pools.length) return { order, cycle: null }
  const ordered = new Set(order)
  const stuck = pools.filter((pool) => !ordered.has(pool)).sort(byName)
  return { order, cycle: walkBack(stuck[0]!, (pool) => feeders.get(pool.id)!.find((feeder) => !ordered.has(feeder))!) }
}

/**
 * The pools that feed one another in a circle, in the order of the money and beginning with the smallest name; null when none do.
 *
 *     A feeds B, B feeds A → [A, B]
 */
export function findPoolCycle<P extends FeedingPool>(pools: readonly P[]): P[] | null {
  return orderPools(pools).cycle
}

/** Throws DomainError POOL_CYCLE naming the pools, `A → B → A`, when pools feed one another in a circle. */
export function refusePoolCycle(pools: readonly FeedingPool[]): void {
  const cycle = findPoolCycle(pools)
  if (cycle !== null) throw poolCycleError(cycle)
}

export function poolCycleError(cycle: readonly FeedingPool[]): DomainError {
  const names = [...cycle, ...cycle.slice(0, 1)].map(({ name }) => name).join(' → ')
  return new DomainError('POOL_CYCLE', `The pools feed one another in a circle: ${names}.`, 'feeds')
}

/** Every pool that is stuck is fed by another one that is: whoever walks against the money comes back to where they were. */
function walkBack<P extends FeedingPool>(start: P, feederOf: (pool: P) => P): P[] {
  const path: P[] = []
  let at = start
  while (!path.includes(at)) {
    path.push(at)
    at = feederOf(at)
  }
  const cycle = path.slice(path.indexOf(at)).reverse()
  const first = cycle.indexOf([...cycle].sort(byName)[0]!)
  return [...cycle.slice(first), ...cycle.slice(0, first)]
}

export function byName(a: FeedingPool, b: FeedingPool): number {
  return compareTexts(a.name, b.name) || compareTexts(a.id, b.id)
}
