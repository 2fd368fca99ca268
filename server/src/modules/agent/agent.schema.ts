import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { AFTER, connectionOf, FIRST } from '../../graphql/connection.ts'
import { Client } from '../client/client.type.ts'
import { BASIS, CostBreakdown, CostPoint, DateRangeInput, GranularityEnum } from '../cost/cost.schema.ts'
import { divideHalfEven } from '@outlay/domain/money/half-even'
import { Money } from '../money/money.schema.ts'
import { Agent } from './agent.type.ts'
import {
  listAgentCosts,
  openAgentCost,
  readAgentClients,
  readAgentPrevious,
  readAgentResourceNames,
  readAgentResources,
  readAgentSeries,
  readCompleted,
  readCostPerTask,
  readUnitCosts,
  type AgentClientSource,
  type AgentCostSource,
  type ResourceCostSource,
  type UnitCostSource,
} from './agent-cost.service.ts'
import { findAgent, listAgents } from './agent.service.ts'

const AgentConnection = connectionOf('Agent', Agent)

builder.queryFields((t) => ({
  agent: t.field({
    description: 'An agent by its key; null when there is none',
    type: Agent,
    nullable: true,
    args: { key: t.arg.string({ required: true }) },
    ...facts({ action: 'dimension.read' }),
    resolve: (_root, args, context) => findAgent(context, args.key),
  }),
  agents: t.field({
    description: 'All agents by key',
    type: AgentConnection,
    args: { first: t.arg.int(FIRST), after: t.arg.string(AFTER) },
    ...facts({ action: 'dimension.read' }),
    resolve: (_root, args, context) => listAgents(context, args),
  }),
}))

const COST_PER_TASK =
  'Its cost on the basis ÷ tasksCompleted, half-even at 18 decimals; null when no task was completed'

const UnitCost = builder.objectRef<UnitCostSource>('UnitCost').implement({
  description: 'An agent in one step of a range.',
  fields: (t) => ({
    from: t.expose('from', { type: 'Date', description: 'The first day of the step' }),
    direct: t.field({
      type: Money,
      resolve: ({ direct }, _args, { tenant }) => ({ amount: direct, currency: tenant.currency }),
    }),
    tasksCompleted: t.exposeInt('tasksCompleted', { description: 'Completed tasks it took part in' }),
    directPerTask: t.field({
      description: 'direct ÷ tasksCompleted, half-even at 18 decimals; null when no task was completed',
      type: Money,
      nullable: true,
      resolve: ({ direct, tasksCompleted }, _args, { tenant }) =>
        tasksCompleted === 0
          ? null
          : { amount: divideHalfEven(direct, BigInt(tasksCompleted)), currency: tenant.currency },
    }),
  }),
})

const AgentCost = builder.objectRef<AgentCostSource>('AgentCost').implement({
  description:
    'What an agent cost in a period: its direct cost and its shares of pools. Chain-shared cost belongs to the task (law L13). costPerTask is its cost on a basis ÷ tasksCompleted, half-even at 18 decimals.',
  fields: (t) => ({
    agent: t.field({ type: Agent, resolve: (row) => row.agent }),
    resources: t.field({
      description: 'Resources (models, tools) it used, most expensive first.',
      type: ['String'],
      ...facts({ size: 5 }),
      resolve: (row, _args, context) => readAgentResourceNames(context, row),
    }),
    cost: t.field({ type: CostBreakdown, resolve: (row) => row.cost }),
    previous: t.field({
      description: 'The period of the same length before; a whole month compares with the whole month before',
      type: CostBreakdown,
      nullable: true,
      resolve: (row, _args, context) => readAgentPrevious(context, row),
    }),
    tasksCompleted: t.int({
      description: 'Completed tasks it took part in.',
      resolve: (row, _args, context) => readCompleted(context, row),
    }),
    costPerTask: t.field({
      description: 'null when no task was completed',
      type: Money,
      nullable: true,
      args: { basis: t.arg(BASIS) },
      resolve: (row, args, context) => readCostPerTask(context, row, args.basis),
    }),
    unitCosts: t.field({
      description:
        'Its direct cost for each completed task, by the steps of a range of its own; weeks and months are cut at its ends',
      type: [UnitCost],
      args: {
        range: t.arg({ type: DateRangeInput, required: true }),
        granularity: t.arg({
          type: GranularityEnum,
          required: true,
          defaultValue: 'WEEK',
          description: 'DAY, WEEK or MONTH',
        }),
      },
      ...facts({ size: 13 }),
      resolve: (row, args, context) => readUnitCosts(context, row, args),
    }),
  }),
})

