import { invariant, InvariantError } from '../errors.ts'
import type { Fixed18 } from '../money/fixed18.ts'
import { Proportions } from '../money/proportions.ts'
import { NIL_UUID } from '../rollup/grain.ts'
import type { Quantity6 } from '../usage/quantity.ts'
import type { AllocationFacts, Place, TaskRevenue, UsageOfPlace } from './facts.ts'
import { inOrderOf } from './in-order-of.ts'
import { revenueByAgent, type RevenueOfAgent } from './revenue-weights.ts'
import { byKey, compareTexts, type AgentRef } from './tie-order.ts'

export type UsageMeasure = 'invocations' | 'tokens' | 'computeMicros' | 'direct'

/** Places of one agent in the order of ties, and what each weighs. */
export interface PlaceWeights {
  places: readonly Place[]
  proportions: Proportions
}

interface AgentUsage {
  rows: UsageOfPlace[]
  total: { invocations: bigint; tokens: Quantity6; computeMicros: bigint; direct: Fixed18 }
  proportions: Partial<Record<UsageMeasure, Proportions>>
}

/**
 * The facts of a month, put in order once for all its pools: by agent, and within an agent by the order in which ties of places are
 * broken (task key, client id, project id). What is asked twice is kept. The facts must not change while it lives.
 */
export class FactsIndex {
  readonly facts: AllocationFacts
  /** Every agent that the facts or a policy name, by key. */
  readonly everyAgent: readonly AgentRef[]
  /** Agents with own leaf usage, by key. */
  readonly agents: readonly AgentRef[]
  readonly #agentRefs: ReadonlyMap<string, AgentRef>
  readonly #usage: ReadonlyMap<string, AgentUsage>
  readonly #tasks: readonly (readonly [id: string, key: string])[]
  readonly #taskRanks: ReadonlyMap<string, number>
  #revenue: ReadonlyMap<string, RevenueOfAgent> | null = null

  constructor(facts: AllocationFacts) {
    this.facts = facts
    this.everyAgent = [...facts.agentKeys].map(([id, key]) => ({ id, key })).sort(byKey)
    this.#agentRefs = new Map(this.everyAgent.map((agent) => [agent.id, agent]))
    this.#tasks = [...facts.taskKeys].sort(([a, keyA], [b, keyB]) => compareTexts(keyA, keyB) || compareTexts(a, b))
    // Numbers in the place of keys: a month has hundreds of thousands of places, and numbers compare quickly.
    this.#taskRanks = new Map([[NIL_UUID, 0], ...this.#tasks.map(([id], position) => [id, position + 1] as const)])
    this.#usage = groupByAgent(facts.usage, (taskId) => this.taskRank(taskId))
    for (const { rows } of this.#usage.values()) {
      // They come in the order of their tasks: there is something to sort only where a task has several places.
      const isSameTask = (row: UsageOfPlace, i: number) => i > 0 && rows[i - 1]!.taskId === row.taskId
      if (!rows.some(isSameTask)) continue
      rows.sort((a, b) => this.comparePlaces(a, b))
      invariant(
        rows.every((row, i) => !isSameTask(row, i) || this.comparePlaces(rows[i - 1]!, row) !== 0),
        `FactsIndex: agent ${rows[0]?.agentId} has a place twice`,
      )
    }
    this.agents = [...this.#usage.keys()].map((id) => this.agent(id)).sort(byKey)
  }

  /** Every task that the facts name, id and key, by key. */
  get everyTask(): readonly (readonly [id: string, key: string])[] {
    return this.#tasks
  }

  /** The tasks completed in the month, by key. */
  get everyRevenue(): TaskRevenue[] {
    return inOrderOf(this.facts.revenue, (task) => this.taskRank(task.taskId))
  }

  agent(id: string): AgentRef {
    return this.#agentRefs.get(id) ?? withoutKey('agent', id)
  }

  /** The key of a task; untagged is the empty text, which sorts first. */
  taskKey(taskId: string): string {
    if (taskId === NIL_UUID) return ''
    return this.facts.taskKeys.get(taskId) ?? withoutKey('task', taskId)
  }

  /** Where a task stands among the keys; untagged stands first. */
  taskRank(taskId: string): number {
    return this.#taskRanks.get(taskId) ?? withoutKey('task', taskId)
  }

  comparePlaces(a: Place, b: Place): number {
    if (a.taskId !== b.taskId) return this.taskRank(a.taskId) - this.taskRank(b.taskId)
    return compareTexts(a.clientId, b.clientId) || compareTexts(a.projectId, b.projectId)
  }

  /** What an agent used of a measure in the month; 0 when it was not active. */
  used(agentId: string, measure: UsageMeasure): bigint {
    return this.#usage.get(agentId)?.total[measure] ?? 0n
  }

  /** An agent's own leaf usage in the order of ties. */
  rowsOf(agentId: string): readonly UsageOfPlace[] {
    return this.#usage.get(agentId)?.rows ?? []
  }

  /** Where an agent used a measure; null when it was not active. */
  usagePlaces(agentId: string, measure: UsageMeasure): PlaceWeights | null {
    const usage = this.#usage.get(agentId)
    if (usage === undefined) return null
    usage.proportions[measure] ??= new Proportions(usage.rows.map((row) => row[measure]))
    return { places: usage.rows, proportions: usage.proportions[measure] }
  }

  /** What tasks completed in the month bring in, by agent. */
  get revenue(): ReadonlyMap<string, RevenueOfAgent> {
    this.#revenue ??= revenueByAgent(this)
    return this.#revenue
  }
}

/** Usage without an agent is no agent's weight and stays outside. Rows come in the order of their tasks, so that little is left to sort. */
function groupByAgent(
  usage: readonly UsageOfPlace[],
  rankOf: (taskId: string) => number,
): ReadonlyMap<string, AgentUsage> {
  const groups = new Map<string, AgentUsage>()
  for (const row of inOrderOf(usage, (one) => rankOf(one.taskId))) {
    if (row.agentId === NIL_UUID) continue
    let group = groups.get(row.agentId)
    if (group === undefined) {
      group = { rows: [], total: { invocations: 0n, tokens: 0n, computeMicros: 0n, direct: 0n }, proportions: {} }
      groups.set(row.agentId, group)
    }
    group.rows.push(row)
    group.total.invocations += row.invocations
    group.total.tokens += row.tokens
    group.total.computeMicros += row.computeMicros
    group.total.direct += row.direct
  }
  return groups
}

function withoutKey(what: string, id: string): never {
  throw new InvariantError(`FactsIndex: ${what} ${id} has no key`)
}
