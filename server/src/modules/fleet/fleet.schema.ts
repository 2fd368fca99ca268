import { isFullyLoadedBalanced } from '@outlay/db/sql/fully-loaded'
import type { ResourceUses } from '@outlay/db/sql/read-shared-uses'
import { NIL_UUID } from '@outlay/domain/rollup/grain'
import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { BudgetStatus } from '../budget/budget.schema.ts'
import { budgetOf } from '../budget/budget.service.ts'
import {
  BASIS,
  ComparisonEnum,
  CostBreakdown,
  CostPoint,
  DateRangeInput,
  GranularityEnum,
} from '../cost/cost.schema.ts'
import { FailedCost } from '../cost/failed-cost.type.ts'
import { readFleetFailed } from '../cost/failed-cost.service.ts'
import { REVENUE, revenueAmount, RevenueParts } from '../billing/revenue.type.ts'
import { Money } from '../money/money.schema.ts'
import { InvoiceGap } from '../reconciliation/invoice-gap.schema.ts'
import { readInvoiceGap } from '../reconciliation/invoice-gap.service.ts'
import { readDataThrough } from '../tenant/tenant.service.ts'
import {
  isAttributedBalanced,
  openFleetCost,
  readAttribution,
  readConservation,
  readFleetCostPerTask,
  readFleetRevenue,
  readFleetSeries,
  readFleetSharedUses,
  type ConservationSource,
  type FleetSource,
  type PoolTotalsSource,
} from './fleet.service.ts'

const FIRST_RESOURCES = { description: 'How many, 1 to 100', defaultValue: 20 } as const

const FullyLoadedConservation = builder.objectRef<ConservationSource>('FullyLoadedConservation').implement({
  description:
    'Law L15 with pools: what events cost and what pools come to is the fully loaded cost of the fleet. The shares are added up by agent, by task and by client from rows of their own (remainders included), and must be what the current allocation runs allocated.',
  fields: (t) => ({
    attributed: t.field({
      description: 'What events cost: the ledger',
      type: Money,
      resolve: (sums, _args, { tenant }) => ({ amount: sums.ledger, currency: tenant.currency }),
    }),
    pools: t.field({
      description: 'What the pools of the period come to; those without an FX rate are in no amount',
      type: Money,
      resolve: (sums, _args, { tenant }) => ({ amount: sums.fullyLoaded.pools, currency: tenant.currency }),
    }),
    allocatedByAgent: t.field({
      type: Money,
      resolve: (sums, _args, { tenant }) => ({ amount: sums.fullyLoaded.allocatedByAgent, currency: tenant.currency }),
    }),
    allocatedByTask: t.field({
      type: Money,
      resolve: (sums, _args, { tenant }) => ({ amount: sums.fullyLoaded.allocatedByTask, currency: tenant.currency }),
    }),
    allocatedByClient: t.field({
      type: Money,
      resolve: (sums, _args, { tenant }) => ({ amount: sums.fullyLoaded.allocatedByClient, currency: tenant.currency }),
    }),
    unallocated: t.field({
      description:
        'What runs kept back or did not absorb, pools that have no run, and what a pool was changed by since its run',
      type: Money,
      resolve: (sums, _args, { tenant }) => ({ amount: sums.fullyLoaded.unallocated, currency: tenant.currency }),
    }),
    total: t.field({
      description: 'attributed + pools',
      type: Money,
      resolve: (sums, _args, { tenant }) => ({
        amount: sums.ledger + sums.fullyLoaded.pools,
        currency: tenant.currency,
      }),
    }),
    balanced: t.boolean({
      description:
        'Whether every view holds what the runs allocated, and pools = allocated + unallocated, to the last decimal',
      resolve: ({ fullyLoaded }) => isFullyLoadedBalanced(fullyLoaded),
    }),
  }),
})

