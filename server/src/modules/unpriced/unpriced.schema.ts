import type { UnconvertedRecord, UnpricedRecord } from '@outlay/db/sql/read-unpriced'
import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { DateRangeInput } from '../cost/cost.schema.ts'
import { listUnconvertedUsage, listUnpricedUsage } from './unpriced.service.ts'

const UnpricedUsage = builder.objectRef<UnpricedRecord>('UnpricedUsage').implement({
  description: 'Usage without a rate: counted, in no amount, and waiting for a price.',
  fields: (t) => ({
    provider: t.exposeString('provider', { nullable: true }),
    resource: t.exposeString('resource', { nullable: true }),
    meter: t.exposeString('meter'),
    invocations: t.expose('invocations', { type: 'BigInt' }),
    quantity: t.expose('quantity', { type: 'Decimal' }),
    tasks: t.expose('tasks', { type: 'BigInt', description: 'How many tasks it makes incomplete' }),
    clients: t.expose('clients', {
      type: 'BigInt',
      description: 'How many clients it makes incomplete; a shared use counts for the client of its task',
    }),
    firstSeen: t.expose('firstSeen', { type: 'DateTime' }),
    lastSeen: t.expose('lastSeen', { type: 'DateTime' }),
  }),
})

const UnconvertedUsage = builder.objectRef<UnconvertedRecord>('UnconvertedUsage').implement({
  description: 'Usage whose price is in a currency without an FX rate for the day: counted, and in no amount.',
  fields: (t) => ({
    currency: t.expose('currency', { type: 'CurrencyCode', description: 'The base of the rate that is missing' }),
    date: t.expose('date', { type: 'Date', description: 'The UTC date of the rate that is missing' }),
    invocations: t.expose('invocations', {
      type: 'BigInt',
      description: 'How many wait for it; an invocation priced in two currencies waits for both',
    }),
    isPublished: t.exposeBoolean('isPublished', {
      description: 'Whether the rate has been published since; what was recorded before changes by re-rating only',
    }),
  }),
})

builder.queryFields((t) => ({
  unpricedUsage: t.field({
    description: 'What has no price yet, by provider, resource and meter; the most frequent first',
    type: [UnpricedUsage],
    args: { range: t.arg({ type: DateRangeInput, required: true }) },
    ...facts({ action: 'fleet.read', cost: 10, size: 50 }),
    resolve: (_root, args, context) => listUnpricedUsage(context, args.range),
  }),
  unconvertedUsage: t.field({
    description: 'Which FX rates are missing, by UTC date and currency; the oldest first, at most 10,000',
    type: [UnconvertedUsage],
    args: { range: t.arg({ type: DateRangeInput, required: true }) },
    ...facts({ action: 'fleet.read', cost: 10, size: 50 }),
    resolve: (_root, args, context) => listUnconvertedUsage(context, args.range),
  }),
}))
