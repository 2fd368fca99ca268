import { formatFixed18 } from '@outlay/domain/money/fixed18'
import type { RateProposal as ProposalSource, ReviewRow } from '@outlay/domain/rating/review'
import { formatQuantity } from '@outlay/domain/usage/quantity'
import { formatUnitPrice } from '@outlay/domain/usage/unit-price'
import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { Money } from '../money/money.schema.ts'
import { Rate } from '../rate/rate.type.ts'
import { openRateReview, readUnusedRates, type RateReviewSource } from './rate-review.service.ts'

const RateReviewRow = builder.objectRef<ReviewRow>('RateReviewRow').implement({
  description:
    'What a quarter really paid for a unit, beside the prices that held at its end. Prices of another currency are not compared.',
  fields: (t) => ({
    provider: t.exposeString('provider', { nullable: true }),
    resource: t.exposeString('resource', { nullable: true }),
    meter: t.exposeString('meter'),
    invocations: t.field({ type: 'BigInt', resolve: (row) => row.invocations.toString() }),
    quantity: t.field({ type: 'Decimal', resolve: (row) => formatQuantity(row.quantity) }),
    currency: t.expose('currency', { type: 'CurrencyCode', description: 'Of the rates that priced it' }),
    paid: t.field({
      type: Money,
      description: 'Σ quantity × unit price, in the currency of the rates; exact',
      resolve: (row) => ({ amount: row.paid, currency: row.currency }),
    }),
    effectiveUnitPrice: t.field({
      type: 'Decimal',
      description: 'paid ÷ quantity, half-even at 18 decimals',
      resolve: (row) => formatFixed18(row.effectiveUnitPrice),
    }),
    cardUnitPrice: t.field({
      type: 'Decimal',
      nullable: true,
      description:
        'The own price without conditions (qualifiers, prompt size, further steps) at the end of the quarter, else the last before it',
      resolve: (row) => (row.card === null ? null : formatUnitPrice(row.card.unitPrice)),
    }),
    catalogueUnitPrice: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'The same of the catalogue',
      resolve: (row) => (row.catalogue === null ? null : formatUnitPrice(row.catalogue.unitPrice)),
    }),
    driftFromCard: t.expose('driftFromCard', {
      type: 'Decimal',
      nullable: true,
      description: 'effective ÷ card − 1; null without a card price, or when it is 0',
    }),
    driftFromCatalogue: t.expose('driftFromCatalogue', {
      type: 'Decimal',
      nullable: true,
      description: 'effective ÷ catalogue − 1; null without a catalogue price, or when it is 0',
    }),
    isDrifting: t.exposeBoolean('isDrifting', { description: 'More than 5 % away from the card or the catalogue' }),
  }),
})

const RateProposal = builder.objectRef<ProposalSource>('RateProposal').implement({
  description: 'A price worth publishing, and what it would have changed.',
  fields: (t) => ({
    provider: t.exposeString('provider'),
    resource: t.exposeString('resource'),
    meter: t.exposeString('meter'),
    currentUnitPrice: t.field({
      type: Money,
      description: 'The card price, or what was really paid where there is no card',
      resolve: (row) => ({ amount: row.currentUnitPrice, currency: row.currency }),
    }),
    proposedUnitPrice: t.field({
      type: Money,
      resolve: (row) => ({ amount: row.proposedUnitPrice, currency: row.currency }),
    }),
    reason: t.exposeString('reason'),
    impact: t.field({
      type: Money,
      description: "(proposed − effective) × the quarter's quantity, exact; negative saves",
      resolve: (row) => ({ amount: row.impact, currency: row.currency }),
    }),
  }),
})

const RateReview = builder.objectRef<RateReviewSource>('RateReview').implement({
  description: 'The quarterly review of prices: effective against card and catalogue, unused rates, proposed versions.',
  fields: (t) => ({
    from: t.field({ type: 'Date', resolve: (review) => review.range.from }),
    to: t.field({ type: 'Date', resolve: (review) => review.range.to }),
    rows: t.field({
      type: [RateReviewRow],
      description: 'By provider, resource, meter and currency',
      ...facts({ size: 200 }),
      resolve: (review) => review.rows,
    }),
    unusedRates: t.field({
      type: [Rate],
      description: 'Own rates that were in force in the quarter and priced nothing in it',
      ...facts({ size: 100 }),
      resolve: (review, _args, context) => readUnusedRates(context, review),
    }),
    proposals: t.field({ type: [RateProposal], ...facts({ size: 50 }), resolve: (review) => review.proposals }),
  }),
})

builder.queryField('rateReview', (t) =>
  t.field({
    description: "The review of the tenant's calendar quarter that a date lies in",
    type: RateReview,
    args: { quarter: t.arg({ type: 'Date', required: true, description: 'Any date of the quarter' }) },
    // It adds up the days of three months, and every event of those that are not added up yet.
    ...facts({ action: 'rate.read', cost: 1_000 }),
    resolve: (_root, args, context) => openRateReview(context, args.quarter),
  }),
)
