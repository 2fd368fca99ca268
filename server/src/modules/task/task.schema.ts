import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { AFTER, connectionOf, FIRST } from '../../graphql/connection.ts'
import { BASIS, CostBreakdown, DateRangeInput } from '../cost/cost.schema.ts'
import { Money, MoneyInput } from '../money/money.schema.ts'
import { ChainSharedUse, Trace } from '../trace/trace.schema.ts'
import { UserError } from '../user-error.schema.ts'
import { TaskAgentCost } from './task-agent-cost.type.ts'
import {
  listTaskCosts,
  marginOf,
  marginRatioOf,
  openTaskCost,
  readTaskAgents,
  readTaskSharedUses,
  readTaskTraces,
  type TaskCostSource,
} from './task-cost.service.ts'
import { findTask, listTasks, upsertTask, type TaskPayloadSource } from './task.service.ts'
import { Task, TaskStatus } from './task.type.ts'

const TaskConnection = connectionOf('Task', Task)

builder.queryFields((t) => ({
  task: t.field({
    description: 'A task by its key; null when there is none',
    type: Task,
    nullable: true,
    args: { key: t.arg.string({ required: true }) },
    ...facts({ action: 'task.list' }),
    resolve: (_root, args, context) => findTask(context, args.key),
  }),
  tasks: t.field({
    description: 'Tasks by key; a client sees its own',
    type: TaskConnection,
    args: { first: t.arg.int(FIRST), after: t.arg.string(AFTER) },
    ...facts({ action: 'task.list' }),
    resolve: (_root, args, context) => listTasks(context, args),
  }),
}))

const TaskCost = builder.objectRef<TaskCostSource>('TaskCost').implement({
  description:
    'What a task cost: direct cost of all its invocations, each shared use once (law L13), and what reached it of the shares of its agents in cost pools (law L19).',
  fields: (t) => ({
    task: t.field({ type: Task, resolve: (row) => row.task }),
    cost: t.field({
      type: CostBreakdown,
      description: 'Within the range asked for; of taskCost, over all time, the whole month of each share included',
      resolve: (row) => row.cost,
    }),
    byAgent: t.field({
      description:
        'The agent with the most direct cost first; cost without an agent tag and shared uses are in `cost` only',
      type: [TaskAgentCost],
      ...facts({ size: 4 }),
      resolve: (row, _args, context) => readTaskAgents(context, row),
    }),
    billed: t.field({
      description: 'What the client was billed for it, in the currency it was stated in',
      type: Money,
      nullable: true,
      resolve: (row) => row.billed,
    }),
    margin: t.field({
      description: 'billed − cost on the basis; null when nothing was billed, or in another currency',
      type: Money,
      nullable: true,
      args: { basis: t.arg(BASIS) },
      resolve: (row, args, context) => marginOf(context, row, args.basis),
    }),
    marginRatio: t.field({
      description: 'margin ÷ billed, half-even at 18 decimals; null when billed is 0',
      type: 'Decimal',
      nullable: true,
      args: { basis: t.arg(BASIS) },
      resolve: (row, args, context) => marginRatioOf(context, row, args.basis),
    }),
    chainShared: t.field({
      description:
        'The shared uses of cost.chainShared, the latest first, each once, with the agents that reported it; at most 100',
      type: [ChainSharedUse],
      ...facts({ cost: 2, size: 4 }),
      resolve: (row, _args, context) => readTaskSharedUses(context, row),
    }),
    traces: t.field({
      description: 'The executions that served it, the latest first; at most 50',
      type: [Trace],
      ...facts({ cost: 10, size: 5 }),
      resolve: (row, _args, context) => readTaskTraces(context, row),
    }),
  }),
})

const TaskCostConnection = connectionOf('TaskCost', TaskCost)

const TaskOrder = builder.enumType('TaskOrder', {
  values: {
    RECENT: { description: 'The latest day with usage first' },
    COST: { description: 'The most expensive by attributed cost first' },
  },
})

builder.queryFields((t) => ({
  taskCosts: t.field({
    description:
      'The tasks with cost in the period; those that only have a share of a pool in it come last. The order is by usage: a new allocation run moves no row between pages',
    type: TaskCostConnection,
    args: {
      range: t.arg({ type: DateRangeInput, required: true }),
      clientKey: t.arg.string({ description: 'Only tasks of this client' }),
      projectKey: t.arg.string({ description: 'Only tasks of this project' }),
      orderBy: t.arg({ type: TaskOrder, defaultValue: 'RECENT' }),
      first: t.arg.int(FIRST),
      after: t.arg.string(AFTER),
    },
    ...facts({ action: 'cost.read', cost: 5 }),
    resolve: (_root, args, context) => listTaskCosts(context, args),
  }),
  taskCost: t.field({
    description: 'One task over all time; null when there is no such task',
    type: TaskCost,
    nullable: true,
    args: { taskKey: t.arg.string({ required: true }) },
    ...facts({ action: 'cost.read', cost: 2 }),
    resolve: (_root, args, context) => openTaskCost(context, args.taskKey),
  }),
}))

const UpsertTaskInput = builder.inputType('UpsertTaskInput', {
  fields: (t) => ({
    key: t.string({ required: true }),
    name: t.string(),
    client: t.string(),
    project: t.string(),
    status: t.field({ type: TaskStatus }),
    completedAt: t.field({ type: 'DateTime' }),
    billed: t.field({ type: MoneyInput }),
  }),
})

const TaskPayload = builder.objectRef<TaskPayloadSource>('TaskPayload').implement({
  fields: (t) => ({
    task: t.field({ type: Task, nullable: true, resolve: (payload) => payload.task }),
    userErrors: t.field({ type: [UserError], resolve: (payload) => payload.userErrors }),
  }),
})

builder.mutationField('upsertTask', (t) =>
  t.field({
    description: 'Creates a task, or changes what is given of an existing one',
    type: TaskPayload,
    args: { input: t.arg({ type: UpsertTaskInput, required: true }) },
    // Keys send tasks with their usage; a person who changes one means it.
    ...facts({ action: 'task.write', cost: 10, audit: 'PEOPLE' }),
    resolve: (_root, args, context) => upsertTask(context, args.input),
  }),
)