const Conservation = builder.objectRef<ConservationSource>('Conservation').implement({
  description:
    'Five independent sums of the period that must be one amount (law L15): the events themselves, and the cells by agent, task, client and hour. The remainders (no agent, shared use in chains, no task, no client) are in each.',
  fields: (t) => ({
    ledger: t.field({
      type: Money,
      description: 'Sum over the invocations themselves',
      resolve: (sums, _args, { tenant }) => ({ amount: sums.ledger, currency: tenant.currency }),
    }),
    byAgent: t.field({
      type: Money,
      resolve: (sums, _args, { tenant }) => ({ amount: sums.byAgent, currency: tenant.currency }),
    }),
    byTask: t.field({
      type: Money,
      resolve: (sums, _args, { tenant }) => ({ amount: sums.byTask, currency: tenant.currency }),
    }),
    byClient: t.field({
      type: Money,
      resolve: (sums, _args, { tenant }) => ({ amount: sums.byClient, currency: tenant.currency }),
    }),
    byRollup: t.field({
      type: Money,
      resolve: (sums, _args, { tenant }) => ({ amount: sums.byRollup, currency: tenant.currency }),
    }),
    balanced: t.boolean({
      description: 'Whether all five are equal to the last decimal, and fullyLoaded is balanced too',
      resolve: (sums) => isAttributedBalanced(sums) && isFullyLoadedBalanced(sums.fullyLoaded),
    }),
    fullyLoaded: t.field({
      description: 'The same with cost pools',
      type: FullyLoadedConservation,
      resolve: (sums) => sums,
    }),
  }),
})

const PoolTotals = builder.objectRef<PoolTotalsSource>('PoolTotals').implement({
  description:
    'What the cost pools of a period come to. The amount of a month accrues evenly over it, as its shares do.',
  fields: (t) => ({
    total: t.field({
      description: 'In the reporting currency; pools without an FX rate on the last day of their month are not in it',
      type: Money,
      resolve: (pools, _args, { tenant }) => ({ amount: pools.total, currency: tenant.currency }),
    }),
    allocated: t.field({
      description: 'What the current allocation runs split over agents',
      type: Money,
      resolve: (pools, _args, { tenant }) => ({ amount: pools.allocated, currency: tenant.currency }),
    }),
    unallocated: t.field({
      description: 'total − allocated; below zero where an overhead rate absorbed more than its pool',
      type: Money,
      resolve: (pools, _args, { tenant }) => ({ amount: pools.total - pools.allocated, currency: tenant.currency }),
    }),
    pools: t.int({ description: 'How many pools there are', resolve: (pools) => pools.pools }),
    unconvertedPools: t.int({
      description: 'How many of them have no FX rate in a month; what they come to there is in no amount',
      resolve: (pools) => pools.unconvertedPools,
    }),
  }),
})

const ChainSharedCost = builder.objectRef<ResourceUses>('ChainSharedCost').implement({
  description:
    'What the shared uses of one resource came to, each counted once however many agents reported it (law L13).',
  fields: (t) => ({
    provider: t.exposeString('provider', { nullable: true }),
    resource: t.exposeString('resource', { nullable: true }),
    uses: t.expose('uses', { description: 'Uses, each once', type: 'BigInt' }),
    reports: t.expose('reports', { description: 'Reports of them, the first ones included', type: 'BigInt' }),
    cost: t.field({
      type: Money,
      resolve: (shared, _args, { tenant }) => ({ amount: shared.cost, currency: tenant.currency }),
    }),
  }),
})

