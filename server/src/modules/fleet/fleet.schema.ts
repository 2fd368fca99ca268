import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { BudgetStatus } from '../budget/budget.schema.ts'
import { ComparisonEnum, CostBreakdown, CostPoint, DateRangeInput, GranularityEnum } from '../cost/cost.schema.ts'
import { Money } from '../money/money.schema.ts'
import { readDataThrough } from '../tenant/tenant.service.ts'
import {
  openFleetCost,
  readAttribution,
  readConservation,
  readFleetCompleted,
  readFleetSeries,
  type ConservationSource,
  type FleetSource,
} from './fleet.service.ts'

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
      description: 'Whether all five are equal to the last decimal',
      resolve: (sums) => [sums.byAgent, sums.byTask, sums.byClient, sums.byRollup].every((sum) => sum === sums.ledger),
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
      resolve: (fleet, args, context) => readFleetSeries(context, fleet.range, args.granularity),
    }),
    budget: t.field({
      type: BudgetStatus,
      nullable: true,
      description: 'The fleet budget of the period, when there is one',
      resolve: () => null,
    }),
    withoutAgent: t.field({
      description: 'Cost that carries no agent / no task / no client tag, and pool money not allocated.',
      type: Money,
      resolve: async (fleet) => (await fleet.remainders()).agent,
    }),
    withoutTask: t.field({ type: Money, resolve: async (fleet) => (await fleet.remainders()).task }),
    withoutClient: t.field({ type: Money, resolve: async (fleet) => (await fleet.remainders()).client }),
    unallocated: t.field({
      type: Money,
      resolve: (_fleet, _args, { tenant }) => ({ amount: 0n, currency: tenant.currency }),
    }),
    conservation: t.field({
      description: 'Law L15, computed from independent sums; balanced is false if any differs in the last decimal.',
      type: Conservation,
      // It adds up every event of the period: the one read here that is not from cells.
      ...facts({ cost: 200 }),
      resolve: (fleet, _args, context) => readConservation(context, fleet.range),
    }),
    tasksCompleted: t.int({
      description: 'Tasks completed in the period',
      resolve: async (fleet, _args, context) => (await readFleetCompleted(context, fleet)).tasks,
    }),
    costPerTask: t.field({
      description: 'total ÷ tasksCompleted, half-even at 18 decimals; null when no task was completed',
      type: Money,
      nullable: true,
      resolve: async (fleet, _args, context) => (await readFleetCompleted(context, fleet)).costPerTask,
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
    description: 'Cost of the whole fleet, with trend, comparison and the named remainders',
    type: FleetCost,
    args: {
      range: t.arg({ type: DateRangeInput, required: true }),
      compareTo: t.arg({ type: ComparisonEnum, defaultValue: 'PREVIOUS_PERIOD' }),
    },
    ...facts({ action: 'cost.read', cost: 5 }),
    resolve: (_root, args, context) => openFleetCost(context, args.range, args.compareTo ?? 'PREVIOUS_PERIOD'),
  }),
)
