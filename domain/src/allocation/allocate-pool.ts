import { invariant } from '../errors.ts'
import { FIXED18_SCALE, type Fixed18 } from '../money/fixed18.ts'
import { powerOfTen } from '../money/scaled-decimal.ts'
import type { CalendarDate } from '../periods/calendar-date.ts'
import { parseQuantity, type Quantity6 } from '../usage/quantity.ts'
import { eligibleAgents } from './eligible-agents.ts'
import type { FactsIndex } from './facts-index.ts'
import { takeFallback } from './fallback.ts'
import { idlePart } from './idle.ts'
import { overheadTotal } from './overhead-rate.ts'
import type { AllocationPolicy } from './policy.ts'
import { splitByResourceUses } from './resource-uses.ts'
import type { AgentShare, PoolAllocation } from './result.ts'
import { splitByDriver, type AgentPart, type Multipliers, type Split } from './split.ts'
import type { AgentRef } from './tie-order.ts'
import { directCost } from './weights/direct-cost.ts'
import { methodDriver } from './weights/method-driver.ts'

export interface PoolToAllocate {
  /** In whole minor units of the reporting currency, scaled 10^18; below zero: a credit. */
  total: Fixed18
  minorUnits: number
  /** First day of it. */
  month: CalendarDate
  /** An OVERHEAD_RATE without a rate absorbs the pool exactly: only comparisons ask for that. */
  policy: AllocationPolicy
  poolId: string
  /** In the unit of the basis; counts for USAGE only. */
  capacity: Quantity6 | null
  facts: FactsIndex
}

/**
 * Splits one pool of one month over agents and down to their tasks and clients (laws L16–L20). Pure: the same facts and the same policy
 * give the same result whatever order anything comes in (law L21).
 *
 *     total 100.00 by INVOCATIONS, A 40 and B 60 → A 40.00, B 60.00, unallocated 0
 *     total 100.00 by TOKENS, nobody used any, fallback [HOLD] → unallocated 100.00, fallback HOLD
 *
 * Throws DomainError NEGATIVE_WEIGHT when an agent's measure is below zero.
 */
export function allocatePool(pool: PoolToAllocate): PoolAllocation {
  const unit = powerOfTen(FIXED18_SCALE - pool.minorUnits)
  invariant(pool.total % unit === 0n, `allocatePool: ${pool.total} is not in whole minor units`)
  const agents = eligibleAgents(pool)
  const multipliers: Multipliers = new Map(
    pool.policy.multipliers.map(({ agentId, multiplier }) => [agentId, parseQuantity(multiplier)]),
  )
  const split =
    pool.policy.method === 'OVERHEAD_RATE'
      ? absorb(pool, { unit, agents, multipliers })
      : distribute(pool, { unit, agents, multipliers })
  return inMoney(split, { total: pool.total, unit })
}

interface Population {
  /** One minor unit, scaled 10^18. */
  unit: Fixed18
  agents: readonly AgentRef[]
  multipliers: Multipliers
}

interface InMinorUnits extends Pick<PoolAllocation, 'fallback'> {
  parts: readonly AgentPart[]
  idle: bigint | null
  /** Whether what is not in the parts was under-absorbed (or over-absorbed); else it is unallocated. */
  isAbsorbed: boolean
}

/** EQUAL, USAGE and REVENUE: what is not held back is split to the last minor unit. */
function distribute(pool: PoolToAllocate, { unit, agents, multipliers }: Population): InMinorUnits {
  const { facts, policy, poolId, capacity } = pool
  const minor = pool.total / unit
  const driver = methodDriver(policy)
  const split: Split =
    driver === null
      ? splitByResourceUses({ facts, agents, multipliers, uses: facts.facts.resourceUses.get(poolId) ?? [] })
      : splitByDriver({ facts, agents, multipliers, driver })
  const idle = policy.method === 'USAGE' && capacity !== null ? idlePart({ minor, used: split.used, capacity }) : null
  const shared = policy.idle === 'HELD' ? minor - (idle ?? 0n) : minor
  if (split.hasWeight) return { parts: split.parts(shared), idle, fallback: null, isAbsorbed: false }
  const priorWeights = facts.facts.priorWeights.get(poolId)
  const taken = takeFallback({ chain: policy.fallback, facts, agents, multipliers, priorWeights, driver })
  return { parts: taken.split.parts(shared), idle, fallback: taken.branch, isAbsorbed: false }
}

/** OVERHEAD_RATE: each agent bears its rate; the pool's amount does not matter to it, and there is nothing to fall back from. */
function absorb(pool: PoolToAllocate, { unit, agents, multipliers }: Population): InMinorUnits {
  const { facts, policy, minorUnits } = pool
  const split = splitByDriver({ facts, agents, multipliers, driver: directCost })
  const direct = agents.reduce(
    (sum, { id }) => sum + facts.used(id, 'direct') * (multipliers.get(id) ?? parseQuantity('1')),
    0n,
  )
  const minor =
    policy.rate === null
      ? pool.total / unit
      : overheadTotal({ rate: policy.rate, direct, isCredit: pool.total < 0n, minorUnits })
  return { parts: split.parts(minor), idle: null, fallback: null, isAbsorbed: true }
}

function inMoney(split: InMinorUnits, { total, unit }: { total: Fixed18; unit: Fixed18 }): PoolAllocation {
  const allocated = unit * split.parts.reduce((sum, { minor }) => sum + minor, 0n)
  const rest = total - allocated
  return {
    total,
    allocated,
    unallocated: split.isAbsorbed ? 0n : rest,
    idle: split.idle === null ? null : split.idle * unit,
    underAbsorbed: split.isAbsorbed ? rest : 0n,
    fallback: split.fallback,
    shares: split.parts.map((part) => share(part, unit)),
  }
}

function share({ agent, weight, minor, places }: AgentPart, unit: Fixed18): AgentShare {
  return {
    agentId: agent.id,
    weight,
    amount: minor * unit,
    /** Computed at each reading: a month's places by pools are millions, and are wanted one agent at a time. */
    get places() {
      return places(unit)
    },
  }
}
