import type { Driver } from './driver.ts'
import { invocations } from './invocations.ts'

/** EQUAL (law L16): 1 for each agent; down to its places by its invocations (law L19). */
export const equal: Driver = {
  decimals: 0,
  weightOf: () => 1n,
  placesOf: (facts, agentId) => invocations.placesOf(facts, agentId),
}
