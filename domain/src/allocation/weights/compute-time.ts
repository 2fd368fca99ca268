import type { Driver } from './driver.ts'

/** USAGE by COMPUTE_TIME (law L20): the agent's own leaf seconds, overlapping intervals within a trace united; counted in microseconds. */
export const computeTime: Driver = {
  decimals: 6,
  weightOf: (facts, agentId) => facts.used(agentId, 'computeMicros'),
  placesOf: (facts, agentId) => facts.usagePlaces(agentId, 'computeMicros'),
}
