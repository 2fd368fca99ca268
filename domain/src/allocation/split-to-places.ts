import { NIL_UUID } from '../rollup/grain.ts'
import type { Place } from './facts.ts'
import type { PlaceWeights } from './facts-index.ts'

/** An amount in one place, in minor units. */
export interface PlacePart {
  place: Place
  minor: bigint
}

/** No task, no client, no project: where a share goes that nothing leads further down. */
export const NO_PLACE: Place = { taskId: NIL_UUID, clientId: NIL_UUID, projectId: NIL_UUID }

/**
 * An agent's share down to its tasks and clients (law L19), in whole minor units by largest remainder (ties: larger weight, then task key,
 * client id, project id; untagged first). The parts sum to the share; places that get nothing are left out. When the agent has nothing of
 * the driver, the whole share stays without task.
 *
 *     share 1000, invocations T1 2, T2 1, untagged 3 → untagged 500, T1 333, T2 167
 *     share 1000, no invocations                     → without task 1000
 */
export function splitToPlaces(share: bigint, weights: PlaceWeights | null): PlacePart[] {
  if (share === 0n) return []
  const parts: PlacePart[] = []
  const isSplit = weights?.proportions.split(share, (position, minor) => {
    parts.push({ place: weights.places[position]!, minor })
  })
  return isSplit === true ? parts : [{ place: NO_PLACE, minor: share }]
}
