import { QUANTITY6_SCALE } from '../../usage/quantity.ts'
import type { Driver } from './driver.ts'

/** USAGE by TOKENS (law L20): the agent's own tokens of every class, those of its sub-agents not included. */
export const tokens: Driver = {
  decimals: QUANTITY6_SCALE,
  weightOf: (facts, agentId) => facts.used(agentId, 'tokens'),
  placesOf: (facts, agentId) => facts.usagePlaces(agentId, 'tokens'),
}
