import type { PostedLine, UnknownLine } from '@outlay/db/sql/read-cost-lines'
import type { Fixed18 } from '@outlay/domain/money/fixed18'
import { formatQuantity } from '@outlay/domain/usage/quantity'
import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import type { Context } from '../../graphql/context.ts'
import { encodeId } from '../../graphql/ids.ts'
import { plainDecimal } from '../../reads/plain-decimal.ts'
import { AllocationMethod, UsageBasis } from '../allocation-policy/policy.enums.ts'
import { readPools } from '../fleet/fleet.service.ts'
import { Money, type Amount } from '../money/money.schema.ts'
import { CostPool } from '../pool/pool.ref.ts'
import { inMonth, poolOf } from '../pool/pool.service.ts'
import { Rate } from '../rate/rate.type.ts'
import { CostFilter } from '../rollup/rollup.schema.ts'
import {
  openCostArithmetic,
  partsOf,
  type CostArithmeticSource,
  type CostLineSource,
  type CostPart,
  type EarlierSource,
  type ShareLineSource,
} from './cost-arithmetic.service.ts'
import { CostBreakdown, DateRangeInput } from './cost.schema.ts'

const amountOf = (amount: Fixed18, { tenant }: Context): Amount => ({ amount, currency: tenant.currency })

/** What a resource is called; both null where none was named. */
async function named(
  { loaders }: Context,
  resourceId: string,
): Promise<{ provider: string | null; resource: string | null }> {
  const record = await loaders.resource.load(resourceId)
  return { provider: record?.provider || null, resource: record?.name || null }
}

const CostPartEnum = builder.enumType('CostPart', {
  description: 'As the fields of CostBreakdown.',
  values: ['DIRECT', 'CHAIN_SHARED', 'ALLOCATED'] as const,
})

const CostLineSourceEnum = builder.enumType('CostLineSource', {
  description: 'RATE: quantity × unitPrice. REPORTED: what senders say it cost, taken as stated where no rate matched.',
  values: ['RATE', 'REPORTED'] as const,
})

const CostLineType = builder.objectRef<CostLineSource>('CostLine').implement({
  description:
    'All rated lines of a resource and meter at one price and one FX rate, added up: quantity × unitPrice = amountNative; × fxRate, + rounding = amount.',
  fields: (t) => ({
    source: t.field({ type: CostLineSourceEnum, resolve: (line) => line.source }),
    isShared: t.exposeBoolean('isShared', {
      description: 'Shared uses inside chains, each counted once (law L13); else direct',
    }),
    provider: t.string({
      nullable: true,
      resolve: async (line, _args, context) => (await named(context, line.resourceId)).provider,
    }),
    resource: t.string({
      nullable: true,
      resolve: async (line, _args, context) => (await named(context, line.resourceId)).resource,
    }),
    meter: t.exposeString('meter', { nullable: true, description: 'null for a reported cost' }),
    quantity: t.field({
      description: 'null for a reported cost',
      type: 'Decimal',
      nullable: true,
      resolve: ({ quantity }) => (quantity === null ? null : formatQuantity(quantity)),
    }),
    unitPrice: t.field({
      description: 'As it was rated, in the currency of the rate; null for a reported cost',
      type: 'Decimal',
      nullable: true,
      resolve: ({ rate }) => (rate === null ? null : plainDecimal(rate.unitPrice)),
    }),
    rate: t.field({
      description: 'The rate version that priced it; null for a reported cost',
      type: Rate,
      nullable: true,
      resolve: ({ rate }) => rate,
    }),
    amountNative: t.field({
      description: 'Exact, in the currency of the rate or of the reported cost',
      type: Money,
      resolve: ({ native, nativeCurrency }) => ({ amount: native, currency: nativeCurrency }),
    }),
    fxRate: t.expose('fxRate', {
      type: 'Decimal',
      nullable: true,
      description: 'Conversion applied; null when nothing was converted',
    }),
    rounding: t.field({
      description: 'What rounding every invocation by itself made of it; 0 where nothing was converted',
      type: Money,
      resolve: ({ rounding }, _args, context) => amountOf(rounding, context),
    }),
    amount: t.field({ type: Money, resolve: ({ amount }, _args, context) => amountOf(amount, context) }),
    invocations: t.field({
      description: 'Invocations with such a line',
      type: 'BigInt',
      resolve: ({ invocations }) => invocations.toString(),
    }),
  }),
})

interface OtherLinesSource {
  count: number
  amount: Fixed18
}

