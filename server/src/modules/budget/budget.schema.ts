import { BUDGET_SCOPES, BUDGET_WINDOWS } from '@outlay/domain/budgets/budget'
import type { Crossing } from '@outlay/db/sql/read-budgets'
import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { encodeId, uuidOf } from '../../graphql/ids.ts'
import { Alert } from '../alert/alert.ref.ts'
import { findAlert } from '../alert/find-alert.ts'
import { DateRangeInput } from '../cost/cost.schema.ts'
import { Money, MoneyInput } from '../money/money.schema.ts'
import { UserError } from '../user-error.schema.ts'
import {
  backtest,
  endBudget,
  setBudget,
  type BacktestSource,
  type BudgetPayloadSource,
} from './budget-changes.service.ts'
import { findBudget, listBudgets, spentOf, type BudgetSource } from './budget.service.ts'

export const BudgetScope = builder.enumType('BudgetScope', { values: BUDGET_SCOPES })
const BudgetWindow = builder.enumType('BudgetWindow', { values: BUDGET_WINDOWS })
const BudgetBasis = builder.enumType('BudgetBasis', {
  description: 'Whether what was spent alerts, or what is expected by the end of the window.',
  values: ['ACTUAL', 'FORECAST'] as const,
})

const BudgetCrossing = builder.objectRef<Crossing>('BudgetCrossing').implement({
  description: 'A threshold that has alerted in this window.',
  fields: (t) => ({
    basis: t.field({ type: BudgetBasis, resolve: ({ basis }) => basis }),
    threshold: t.expose('threshold', { type: 'Decimal' }),
    crossedAt: t.expose('crossedAt', { type: 'DateTime' }),
    alert: t.field({
      type: Alert,
      nullable: true,
      ...facts({ action: 'alert.read' }),
      resolve: ({ alertId }, _args, context) => findAlert(context, alertId),
    }),
  }),
})

