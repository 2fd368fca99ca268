import { invariant } from '../errors.ts'
import { divideHalfEven } from '../money/half-even.ts'
import { FIXED18_ONE, type Fixed18 } from '../money/fixed18.ts'
import { splitOnce } from '../money/proportions.ts'
import { QUANTITY6_ONE } from '../usage/quantity.ts'
import type { ResourceUse } from './facts.ts'
import type { FactsIndex } from './facts-index.ts'
import { inOrderOf } from './in-order-of.ts'
import { amountIn, type PlaceAmount } from './split-to-places.ts'
import type { AgentPart, Multipliers, Split } from './split.ts'
import { compareTexts, type AgentRef } from './tie-order.ts'

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
  const { facts, agents, multipliers } = input
  const ranks = new Map(agents.map(({ id }, rank) => [id, rank]))
  const eligible = input.uses.filter(({ agentId }) => ranks.has(agentId))
  // An agent that counts zero times takes no part of a chain, but it did use it.
  const counted = eligible.filter(({ agentId }) => multipliers.get(agentId) !== 0n)
  const chains = divideChains(inChains(facts, counted, ranks), multipliers)
  return {
    hasWeight: chains.length > 0,
    get used() {
      return BigInt(new Set(eligible.map(({ chain }) => chain)).size) * QUANTITY6_ONE
    },
    parts: (minor) => partsOf(minor, { facts, agents, chains, ranks }),
  }
}

/** Who touched the resource in one chain, by agent key, and what divides its part among them. */
interface Chain {
  uses: readonly ResourceUse[]
  weights: readonly bigint[]
}

/** The uses of each chain by agent key, chains by task key, chains without task first: the order in which pennies left over are given. */
function inChains(
  facts: FactsIndex,
  uses: readonly ResourceUse[],
  ranks: ReadonlyMap<string, number>,
): ResourceUse[][] {
  const rankOf = (use: ResourceUse) => facts.taskRank(use.taskId) * ranks.size + ranks.get(use.agentId)!
  const tasks: ResourceUse[][] = []
  for (const use of inOrderOf(uses, rankOf)) {
    const task = tasks.at(-1)
    if (task?.[0]!.taskId === use.taskId) task.push(use)
    else tasks.push([use])
  }
  // A task is one chain as a rule; where there is none, each trace is one.
  const isOne = (uses: readonly ResourceUse[]) => uses.every(({ chain }) => chain === uses[0]!.chain)
  return tasks.every(isOne) ? tasks : tasks.flatMap(byChain)
}

function byChain(uses: readonly ResourceUse[]): ResourceUse[][] {
  const chains = new Map<string, ResourceUse[]>()
  for (const use of uses) {
    const chain = chains.get(use.chain)
    if (chain === undefined) chains.set(use.chain, [use])
    else chain.push(use)
  }
  return [...chains].sort(([a], [b]) => compareTexts(a, b)).map(([, of]) => of)
}

/** Tokens × multiplier of each use; the multipliers where a chain has no tokens. */
function divideChains(chains: readonly ResourceUse[][], multipliers: Multipliers): Chain[] {
  return chains.map((uses) => {
    // Most chains are one agent's: there is nothing to divide.
    if (uses.length === 1) return { uses, weights: WHOLE }
    const isTwice = uses.some((use, i) => i > 0 && uses[i - 1]!.agentId === use.agentId)
    invariant(!isTwice, 'splitByResourceUses: an agent is named twice in a chain')
    const counts = uses.map(({ agentId }) => multipliers.get(agentId) ?? QUANTITY6_ONE)
    const byTokens = uses.map(({ tokens }, i) => tokens * counts[i]!)
    return { uses, weights: byTokens.some((weight) => weight > 0n) ? byTokens : counts }
  })
}

const WHOLE: readonly bigint[] = [1n]

/** What one agent gets, chain by chain. */
class PartOfAgent {
  weight: Fixed18 = 0n
  minor = 0n
  readonly uses: ResourceUse[] = []
  readonly amounts: bigint[] = []

  /** `weight`: the fraction of the chain that is the agent's, half-even at scale 18: to be shown, and for the month after (law L18). */
  add(use: ResourceUse, weight: Fixed18, minor: bigint): void {
    this.weight += weight
    this.minor += minor
    this.uses.push(use)
    this.amounts.push(minor)
  }
}

function partsOf(
  minor: bigint,
  input: {
    facts: FactsIndex
    agents: readonly AgentRef[]
    chains: readonly Chain[]
    ranks: ReadonlyMap<string, number>
  },
): AgentPart[] {
  const { facts, agents, chains, ranks } = input
  const ofAgents = agents.map(() => new PartOfAgent())
  const ofChain = inEqualParts(minor, BigInt(chains.length))
  chains.forEach(({ uses, weights }, position) => {
    const whole = ofChain(position)
    if (uses.length === 1) return ofAgents[ranks.get(uses[0]!.agentId)!]!.add(uses[0]!, FIXED18_ONE, whole)
    const fractions = fractionsOf(weights)
    splitAll(whole, weights).forEach((part, i) => {
      ofAgents[ranks.get(uses[i]!.agentId)!]!.add(uses[i]!, fractions[i]!, part)
    })
  })
  return agents.map((agent, rank) => {
    const of = ofAgents[rank]!
    return { agent, weight: of.weight, minor: of.minor, places: (unit) => eachPlaceOnce(facts, unit, of) }
  })
}

/** Equal weights have equal remainders: what is left over goes to the first. */
function inEqualParts(minor: bigint, count: bigint): (position: number) => bigint {
  if (count === 0n) return () => 0n
  const [least, left] = [minor / count, minor % count]
  const more = left < 0n ? least - 1n : least + 1n
  const receivers = Number(left < 0n ? -left : left)
  return (position) => (position < receivers ? more : least)
}

function splitAll(whole: bigint, weights: readonly bigint[]): bigint[] {
  const parts = weights.map(() => 0n)
  splitOnce(whole, weights, (i, part) => {
    parts[i] = part
  })
  return parts
}

function fractionsOf(weights: readonly bigint[]): Fixed18[] {
  const sum = weights.reduce((all, weight) => all + weight, 0n)
  return weights.map((weight) => divideHalfEven(weight * FIXED18_ONE, sum))
}

/** Chains without a task may lie in the same place; the others come in the order of places already. */
function eachPlaceOnce(facts: FactsIndex, unit: Fixed18, { uses, amounts }: PartOfAgent): PlaceAmount[] {
  const places = uses.map((use, i) => amountIn(use, amounts[i]! * unit)).filter(({ amount }) => amount !== 0n)
  const isSameTask = ({ taskId }: PlaceAmount, i: number) => i > 0 && places[i - 1]!.taskId === taskId
  if (!places.some(isSameTask)) return places
  const merged: PlaceAmount[] = []
  for (const place of places.sort((a, b) => facts.comparePlaces(a, b))) {
    const last = merged.at(-1)
    if (last !== undefined && facts.comparePlaces(last, place) === 0) last.amount += place.amount
    else merged.push(place)
  }
  return merged
}