const FleetCost = builder.objectRef<FleetSource>('FleetCost').implement({
  description: 'What the whole fleet cost in a period.',
  fields: (t) => ({
    from: t.field({ type: 'Date', resolve: (fleet) => fleet.range.from }),
    to: t.field({ type: 'Date', resolve: (fleet) => fleet.range.to }),
    timeZone: t.string({ resolve: (_fleet, _args, { tenant }) => tenant.timeZone }),
    currency: t.field({ type: 'CurrencyCode', resolve: (_fleet, _args, { tenant }) => tenant.currency }),
    dataThrough: t.field({
      description: 'When the latest recorded consumption occurred; null before the first event',
      type: 'DateTime',
      nullable: true,
      resolve: (_fleet, _args, context) => readDataThrough(context),
    }),
    cost: t.field({ type: CostBreakdown, resolve: (fleet) => fleet.cost }),
    previous: t.field({
      type: CostBreakdown,
      nullable: true,
      description: 'The period compared with',
      resolve: (fleet) => fleet.previous,
    }),
    series: t.field({
      type: [CostPoint],
      args: { granularity: t.arg({ type: GranularityEnum, required: true, defaultValue: 'DAY' }) },
      ...facts({ cost: 5, size: 31 }),
      resolve: (fleet, args, context) => readFleetSeries(context, fleet, args.granularity),
    }),
    failed: t.field({
      description: 'Of the cost: what calls used that failed, and what of it was tried again',
      type: FailedCost,
      ...facts({ cost: 2 }),
      resolve: ({ range }, _args, context) => readFleetFailed(context, range),
    }),
    budget: t.field({
      type: BudgetStatus,
      nullable: true,
      description: 'The fleet budget of the period, when there is one',
      ...facts({ action: 'budget.read', cost: 3 }),
      resolve: ({ range }, _args, context) => budgetOf(context, { scope: 'FLEET', memberId: NIL_UUID, range }),
    }),
    withoutAgent: t.field({
      description: 'Cost that carries no agent / no task / no client tag, and pool money not allocated.',
      type: Money,
      resolve: async (fleet) => (await fleet.remainders()).agent,
    }),
    withoutTask: t.field({ type: Money, resolve: async (fleet) => (await fleet.remainders()).task }),
    withoutClient: t.field({ type: Money, resolve: async (fleet) => (await fleet.remainders()).client }),
    withoutProject: t.field({
      description: 'Cost that carries no project tag',
      type: Money,
      resolve: (fleet) => fleet.withoutProject(),
    }),
    unallocated: t.field({
      description:
        'Pool money that is no share: cost.total + unallocated is the fully loaded cost of the fleet (law L15)',
      type: Money,
      resolve: async (fleet, _args, { tenant }) => {
        const { total, allocated } = await fleet.pools()
        return { amount: total - allocated, currency: tenant.currency }
      },
    }),
    pools: t.field({
      description: 'The cost pools of the period',
      type: PoolTotals,
      ...facts({ cost: 2 }),
      resolve: (fleet) => fleet.pools(),
    }),
    chainShared: t.field({
      description: 'cost.chainShared by resource, the most expensive first',
      type: [ChainSharedCost],
      args: { first: t.arg.int(FIRST_RESOURCES) },
      ...facts({ cost: 20 }),
      resolve: (fleet, args, context) =>
        readFleetSharedUses(context, fleet, args.first ?? FIRST_RESOURCES.defaultValue),
    }),
    conservation: t.field({
      description: 'Law L15, computed from independent sums; balanced is false if any differs in the last decimal.',
      type: Conservation,
      // It adds up every event of the period: the one read here that is not from cells.
      ...facts({ cost: 200 }),
      resolve: (fleet, _args, context) => readConservation(context, fleet.range),
    }),
    invoiceGap: t.field({
      description:
        'What providers invoiced for the UTC days of the period less what was attributed on them; null where no statement is there. At most the last 62 of the days.',
      type: InvoiceGap,
      nullable: true,
      ...facts({ cost: 500 }),
      resolve: (fleet, _args, context) => readInvoiceGap(context, fleet.range),
    }),
    revenue: t.field({
      description: `${REVENUE}. The sum of all clients, and of what has none.`,
      type: Money,
      nullable: true,
      resolve: async (fleet, _args, context) => revenueAmount(context, await readFleetRevenue(context, fleet.range)),
    }),
    revenueParts: t.field({
      type: RevenueParts,
      resolve: (fleet, _args, context) => readFleetRevenue(context, fleet.range),
    }),
    tasksCompleted: t.int({
      description: 'Tasks completed in the period',
      resolve: (fleet) => fleet.completed(),
    }),
    costPerTask: t.field({
      description:
        'Cost on the basis ÷ tasksCompleted, half-even at 18 decimals; null when no task was completed. What is unallocated is in no basis.',
      type: Money,
      nullable: true,
      args: { basis: t.arg(BASIS) },
      resolve: (fleet, args, context) => readFleetCostPerTask(context, fleet, args.basis),
    }),
    attributionRatio: t.field({
      description:
        '1 − the largest of withoutAgent, withoutTask and withoutClient ÷ total: the share that carries the tag missing most; null when nothing was spent',
      type: 'Decimal',
      nullable: true,
      resolve: (fleet) => readAttribution(fleet),
    }),
  }),
})

builder.queryField('fleetCost', (t) =>
  t.field({
    description: 'Cost of the whole fleet, with trend, comparison, cost pools and the named remainders',
    type: FleetCost,
    args: {
      range: t.arg({ type: DateRangeInput, required: true }),
      compareTo: t.arg({ type: ComparisonEnum, defaultValue: 'PREVIOUS_PERIOD' }),
    },
    ...facts({ action: 'fleet.read', cost: 5 }),
    resolve: (_root, args, context) => openFleetCost(context, args.range, args.compareTo ?? 'PREVIOUS_PERIOD'),
  }),
)
