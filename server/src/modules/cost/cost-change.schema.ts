import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import type { Context } from '../../graphql/context.ts'
import type { Fixed18 } from '@outlay/domain/money/fixed18'
import { Money, type Amount } from '../money/money.schema.ts'
import {
  openCostChange,
  type ChangeContributorSource,
  type CostChangeSource,
  type UnitCostChangeSource,
  type UnknownUsageSource,
} from './cost-change.service.ts'
import { BASIS, ComparisonEnum, CostBreakdown, DateRangeInput, DimensionEnum } from './cost.schema.ts'

const amountOf = (amount: Fixed18, { tenant }: Context): Amount => ({ amount, currency: tenant.currency })

const CostScope = builder.enumType('CostScope', {
  description: 'Whose cost.',
  values: ['FLEET', 'AGENT', 'CLIENT', 'PROJECT'] as const,
})

const CostChangeContributor = builder.objectRef<ChangeContributorSource>('CostChangeContributor').implement({
  description:
    'What one member of a dimension changed. The changes of a dimension, with those without a key, add up to the whole change.',
  fields: (t) => ({
    dimension: t.field({ type: DimensionEnum, resolve: ({ dimension }) => dimension }),
    key: t.exposeString('key', { nullable: true, description: 'null for a remainder, which its label names' }),
    label: t.exposeString('label'),
    current: t.field({ type: Money, resolve: ({ now }, _args, context) => amountOf(now, context) }),
    previous: t.field({ type: Money, resolve: ({ before }, _args, context) => amountOf(before, context) }),
    change: t.field({
      description: 'current − previous',
      type: Money,
      resolve: ({ now, before }, _args, context) => amountOf(now - before, context),
    }),
  }),
})

const UnknownUsage = builder.objectRef<UnknownUsageSource>('UnknownUsage').implement({
  description: 'Invocations of a resource whose cost is unknown: without a price, or without an exchange rate.',
  fields: (t) => ({
    provider: t.exposeString('provider', { nullable: true }),
    resource: t.exposeString('resource', { nullable: true }),
    current: t.field({ type: 'BigInt', resolve: ({ now }) => now.toString() }),
    previous: t.field({ type: 'BigInt', resolve: ({ before }) => before.toString() }),
  }),
})

type UnitChange = NonNullable<UnitCostChangeSource['change']>

const UnitCostParts = builder.objectRef<UnitChange>('UnitCostParts').implement({
  description:
    'Why a cost per completed task is not what it was: callsPerTask + mix + tokensPerCall + price + tasks + allocation = change, to the last decimal.',
  fields: (t) => ({
    current: t.field({
      description: 'Cost on the basis ÷ tasksCompleted, half-even at 18 decimals',
      type: Money,
      resolve: ({ now }, _args, context) => amountOf(now, context),
    }),
    previous: t.field({ type: Money, resolve: ({ before }, _args, context) => amountOf(before, context) }),
    change: t.field({
      description: 'current − previous',
      type: Money,
      resolve: ({ parts }, _args, context) => amountOf(parts.total, context),
    }),
    callsPerTask: t.field({
      description: 'More or fewer invocations for a task, each at what one cost before',
      type: Money,
      resolve: ({ parts }, _args, context) => amountOf(parts.callsPerTask, context),
    }),
    mix: t.field({
      description: 'By task: invocations moved between resources; resources that are new or fell away',
      type: Money,
      resolve: ({ parts }, _args, context) => amountOf(parts.mix, context),
    }),
    tokensPerCall: t.field({
      description: 'By task: longer or shorter invocations',
      type: Money,
      resolve: ({ parts }, _args, context) => amountOf(parts.tokensPerCall, context),
    }),
    price: t.field({
      description: 'By task: other prices of a token or an invocation',
      type: Money,
      resolve: ({ parts }, _args, context) => amountOf(parts.price, context),
    }),
    tasks: t.field({
      description: 'The shares of pools of before over more or fewer tasks',
      type: Money,
      resolve: ({ parts }, _args, context) => amountOf(parts.tasks, context),
    }),
    allocation: t.field({
      description: 'By task: other shares of cost pools',
      type: Money,
      resolve: ({ parts }, _args, context) => amountOf(parts.allocation, context),
    }),
  }),
})

