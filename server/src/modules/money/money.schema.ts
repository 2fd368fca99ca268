import { formatMoney } from '@outlay/domain/money/currency'
import type { Fixed18 } from '@outlay/domain/money/fixed18'
import { builder } from '../../graphql/builder.ts'

/** An exact amount inside the server; it becomes text only in the answer. */
export interface Amount {
  amount: Fixed18
  currency: string
}

export const Money = builder.objectRef<Amount>('Money').implement({
  fields: (t) => ({
    amount: t.field({
      description: 'All its decimals, at least the minor unit; never rounded',
      type: 'Decimal',
      resolve: (money) => formatMoney(money.amount, money.currency).amount,
    }),
    currency: t.expose('currency', { type: 'CurrencyCode' }),
  }),
})

export interface MoneyInputValue {
  amount: string
  currency: string
}

export const MoneyInput = builder.inputRef<MoneyInputValue>('MoneyInput').implement({
  fields: (t) => ({
    amount: t.field({ type: 'Decimal', required: true }),
    currency: t.field({ type: 'CurrencyCode', required: true }),
  }),
})
