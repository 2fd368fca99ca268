import type { FactsIndex, PlaceWeights } from '../facts-index.ts'

/** What a pool is split by: how much of it each agent has, and in which of its places (law L19). */
export interface Driver {
  /** Weights are counted in 10^-decimals of the unit. */
  decimals: number
  weightOf(facts: FactsIndex, agentId: string): bigint
  /** Null where there is nothing of it to go by. */
  placesOf(facts: FactsIndex, agentId: string): PlaceWeights | null
}
