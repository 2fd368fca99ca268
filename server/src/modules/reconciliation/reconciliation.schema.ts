import { acceptedAmount } from '@outlay/db/reconciliation/compare-statements'
import type { Fixed18 } from '@outlay/domain/money/fixed18'
import { findingsOf, type Finding } from '@outlay/domain/reconciliation/findings'
import type { ProviderLine } from '@outlay/domain/reconciliation/provider-line'
import type { MeterVariance } from '@outlay/domain/reconciliation/reconcile'
import { CAUSES, type Cause, type Causes } from '@outlay/domain/reconciliation/variance'
import { formatQuantity, type Quantity6 } from '@outlay/domain/usage/quantity'
import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import type { Context } from '../../graphql/context.ts'
import { AllocationMethod, UsageBasis } from '../allocation-policy/policy.enums.ts'
import { Money, type Amount } from '../money/money.schema.ts'
import { CostPoolPayload } from '../pool/pool.payload.ts'
import { UserError } from '../user-error.schema.ts'
import {
  acceptVariance,
  openReconciliation,
  poolUnattributed,
  type AcceptedPayloadSource,
  type AcceptedSource,
  type ReconciliationSource,
  type RowSource,
} from './reconciliation.service.ts'

const VarianceCause = builder.enumType('VarianceCause', {
  description:
    'Why an invoice is not what was attributed. TAX and CREDIT: as the provider says. DUPLICATE: further copies of a day in the export. FX: another rate than is stored. TIMING: usage on the other side of midnight UTC. COVERAGE: usage that only one side has seen. ROUNDING: at most half a unit of the last decimal of each line. TIER: another known price. RATE: another price. UNEXPLAINED: the rest.',
  values: CAUSES,
})

const money = (amount: Fixed18, { tenant }: Context): Amount => ({ amount, currency: tenant.currency })

interface CauseAmountSource {
  cause: Cause
  amount: Fixed18
}

const CauseAmount = builder.objectRef<CauseAmountSource>('CauseAmount').implement({
  fields: (t) => ({
    cause: t.field({ type: VarianceCause, resolve: ({ cause }) => cause }),
    amount: t.field({
      description: 'Above zero: the invoice is larger',
      type: Money,
      resolve: ({ amount }, _args, context) => money(amount, context),
    }),
  }),
})

/** Causes that have money, in their order. */
function named(causes: Causes): CauseAmountSource[] {
  return CAUSES.filter((cause) => causes[cause] !== 0n).map((cause) => ({ cause, amount: causes[cause] }))
}

const quantityText = (quantity: Quantity6 | null) => (quantity === null ? null : formatQuantity(quantity))

const MeterVarianceType = builder.objectRef<MeterVariance>('MeterVariance').implement({
  fields: (t) => ({
    account: t.exposeString('account', { nullable: true, description: 'Workspace, project or key of the provider' }),
    meter: t.exposeString('meter', { nullable: true, description: 'Absent: all of the resource' }),
    invoicedQuantity: t.field({
      type: 'Decimal',
      nullable: true,
      resolve: ({ invoicedQuantity }) => quantityText(invoicedQuantity),
    }),
    attributedQuantity: t.field({
      type: 'Decimal',
      nullable: true,
      resolve: ({ attributedQuantity }) => quantityText(attributedQuantity),
    }),
    invoiced: t.field({ type: Money, resolve: ({ invoiced }, _args, context) => money(invoiced, context) }),
    attributed: t.field({ type: Money, resolve: ({ attributed }, _args, context) => money(attributed, context) }),
    causes: t.field({ type: [CauseAmount], resolve: ({ causes }) => named(causes) }),
    tier: t.exposeString('tier', { nullable: true, description: 'The other known price, for a TIER' }),
  }),
})

