import { FIXED18_ONE, parseFixed18, type Fixed18 } from '../money/fixed18.ts'
import { NIL_UUID } from '../rollup/grain.ts'
import { parseQuantity } from '../usage/quantity.ts'
import type { AllocationFacts, Place, ResourceUse, TaskRevenue, UsageOfPlace } from './facts.ts'
import type { AllocationPolicy } from './policy.ts'
import type { PoolAllocation } from './result.ts'

/** Ids in tests are words with a letter in front, `agent:A`; the key is the word, so that examples read like those of the laws. */
export const agent = (key: string) => `agent:${key}`
export const place = (task: string | null, client: string | null = null): Place => ({
  taskId: task === null ? NIL_UUID : `task:${task}`,
  clientId: client === null ? NIL_UUID : `client:${client}`,
  projectId: NIL_UUID,
})

/** Usage of one agent in one place; what is left out is zero, invocations are 1. */
export function used(
  agentKey: string,
  at: Place,
  amounts: { invocations?: number; tokens?: number; seconds?: number; direct?: string } = {},
): UsageOfPlace {
  return {
    ...at,
    agentId: agent(agentKey),
    invocations: BigInt(amounts.invocations ?? 1),
    tokens: parseQuantity(amounts.tokens ?? 0),
    computeMicros: BigInt(amounts.seconds ?? 0) * 1_000_000n,
    direct: parseFixed18(amounts.direct ?? '0'),
  }
}

export function touched(agentKey: string, task: string, tokens: number): ResourceUse {
  return { ...place(task), chain: `task:${task}`, agentId: agent(agentKey), tokens: parseQuantity(tokens) }
}

export function billed(task: string, amount: string, direct: Record<string, string>): TaskRevenue {
  const agents = Object.entries(direct).map(([key, cost]) => ({ agentId: agent(key), direct: parseFixed18(cost) }))
  return { ...place(task), billed: parseFixed18(amount), agents }
}

/** Facts in which every agent and task that is named has the key that its id says. */
export function factsOf(facts: Partial<Omit<AllocationFacts, 'agentKeys' | 'taskKeys'>>): AllocationFacts {
  const all = { usage: [], revenue: [], resourceUses: new Map(), priorWeights: new Map(), ...facts }
  const uses = [...all.resourceUses.values()].flat() as ResourceUse[]
  const agents = [...all.usage, ...uses].map(({ agentId }) => agentId)
  const more = all.revenue.flatMap((task) => task.agents.map(({ agentId }) => agentId))
  const tasks = [...all.usage, ...uses, ...all.revenue].map(({ taskId }) => taskId).filter((id) => id !== NIL_UUID)
  const known = ['A', 'B', 'C', 'D'].map(agent)
  return { ...all, agentKeys: keysOf([...known, ...agents, ...more]), taskKeys: keysOf(tasks) }
}

function keysOf(ids: readonly string[]): Map<string, string> {
  return new Map(ids.map((id) => [id, id.slice(id.indexOf(':') + 1)]))
}

export function policyOf(policy: Partial<AllocationPolicy> = {}): AllocationPolicy {
  const method = policy.method ?? 'USAGE'
  return {
    method,
    basis: method === 'USAGE' ? 'INVOCATIONS' : null,
    rate: null,
    scope: [],
    fallback: ['HOLD'],
    idle: 'HELD',
    multipliers: [],
    exemptions: [],
    feeds: [],
    ...policy,
  }
}

/** Shares by agent key, in cents. */
export function cents(result: PoolAllocation): Record<string, number> {
  return Object.fromEntries(result.shares.map(({ agentId, amount }) => [agentId.slice(6), centsOf(amount)]))
}

/** Σ of all places by one of their ids, in cents; the nil uuid is `none`. */
export function centsBy(result: PoolAllocation, dimension: keyof Place): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const { places } of result.shares) {
    for (const one of places) {
      const key = one[dimension] === NIL_UUID ? 'none' : one[dimension].slice(one[dimension].indexOf(':') + 1)
      sums[key] = (sums[key] ?? 0) + centsOf(one.amount)
    }
  }
  return sums
}

export function centsOf(amount: Fixed18): number {
  return Number((amount * 100n) / FIXED18_ONE)
}
