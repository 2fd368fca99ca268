import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { encodeId, uuidOf } from '../../graphql/ids.ts'
import { UserError } from '../user-error.schema.ts'
import {
  discardDraft,
  findRateCard,
  listRateCards,
  publishDraft,
  retireCard,
  saveDraft,
  type RateCardPayloadSource,
  type RateCardSource,
} from './rate-card.service.ts'
import { OwnRateSource, RateInput } from './rate.input.ts'
import { Rate, RateSource } from './rate.type.ts'

const RateCardStatus = builder.enumType('RateCardStatus', {
  description:
    'DRAFT prices nothing. PUBLISHED is in force. RETIRED has ended; its rates stay for the lines that name them.',
  values: ['DRAFT', 'PUBLISHED', 'RETIRED'] as const,
})

export const RateCard = builder.objectRef<RateCardSource>('RateCard').implement({
  description: 'A version of the prices of one provider.',
  fields: (t) => ({
    id: t.id({
      description: 'null for the catalogue',
      nullable: true,
      resolve: (card) => (card.id === null ? null : encodeId('RateCard', card.id)),
    }),
    provider: t.exposeString('provider'),
    version: t.exposeString('version'),
    source: t.field({ type: RateSource, resolve: (card) => card.source }),
    status: t.field({ type: RateCardStatus, resolve: (card) => card.status }),
    note: t.exposeString('note', { nullable: true }),
    createdBy: t.exposeString('createdBy', {
      nullable: true,
      description: 'E-mail address of a person, or the name of an API key',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', nullable: true }),
    publishedAt: t.expose('publishedAt', { type: 'DateTime', nullable: true }),
    retiredAt: t.expose('retiredAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Its rates price nothing from this instant on',
    }),
    rates: t.field({ type: [Rate], ...facts({ size: 20 }), resolve: (card) => card.rates }),
  }),
})

builder.queryFields((t) => ({
  rateCards: t.field({
    description:
      "The tenant's own rate cards, newest first, and the public catalogue that it has adopted: of the given provider, else of the providers the tenant uses. `at` keeps only the rates in force at that instant. Drafts are there only when asked for by `status`.",
    type: [RateCard],
    args: {
      provider: t.arg.string(),
      at: t.arg({ type: 'DateTime' }),
      status: t.arg({ type: RateCardStatus }),
    },
    ...facts({ action: 'rate.read', cost: 5, size: 10 }),
    resolve: (_root, args, context) => listRateCards(context, args),
  }),
  rateCard: t.field({
    description: "One of the tenant's own rate cards, also a draft",
    type: RateCard,
    nullable: true,
    args: { id: t.arg.id({ required: true }) },
    ...facts({ action: 'rate.read', cost: 2 }),
    resolve: (_root, args, context) => findRateCard(context, uuidOf('RateCard', args.id, 'id')),
  }),
}))

const RateCardPayload = builder.objectRef<RateCardPayloadSource>('RateCardPayload').implement({
  fields: (t) => ({
    rateCard: t.field({ type: RateCard, nullable: true, resolve: (payload) => payload.rateCard }),
    userErrors: t.field({ type: [UserError], resolve: (payload) => payload.userErrors }),
  }),
})

const RateCardDraftInput = builder.inputType('RateCardDraftInput', {
  fields: (t) => ({
    id: t.id({ description: 'The draft whose rates these replace; a new draft when absent' }),
    provider: t.string({ required: true, description: 'That of every rate' }),
    source: t.field({ type: OwnRateSource, required: true, defaultValue: 'MANUAL' }),
    note: t.string(),
    rates: t.field({ type: [RateInput], required: true }),
  }),
})

const PublishRateCardInput = builder.inputType('PublishRateCardInput', {
  fields: (t) => ({ id: t.id({ required: true }) }),
})

const DiscardRateCardDraftInput = builder.inputType('DiscardRateCardDraftInput', {
  fields: (t) => ({ id: t.id({ required: true }) }),
})

const RetireRateCardInput = builder.inputType('RetireRateCardInput', {
  fields: (t) => ({
    id: t.id({ required: true }),
    at: t.field({ type: 'DateTime', description: 'Now when absent' }),
  }),
})

builder.mutationFields((t) => ({
  saveRateCardDraft: t.field({
    description: 'Makes a rate card that prices nothing yet, or replaces the rates of a draft.',
    type: RateCardPayload,
    args: { input: t.arg({ type: RateCardDraftInput, required: true }) },
    ...facts({ action: 'rate.publish', cost: 50 }),
    resolve: (_root, args, context) => saveDraft(context, args.input),
  }),
  publishRateCard: t.field({
    description: 'Puts the rates of a draft into force, all or none.',
    type: RateCardPayload,
    args: { input: t.arg({ type: PublishRateCardInput, required: true }) },
    ...facts({ action: 'rate.publish', cost: 50 }),
    resolve: (_root, args, context) => publishDraft(context, args.input.id),
  }),
  discardRateCardDraft: t.field({
    description: 'Deletes a draft and answers it as it was. What was published can only be retired.',
    type: RateCardPayload,
    args: { input: t.arg({ type: DiscardRateCardDraftInput, required: true }) },
    ...facts({ action: 'rate.publish', cost: 10 }),
    resolve: (_root, args, context) => discardDraft(context, args.input.id),
  }),
  retireRateCard: t.field({
    description:
      'Ends a published card: its rates end at the instant, and those that were to begin later never will. What is rated stays.',
    type: RateCardPayload,
    args: { input: t.arg({ type: RetireRateCardInput, required: true }) },
    ...facts({ action: 'rate.publish', cost: 10 }),
    resolve: (_root, args, context) => retireCard(context, args.input),
  }),
}))
