import { builder } from '../../graphql/builder.ts'
import { Money } from '../money/money.schema.ts'
import { Rate } from '../rate/rate.type.ts'
import type { RatedLineSource, UsageLineSource } from './rated-lines.ts'

export const UsageLine = builder.objectRef<UsageLineSource>('UsageLine').implement({
  fields: (t) => ({
    meter: t.exposeString('meter'),
    quantity: t.expose('quantity', { type: 'Decimal' }),
  }),
})

export const RatedLine = builder.objectRef<RatedLineSource>('RatedLine').implement({
  description: 'The arithmetic behind a cost: quantity × unitPrice = amount, from this rate version.',
  fields: (t) => ({
    meter: t.exposeString('meter'),
    quantity: t.expose('quantity', { type: 'Decimal' }),
    unitPrice: t.field({
      type: Money,
      description: 'price ÷ per, in the currency of the rate',
      resolve: (line) => line.unitPrice,
    }),
    per: t.expose('per', { type: 'Decimal', description: 'Units that the price of the rate is for' }),
    amountNative: t.field({
      type: Money,
      description: 'quantity × unitPrice, exact, in the currency of the rate',
      resolve: (line) => line.amountNative,
    }),
    amount: t.field({ type: Money, description: 'In the reporting currency', resolve: (line) => line.amount }),
    fxRate: t.expose('fxRate', {
      type: 'Decimal',
      nullable: true,
      description: 'Conversion applied: amount = amountNative × fxRate, half-even at 18 decimals',
    }),
    fxDate: t.expose('fxDate', {
      type: 'Date',
      nullable: true,
      description: 'The UTC date of the event, whose FX rate was applied',
    }),
    rate: t.field({ type: Rate, resolve: (line) => line.rate }),
  }),
})
