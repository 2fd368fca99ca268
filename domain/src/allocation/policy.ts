import type { Fixed18 } from '../money/fixed18.ts'
import type { CalendarDate } from '../periods/calendar-date.ts'

export const POOL_CATEGORIES = [
  'VECTOR_DATABASE',
  'EMBEDDING',
  'TOOL_SUBSCRIPTION',
  'ORCHESTRATION',
  'MONITORING',
  'OTHER',
] as const
export type PoolCategory = (typeof POOL_CATEGORIES)[number]

/** How a pool is split over agents (law L16). */
export const ALLOCATION_METHODS = ['EQUAL', 'USAGE', 'REVENUE', 'OVERHEAD_RATE'] as const
export type AllocationMethod = (typeof ALLOCATION_METHODS)[number]

/** What USAGE counts (law L20). */
export const USAGE_BASES = ['INVOCATIONS', 'TOKENS', 'COMPUTE_TIME', 'RESOURCE_USES'] as const
export type UsageBasis = (typeof USAGE_BASES)[number]

/** What is tried, in this order, when every weight is zero (law L18); HOLD leaves the pool unallocated and is where every chain ends. */
export const FALLBACKS = ['PRIOR_PERIOD', 'EQUAL', 'HOLD'] as const
export type Fallback = (typeof FALLBACKS)[number]

/** What becomes of the part of a pool's capacity that nobody used: HELD stays unallocated, SHARED is split with the rest. Both show it. */
export const IDLE_TREATMENTS = ['HELD', 'SHARED'] as const
export type IdleTreatment = (typeof IDLE_TREATMENTS)[number]

/** An agent's weight counts so many times. */
export interface WeightMultiplier {
  agentId: string
  /** Decimal text, ≥ 0, at most 6 decimals. */
  multiplier: string
}

/** An agent takes no share in the months `[from, to)`; both are first days of months, `to` null: without end. */
export interface Exemption {
  agentId: string
  from: CalendarDate
  to: CalendarDate | null
  reason: string
}

/** A fixed part of this pool serves another pool and is split with that one (step-down). */
export interface PoolFeed {
  poolId: string
  /** Decimal text in (0, 1], at most 6 decimals; the feeds of one pool sum to at most 1. */
  share: string
}

/** One version of how a pool is split, as the arithmetic needs it. */
export interface AllocationPolicy {
  method: AllocationMethod
  /** Of USAGE; null for the other methods. */
  basis: UsageBasis | null
  /** Of OVERHEAD_RATE, scaled 10^18: allocated ÷ direct cost; null for the other methods. */
  rate: Fixed18 | null
  /** Ids of the agents that share it, whether or not they were active; empty: all agents active in the month. */
  scope: readonly string[]
  /** Never empty; ends with HOLD. */
  fallback: readonly Fallback[]
  idle: IdleTreatment
  multipliers: readonly WeightMultiplier[]
  exemptions: readonly Exemption[]
  feeds: readonly PoolFeed[]
}
