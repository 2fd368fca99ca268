import { totalOf, type CellSums } from '@outlay/db/sql/cell-sums'
import { divideHalfEven } from '@outlay/domain/money/half-even'
import { QUANTITY6_ONE } from '@outlay/domain/usage/quantity'
import { builder } from '../../graphql/builder.ts'
import { Money } from '../money/money.schema.ts'

/** A cost of the tenant, in its currency. */
export type CostSource = CellSums

export const CostBreakdown = builder.objectRef<CostSource>('CostBreakdown').implement({
  description: 'The parts of a cost, always shown apart.',
  fields: (t) => ({
    direct: t.field({
      type: Money,
      resolve: (cost, _args, { tenant }) => ({ amount: cost.direct, currency: tenant.currency }),
    }),
    chainShared: t.field({
      description: 'Shared resources used inside chains, counted once per task (law L13). Zero in per-agent views.',
      type: Money,
      resolve: (cost, _args, { tenant }) => ({ amount: cost.shared, currency: tenant.currency }),
    }),
    allocated: t.field({
      description: 'Shares of cost pools.',
      type: Money,
      resolve: (cost, _args, { tenant }) => ({ amount: cost.allocated, currency: tenant.currency }),
    }),
    total: t.field({
      description: 'direct + chainShared + allocated',
      type: Money,
      resolve: (cost, _args, { tenant }) => ({ amount: totalOf(cost), currency: tenant.currency }),
    }),
    invocations: t.field({ type: 'BigInt', resolve: (cost) => cost.invocations.toString() }),
    tokens: t.field({
      description: 'Sum of every meter ending in _tokens; whole tokens, half-even where a sender counted parts of one',
      type: 'BigInt',
      resolve: (cost) => divideHalfEven(cost.tokens, QUANTITY6_ONE).toString(),
    }),
    unpricedInvocations: t.field({
      description: 'Invocations whose cost is unknown; they are in no amount above.',
      type: 'BigInt',
      resolve: (cost) => cost.unpriced.toString(),
    }),
    unconvertedInvocations: t.field({
      description: 'Invocations without an FX rate on their day; they are in no amount above.',
      type: 'BigInt',
      resolve: (cost) => cost.unconverted.toString(),
    }),
  }),
})

export interface CostPointSource {
  /** RFC 3339. */
  start: string
  end: string
  isPartial: boolean
  cost: CostSource
}

export const CostPoint = builder.objectRef<CostPointSource>('CostPoint').implement({
  description: 'One step of a series.',
  fields: (t) => ({
    start: t.expose('start', { type: 'DateTime' }),
    end: t.expose('end', { type: 'DateTime' }),
    isPartial: t.exposeBoolean('isPartial', { description: 'The step is not over yet: it ends after this moment' }),
    cost: t.field({ type: CostBreakdown, resolve: (point) => point.cost }),
  }),
})

export const DateRangeInput = builder.inputType('DateRangeInput', {
  description: "Half-open: `to` is the first day after it. Days of the tenant's time zone.",
  fields: (t) => ({
    from: t.field({ type: 'Date', required: true }),
    to: t.field({ type: 'Date', required: true }),
  }),
})

export const GranularityEnum = builder.enumType('Granularity', {
  description: 'Weeks start on Monday; weeks and months are cut at the ends of the range.',
  values: ['HOUR', 'DAY', 'WEEK', 'MONTH'] as const,
})

export const ComparisonEnum = builder.enumType('Comparison', {
  description:
    'PREVIOUS_PERIOD: the month before a whole month, else as many days just before. PREVIOUS_YEAR: the same dates a year earlier.',
  values: ['NONE', 'PREVIOUS_PERIOD', 'PREVIOUS_YEAR'] as const,
})

export const CostBasisEnum = builder.enumType('CostBasis', {
  description: 'Which parts of a cost a figure counts.',
  values: {
    DIRECT: { description: 'direct' },
    ATTRIBUTED: { description: 'direct + chainShared' },
    FULLY_LOADED: {
      description:
        'direct + chainShared + allocated. The share of a month accrues evenly over it: of a part of a month it counts a part of the share.',
    },
  },
})

/** The argument `basis` of a field that is reckoned from a cost. */
export const BASIS = { type: CostBasisEnum, required: true, defaultValue: 'FULLY_LOADED' } as const

export const DimensionEnum = builder.enumType('Dimension', {
  values: ['AGENT', 'CLIENT', 'PROJECT', 'TASK', 'PROVIDER', 'RESOURCE', 'KIND'] as const,
})
