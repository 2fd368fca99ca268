import { DomainError } from '../errors.ts'
import type { Fixed18 } from '../money/fixed18.ts'
import { Proportions, splitOnce } from '../money/proportions.ts'
import { NIL_UUID } from '../rollup/grain.ts'
import type { TaskRevenue } from './facts.ts'
import type { FactsIndex, PlaceWeights } from './facts-index.ts'
import { byKey } from './tie-order.ts'

/** What tasks bring in for one agent: in all, and by task. */
export interface RevenueOfAgent {
  total: Fixed18
  places: PlaceWeights
}

/**
 * The revenue of each agent (law L16): the billed amount of every task completed in the month, divided over the task's agents in
 * proportion to their direct cost in it, equally when that is zero. It is divided at scale 18 by largest remainder (ties: agent key), so
 * that the agents' parts sum to what was billed. A task without agents brings nothing in for anybody.
 *
 * Throws DomainError NEGATIVE_WEIGHT naming the task whose billed amount is below zero.
 *
 *     billed 100.00, direct cost A 3.00 and B 1.00 → A 75.00, B 25.00
 *     billed 100.00, direct cost A 0 and B 0       → A 50.00, B 50.00
 */
export function revenueByAgent(index: FactsIndex): ReadonlyMap<string, RevenueOfAgent> {
  const parts = new Map<string, { tasks: TaskRevenue[]; amounts: Fixed18[] }>()
  for (const task of index.everyRevenue) {
    divideTask(index, task, (agentId, amount) => {
      let part = parts.get(agentId)
      if (part === undefined) parts.set(agentId, (part = { tasks: [], amounts: [] }))
      part.tasks.push(task)
      part.amounts.push(amount)
    })
  }
  return new Map(
    [...parts].map(([agentId, { tasks, amounts }]) => {
      const proportions = new Proportions(amounts)
      return [agentId, { total: proportions.sum, places: { places: tasks, proportions } }]
    }),
  )
}

function divideTask(index: FactsIndex, task: TaskRevenue, give: (agentId: string, amount: Fixed18) => void): void {
  if (task.billed < 0n) {
    throw new DomainError(
      'NEGATIVE_WEIGHT',
      `The billed amount of task ${index.taskKey(task.taskId)} is below zero; a weight cannot be.`,
    )
  }
  const agents = task.agents
    .filter(({ agentId }) => agentId !== NIL_UUID)
    .map(({ agentId: id, direct }) => ({ id, key: index.agent(id).key, direct }))
    .sort(byKey)
  if (agents.length === 1) return give(agents[0]!.id, task.billed)
  const giveTo = (position: number, amount: Fixed18) => give(agents[position]!.id, amount)
  const direct = agents.map((agent) => agent.direct)
  const isByDirect = splitOnce(task.billed, direct, giveTo)
  if (!isByDirect)
    splitOnce(
      task.billed,
      direct.map(() => 1n),
      giveTo,
    )
}
