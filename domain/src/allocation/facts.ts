import type { Fixed18 } from '../money/fixed18.ts'
import type { Quantity6 } from '../usage/quantity.ts'

/**
 * What a month's runs are made from, read once and never changed: events with `ingestedAt < snapshot` (law L21). Ids are uuids, the nil uuid
 * stands for "not tagged".
 */
export interface AllocationFacts {
  /** The keys of every agent named below or by a policy: ties are broken by key, which is the sender's own and never changes. */
  agentKeys: ReadonlyMap<string, string>
  /** The keys of every task named below. */
  taskKeys: ReadonlyMap<string, string>
  /** By agent, task, client and project, each combination once. */
  usage: readonly UsageOfPlace[]
  /** The tasks completed in the month that have a billed amount in the reporting currency. */
  revenue: readonly TaskRevenue[]
  /** Of each pool with a named shared resource, by pool id: who touched it in which task. */
  resourceUses: ReadonlyMap<string, readonly ResourceUse[]>
  /** By pool id: the weights of the current run of the same pool in the month before, by agent id, scaled 10^18. */
  priorWeights: ReadonlyMap<string, ReadonlyMap<string, Fixed18>>
}

/** Where cost goes below the agent. */
export interface Place {
  taskId: string
  clientId: string
  projectId: string
}

/** An agent's own leaf usage in one place (law L20): billed events of one agent; chain-shared uses and their reports are not in it. */
export interface UsageOfPlace extends Place {
  agentId: string
  invocations: bigint
  tokens: Quantity6
  /** Microseconds; overlapping intervals of one agent within a trace are united, and each instant counts for one place. */
  computeMicros: bigint
  direct: Fixed18
}

/** A task's billed amount, recognised on the day of its completion, and its agents' direct cost in it over its whole life. */
export interface TaskRevenue extends Place {
  billed: Fixed18
  agents: readonly { agentId: string; direct: Fixed18 }[]
}

/**
 * One agent touched the pool's resource in one chain. `chain` is what counts once: the task; where there is none, the trace; where there is
 * none either, the event. `tokens` are the agent's own tokens in that chain within the month.
 */
export interface ResourceUse extends Place {
  chain: string
  agentId: string
  tokens: Quantity6
}
