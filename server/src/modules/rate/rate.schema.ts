import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { DateRangeInput } from '../cost/cost.schema.ts'
import { UserError } from '../user-error.schema.ts'
import { OwnRateSource, RateInput } from './rate.input.ts'
import { listUnpricedUsage, publishRates, type PublishRatesSource, type UnpricedUsageSource } from './rate.service.ts'
import { Rate } from './rate.type.ts'

const UnpricedUsage = builder.objectRef<UnpricedUsageSource>('UnpricedUsage').implement({
  description: 'Usage without a rate: counted, in no amount, and waiting for a price.',
  fields: (t) => ({
    provider: t.exposeString('provider', { nullable: true }),
    resource: t.exposeString('resource', { nullable: true }),
    meter: t.exposeString('meter'),
    invocations: t.expose('invocations', { type: 'BigInt' }),
    quantity: t.expose('quantity', { type: 'Decimal' }),
    firstSeen: t.expose('firstSeen', { type: 'DateTime' }),
    lastSeen: t.expose('lastSeen', { type: 'DateTime' }),
  }),
})

builder.queryFields((t) => ({
  unpricedUsage: t.field({
    description: 'What has no price yet, by provider, resource and meter; the most frequent first',
    type: [UnpricedUsage],
    args: { range: t.arg({ type: DateRangeInput, required: true }) },
    ...facts({ action: 'cost.read', cost: 10, size: 50 }),
    resolve: (_root, args, context) => listUnpricedUsage(context, args.range),
  }),
}))

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
