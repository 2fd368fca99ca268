import { FIXED18_SCALE } from '../../money/fixed18.ts'
import type { Driver } from './driver.ts'

/** REVENUE (law L16): what the tasks completed in the month bring in for the agent; down to those tasks. */
export const revenue: Driver = {
  decimals: FIXED18_SCALE,
  weightOf: (facts, agentId) => facts.revenue.get(agentId)?.total ?? 0n,
  placesOf: (facts, agentId) => facts.revenue.get(agentId)?.places ?? null,
}