const AcceptedVariance = builder.objectRef<AcceptedSource>('AcceptedVariance').implement({
  fields: (t) => ({
    cause: t.field({ type: VarianceCause, resolve: ({ cause }) => cause }),
    amount: t.field({ type: Money, resolve: ({ amount }, _args, context) => money(amount, context) }),
    isCurrent: t.exposeBoolean('isCurrent', { description: 'Whether the variance still is of that amount' }),
    reason: t.exposeString('reason'),
    acceptedBy: t.exposeString('acceptedBy'),
    acceptedAt: t.expose('acceptedAt', { type: 'DateTime' }),
  }),
})

const CAPTURE =
  'The share of the provider’s amount for usage that was seen here, as a decimal; absent where money without quantities does not tell'

const ReconciliationRow = builder.objectRef<RowSource>('ReconciliationRow').implement({
  description: 'A UTC day of one resource; its causes add up to invoiced − attributed.',
  fields: (t) => ({
    provider: t.exposeString('provider'),
    day: t.expose('day', { type: 'Date' }),
    resource: t.exposeString('resource', { nullable: true, description: 'Absent: of the provider’s whole day' }),
    invoiced: t.field({ type: Money, resolve: ({ invoiced }, _args, context) => money(invoiced, context) }),
    attributed: t.field({ type: Money, resolve: ({ attributed }, _args, context) => money(attributed, context) }),
    gap: t.field({
      type: Money,
      resolve: ({ invoiced, attributed }, _args, context) => money(invoiced - attributed, context),
    }),
    captureRate: t.expose('captureRate', { type: 'Decimal', nullable: true, description: CAPTURE }),
    causes: t.field({ type: [CauseAmount], ...facts({ size: 3 }), resolve: ({ causes }) => named(causes) }),
    meters: t.field({ type: [MeterVarianceType], ...facts({ size: 3 }), resolve: ({ meters }) => meters }),
    accepted: t.field({ type: [AcceptedVariance], ...facts({ size: 1 }), resolve: ({ accepted }) => accepted }),
  }),
})

const ReconciliationFinding = builder.objectRef<Finding>('ReconciliationFinding').implement({
  description: 'One reason over all the days on which it is one.',
  fields: (t) => ({
    provider: t.exposeString('provider'),
    cause: t.field({ type: VarianceCause, resolve: ({ cause }) => cause }),
    resource: t.exposeString('resource', { nullable: true }),
    meter: t.exposeString('meter', { nullable: true }),
    tier: t.exposeString('tier', { nullable: true }),
    firstDay: t.field({ type: 'Date', resolve: ({ first }) => first }),
    lastDay: t.field({ type: 'Date', resolve: ({ last }) => last }),
    days: t.exposeInt('days'),
    amount: t.field({ type: Money, resolve: ({ amount }, _args, context) => money(amount, context) }),
  }),
})

const UnconvertedCharge = builder.objectRef<{ line: ProviderLine }>('UnconvertedCharge').implement({
  description: 'A line of a provider that no stored FX rate converts; it is in no sum.',
  fields: (t) => ({
    provider: t.string({ resolve: ({ line }) => line.provider }),
    day: t.field({ type: 'Date', resolve: ({ line }) => line.day }),
    amount: t.field({
      type: Money,
      resolve: ({ line }) => ({ amount: line.amount ?? 0n, currency: line.currency ?? '' }),
    }),
  }),
})

