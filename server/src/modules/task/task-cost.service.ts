import { addSums, NO_SUMS, plusAllocated, type CellSums } from '@outlay/db/sql/cell-sums'
import { readAllocatedTaskParts, type AllocatedTaskPart } from '@outlay/db/sql/read-allocated'
import { countAllocatedTasks, readAllocatedTaskIds } from '@outlay/db/sql/read-allocated-tasks'
import { readByKey, type TaskRecord } from '@outlay/db/sql/read-dimensions'
import { readTaskUses, type TaskUse } from '@outlay/db/sql/read-shared-uses'
import {
  countTasksWithCost,
  readTaskParts,
  readTaskPositions,
  readTaskTraceIds,
  type TaskMember,
  type TaskPart,
  type TaskPosition,
} from '@outlay/db/sql/read-tasks'
import { parseFixed18, ratio } from '@outlay/domain/money/fixed18'
import { isCalendarDate, type DateRange } from '@outlay/domain/periods/calendar-date'
import { NIL_UUID } from '@outlay/domain/rollup/grain'
import type { Context } from '../../graphql/context.ts'
import { badInput } from '../../graphql/errors.ts'
import { decodeCursor, pageSize, toPage, type Page, type PageArgs } from '../../graphql/page.ts'
import { fractionsOf } from '../../reads/allocated.ts'
import { compareCosts, compareText } from '../../reads/compare.ts'
import { costOn, type CostBasis } from '../../reads/cost-basis.ts'
import { groupBy } from '@outlay/domain/group-by'
import { checkedRange, instantsOf } from '../../reads/period.ts'
import { storableKey } from '../../reads/storable-key.ts'
import { findClient } from '../client/client.service.ts'
import type { Amount } from '../money/money.schema.ts'
import { findProject } from '../project/project.service.ts'
import { traceOf, type SharedUseSource, type TraceSource } from '../trace/trace.service.ts'
import type { TaskAgentCostSource } from './task-agent-cost.type.ts'
import { billedAmount } from './task.type.ts'

export interface TaskCostSource {
  task: TaskRecord
  /** null: all time. */
  range: DateRange | null
  cost: CellSums
  parts: TaskPart[]
  billed: Amount | null
}

type TaskOrder = 'RECENT' | 'COST'

interface TaskCostsArgs extends PageArgs {
  range: DateRange
  clientKey?: string | null
  projectKey?: string | null
  orderBy?: TaskOrder | null
}

export async function listTaskCosts(context: Context, args: TaskCostsArgs): Promise<Page<TaskCostSource>> {
  const { db } = context
  const range = checkedRange(args.range)
  const size = pageSize(args)
  const order = args.orderBy ?? 'RECENT'
  const list = `taskCosts ${order}`
  const after = positionOf(list, order, args.after)
  const [client, project] = await Promise.all([
    typeof args.clientKey === 'string' ? findClient(context, args.clientKey) : undefined,
    typeof args.projectKey === 'string' ? findProject(context, args.projectKey) : undefined,
  ])
  if (client === null || project === null) {
    return toPage({ list, rows: [], size, keyOf: () => [], after: args.after, totalCount: () => Promise.resolve(0) })
  }
  const member = { clientId: client?.id ?? null, projectId: project?.id ?? null }
  const positions = await readPositions(context, { range, order, ...member, after, limit: size + 1 })
  const page = await taskCosts(
    context,
    positions.slice(0, size).map((position) => position.taskId),
    range,
  )
  const rows = positions.map((position, index) => ({ position, row: page[index] ?? null }))
  const edges = toPage({
    list,
    rows,
    size,
    keyOf: ({ position }) => [position.sortKey, position.taskId],
    after: args.after,
    totalCount: async () => {
      const counts = [countTasksWithCost(db, { range, ...member }), countAllocatedTasks(db, { range, ...member })]
      return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0)
    },
  })
  return {
    ...edges,
    edges: edges.edges.flatMap(({ node, cursor }) => (node.row === null ? [] : [{ node: node.row, cursor }])),
  }
}

