import { addSums, NO_SUMS, totalOf, type CellSums } from '@outlay/db/sql/cell-sums'
import { readByKey, type TaskRecord } from '@outlay/db/sql/read-dimensions'
import {
  countTasksWithCost,
  readTaskParts,
  readTaskPositions,
  readTaskTraceIds,
  type TaskPart,
  type TaskPosition,
} from '@outlay/db/sql/read-tasks'
import { ratio } from '@outlay/domain/money/fixed18'
import { isCalendarDate, type DateRange } from '@outlay/domain/periods/calendar-date'
import { NIL_UUID } from '@outlay/domain/rollup/grain'
import type { Context } from '../../graphql/context.ts'
import { badInput } from '../../graphql/errors.ts'
import { decodeCursor, pageSize, toPage, type Page, type PageArgs } from '../../graphql/page.ts'
import { compareCosts, compareText } from '../../reads/compare.ts'
import { groupBy } from '../../reads/group-by.ts'
import { checkedRange } from '../../reads/period.ts'
import { storableKey } from '../../reads/storable-key.ts'
import { findClient } from '../client/client.service.ts'
import type { Amount } from '../money/money.schema.ts'
import { traceOf, type TraceSource } from '../trace/trace.service.ts'
import type { TaskAgentCostSource } from './task-agent-cost.type.ts'
import { billedAmount } from './task.type.ts'

export interface TaskCostSource {
  task: TaskRecord
  cost: CellSums
  parts: TaskPart[]
  billed: Amount | null
  margin: Amount | null
  marginRatio: string | null
}

type TaskOrder = 'RECENT' | 'COST'

interface TaskCostsArgs extends PageArgs {
  range: DateRange
  clientKey?: string | null
  orderBy?: TaskOrder | null
}

export async function listTaskCosts(context: Context, args: TaskCostsArgs): Promise<Page<TaskCostSource>> {
  const { db } = context
  const range = checkedRange(args.range)
  const size = pageSize(args)
  const order = args.orderBy ?? 'RECENT'
  const list = `taskCosts ${order}`
  const after = positionOf(list, order, args.after)
  const client = typeof args.clientKey === 'string' ? await findClient(context, args.clientKey) : undefined
  if (client === null) {
    return toPage({ list, rows: [], size, keyOf: () => [], after: args.after, totalCount: () => Promise.resolve(0) })
  }
  const clientId = client?.id ?? null
  const positions = await readTaskPositions(db, { range, order, clientId, after, limit: size + 1 })
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
    totalCount: () => countTasksWithCost(db, { range, clientId }),
  })
  return {
    ...edges,
    edges: edges.edges.flatMap(({ node, cursor }) => (node.row === null ? [] : [{ node: node.row, cursor }])),
  }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const DECIMAL = /^-?[0-9]{1,38}(\.[0-9]{1,18})?$/

function positionOf(list: string, order: TaskOrder, after: string | null | undefined): TaskPosition | null {
  const [sortKey, taskId] = decodeCursor(list, 2, after) ?? []
  if (sortKey === undefined || taskId === undefined) return null
  const isPosition = UUID.test(taskId) && (order === 'RECENT' ? isCalendarDate(sortKey) : DECIMAL.test(sortKey))
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
  const [parts, tasks] = await Promise.all([
    readTaskParts(context.db, taskIds, range),
    context.loaders.task.loadMany([...taskIds]),
  ])
  const partsOf = groupBy(parts, (part) => part.taskId)
  return tasks.map((task) =>
    task === null || task instanceof Error ? null : taskCost(context, task, partsOf.get(task.id) ?? []),
  )
}

function taskCost({ tenant }: Context, task: TaskRecord, parts: TaskPart[]): TaskCostSource {
  const cost = parts.map((part) => part.sums).reduce(addSums, NO_SUMS)
  const billed = billedAmount(task)
  const isComparable = billed !== null && billed.currency === tenant.currency
  const margin = isComparable ? billed.amount - totalOf(cost) : null
  return {
    task,
    cost,
    parts,
    billed,
    margin: margin === null ? null : { amount: margin, currency: tenant.currency },
    marginRatio: margin === null || billed === null ? null : ratio(margin, billed.amount),
  }
}

export async function openTaskCost(context: Context, taskKey: string): Promise<TaskCostSource | null> {
  if (!storableKey(taskKey)) return null
  const task = await readByKey(context.db, 'task', taskKey)
  return task === null ? null : taskCost(context, task, await readTaskParts(context.db, [task.id], null))
}

export async function readTaskAgents({ loaders }: Context, row: TaskCostSource): Promise<TaskAgentCostSource[]> {
  const tagged = row.parts.filter((part) => part.agentId !== NIL_UUID && part.sums.invocations !== 0n)
  const lines = await Promise.all(
    tagged.map(async (part) => {
      const agent = await loaders.agent.load(part.agentId)
      return agent === null ? [] : [{ agent, sums: part.sums }]
    }),
  )
  return lines
    .flat()
    .sort((x, y) => compareCosts(y.sums, x.sums) || compareText(x.agent.key, y.agent.key))
    .map(({ agent, sums }) => ({ agent, direct: sums.direct, invocations: sums.invocations }))
}

export async function readTaskTraces(context: Context, row: TaskCostSource): Promise<TraceSource[]> {
  const { db, loaders } = context
  const load = async (ids: readonly string[]) => groupBy(await readTaskTraceIds(db, ids), (trace) => trace.taskId)
  const traces = await loaders.of<string, { traceId: string }[]>('task traces', load, []).load(row.task.id)
  const sources = await Promise.all(traces.map(({ traceId }) => traceOf(context, traceId)))
  return sources.filter((source) => source !== null)
}