const OtherCostLines = builder.objectRef<OtherLinesSource>('OtherCostLines').implement({
  description: 'The lines beyond `top` as one.',
  fields: (t) => ({
    count: t.exposeInt('count'),
    amount: t.field({ type: Money, resolve: ({ amount }, _args, context) => amountOf(amount, context) }),
  }),
})

interface OfParts {
  parts: readonly CostPart[]
}

const EarlierCost = builder.objectRef<EarlierSource & OfParts>('EarlierCost').implement({
  description: 'What a resource cost on the days before the lines begin, from the roll-up.',
  fields: (t) => ({
    provider: t.string({
      nullable: true,
      resolve: async ({ resourceId }, _args, context) =>
        resourceId === null ? null : (await named(context, resourceId)).provider,
    }),
    resource: t.string({
      nullable: true,
      resolve: async ({ resourceId }, _args, context) =>
        resourceId === null ? null : (await named(context, resourceId)).resource,
    }),
    isRest: t.boolean({
      description: 'Everything that has no row of its own',
      resolve: ({ resourceId }) => resourceId === null,
    }),
    amount: t.field({
      type: Money,
      resolve: ({ parts, cost }, _args, context) => amountOf(partsOf(parts, cost), context),
    }),
    invocations: t.field({ type: 'BigInt', resolve: ({ cost }) => cost.invocations.toString() }),
  }),
})

const PostedDirection = builder.enumType('PostedDirection', {
  description: 'IN: used at another time and counted here. OUT: used here and counted elsewhere.',
  values: ['IN', 'OUT'] as const,
})

const PostedCost = builder.objectRef<PostedLine & OfParts>('PostedCost').implement({
  description: 'What happened to closed months after they were closed, counted when it was posted (law L23).',
  fields: (t) => ({
    cause: t.exposeString('cause', { description: 'LATE_EVENT, RERATING, CORRECTION or TASK_MOVED' }),
    direction: t.field({ type: PostedDirection, resolve: ({ direction }) => direction }),
    amount: t.field({
      type: Money,
      resolve: ({ parts, direct, shared }, _args, context) =>
        amountOf(partsOf(parts, { direct, shared, allocated: 0n }), context),
    }),
    invocations: t.field({ type: 'BigInt', resolve: ({ invocations }) => invocations.toString() }),
  }),
})

const CostShareLine = builder.objectRef<ShareLineSource>('CostShareLine').implement({
  description: 'A share of a pool in a month: monthAmount × fraction = amount.',
  fields: (t) => ({
    pool: t.field({
      type: CostPool,
      resolve: async ({ poolId, month }, _args, context) => inMonth(await poolOf(context, poolId), month),
    }),
    runId: t.id({ resolve: ({ runId }) => encodeId('AllocationRun', runId) }),
    month: t.field({ type: 'Date', resolve: ({ month }) => month }),
    method: t.field({ type: AllocationMethod, resolve: ({ method }) => method }),
    basis: t.field({ type: UsageBasis, nullable: true, resolve: ({ basis }) => basis }),
    policyVersion: t.exposeInt('policyVersion'),
    weight: t.field({
      description: 'What the share is in proportion to; null where it is a part of what an agent was given',
      type: 'Decimal',
      nullable: true,
      resolve: ({ weight }) => weight,
    }),
    weights: t.field({ description: 'All weights of the run', type: 'Decimal', resolve: ({ weights }) => weights }),
    allocated: t.field({
      description: 'What the run gave to all agents',
      type: Money,
      resolve: ({ allocated }, _args, context) => amountOf(allocated, context),
    }),
    monthAmount: t.field({
      description: 'The share of the whole month',
      type: Money,
      resolve: ({ amount }, _args, context) => amountOf(amount, context),
    }),
    fraction: t.field({
      description: 'How much of the month lies in the range: a share accrues evenly',
      type: 'Decimal',
      resolve: ({ fraction }) => fraction,
    }),
    amount: t.field({ type: Money, resolve: ({ accrued }, _args, context) => amountOf(accrued, context) }),
  }),
})

const UnknownReasonEnum = builder.enumType('UnknownCostReason', {
  values: {
    NO_PRICE: { description: 'No rate prices the meter' },
    NO_FX_RATE: { description: 'No FX rate of its day' },
    WITH_UNKNOWN: { description: 'It has a price, but another meter of the same invocation has none' },
  },
})

