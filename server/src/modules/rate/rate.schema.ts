import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { UserError } from '../user-error.schema.ts'
import { OwnRateSource, RateInput } from './rate.input.ts'
import { publishRates, type PublishRatesSource } from './rate.service.ts'
import { Rate } from './rate.type.ts'

const PublishRatesInput = builder.inputType('PublishRatesInput', {
  fields: (t) => ({
    rates: t.field({ type: [RateInput], required: true }),
    source: t.field({ type: OwnRateSource, required: true, defaultValue: 'MANUAL' }),
    note: t.string(),
  }),
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
    resolve: (_root, args, context) => publishRates(context, args.input),
  }),
)
