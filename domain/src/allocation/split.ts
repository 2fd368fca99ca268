import { divideHalfEven } from '../money/half-even.ts'
import { FIXED18_SCALE, type Fixed18 } from '../money/fixed18.ts'
import { apportion } from '../money/largest-remainder.ts'
import { powerOfTen } from '../money/scaled-decimal.ts'
import { QUANTITY6_SCALE, type Quantity6 } from '../usage/quantity.ts'
import type { FactsIndex } from './facts-index.ts'
import { splitToPlaces, type PlaceAmount } from './split-to-places.ts'
import type { AgentRef } from './tie-order.ts'
import type { Driver } from './weights/driver.ts'

/** An agent's part of a whole, in minor units. */
export interface AgentPart {
  agent: AgentRef
  weight: Fixed18
  minor: bigint
  /** Where it goes, `unit` being one minor unit scaled 10^18; computed when asked, because a month's places by pools are millions. */
  places: (unit: Fixed18) => PlaceAmount[]
}

/** A way to split any whole over the same agents. */
export interface Split {
  /** False: every weight is zero, and every part will be. */
  hasWeight: boolean
  /** Σ of the weights before multipliers, in the unit of the basis: what a capacity is compared with. */
  used: Quantity6
  /** One part for each eligible agent, by key; Σ = the whole when there is weight. */
  parts(minor: bigint): AgentPart[]
}

/** Multipliers by agent id, scaled 10^6; an agent that is not in it counts once. */
export type Multipliers = ReadonlyMap<string, Quantity6>

/**
 * Splits by weight × multiplier over the agents, and within each by the driver over its places. A whole is counted in minor units.
 *
 *     invocations A 40, B 60; whole 10000 → A 4000, B 6000
 *     the same with A twice               → A 5714, B 4286
 */
export function splitByDriver(input: {
  facts: FactsIndex
  agents: readonly AgentRef[]
  driver: Driver
  multipliers: Multipliers
}): Split {
  const { facts, agents, driver, multipliers } = input
  const plain = agents.map(({ id }) => driver.weightOf(facts, id))
  const weights = agents.map(({ id }, i) => plain[i]! * (multipliers.get(id) ?? ONCE))
  return {
    ...splitByWeights({ facts, agents, weights, decimals: driver.decimals + QUANTITY6_SCALE, driver }),
    used: rescale(
      plain.reduce((sum, weight) => sum + weight, 0n),
      { from: driver.decimals, to: QUANTITY6_SCALE },
    ),
  }
}

/** Splits by weights that are known, counted in 10^-decimals of their unit; `driver` null: the shares go to no place in particular. */
export function splitByWeights(input: {
  facts: FactsIndex
  agents: readonly AgentRef[]
  weights: readonly bigint[]
  decimals: number
  driver: Driver | null
}): Split {
  const { facts, agents, weights, decimals, driver } = input
  const shown = weights.map((weight) => rescale(weight, { from: decimals, to: FIXED18_SCALE }))
  const parts = (minor: bigint): AgentPart[] => {
    const shares = apportion({ total: minor, weights: agents.map(({ key }, i) => ({ id: key, weight: weights[i]! })) })
    return agents.map((agent, i) => {
      const share = shares?.get(agent.key) ?? 0n
      const places = (unit: Fixed18) => splitToPlaces(share, unit, driver?.placesOf(facts, agent.id) ?? null)
      return { agent, weight: shown[i]!, minor: share, places }
    })
  }
  return { hasWeight: weights.some((weight) => weight > 0n), used: 0n, parts }
}

const ONCE: Quantity6 = powerOfTen(QUANTITY6_SCALE)

function rescale(value: bigint, { from, to }: { from: number; to: number }): bigint {
  return from <= to ? value * powerOfTen(to - from) : divideHalfEven(value, powerOfTen(from - to))
}