const UnitCostChange = builder.objectRef<UnitCostChangeSource>('UnitCostChange').implement({
  description: 'The cost of a completed task in two periods.',
  fields: (t) => ({
    tasksCompleted: t.int({ resolve: ({ tasks }) => Number(tasks.now) }),
    previousTasksCompleted: t.int({ resolve: ({ tasks }) => Number(tasks.before) }),
    parts: t.field({
      description: 'null where one of the periods has no completed task, and so no cost of one',
      type: UnitCostParts,
      nullable: true,
      resolve: ({ change }) => change,
    }),
  }),
})

const CostChange = builder.objectRef<CostChangeSource>('CostChange').implement({
  description:
    'Why a cost is not what it was: volume + mix + tokensPerCall + price + allocation = change, to the last decimal. Usage whose cost is unknown is in none of them.',
  fields: (t) => ({
    scope: t.field({ type: CostScope, resolve: ({ scope }) => scope }),
    label: t.exposeString('label', { description: 'Whose cost it is, in words' }),
    from: t.field({ type: 'Date', resolve: ({ range }) => range.from }),
    to: t.field({ type: 'Date', resolve: ({ range }) => range.to }),
    previousFrom: t.field({ type: 'Date', resolve: ({ before }) => before.from }),
    previousTo: t.field({ type: 'Date', resolve: ({ before }) => before.to }),
    current: t.field({
      description: 'allocated is 0 where the basis does not count it',
      type: CostBreakdown,
      resolve: ({ now }) => now,
    }),
    previous: t.field({ type: CostBreakdown, resolve: ({ previous }) => previous }),
    change: t.field({
      description: 'current − previous, on the basis',
      type: Money,
      resolve: ({ parts }, _args, context) => amountOf(parts.total, context),
    }),
    volume: t.field({
      description: 'More or fewer invocations, each at what one cost before',
      type: Money,
      resolve: ({ parts }, _args, context) => amountOf(parts.volume, context),
    }),
    mix: t.field({
      description: 'Invocations moved between resources; resources that are new or fell away',
      type: Money,
      resolve: ({ parts }, _args, context) => amountOf(parts.mix, context),
    }),
    tokensPerCall: t.field({
      description: 'Longer or shorter invocations',
      type: Money,
      resolve: ({ parts }, _args, context) => amountOf(parts.tokensPerCall, context),
    }),
    price: t.field({
      description: 'Other prices of a token; of an invocation, where a resource counts no tokens or some have no price',
      type: Money,
      resolve: ({ parts }, _args, context) => amountOf(parts.price, context),
    }),
    allocation: t.field({
      description: 'Other shares of cost pools',
      type: Money,
      resolve: ({ parts }, _args, context) => amountOf(parts.allocation, context),
    }),
    unallocated: t.field({
      description:
        'Of the fleet, fully loaded: how pool money that is no share changed. It is in no part, and not in change.',
      type: Money,
      nullable: true,
      ...facts({ cost: 4 }),
      resolve: async ({ unallocated }, _args, context) => {
        const amount = await unallocated()
        return amount === null ? null : amountOf(amount, context)
      },
    }),
    perTask: t.field({
      description:
        'The same of the cost of a completed task: of an agent those it took part in. What is unallocated is in no cost per task.',
      type: UnitCostChange,
      ...facts({ cost: 4 }),
      resolve: ({ perTask }) => perTask(),
    }),
    contributors: t.field({
      description:
        'By agent, client and resource, as far as the scope is told by them: of each the five that changed most, and the remainders',
      type: [CostChangeContributor],
      ...facts({ cost: 10, size: 20 }),
      resolve: ({ contributors }) => contributors(),
    }),
    unknown: t.field({
      description: 'Resources with usage whose cost is unknown in either period, at most 10',
      type: [UnknownUsage],
      ...facts({ size: 10 }),
      resolve: ({ unknown }) => unknown(),
    }),
  }),
})

builder.queryField('costChange', (t) =>
  t.field({
    description:
      'Why the cost of the fleet, an agent, a client or a project changed between two periods; null when nobody has the key',
    type: CostChange,
    nullable: true,
    args: {
      range: t.arg({ type: DateRangeInput, required: true }),
      compareTo: t.arg({ type: ComparisonEnum, defaultValue: 'PREVIOUS_PERIOD' }),
      before: t.arg({ type: DateRangeInput, description: 'Another period to compare with, in place of compareTo' }),
      scope: t.arg({ type: CostScope, required: true, defaultValue: 'FLEET' }),
      key: t.arg.string({ description: 'Of the agent, client or project' }),
      basis: t.arg(BASIS),
    },
    ...facts({ action: 'cost.read', cost: 10 }),
    resolve: (_root, args, context) => openCostChange(context, args),
  }),
)
