import { invariant } from '../errors.ts'
import { divideHalfEven } from '../money/half-even.ts'
import { FIXED18_ONE, type Fixed18 } from '../money/fixed18.ts'
import { Proportions } from '../money/proportions.ts'
import { QUANTITY6_ONE } from '../usage/quantity.ts'
import type { ResourceUse } from './facts.ts'
import type { FactsIndex } from './facts-index.ts'
import { amountIn, type PlaceAmount } from './split-to-places.ts'
import type { AgentPart, Multipliers, Split } from './split.ts'
import { compareTexts, type AgentRef } from './tie-order.ts'

interface Chain {
  id: string
  /** Where its task stands among the keys of tasks; none stands first. */
  rank: number
  /** By agent key. */
  uses: ResourceUse[]
  weights: bigint[]
}

/**
 * USAGE by RESOURCE_USES (law L20), task first: a chain counts 1 however many agents touched the resource in it; its part is then divided
 * over the eligible agents that touched it, by their own tokens × multiplier (by the multipliers alone when they have no tokens). Leftover
 * pennies go to the smaller task key, within a chain to the largest remainder, then the larger weight, then the smaller agent key.
 * A chain that no eligible agent touched has no part; what an agent gets stays in the chain's place.
 *
 *     100.00; T1 = A→B→C (tokens 600/300/100), T2 = A, T3 = B
 *     // T1 33.34, T2 33.33, T3 33.33; T1 → A 20.01, B 10.00, C 3.33; agents A 53.34, B 43.33, C 3.33
 */
export function splitByResourceUses(input: {
  facts: FactsIndex
  uses: readonly ResourceUse[]
  agents: readonly AgentRef[]
  multipliers: Multipliers
}): Split {
  const chains = chainsOf(input)
  const weighted = chains.filter(({ weights }) => weights.some((weight) => weight > 0n))
  const weights = weightsOf(weighted)
  return {
    hasWeight: weighted.length > 0,
    used: BigInt(chains.length) * QUANTITY6_ONE,
    parts: (minor) => partsOf(minor, { ...input, chains: weighted, weights }),
  }
}

/** In the order in which the pennies left over are handed out. */
function chainsOf({ facts, uses, agents, multipliers }: Parameters<typeof splitByResourceUses>[0]): Chain[] {
  const rank = new Map(agents.map(({ id }, position) => [id, position]))
  const byChain = new Map<string, ResourceUse[]>()
  for (const use of uses) {
    if (!rank.has(use.agentId)) continue
    const chain = byChain.get(use.chain)
    if (chain === undefined) byChain.set(use.chain, [use])
    else chain.push(use)
  }
  const chains = [...byChain].map(([id, touched]): Chain => {
    if (touched.length > 1) touched.sort((a, b) => rank.get(a.agentId)! - rank.get(b.agentId)!)
    return { id, rank: facts.taskRank(touched[0]!.taskId), uses: touched, weights: weightsIn(touched, multipliers) }
  })
  return chains.sort((a, b) => a.rank - b.rank || compareTexts(a.id, b.id))
}

/** Tokens × multiplier of each use of a chain; the multipliers where that is nothing. */
function weightsIn(uses: readonly ResourceUse[], multipliers: Multipliers): bigint[] {
  const counts = uses.map(({ agentId }) => multipliers.get(agentId) ?? QUANTITY6_ONE)
  // Of one agent's chain only whether it counts matters.
  if (uses.length === 1) return counts
  invariant(
    uses.every((use, i) => i === 0 || uses[i - 1]!.agentId !== use.agentId),
    `splitByResourceUses: an agent is named twice in chain ${uses[0]!.chain}`,
  )
  const byTokens = uses.map(({ tokens }, i) => tokens * counts[i]!)
  return byTokens.some((weight) => weight > 0n) ? byTokens : counts
}

/** Of each chain the fraction that is the agent's, rounded half-even at scale 18: to be shown, and for the month after (law L18). */
function weightsOf(chains: readonly Chain[]): ReadonlyMap<string, Fixed18> {
  const weights = new Map<string, Fixed18>()
  for (const chain of chains) {
    const sum = chain.weights.reduce((all, weight) => all + weight, 0n)
    chain.uses.forEach(({ agentId }, i) => {
      const part = chain.uses.length === 1 ? FIXED18_ONE : divideHalfEven(chain.weights[i]! * FIXED18_ONE, sum)
      weights.set(agentId, (weights.get(agentId) ?? 0n) + part)
    })
  }
  return weights
}

/** An agent's part of one chain. */
interface UsePart {
  use: ResourceUse
  minor: bigint
}

function partsOf(
  minor: bigint,
  input: {
    facts: FactsIndex
    agents: readonly AgentRef[]
    chains: readonly Chain[]
    weights: ReadonlyMap<string, Fixed18>
  },
): AgentPart[] {
  const { facts, agents, chains, weights } = input
  const byAgent = new Map<string, UsePart[]>(agents.map(({ id }) => [id, []]))
  const give = (use: ResourceUse, part: bigint) => byAgent.get(use.agentId)!.push({ use, minor: part })
  new Proportions(chains.map(() => 1n)).split(minor, (position, ofChain) => {
    const { uses, weights } = chains[position]!
    // Most chains are one agent's: there is nothing to divide.
    if (uses.length === 1) give(uses[0]!, ofChain)
    else new Proportions(weights).split(ofChain, (i, part) => give(uses[i]!, part))
  })
  return agents.map((agent) => {
    const parts = byAgent.get(agent.id)!
    return {
      agent,
      weight: weights.get(agent.id) ?? 0n,
      minor: parts.reduce((sum, part) => sum + part.minor, 0n),
      places: (unit) => eachPlaceOnce(facts, unit, parts),
    }
  })
}

/** Chains without a task may lie in the same place. */
function eachPlaceOnce(facts: FactsIndex, unit: Fixed18, parts: readonly UsePart[]): PlaceAmount[] {
  const merged: PlaceAmount[] = []
  for (const { use, minor } of [...parts].sort((a, b) => facts.comparePlaces(a.use, b.use))) {
    const last = merged.at(-1)
    if (last !== undefined && facts.comparePlaces(last, use) === 0) last.amount += minor * unit
    else merged.push(amountIn(use, minor * unit))
  }
  return merged
}