/** Stands behind every day and every cost: the sort key of tasks with a share of a pool in the range and no usage in it. */
const SHARE_ALONE = 'share alone'
const LAST_UUID = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/** The tasks with usage in their order, and when those are all told, the ones with a share alone. */
async function readPositions(
  { db }: Context,
  asked: TaskMember & {
    range: DateRange
    order: TaskOrder
    after: TaskPosition | null
    limit: number
  },
): Promise<TaskPosition[]> {
  const { range, clientId, projectId, after, limit } = asked
  const isBehind = after?.sortKey === SHARE_ALONE
  const used = isBehind ? [] : await readTaskPositions(db, asked)
  if (used.length === limit) return used
  const before = isBehind ? after.taskId : LAST_UUID
  const ids = await readAllocatedTaskIds(db, { range, clientId, projectId, before, limit: limit - used.length })
  return [...used, ...ids.map((taskId) => ({ taskId, sortKey: SHARE_ALONE }))]
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const DECIMAL = /^-?[0-9]{1,38}(\.[0-9]{1,18})?$/

function positionOf(list: string, order: TaskOrder, after: string | null | undefined): TaskPosition | null {
  const [sortKey, taskId] = decodeCursor(list, 2, after) ?? []
  if (sortKey === undefined || taskId === undefined) return null
  const isSortKey = order === 'RECENT' ? isCalendarDate(sortKey) : DECIMAL.test(sortKey)
  const isPosition = UUID.test(taskId) && (isSortKey || sortKey === SHARE_ALONE)
  if (!isPosition) throw badInput('after', 'after is not a cursor of this list.')
  return { sortKey, taskId }
}

/** The costs of some tasks in the order of their ids; null where a task is gone. */
async function taskCosts(
  context: Context,
  taskIds: readonly string[],
  range: DateRange | null,
): Promise<(TaskCostSource | null)[]> {
  if (taskIds.length === 0) return []
  const [partsOf, tasks] = await Promise.all([
    readParts(context, taskIds, range),
    context.loaders.task.loadMany([...taskIds]),
  ])
  return tasks.map((task) =>
    task === null || task instanceof Error ? null : taskCost(task, partsOf.get(task.id) ?? [], range),
  )
}

function taskCost(task: TaskRecord, parts: TaskPart[], range: DateRange | null): TaskCostSource {
  const cost = parts.map((part) => part.sums).reduce(addSums, NO_SUMS)
  return { task, range, cost, parts, billed: billedAmount(task) }
}

/** The parts of some tasks, shares of pools included. */
async function readParts(
  { db, tenant }: Context,
  taskIds: readonly string[],
  range: DateRange | null,
): Promise<Map<string, TaskPart[]>> {
  const fractions = range === null ? null : fractionsOf(range, tenant.timeZone)
  const [parts, shares] = await Promise.all([
    readTaskParts(db, taskIds, range),
    readAllocatedTaskParts(db, taskIds, fractions),
  ])
  return groupBy(withShares(parts, shares), (part) => part.taskId)
}

function withShares(parts: readonly TaskPart[], shares: readonly AllocatedTaskPart[]): TaskPart[] {
  const keyOf = (part: { taskId: string; agentId: string }) => `${part.taskId} ${part.agentId}`
  const known = new Map(parts.map((part) => [keyOf(part), part]))
  for (const { taskId, agentId, amount } of shares) {
    const { sums } = known.get(keyOf({ taskId, agentId })) ?? { sums: NO_SUMS }
    known.set(keyOf({ taskId, agentId }), { taskId, agentId, sums: plusAllocated(sums, amount) })
  }
  return [...known.values()]
}

/** billed − cost on a basis; null when nothing was billed, or in another currency. */
export function marginOf({ tenant }: Context, { billed, cost }: TaskCostSource, basis: CostBasis): Amount | null {
  if (billed === null || billed.currency !== tenant.currency) return null
  return { amount: billed.amount - costOn(basis, cost), currency: billed.currency }
}

/** margin ÷ billed; null where there is no margin, or nothing to divide by. */
export function marginRatioOf(context: Context, row: TaskCostSource, basis: CostBasis): string | null {
  const margin = marginOf(context, row, basis)
  return margin === null || row.billed === null ? null : ratio(margin.amount, row.billed.amount)
}

export async function openTaskCost(context: Context, taskKey: string): Promise<TaskCostSource | null> {
  if (!storableKey(taskKey)) return null
  const task = await readByKey(context.db, 'task', taskKey)
  if (task === null) return null
  return taskCost(task, (await readParts(context, [task.id], null)).get(task.id) ?? [], null)
}

export async function readTaskAgents({ loaders }: Context, row: TaskCostSource): Promise<TaskAgentCostSource[]> {
  const isShown = ({ sums }: TaskPart) => sums.invocations !== 0n || sums.allocated !== 0n
  const tagged = row.parts.filter((part) => part.agentId !== NIL_UUID && isShown(part))
  const lines = await Promise.all(
    tagged.map(async (part) => {
      const agent = await loaders.agent.load(part.agentId)
      return agent === null ? [] : [{ agent, sums: part.sums }]
    }),
  )
  return lines
    .flat()
    .sort((x, y) => compareCosts(y.sums, x.sums) || compareText(x.agent.key, y.agent.key))
    .map(({ agent, sums: { direct, allocated, invocations } }) => ({ agent, direct, allocated, invocations }))
}

/** The shared uses whose cost is the task's, the latest first; of each, the carrier's agent first. */
export async function readTaskSharedUses(
  { db, loaders, tenant }: Context,
  { task, range }: TaskCostSource,
): Promise<SharedUseSource[]> {
  const within = range === null ? null : instantsOf(range, tenant.timeZone)
  const name = `task shared uses ${range?.from} ${range?.to}`
  const load = async (ids: readonly string[]) => groupBy(await readTaskUses(db, ids, within), (use) => use.taskId)
  const uses = await loaders.of<string, TaskUse[]>(name, load, []).load(task.id)
  return Promise.all(
    uses.map(async ({ traceId, sharedKey, resource, cost, agentIds }) => {
      const agents = await Promise.all([...new Set(agentIds)].map((id) => loaders.agent.load(id)))
      const reportedBy = agents.filter((agent) => agent !== null)
      return { traceId, sharedKey, resource, cost: parseFixed18(cost ?? '0'), reportedBy }
    }),
  )
}

export async function readTaskTraces(context: Context, row: TaskCostSource): Promise<TraceSource[]> {
  const { db, loaders } = context
  const load = async (ids: readonly string[]) => groupBy(await readTaskTraceIds(db, ids), (trace) => trace.taskId)
  const traces = await loaders.of<string, { traceId: string }[]>('task traces', load, []).load(row.task.id)
  const sources = await Promise.all(traces.map(({ traceId }) => traceOf(context, traceId)))
  return sources.filter((source) => source !== null)
}
