import type { FxRateRecord } from '@outlay/db/sql/read-fx-rates'
import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { plainDecimal } from '../../reads/plain-decimal.ts'
import { UserError } from '../user-error.schema.ts'
import { listFxRates, publishFxRates, type PublishFxRatesSource } from './fx.service.ts'

const FxRate = builder.objectRef<FxRateRecord>('FxRate').implement({
  description: '1 `base` = `rate` `quote` on the UTC date.',
  fields: (t) => ({
    date: t.expose('date', { type: 'Date' }),
    base: t.expose('base', { type: 'CurrencyCode' }),
    quote: t.expose('quote', { type: 'CurrencyCode' }),
    rate: t.field({ type: 'Decimal', resolve: (fx) => plainDecimal(fx.rate) }),
    source: t.exposeString('source', { description: 'Where it comes from, as its publisher says' }),
  }),
})

builder.queryField('fxRates', (t) =>
  t.field({
    description: 'FX rates of the days [from, to), by date',
    type: [FxRate],
    args: {
      from: t.arg({ type: 'Date', required: true }),
      to: t.arg({ type: 'Date', required: true }),
      base: t.arg({ type: 'CurrencyCode' }),
      quote: t.arg({ type: 'CurrencyCode' }),
    },
    ...facts({ action: 'rate.read', cost: 2, size: 100 }),
    resolve: (_root, args, context) => listFxRates(context, args),
  }),
)

const FxRateInput = builder.inputType('FxRateInput', {
  description: '1 `base` = `rate` `quote` on the UTC date.',
  fields: (t) => ({
    date: t.field({ type: 'Date', required: true }),
    base: t.field({ type: 'CurrencyCode', required: true }),
    quote: t.field({ type: 'CurrencyCode', required: true }),
    rate: t.field({ type: 'Decimal', required: true }),
  }),
})

const PublishFxRatesInput = builder.inputType('PublishFxRatesInput', {
  fields: (t) => ({
    rates: t.field({ type: [FxRateInput], required: true, description: 'At most 5,000' }),
    source: t.string({ description: 'Where they come from, such as the name of a file; "published" when left out' }),
  }),
})

const PublishFxRatesPayload = builder.objectRef<PublishFxRatesSource>('PublishFxRatesPayload').implement({
  fields: (t) => ({
    fxRates: t.field({ type: [FxRate], nullable: true, resolve: (payload) => payload.fxRates }),
    userErrors: t.field({ type: [UserError], resolve: (payload) => payload.userErrors }),
  }),
})

builder.mutationField('publishFxRates', (t) =>
  t.field({
    description:
      'Adds FX rates, or replaces those of the same day and pair. All are accepted or none. What is rated already keeps its rate.',
    type: PublishFxRatesPayload,
    args: { input: t.arg({ type: PublishFxRatesInput, required: true }) },
    ...facts({ action: 'rate.publish', cost: 50 }),
    resolve: (_root, args, context) => publishFxRates(context, args.input),
  }),
)
