import { builder } from '../../graphql/builder.ts'
import { MoneyInput } from '../money/money.schema.ts'

export const OwnRateSource = builder.enumType('OwnRateSource', {
  description: "Where a tenant's own prices come from; CONTRACT goes before MANUAL.",
  values: ['CONTRACT', 'MANUAL'] as const,
})

export const RateInput = builder.inputType('RateInput', {
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
    aboveMonthlyQuantity: t.field({
      type: 'Decimal',
      description:
        'A step of a graduated price: applies to what the month uses beyond this quantity, 0 for the first step. Not together with abovePromptTokens.',
    }),
    qualifiers: t.field({ type: 'JSONObject' }),
  }),
})
