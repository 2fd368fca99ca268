import type { FeedingPool } from './pool-cycle.ts'

/**
 * The pools that must be run together with those asked for: all that money reaches from them, and all that it reaches them from, however
 * far. Those asked for are in it, as far as they are among the pools.
 *
 *     A feeds B, C feeds B, D stands alone: connectedPools(['A'], [A, B, C, D]) // { A, B, C }
 */
export function connectedPools(
  asked: Iterable<string>,
  pools: readonly Pick<FeedingPool, 'id' | 'policy'>[],
): Set<string> {
  const neighbours = new Map<string, string[]>(pools.map(({ id }) => [id, []]))
  for (const { id, policy } of pools) {
    for (const { poolId } of policy.feeds) {
      if (!neighbours.has(poolId)) continue
      neighbours.get(id)!.push(poolId)
      neighbours.get(poolId)!.push(id)
    }
  }
  // The set grows while it is walked.
  const connected = new Set([...asked].filter((id) => neighbours.has(id)))
  for (const id of connected) for (const next of neighbours.get(id)!) connected.add(next)
  return connected
}