const Reconciliation = builder.objectRef<ReconciliationSource>('Reconciliation').implement({
  description:
    'What providers invoiced beside what was attributed, by UTC day, in the reporting currency. The gap is invoiced − attributed, and the causes add up to it exactly.',
  fields: (t) => ({
    from: t.field({ type: 'Date', resolve: ({ range }) => range.from }),
    to: t.field({ type: 'Date', resolve: ({ range }) => range.to }),
    provider: t.exposeString('provider', { nullable: true }),
    invoiced: t.field({ type: Money, resolve: ({ invoiced }, _args, context) => money(invoiced, context) }),
    attributed: t.field({ type: Money, resolve: ({ attributed }, _args, context) => money(attributed, context) }),
    gap: t.field({
      type: Money,
      resolve: ({ invoiced, attributed }, _args, context) => money(invoiced - attributed, context),
    }),
    accepted: t.field({
      description: 'Of the gap',
      type: Money,
      resolve: ({ rows }, _args, context) =>
        money(
          rows.reduce((sum, row) => sum + acceptedAmount(row), 0n),
          context,
        ),
    }),
    uncompared: t.field({
      description: 'Attributed on days for which no statement of the provider is there; in no other amount',
      type: Money,
      resolve: ({ uncompared }, _args, context) => money(uncompared, context),
    }),
    captureRate: t.expose('captureRate', { type: 'Decimal', nullable: true, description: CAPTURE }),
    causes: t.field({ type: [CauseAmount], resolve: ({ causes }) => named(causes) }),
    findings: t.field({
      description: 'Every reason, the largest first',
      type: [ReconciliationFinding],
      ...facts({ size: 20 }),
      resolve: ({ rows }) => findingsOf(rows),
    }),
    rows: t.field({ type: [ReconciliationRow], ...facts({ size: 100 }), resolve: ({ rows }) => rows }),
    unconverted: t.field({
      type: [UnconvertedCharge],
      ...facts({ size: 5 }),
      resolve: ({ unconverted }) => unconverted.map((line) => ({ line })),
    }),
  }),
})

builder.queryField('reconciliation', (t) =>
  t.field({
    description: 'Compares what providers say of some UTC days, at most 62, with the ledger',
    type: Reconciliation,
    args: {
      from: t.arg({ type: 'Date', required: true }),
      to: t.arg({ type: 'Date', required: true, description: 'The first day after them' }),
      provider: t.arg.string({ description: 'All when absent' }),
    },
    ...facts({ action: 'reconciliation.read', cost: 500 }),
    resolve: (_root, args, context) => openReconciliation(context, args),
  }),
)

const AcceptVarianceInput = builder.inputType('AcceptVarianceInput', {
  fields: (t) => ({
    provider: t.string({ required: true }),
    from: t.field({ type: 'Date', required: true }),
    to: t.field({ type: 'Date', required: true, description: 'The first day after them' }),
    resource: t.string({ description: 'All rows when absent' }),
    cause: t.field({ type: VarianceCause, required: true }),
    reason: t.string({ required: true }),
  }),
})

const AcceptVariancePayload = builder.objectRef<AcceptedPayloadSource>('AcceptVariancePayload').implement({
  fields: (t) => ({
    accepted: t.exposeInt('accepted', { description: 'Rows' }),
    amount: t.field({ type: Money, resolve: ({ amount }, _args, context) => money(amount, context) }),
    userErrors: t.field({ type: [UserError], resolve: ({ userErrors }) => userErrors }),
  }),
})

const PoolUnattributedInput = builder.inputType('PoolUnattributedInput', {
  fields: (t) => ({
    provider: t.string({ required: true }),
    month: t.field({ type: 'Date', required: true, description: 'First day of a month' }),
    method: t.field({ type: AllocationMethod, required: true, defaultValue: 'USAGE' }),
    basis: t.field({ type: UsageBasis, defaultValue: 'INVOCATIONS', description: 'For USAGE' }),
    note: t.string(),
  }),
})

builder.mutationFields((t) => ({
  acceptVariance: t.field({
    description:
      'Accepts the variances of a cause as they are now, with a reason that stays beside them; one that changes is open again.',
    type: AcceptVariancePayload,
    args: { input: t.arg({ type: AcceptVarianceInput, required: true }) },
    ...facts({ action: 'reconciliation.manage', cost: 500 }),
    resolve: (_root, { input }, context) => acceptVariance(context, input),
  }),
  poolUnattributed: t.field({
    description:
      'Makes a cost pool of what is unexplained in a month of a provider and not accepted, in whole minor units, so that its policy shares it or holds it.',
    type: CostPoolPayload,
    args: { input: t.arg({ type: PoolUnattributedInput, required: true }) },
    ...facts({ action: 'pool.manage', cost: 500 }),
    resolve: (_root, { input }, context) => poolUnattributed(context, input),
  }),
}))
