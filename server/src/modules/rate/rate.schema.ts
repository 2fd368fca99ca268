import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { MoneyInput } from '../money/money.schema.ts'
import { UserError } from '../user-error.schema.ts'
import { listRateCards, publishRates, type PublishRatesSource, type RateCardSource } from './rate.service.ts'
import { Rate, RateSource } from './rate.type.ts'

const RateCard = builder.objectRef<RateCardSource>('RateCard').implement({
  description: 'A version of the prices of one provider.',
  fields: (t) => ({
    provider: t.exposeString('provider'),
    version: t.exposeString('version'),
    source: t.field({ type: RateSource, resolve: (card) => card.source }),
    rates: t.field({ type: [Rate], ...facts({ size: 20 }), resolve: (card) => card.rates }),
  }),
})

builder.queryField('rateCards', (t) =>
  t.field({
    description:
      "The tenant's own rate cards, newest first, and the public catalogue: of the given provider, else of the providers the tenant uses. `at` keeps only the rates in force at that instant.",
    type: [RateCard],
    args: { provider: t.arg.string(), at: t.arg({ type: 'DateTime' }) },
    ...facts({ action: 'rate.read', cost: 5, size: 10 }),
    resolve: (_root, args, context) => listRateCards(context, args),
  }),
)

const RateInput = builder.inputType('RateInput', {
  fields: (t) => ({
    provider: t.string({ required: true }),
    resource: t.string({ required: true, description: 'Exact name, or a pattern with * (exact wins).' }),
    meter: t.string({ required: true }),
    price: t.field({ type: MoneyInput, required: true, description: 'Price of `per` units, e.g. 0.015 per 1000.' }),
    per: t.field({ type: 'Decimal', required: true, defaultValue: '1' }),
    effectiveFrom: t.field({ type: 'DateTime', required: true }),
    effectiveTo: t.field({ type: 'DateTime' }),
    abovePromptTokens: t.field({
      type: 'BigInt',
      description: 'Applies when the prompt is larger than this; the whole request is priced at this rate.',
    }),
    qualifiers: t.field({ type: 'JSONObject' }),
  }),
})

const PublishRatesInput = builder.inputType('PublishRatesInput', {
  fields: (t) => ({ rates: t.field({ type: [RateInput], required: true }) }),
})

const PublishRatesPayload = builder.objectRef<PublishRatesSource>('PublishRatesPayload').implement({
  fields: (t) => ({
    rates: t.field({ type: [Rate], nullable: true, resolve: (payload) => payload.rates }),
    userErrors: t.field({ type: [UserError], resolve: (payload) => payload.userErrors }),
  }),
})

builder.mutationField('publishRates', (t) =>
  t.field({
    description: 'Publishes a new version of the rate cards of the providers named. All rates are accepted or none.',
    type: PublishRatesPayload,
    args: { input: t.arg({ type: PublishRatesInput, required: true }) },
    ...facts({ action: 'rate.publish', cost: 50 }),
    resolve: (_root, args, context) => publishRates(context, args.input.rates),
  }),
)
