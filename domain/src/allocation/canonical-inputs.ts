import type { CalendarDate } from '../periods/calendar-date.ts'
import type { AllocatedPool, PoolOfMonth } from './allocate-month.ts'
import type { ResourceUse } from './facts.ts'
import type { FactsIndex } from './facts-index.ts'
import { inOrderOf } from './in-order-of.ts'
import { compareTexts } from './tie-order.ts'

/** Changes when the text does, or what is computed from it: a hash is of one version of the arithmetic. */
const VERSION = 'outlay-allocation-1'

/** Lines a chunk: long enough that hashing is not made of calls, short enough that no chunk is a copy of the month. */
const CHUNK_LINES = 1000

/**
 * The text of what all runs of a month are made from (law L21), the same whatever order it came in: agents and their usage by key, tasks
 * completed, with ids, keys and exact integers. Hashed once for all pools of a job; each pool adds `canonicalPool`.
 *
 *     const facts = sha256Of(canonicalFacts(index))
 *     const inputsHash = sha256Of([facts, ...canonicalPool({ month, minorUnits, facts: index, pool, allocated })])
 */
export function canonicalFacts(facts: FactsIndex): Iterable<string> {
  return inChunks(linesOfFacts(facts))
}

/**
 * The text of what one pool's run is made from beside the facts of the month: its amount, what it received and passed on, its policy and
 * capacity, who touched its resource, and the weights of the month before, the last two where the policy looks at them. Reasons of exemptions are not in it: they change no number.
 */
export function canonicalPool(input: {
  month: CalendarDate
  minorUnits: number
  facts: FactsIndex
  pool: PoolOfMonth
  allocated: Pick<AllocatedPool, 'received' | 'feeds'>
}): Iterable<string> {
  return inChunks(linesOfPool(input))
}

function* linesOfFacts(facts: FactsIndex): Iterable<string> {
  yield VERSION
  for (const { id, key } of facts.everyAgent) yield line('agent', id, JSON.stringify(key))
  for (const [id, key] of facts.everyTask) yield `task\t${id}\t${JSON.stringify(key)}`
  for (const { id } of facts.agents) {
    yield line('usage of', id)
    for (const row of facts.rowsOf(id)) {
      const { taskId, clientId, projectId, invocations, tokens, computeMicros, direct } = row
      yield `${taskId}\t${clientId}\t${projectId}\t${invocations}\t${tokens}\t${computeMicros}\t${direct}`
    }
  }
  for (const { taskId, clientId, projectId, billed, agents } of facts.everyRevenue) {
    yield `revenue\t${taskId}\t${clientId}\t${projectId}\t${billed}`
    for (const { agentId, direct } of sorted(agents, (agent) => agent.agentId)) yield line(agentId, direct)
  }
}

function* linesOfPool({ month, minorUnits, facts, pool, allocated }: Parameters<typeof canonicalPool>[0]) {
  const { policy } = pool
  yield line('pool', pool.id, month, minorUnits, pool.amount, pool.capacity ?? 'none', allocated.received)
  for (const { poolId, amount } of sorted(allocated.feeds, (feed) => feed.poolId)) yield line('feeds', poolId, amount)
  yield line('policy', policy.method, policy.basis ?? 'none', policy.rate ?? 'none', policy.idle, ...policy.fallback)
  for (const id of [...policy.scope].sort()) yield line('scope', id)
  for (const { agentId, multiplier } of sorted(policy.multipliers, (one) => one.agentId)) {
    yield line('multiplier', agentId, multiplier)
  }
  for (const { agentId, from, to } of sorted(policy.exemptions, (one) => `${one.agentId} ${one.from} ${one.to}`)) {
    yield line('exempt', agentId, from, to ?? 'on')
  }
  if (policy.basis === 'RESOURCE_USES') {
    for (const use of usesInOrder(facts, pool.id)) {
      yield `use\t${use.chain}\t${use.agentId}\t${use.taskId}\t${use.clientId}\t${use.projectId}\t${use.tokens}`
    }
  }
  if (policy.fallback.includes('PRIOR_PERIOD')) {
    const weights = [...(facts.facts.priorWeights.get(pool.id) ?? [])]
    for (const [agentId, weight] of sorted(weights, ([id]) => id)) yield line('prior', agentId, weight)
  }
}

/** By task key, chain and agent; tasks first by rank, so that there is little left to compare as texts. */
function usesInOrder(facts: FactsIndex, poolId: string): ResourceUse[] {
  const rankOf = (use: ResourceUse) => facts.taskRank(use.taskId)
  return inOrderOf(facts.facts.resourceUses.get(poolId) ?? [], rankOf).sort((a, b) =>
    a.taskId === b.taskId
      ? compareTexts(a.chain, b.chain) || compareTexts(a.agentId, b.agentId)
      : rankOf(a) - rankOf(b),
  )
}

function sorted<T>(list: readonly T[], textOf: (one: T) => string): T[] {
  const texts = list.map((one, position) => ({ text: textOf(one), position }))
  return texts.sort((a, b) => compareTexts(a.text, b.text)).map(({ position }) => list[position]!)
}

function line(...values: readonly (string | number | bigint)[]): string {
  return values.join('\t')
}

function* inChunks(lines: Iterable<string>): Iterable<string> {
  let chunk: string[] = []
  for (const text of lines) {
    chunk.push(text)
    if (chunk.length < CHUNK_LINES) continue
    yield `${chunk.join('\n')}\n`
    chunk = []
  }
  if (chunk.length > 0) yield `${chunk.join('\n')}\n`
}
