import type { ChargeLine as ChargeLineSource } from '@outlay/domain/billing/charge-line'
import { formatFixed18 } from '@outlay/domain/money/fixed18'
import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { CostBreakdown } from '../cost/cost.schema.ts'
import { Money } from '../money/money.schema.ts'
import { Task } from '../task/task.type.ts'
import {
  chargesOf,
  firstLines,
  isStillOpen,
  marginOf,
  marginRatioOf,
  previewCharge,
  type ChargePreviewSource,
  type ChargeSource,
  type MonthChargesSource,
} from './charge.service.ts'
import { UserError } from '../user-error.schema.ts'
import { Engagement } from './engagement.ref.ts'
import { EngagementInput } from './terms.type.ts'

interface LineSource {
  line: ChargeLineSource
  currency: string
}

const ChargeLine = builder.objectRef<LineSource>('ChargeLine').implement({
  description:
    'The arithmetic of a charge: quantity × unitPrice, rounded so that the lines of the charge sum to its total, which is rounded once.',
  fields: (t) => ({
    kind: t.string({
      description:
        'COST, MARKUP, USAGE, TASK, FEE, ALLOWANCE, OVERAGE, AGENT, OUTCOME, REVERSAL, TIME, DISCOUNT, CAP, MINIMUM or CREDIT',
      resolve: ({ line }) => line.kind,
    }),
    description: t.string({ description: 'In plain words', resolve: ({ line }) => line.description }),
    task: t.field({
      description: 'null: it is charged for the engagement as a whole',
      type: Task,
      nullable: true,
      resolve: ({ line: { taskId } }, _args, { loaders }) => (taskId === null ? null : loaders.task.load(taskId)),
    }),
    quantity: t.field({ type: 'Decimal', resolve: ({ line }) => formatFixed18(line.quantity) }),
    unit: t.string({ resolve: ({ line }) => line.unit }),
    unitPrice: t.field({ type: Money, resolve: ({ line, currency }) => ({ amount: line.unitPrice, currency }) }),
    exact: t.field({
      description: 'Before rounding',
      type: Money,
      resolve: ({ line, currency }) => ({ amount: line.exact, currency }),
    }),
    amount: t.field({
      description: 'In whole minor units',
      type: Money,
      resolve: ({ line, currency }) => ({ amount: line.amount, currency }),
    }),
  }),
})

const Charge = builder.objectRef<ChargeSource>('Charge').implement({
  description: 'What an engagement charges for a month.',
  fields: (t) => ({
    engagement: t.field({
      description: 'null: of terms that are only tried',
      type: Engagement,
      nullable: true,
      resolve: ({ engagement }) => engagement,
    }),
    from: t.field({ type: 'Date', description: 'The days charged, half-open', resolve: ({ charge }) => charge.from }),
    to: t.field({ type: 'Date', resolve: ({ charge }) => charge.to }),
    isPartial: t.boolean({
      description: 'Days of it are still to come',
      resolve: (source, _args, context) => isStillOpen(context, source),
    }),
    lines: t.field({
      type: [ChargeLine],
      args: { first: t.arg.int({ required: true, defaultValue: 1_000, description: '1 to 20,000' }) },
      ...facts({ size: 30 }),
      resolve: (source, { first }) => firstLines(source, first).map((line) => ({ line, currency: source.currency })),
    }),
    lineCount: t.int({ description: 'Of all lines, shown or not', resolve: ({ charge }) => charge.lines.length }),
    total: t.field({
      description: 'Σ amount of all lines; below zero where more was taken back than charged',
      type: Money,
      resolve: ({ charge, currency }) => ({ amount: charge.total, currency }),
    }),
    creditLeft: t.field({
      description: 'Of the credit of the terms, for later months',
      type: Money,
      resolve: ({ charge, currency }) => ({ amount: charge.creditLeft, currency }),
    }),
    cost: t.field({
      description: 'Of the days charged, fully loaded, whatever the terms count',
      type: CostBreakdown,
      resolve: ({ cost }) => cost,
    }),
    margin: t.field({
      description: 'total − cost.total',
      type: Money,
      resolve: ({ charge, cost, currency }) => ({ amount: marginOf(charge.total, cost), currency }),
    }),
    marginRatio: t.field({
      description: 'margin ÷ total; null when nothing is charged',
      type: 'Decimal',
      nullable: true,
      resolve: ({ charge, cost }) => marginRatioOf(charge.total, cost),
    }),
  }),
})

const MonthCharges = builder.objectRef<MonthChargesSource>('MonthCharges').implement({
  description:
    'The charges of a month, made of what the roll-ups, tasks and allocation runs say now; those of a closed month stand still.',
  fields: (t) => ({
    month: t.expose('month', { type: 'Date' }),
    timeZone: t.string({ resolve: (_source, _args, { tenant }) => tenant.timeZone }),
    charges: t.field({ type: [Charge], ...facts({ size: 20 }), resolve: ({ charges }) => charges }),
    total: t.field({
      type: Money,
      resolve: ({ total }, _args, { tenant }) => ({ amount: total, currency: tenant.currency }),
    }),
    cost: t.field({
      description: 'Of what is charged, fully loaded',
      type: CostBreakdown,
      resolve: ({ cost }) => cost,
    }),
    margin: t.field({
      description: 'total − cost.total',
      type: Money,
      resolve: ({ total, cost }, _args, { tenant }) => ({ amount: marginOf(total, cost), currency: tenant.currency }),
    }),
    marginRatio: t.field({
      type: 'Decimal',
      nullable: true,
      resolve: ({ total, cost }) => marginRatioOf(total, cost),
    }),
  }),
})

builder.queryField('charges', (t) =>
  t.field({
    description: 'What a month charges: of a project, of a client and its projects, or of all with terms',
    type: MonthCharges,
    args: {
      month: t.arg({ type: 'Date', required: true, description: 'Its first day' }),
      projectKey: t.arg.string(),
      clientKey: t.arg.string(),
    },
    ...facts({ action: 'billing.read', cost: 50 }),
    resolve: (_root, args, context) => chargesOf(context, args),
  }),
)

const ChargePreview = builder.objectRef<ChargePreviewSource>('ChargePreview').implement({
  fields: (t) => ({
    charge: t.field({ type: Charge, nullable: true, resolve: ({ charge }) => charge }),
    userErrors: t.field({
      description: 'What setEngagement would refuse of the input, but for days and months',
      type: [UserError],
      resolve: ({ userErrors }) => userErrors,
    }),
  }),
})

builder.queryField('chargePreview', (t) =>
  t.field({
    description:
      'What terms would have charged for a month, had they been in force on all of its days and not before. Nothing is stored.',
    type: ChargePreview,
    args: {
      input: t.arg({ type: EngagementInput, required: true }),
      month: t.arg({ type: 'Date', required: true, description: 'Its first day' }),
    },
    ...facts({ action: 'billing.read', cost: 50 }),
    resolve: (_root, args, context) => previewCharge(context, args),
  }),
)