const UnknownCost = builder.objectRef<UnknownLine>('UnknownCost').implement({
  description: 'Usage that is in no amount, because nobody knows what it cost.',
  fields: (t) => ({
    provider: t.string({
      nullable: true,
      resolve: async (line, _args, context) => (await named(context, line.resourceId)).provider,
    }),
    resource: t.string({
      nullable: true,
      resolve: async (line, _args, context) => (await named(context, line.resourceId)).resource,
    }),
    meter: t.exposeString('meter', { nullable: true, description: 'null for an invocation without usage' }),
    reason: t.field({ type: UnknownReasonEnum, resolve: ({ reason }) => reason }),
    quantity: t.field({ type: 'Decimal', resolve: ({ quantity }) => formatQuantity(quantity) }),
    invocations: t.field({ type: 'BigInt', resolve: ({ invocations }) => invocations.toString() }),
  }),
})

const CostArithmetic = builder.objectRef<CostArithmeticSource>('CostArithmetic').implement({
  description:
    'How a cost is made. lines + otherLines + earlier + posted + shares + difference = amount, to the last decimal; difference is 0 unless events arrived meanwhile.',
  fields: (t) => ({
    from: t.field({
      description: 'null: all time',
      type: 'Date',
      nullable: true,
      resolve: ({ range }) => range?.from ?? null,
    }),
    to: t.field({ type: 'Date', nullable: true, resolve: ({ range }) => range?.to ?? null }),
    parts: t.field({ type: [CostPartEnum], ...facts({ size: 3 }), resolve: ({ parts }) => [...parts] }),
    cost: t.field({
      description: 'By the roll-ups, all parts of it',
      type: CostBreakdown,
      resolve: ({ cost }) => cost,
    }),
    amount: t.field({
      description: 'The parts of cost asked about',
      type: Money,
      resolve: ({ amount }, _args, context) => amountOf(amount, context),
    }),
    linesFrom: t.field({
      description:
        'The first day whose lines are shown, where the range has more than 100,000 events; the days before are `earlier`. null: all days',
      type: 'Date',
      nullable: true,
      resolve: ({ linesFrom }) => linesFrom,
    }),
    lines: t.field({
      description: 'What the events were rated by, the largest amount first',
      type: [CostLineType],
      ...facts({ size: 50 }),
      resolve: ({ lines }) => lines,
    }),
    otherLines: t.field({ type: OtherCostLines, nullable: true, resolve: ({ otherLines }) => otherLines }),
    earlier: t.field({
      type: [EarlierCost],
      ...facts({ size: 10 }),
      resolve: ({ earlier, parts }) => earlier.map((one) => ({ ...one, parts })),
    }),
    posted: t.field({
      description: 'Corrections of closed months that cross an end of the range',
      type: [PostedCost],
      ...facts({ size: 4 }),
      resolve: ({ posted, parts }) => posted.map((one) => ({ ...one, parts })),
    }),
    shares: t.field({
      description: 'Shares of pools, the largest first; none of providers, resources and kinds',
      type: [CostShareLine],
      ...facts({ size: 10 }),
      resolve: ({ shares }) => shares,
    }),
    unallocated: t.field({
      description: 'Of the fleet: pool money that is no share, and not in amount; null elsewhere',
      type: Money,
      nullable: true,
      ...facts({ cost: 4 }),
      resolve: async ({ range, parts, isFleet }, _args, context) => {
        if (range === null || !isFleet || !parts.includes('ALLOCATED')) return null
        const { total, allocated } = await readPools(context, range)
        return amountOf(total - allocated, context)
      },
    }),
    unknown: t.field({
      description: 'Usage of the days with lines that is in no amount, that of most invocations first; at most 50 rows',
      type: [UnknownCost],
      ...facts({ size: 10 }),
      resolve: ({ unknown }) => unknown,
    }),
    unknownCount: t.exposeInt('unknownCount', { description: 'How many rows of unknown there are' }),
    difference: t.field({
      description: 'amount less everything above',
      type: Money,
      resolve: ({ difference }, _args, context) => amountOf(difference, context),
    }),
  }),
})

builder.queryField('costArithmetic', (t) =>
  t.field({
    description:
      'How a cost is made: the lines its events were rated by, as they stand, and the shares of pools. It adds up to what costRollup says of the same filter.',
    type: CostArithmetic,
    args: {
      range: t.arg({
        type: DateRangeInput,
        description: 'May be left out for one task: filter.tasks with one key is asked about all time, as taskCost is',
      }),
      filter: t.arg({ type: CostFilter }),
      parts: t.arg({
        type: [CostPartEnum],
        required: true,
        defaultValue: ['DIRECT', 'CHAIN_SHARED', 'ALLOCATED'],
        description: 'Which parts of the cost it is about',
      }),
      top: t.arg.int({ defaultValue: 50, description: 'Most lines, 1 to 500; what is beyond is otherLines' }),
    },
    ...facts({ action: 'fleet.read', cost: 40 }),
    resolve: (_root, args, context) => openCostArithmetic(context, args),
  }),
)