const AgentCostConnection = connectionOf('AgentCost', AgentCost)

const ResourceCost = builder.objectRef<ResourceCostSource>('ResourceCost').implement({
  description:
    'What one resource cost; provider and resource are null where the sender named none. Pools are split over agents and not over resources: allocated is 0.',
  fields: (t) => ({
    provider: t.exposeString('provider', { nullable: true }),
    resource: t.exposeString('resource', { nullable: true }),
    cost: t.field({ type: CostBreakdown, resolve: (line) => line.cost }),
  }),
})

const AgentClientCost = builder.objectRef<AgentClientSource>('AgentClientCost').implement({
  description: 'What an agent cost for one client; client is null for work without a client tag.',
  fields: (t) => ({
    client: t.field({ type: Client, nullable: true, resolve: (line) => line.client }),
    cost: t.field({ type: CostBreakdown, resolve: (line) => line.cost }),
  }),
})

const AgentCostDetail = builder.objectRef<AgentCostSource>('AgentCostDetail').implement({
  description: 'One agent in a period, with its trend, resources and clients.',
  fields: (t) => ({
    agent: t.field({ type: Agent, resolve: (row) => row.agent }),
    cost: t.field({ type: CostBreakdown, resolve: (row) => row.cost }),
    previous: t.field({
      type: CostBreakdown,
      nullable: true,
      resolve: (row, _args, context) => readAgentPrevious(context, row),
    }),
    series: t.field({
      type: [CostPoint],
      args: { granularity: t.arg({ type: GranularityEnum, required: true, defaultValue: 'DAY' }) },
      ...facts({ cost: 5, size: 31 }),
      resolve: (row, args, context) => readAgentSeries(context, row, args.granularity),
    }),
    resources: t.field({
      description: 'Most expensive first',
      type: [ResourceCost],
      ...facts({ size: 20 }),
      resolve: (row, _args, context) => readAgentResources(context, row),
    }),
    clients: t.field({
      description: 'Most expensive first',
      type: [AgentClientCost],
      ...facts({ size: 20 }),
      resolve: (row, _args, context) => readAgentClients(context, row),
    }),
    tasksCompleted: t.int({
      description: 'Completed tasks it took part in.',
      resolve: (row, _args, context) => readCompleted(context, row),
    }),
    costPerTask: t.field({
      description: COST_PER_TASK,
      type: Money,
      nullable: true,
      args: { basis: t.arg(BASIS) },
      resolve: (row, args, context) => readCostPerTask(context, row, args.basis),
    }),
  }),
})

builder.queryFields((t) => ({
  agentCosts: t.field({
    description:
      'The agents active in the period or with a share of its pools, the most expensive by attributed cost first: a new allocation run moves no row between pages',
    type: AgentCostConnection,
    args: {
      range: t.arg({ type: DateRangeInput, required: true }),
      first: t.arg.int(FIRST),
      after: t.arg.string(AFTER),
    },
    ...facts({ action: 'fleet.read', cost: 5 }),
    resolve: (_root, args, context) => listAgentCosts(context, args),
  }),
  agentCost: t.field({
    description: 'One agent in the period; null when there is no such agent',
    type: AgentCostDetail,
    nullable: true,
    args: { agentKey: t.arg.string({ required: true }), range: t.arg({ type: DateRangeInput, required: true }) },
    ...facts({ action: 'fleet.read', cost: 2 }),
    resolve: (_root, args, context) => openAgentCost(context, args),
  }),
}))