export const BudgetStatus = builder.objectRef<BudgetSource>('BudgetStatus').implement({
  description:
    'An amount for a scope and window, and how much of it is spent: direct and chain-shared cost, summed from the roll-ups. Pools are not in it.',
  fields: (t) => ({
    id: t.id({ resolve: ({ row }) => encodeId('Budget', row.id) }),
    scope: t.field({ type: BudgetScope, resolve: ({ row }) => row.scope }),
    key: t.string({ nullable: true, resolve: ({ row }) => row.key }),
    window: t.field({ type: BudgetWindow, resolve: ({ row }) => row.window }),
    amount: t.field({
      description: 'In the reporting currency; of a budget that learns, what it expects of today',
      type: Money,
      resolve: ({ amount }, _args, { tenant }) => ({ amount, currency: tenant.currency }),
    }),
    spent: t.field({
      type: Money,
      resolve: (budget, _args, { tenant }) => ({ amount: spentOf(budget), currency: tenant.currency }),
    }),
    ratio: t.field({ description: 'spent ÷ amount', type: 'Decimal', resolve: (budget) => budget.ratio }),
    forecast: t.field({
      description:
        'What is expected to be spent by the end of the window (P50); null without an end, or without a past',
      type: Money,
      nullable: true,
      ...facts({ cost: 5 }),
      resolve: async (budget, _args, { tenant }) => {
        const expected = await budget.forecast()
        return expected === null ? null : { amount: expected.p50, currency: tenant.currency }
      },
    }),
    thresholds: t.field({ type: ['Decimal'], resolve: ({ row }) => [...row.thresholds] }),
    label: t.string({ description: 'The name of its scope', resolve: ({ row }) => row.label }),
    givenAmount: t.field({
      description: 'As it was given; amount is in the reporting currency, converted at fxRate',
      type: Money,
      resolve: ({ row }) => ({ amount: row.givenAmount, currency: row.givenCurrency }),
    }),
    fxRate: t.field({ type: 'Decimal', nullable: true, resolve: ({ row }) => row.fxRate }),
    forecastThresholds: t.field({ type: ['Decimal'], resolve: ({ row }) => [...row.forecastThresholds] }),
    isLearned: t.boolean({ resolve: ({ row }) => row.isLearned }),
    windowStart: t.field({
      description: 'null: from the beginning',
      type: 'DateTime',
      nullable: true,
      resolve: (budget) => budget.windowStart,
    }),
    windowEnd: t.field({
      description: 'null: without an end',
      type: 'DateTime',
      nullable: true,
      resolve: (budget) => budget.windowEnd,
    }),
    remaining: t.field({
      description: 'amount − spent; below zero when it is overspent',
      type: Money,
      resolve: (budget, _args, { tenant }) => ({ amount: budget.amount - spentOf(budget), currency: tenant.currency }),
    }),
    forecastLow: t.field({
      description: 'P10 of the forecast',
      type: Money,
      nullable: true,
      resolve: async (budget, _args, { tenant }) => {
        const expected = await budget.forecast()
        return expected === null ? null : { amount: expected.p10, currency: tenant.currency }
      },
    }),
    forecastHigh: t.field({
      description: 'P90 of the forecast',
      type: Money,
      nullable: true,
      resolve: async (budget, _args, { tenant }) => {
        const expected = await budget.forecast()
        return expected === null ? null : { amount: expected.p90, currency: tenant.currency }
      },
    }),
    burnRatePerDay: t.field({
      description: 'Mean of the last seven complete days of the window; null before the first',
      type: Money,
      nullable: true,
      resolve: async (budget, _args, { tenant }) => {
        const burnt = await budget.burn()
        return burnt === null ? null : { amount: burnt.perDay, currency: tenant.currency }
      },
    }),
    daysToCap: t.field({
      description: 'remaining ÷ burnRatePerDay; null when nothing is burnt',
      type: 'Decimal',
      nullable: true,
      resolve: async (budget) => (await budget.burn())?.daysToCap ?? null,
    }),
    capReachedOn: t.field({
      description: 'The day on which nothing is left at this rate; null when that is not within the window',
      type: 'Date',
      nullable: true,
      resolve: async (budget) => (await budget.burn())?.capOn ?? null,
    }),
    unpricedInvocations: t.field({
      description: 'Usage of the window that has no price: a budget does not see it',
      type: 'BigInt',
      resolve: ({ sums }) => sums.unpriced.toString(),
    }),
    unconvertedInvocations: t.field({ type: 'BigInt', resolve: ({ sums }) => sums.unconverted.toString() }),
    crossings: t.field({ type: [BudgetCrossing], ...facts({ size: 5 }), resolve: ({ crossings }) => crossings }),
    recipients: t.int({
      description: 'Live channels that an alert of it would reach',
      nullable: true,
      ...facts({ action: 'channel.read' }),
      resolve: (budget) => budget.recipients(),
    }),
    reachesNobody: t.boolean({
      nullable: true,
      ...facts({ action: 'channel.read' }),
      resolve: async (budget) => (await budget.recipients()) === 0,
    }),
    version: t.int({
      description: 'Grows when it is changed; each threshold alerts once a window and version',
      resolve: ({ row }) => row.version,
    }),
    note: t.string({ nullable: true, resolve: ({ row }) => row.note }),
    updatedBy: t.string({ resolve: ({ row }) => row.updatedBy }),
    updatedAt: t.field({ type: 'DateTime', resolve: ({ row }) => row.updatedAt }),
  }),
})

