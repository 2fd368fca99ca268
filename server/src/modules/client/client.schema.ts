import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { AFTER, connectionOf, FIRST } from '../../graphql/connection.ts'
import { BudgetStatus } from '../budget/budget.schema.ts'
import { budgetOf } from '../budget/budget.service.ts'
import { BASIS, CostBreakdown, DateRangeInput } from '../cost/cost.schema.ts'
import { REVENUE, RevenueParts } from '../billing/revenue.type.ts'
import { Money } from '../money/money.schema.ts'
import {
  listClientCosts,
  marginOf,
  marginRatioOf,
  readAgentsUsedBy,
  readTasksOf,
  type ClientCostSource,
} from './client-cost.service.ts'
import { findClient, listClients } from './client.service.ts'
import { Client } from './client.type.ts'

const ClientConnection = connectionOf('Client', Client)

builder.queryFields((t) => ({
  client: t.field({
    description: 'A client by its key; null when there is none',
    type: Client,
    nullable: true,
    args: { key: t.arg.string({ required: true }) },
    ...facts({ action: 'dimension.read' }),
    resolve: (_root, args, context) => findClient(context, args.key),
  }),
  clients: t.field({
    description: 'All clients by key',
    type: ClientConnection,
    args: { first: t.arg.int(FIRST), after: t.arg.string(AFTER) },
    ...facts({ action: 'dimension.read' }),
    resolve: (_root, args, context) => listClients(context, args),
  }),
}))

const ClientCost = builder.objectRef<ClientCostSource>('ClientCost').implement({
  description: 'What a client cost and brought in a period.',
  fields: (t) => ({
    client: t.field({ type: Client, resolve: (row) => row.client }),
    cost: t.field({ type: CostBreakdown, resolve: (row) => row.cost }),
    agentsUsed: t.int({
      description: 'Agents that worked for it in the period',
      resolve: (row, _args, context) => readAgentsUsedBy(context, row),
    }),
    tasks: t.int({
      description: 'Tasks of the client with cost in the period',
      resolve: (row, _args, context) => readTasksOf(context, row),
    }),
    revenue: t.field({
      description: REVENUE,
      type: Money,
      nullable: true,
      resolve: (row) => row.revenue,
    }),
    revenueParts: t.field({ type: RevenueParts, resolve: (row) => row.earned }),
    margin: t.field({
      description: 'revenue − cost on the basis',
      type: Money,
      nullable: true,
      args: { basis: t.arg(BASIS) },
      resolve: (row, args) => marginOf(row, args.basis),
    }),
    marginRatio: t.field({
      description: 'margin ÷ revenue',
      type: 'Decimal',
      nullable: true,
      args: { basis: t.arg(BASIS) },
      resolve: (row, args) => marginRatioOf(row, args.basis),
    }),
    costShare: t.expose('costShare', {
      description:
        'Share of fleet cost and of fleet revenue: a client whose cost share is far above its revenue share is flagged.',
      type: 'Decimal',
      nullable: true,
    }),
    revenueShare: t.expose('revenueShare', { type: 'Decimal', nullable: true }),
    isDisproportionate: t.exposeBoolean('isDisproportionate', {
      description: 'costShare is more than twice revenueShare',
    }),
    budget: t.field({
      description: 'The budget of the client that the period lies in, when there is one',
      type: BudgetStatus,
      nullable: true,
      ...facts({ action: 'budget.read', cost: 3 }),
      resolve: ({ client, range }, _args, context) =>
        budgetOf(context, { scope: 'CLIENT', memberId: client.id, range }),
    }),
  }),
})

const ClientCostConnection = connectionOf('ClientCost', ClientCost)

builder.queryField('clientCosts', (t) =>
  t.field({
    description:
      'The clients with cost, revenue or a share of a pool in the period, the most expensive by attributed cost first: a new allocation run moves no row between pages',
    type: ClientCostConnection,
    args: {
      range: t.arg({ type: DateRangeInput, required: true }),
      first: t.arg.int(FIRST),
      after: t.arg.string(AFTER),
    },
    ...facts({ action: 'cost.read', cost: 10 }),
    resolve: (_root, args, context) => listClientCosts(context, args),
  }),
)
