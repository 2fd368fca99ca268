import type { Fixed18 } from '@outlay/domain/money/fixed18'
import type { ForecastAccuracy as Accuracy } from '@outlay/domain/forecast/accuracy'
import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import type { Context } from '../../graphql/context.ts'
import { BudgetScope } from '../budget/budget.schema.ts'
import { Money, type Amount } from '../money/money.schema.ts'
import { openForecast, type ForecastDaySource, type ForecastSource } from './forecast.service.ts'

function amountOf(amount: Fixed18 | null, { tenant }: Context): Amount | null {
  return amount === null ? null : { amount, currency: tenant.currency }
}

const ForecastDay = builder.objectRef<ForecastDaySource>('ForecastDay').implement({
  description: 'What a day cost, or is expected to cost; of today both.',
  fields: (t) => ({
    day: t.expose('day', { type: 'Date' }),
    actual: t.field({
      type: Money,
      nullable: true,
      resolve: ({ actual }, _args, context) => amountOf(actual, context),
    }),
    p10: t.field({ type: Money, nullable: true, resolve: ({ p10 }, _args, context) => amountOf(p10, context) }),
    p50: t.field({ type: Money, nullable: true, resolve: ({ p50 }, _args, context) => amountOf(p50, context) }),
    p90: t.field({ type: Money, nullable: true, resolve: ({ p90 }, _args, context) => amountOf(p90, context) }),
  }),
})

const ForecastAccuracy = builder.objectRef<Accuracy>('ForecastAccuracy').implement({
  description: 'How well it would have done: forecasts of as many days, made of what was known when they began.',
  fields: (t) => ({
    medianError: t.expose('medianError', { type: 'Decimal', description: 'Median of |p50 − actual| ÷ actual' }),
    coverage: t.expose('coverage', {
      type: 'Decimal',
      description: 'How often it came between p10 and p90; 0.8 is meant',
    }),
    windows: t.exposeInt('windows'),
  }),
})

const Forecast = builder.objectRef<ForecastSource>('Forecast').implement({
  description: 'What a month is expected to come to: direct and chain-shared cost.',
  fields: (t) => ({
    from: t.expose('from', { type: 'Date' }),
    to: t.expose('to', { type: 'Date' }),
    spent: t.field({
      description: 'So far',
      type: Money,
      resolve: ({ spent }, _args, { tenant }) => ({ amount: spent, currency: tenant.currency }),
    }),
    p10: t.field({
      type: Money,
      resolve: ({ p10 }, _args, { tenant }) => ({ amount: p10, currency: tenant.currency }),
    }),
    p50: t.field({
      type: Money,
      resolve: ({ p50 }, _args, { tenant }) => ({ amount: p50, currency: tenant.currency }),
    }),
    p90: t.field({
      type: Money,
      resolve: ({ p90 }, _args, { tenant }) => ({ amount: p90, currency: tenant.currency }),
    }),
    days: t.field({ type: [ForecastDay], ...facts({ size: 31 }), resolve: ({ days }) => days }),
    accuracy: t.field({
      type: ForecastAccuracy,
      nullable: true,
      ...facts({ cost: 20 }),
      resolve: ({ accuracy }) => accuracy(),
    }),
  }),
})

builder.queryField('forecast', (t) =>
  t.field({
    description:
      'What the running month, or another one that is not over, is expected to come to; null with fewer than seven days of cost',
    type: Forecast,
    nullable: true,
    args: {
      scope: t.arg({ type: BudgetScope, required: true, defaultValue: 'FLEET' }),
      key: t.arg.string({ description: 'agent/client/project key' }),
      month: t.arg({ type: 'Date', description: 'First day of it; the running one when absent' }),
    },
    ...facts({ action: 'forecast.read', cost: 20 }),
    resolve: (_root, args, context) => openForecast(context, args),
  }),
)
