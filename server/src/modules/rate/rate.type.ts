import type { RateRecord } from '@outlay/db/sql/read-rates'
import { parseFixed18 } from '@outlay/domain/money/fixed18'
import { plainDecimal } from '../../reads/plain-decimal.ts'
import { builder } from '../../graphql/builder.ts'
import { encodeId } from '../../graphql/ids.ts'
import { Money } from '../money/money.schema.ts'

const RateSource = builder.enumType('RateSource', {
  description: 'CONTRACT goes before MANUAL, both before CATALOGUE.',
  values: ['CONTRACT', 'MANUAL', 'CATALOGUE'] as const,
})

const RateState = builder.enumType('RateState', {
  description:
    'DRAFT prices nothing yet. ACTIVE prices what occurs in its period. WITHDRAWN was to begin after its card was retired, and never will.',
  values: ['DRAFT', 'ACTIVE', 'WITHDRAWN'] as const,
})

export const Rate = builder.objectRef<RateRecord>('Rate').implement({
  description: 'The price of one meter of one resource in [effectiveFrom, effectiveTo).',
  fields: (t) => ({
    id: t.id({ resolve: (rate) => encodeId('Rate', rate.id) }),
    provider: t.exposeString('provider'),
    resource: t.exposeString('resource', { description: 'Exact name, or a pattern with *' }),
    meter: t.exposeString('meter'),
    price: t.field({
      description: 'Price of `per` units',
      type: Money,
      resolve: (rate) => ({ amount: parseFixed18(rate.price), currency: rate.currency }),
    }),
    per: t.field({ type: 'Decimal', resolve: (rate) => plainDecimal(rate.per) }),
    effectiveFrom: t.expose('effectiveFrom', { type: 'DateTime', nullable: true, description: 'null: since ever' }),
    effectiveTo: t.expose('effectiveTo', { type: 'DateTime', nullable: true, description: 'null: until changed' }),
    abovePromptTokens: t.expose('abovePromptTokens', {
      description: 'Applies when the prompt is larger than this; the whole request is priced at this rate.',
      type: 'BigInt',
      nullable: true,
    }),
    aboveMonthlyQuantity: t.field({
      description:
        'A step of a graduated price: what the month uses beyond this quantity is priced at this rate, in the order of (occurredAt, id).',
      type: 'Decimal',
      nullable: true,
      resolve: (rate) => (rate.aboveMonthlyQuantity === null ? null : plainDecimal(rate.aboveMonthlyQuantity)),
    }),
    qualifiers: t.field({ type: 'JSONObject', nullable: true, resolve: (rate) => rate.qualifiers }),
    source: t.field({ type: RateSource, resolve: (rate) => rate.source }),
    state: t.field({ type: RateState, resolve: (rate) => rate.state }),
    card: t.string({
      description: 'The rate card and its version',
      resolve: (rate) => `${rate.provider} ${rate.cardVersion}`,
    }),
  }),
})

export { RateSource }