export const BudgetInput = builder.inputType('BudgetInput', {
  fields: (t) => ({
    scope: t.field({ type: BudgetScope, required: true }),
    key: t.string({ description: 'agent/client/project key' }),
    window: t.field({ type: BudgetWindow, required: true }),
    amount: t.field({ type: MoneyInput, required: true }),
    thresholds: t.field({
      type: ['Decimal'],
      description:
        'shares of the amount that alert; defaults: AGENT/DAY [1.5], CLIENT [0.8, 0.9, 1], FLEET/MONTH [0.8, 1]',
    }),
    forecastThresholds: t.field({
      type: ['Decimal'],
      description: 'Shares that alert when the forecast of the end of the window reaches them; none when absent',
    }),
    period: t.field({ type: DateRangeInput, description: 'Of a CUSTOM window' }),
    startsOn: t.field({
      type: 'Date',
      description: 'From when a TOTAL budget counts; from the beginning when absent',
    }),
    learn: t.boolean({
      defaultValue: false,
      description: 'AGENT and DAY: the expected daily cost is learned each night; amount holds until then',
    }),
    note: t.string(),
  }),
})

const BudgetFiring = builder.objectRef<BacktestSource['firings'][number]>('BudgetFiring').implement({
  fields: (t) => ({
    day: t.expose('day', { type: 'Date' }),
    windowStart: t.expose('windowStart', { type: 'Date' }),
    threshold: t.expose('threshold', { type: 'Decimal' }),
    spent: t.field({
      type: Money,
      resolve: ({ spent }, _args, { tenant }) => ({ amount: spent, currency: tenant.currency }),
    }),
    amount: t.field({
      type: Money,
      resolve: ({ amount }, _args, { tenant }) => ({ amount, currency: tenant.currency }),
    }),
  }),
})

const BudgetBacktest = builder.objectRef<BacktestSource>('BudgetBacktest').implement({
  description: 'When a budget would have alerted, had it been there.',
  fields: (t) => ({
    from: t.expose('from', { type: 'Date' }),
    to: t.expose('to', { type: 'Date' }),
    firings: t.field({ type: [BudgetFiring], ...facts({ size: 30 }), resolve: ({ firings }) => firings }),
    sentence: t.exposeString('sentence'),
  }),
})

builder.queryFields((t) => ({
  budgets: t.field({
    description: 'The budgets in force, each in its present window',
    type: [BudgetStatus],
    ...facts({ action: 'budget.read', cost: 5, size: 20 }),
    resolve: (_root, _args, context) => listBudgets(context),
  }),
  budget: t.field({
    type: BudgetStatus,
    nullable: true,
    args: { id: t.arg.id({ required: true }) },
    ...facts({ action: 'budget.read', cost: 2 }),
    resolve: (_root, { id }, context) => findBudget(context, uuidOf('Budget', id, 'id')),
  }),
  budgetBacktest: t.field({
    description:
      'When a budget would have alerted in the last days, before it is set. BAD_USER_INPUT for what setBudget refuses',
    type: BudgetBacktest,
    args: {
      input: t.arg({ type: BudgetInput, required: true }),
      days: t.arg.int({ required: true, defaultValue: 90, description: '1 to 366' }),
    },
    ...facts({ action: 'budget.try', cost: 20 }),
    resolve: (_root, args, context) => backtest(context, args.input, args.days),
  }),
}))

const BudgetPayload = builder.objectRef<BudgetPayloadSource>('BudgetPayload').implement({
  fields: (t) => ({
    budget: t.field({ type: BudgetStatus, nullable: true, resolve: (payload) => payload.budget }),
    userErrors: t.field({ type: [UserError], resolve: (payload) => payload.userErrors }),
  }),
})

builder.mutationFields((t) => ({
  setBudget: t.field({
    description:
      'Sets the budget of a scope and window, or changes the one that is there. A changed one may alert again at each of its thresholds.',
    type: BudgetPayload,
    args: { input: t.arg({ type: BudgetInput, required: true }) },
    ...facts({ action: 'budget.manage', cost: 20 }),
    resolve: (_root, { input }, context) => setBudget(context, input),
  }),
  endBudget: t.field({
    description: 'Ends a budget: it alerts no more. What it has said stays.',
    type: BudgetPayload,
    args: { id: t.arg.id({ required: true }) },
    ...facts({ action: 'budget.manage', cost: 20 }),
    resolve: (_root, { id }, context) => endBudget(context, uuidOf('Budget', id, 'id')),
  }),
}))
