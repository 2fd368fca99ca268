import type { Driver } from './driver.ts'

/** USAGE by INVOCATIONS (law L20): the agent's own leaf invocations. 40 of the fleet's 100 take 40 % of the pool. */
export const invocations: Driver = {
  decimals: 0,
  weightOf: (facts, agentId) => facts.used(agentId, 'invocations'),
  placesOf: (facts, agentId) => facts.usagePlaces(agentId, 'invocations'),
}
