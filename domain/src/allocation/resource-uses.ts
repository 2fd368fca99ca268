import { invariant } from '../errors.ts'
import { divideHalfEven } from '../money/half-even.ts'
import { FIXED18_ONE, type Fixed18 } from '../money/fixed18.ts'
import { Proportions } from '../money/proportions.ts'
import { QUANTITY6_ONE } from '../usage/quantity.ts'
import type { ResourceUse } from './facts.ts'
import type { FactsIndex } from './facts-index.ts'
import type { PlacePart } from './split-to-places.ts'
import type { AgentPart, Multipliers, Split } from './split.ts'
import { compareTexts, type AgentRef } from './tie-order.ts'

interface Chain {
  id: string
  taskKey: string
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
    touched.sort((a, b) => rank.get(a.agentId)! - rank.get(b.agentId)!)
    invariant(
      touched.every((use, i) => i === 0 || touched[i - 1]!.agentId !== use.agentId),
      `splitByResourceUses: an agent is named twice in chain ${id}`,
    )
    const counts = touched.map(({ agentId }) => multipliers.get(agentId) ?? QUANTITY6_ONE)
    const byTokens = touched.map(({ tokens }, i) => tokens * counts[i]!)
    const hasTokens = byTokens.some((weight) => weight > 0n)
    return { id, taskKey: facts.taskKey(touched[0]!.taskId), uses: touched, weights: hasTokens ? byTokens : counts }
  })
  return chains.sort((a, b) => compareTexts(a.taskKey, b.taskKey) || compareTexts(a.id, b.id))
}

/** Of each chain the fraction that is the agent's, rounded half-even at scale 18: to be shown, and for the month after (law L18). */
function weightsOf(chains: readonly Chain[]): ReadonlyMap<string, Fixed18> {
  const weights = new Map<string, Fixed18>()
  for (const chain of chains) {
    const sum = chain.weights.reduce((all, weight) => all + weight, 0n)
    chain.uses.forEach(({ agentId }, i) => {
      const part = divideHalfEven(chain.weights[i]! * FIXED18_ONE, sum)
      weights.set(agentId, (weights.get(agentId) ?? 0n) + part)
    })
  }
  return weights
}

function partsOf(
  minor: bigint,
  {
    facts,
    agents,
    chains,
    weights,
  }: {
    facts: FactsIndex
    agents: readonly AgentRef[]
    chains: readonly Chain[]
    weights: ReadonlyMap<string, Fixed18>
  },
): AgentPart[] {
  const byAgent = new Map<string, PlacePart[]>(agents.map(({ id }) => [id, []]))
  new Proportions(chains.map(() => 1n)).split(minor, (position, part) => {
    const { uses, weights } = chains[position]!
    new Proportions(weights).split(part, (i, ofAgent) => {
      byAgent.get(uses[i]!.agentId)!.push({ place: uses[i]!, minor: ofAgent })
    })
  })
  return agents.map((agent) => {
    const parts = byAgent.get(agent.id)!
    return {
      agent,
      weight: weights.get(agent.id) ?? 0n,
      minor: parts.reduce((sum, part) => sum + part.minor, 0n),
      places: () => eachPlaceOnce(facts, parts),
    }
  })
}

/** Chains without a task may lie in the same place. */
function eachPlaceOnce(facts: FactsIndex, parts: readonly PlacePart[]): PlacePart[] {
  const merged: PlacePart[] = []
  for (const part of [...parts].sort((a, b) => facts.comparePlaces(a.place, b.place))) {
    const last = merged.at(-1)
    if (last !== undefined && facts.comparePlaces(last.place, part.place) === 0) last.minor += part.minor
    else merged.push({ ...part })
  }
  return merged
}
