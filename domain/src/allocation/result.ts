import type { Fixed18 } from '../money/fixed18.ts'
import type { Place } from './facts.ts'
import type { Fallback } from './policy.ts'

/** How one pool of one month was split. Amounts are scaled 10^18 and whole minor units of the reporting currency; those of a credit are below zero. */
export interface PoolAllocation {
  /** What is split here: the pool's own amount + what other pools passed to it − what it passed on. */
  total: Fixed18
  /** Σ of the shares. total = allocated + unallocated + underAbsorbed, always. */
  allocated: Fixed18
  /** Held back: no weight at all, or the HELD part of an idle capacity. */
  unallocated: Fixed18
  /** The part of the total that nobody used, by capacity; null for a pool without one. It is in `unallocated` when HELD, else in the shares. */
  idle: Fixed18 | null
  /** OVERHEAD_RATE: total − allocated; below zero: over-absorbed. Zero for the other methods. */
  underAbsorbed: Fixed18
  /** What was used because every weight was zero; null: the weights were. */
  fallback: Fallback | null
  /** One for each eligible agent, also where it is zero, by agent key. */
  shares: readonly AgentShare[]
}

export interface AgentShare {
  agentId: string
  /** In the unit of the basis, times its multiplier, scaled 10^18 (half-even); what the share is in proportion to. */
  weight: Fixed18
  amount: Fixed18
  /** Where the amount went, each place once and none with zero; Σ = amount (law L19). */
  places: readonly (Place & { amount: Fixed18 })[]
}
