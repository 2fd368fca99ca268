import type { Fixed18 } from '../money/fixed18.ts'
import { NIL_UUID } from '../rollup/grain.ts'
import type { Place } from './facts.ts'
import type { PlaceWeights } from './facts-index.ts'
import type { AgentShare } from './result.ts'

export type PlaceAmount = AgentShare['places'][number]

/** No task, no client, no project: where a share goes that nothing leads further down. */
const NO_PLACE: Place = { taskId: NIL_UUID, clientId: NIL_UUID, projectId: NIL_UUID }

/**
 * An agent's share down to its tasks and clients (law L19), by largest remainder (ties: larger weight, then task key, client id, project
 * id; untagged first). The parts are whole minor units and sum to the share; places that get nothing are left out. When the agent has
 * nothing of the driver, the whole share stays without task. `share` counts minor units, `unit` is one of them scaled 10^18.
 *
 *     share 10.00, invocations T1 2, T2 1, untagged 3 → untagged 5.00, T1 3.33, T2 1.67
 *     share 10.00, no invocations                     → without task 10.00
 */
export function splitToPlaces(share: bigint, unit: Fixed18, weights: PlaceWeights | null): PlaceAmount[] {
  if (share === 0n) return []
  const parts: PlaceAmount[] = []
  const isSplit = weights?.proportions.split(share, (position, minor) => {
    parts.push(amountIn(weights.places[position]!, minor * unit))
  })
  return isSplit === true ? parts : [amountIn(NO_PLACE, share * unit)]
}

export function amountIn({ taskId, clientId, projectId }: Place, amount: Fixed18): PlaceAmount {
  return { taskId, clientId, projectId, amount }
}
