import { FIXED18_SCALE } from '../../money/fixed18.ts'
import type { Driver } from './driver.ts'

/** OVERHEAD_RATE (law L16): the agent's direct cost in the month. */
export const directCost: Driver = {
  decimals: FIXED18_SCALE,
  weightOf: (facts, agentId) => facts.used(agentId, 'direct'),
  placesOf: (facts, agentId) => facts.usagePlaces(agentId, 'direct'),
}
