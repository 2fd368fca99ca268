import { invariant } from '../errors.ts'
import { divideHalfEven } from '../money/half-even.ts'
import { Proportions } from '../money/proportions.ts'
import { parseQuantity, QUANTITY6_ONE } from '../usage/quantity.ts'
import { byName, orderPools, poolCycleError, type FeedingPool } from './pool-cycle.ts'

/** What a pool got from others and gave to others, in minor units. */
export interface StepDown {
  received: bigint
  passedOn: bigint
  /** What it gave, one for each pool it feeds in this month, by name; also where that rounds to nothing. */
  feeds: { poolId: string; minor: bigint }[]
}

/**
 * Pools that feed pools: in topological order each passes the shares of its feeds on, of its own amount and what it received, and keeps the
 * rest. What is passed on in all is rounded half-even once and divided over the feeds by largest remainder (ties: pool name), so that
 * nobody passes on more than they have. A feed to a pool that is not among these gives nothing; its part stays.
 *
 *     A 100.00 feeds B 0.30, B 50.00 feeds C 0.50, C 10.00
 *     // A passes 30.00 to B; B has 80.00, passes 40.00 to C; to be split: A 70.00, B 40.00, C 50.00
 *
 * Throws DomainError POOL_CYCLE naming the pools.
 */
export function stepDown(pools: readonly (FeedingPool & { minor: bigint })[]): ReadonlyMap<string, StepDown> {
  const { order, cycle } = orderPools(pools)
  if (cycle !== null) throw poolCycleError(cycle)
  const byId = new Map(pools.map((pool) => [pool.id, pool]))
  invariant(byId.size === pools.length, 'stepDown: two pools have the same id')
  const steps = new Map(pools.map(({ id }): [string, StepDown] => [id, { received: 0n, passedOn: 0n, feeds: [] }]))
  for (const pool of order) {
    const step = steps.get(pool.id)!
    step.feeds = passOn(pool.minor + step.received, pool, byId)
    for (const { poolId, minor } of step.feeds) {
      step.passedOn += minor
      steps.get(poolId)!.received += minor
    }
  }
  return steps
}

function passOn(minor: bigint, { policy }: FeedingPool, byId: ReadonlyMap<string, FeedingPool>): StepDown['feeds'] {
  const fed = policy.feeds
    .flatMap(({ poolId, share }) => {
      const pool = byId.get(poolId)
      return pool === undefined ? [] : [{ pool, share: parseQuantity(share) }]
    })
    .sort((a, b) => byName(a.pool, b.pool))
  const shares = new Proportions(fed.map(({ share }) => share))
  const feeds = fed.map(({ pool }) => ({ poolId: pool.id, minor: 0n }))
  shares.split(divideHalfEven(minor * shares.sum, QUANTITY6_ONE), (position, part) => {
    feeds[position]!.minor = part
  })
  return feeds
}
