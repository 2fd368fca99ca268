import type { Fixed18 } from '@outlay/domain/money/fixed18'
import { builder } from '../../graphql/builder.ts'
import { Money } from '../money/money.schema.ts'

export const BudgetScope = builder.enumType('BudgetScope', { values: ['FLEET', 'AGENT', 'CLIENT', 'PROJECT'] as const })
const BudgetWindow = builder.enumType('BudgetWindow', { values: ['DAY', 'MONTH', 'TOTAL'] as const })

export interface BudgetSource {
  id: string
  scope: 'FLEET' | 'AGENT' | 'CLIENT' | 'PROJECT'
  key: string | null
  window: 'DAY' | 'MONTH' | 'TOTAL'
  amount: { amount: Fixed18; currency: string }
  spent: { amount: Fixed18; currency: string }
  ratio: string
  forecast: { amount: Fixed18; currency: string } | null
  thresholds: string[]
}

export const BudgetStatus = builder.objectRef<BudgetSource>('BudgetStatus').implement({
  description: 'An amount for a scope and window, and how much of it is spent.',
  fields: (t) => ({
    id: t.exposeID('id'),
    scope: t.field({ type: BudgetScope, resolve: (budget) => budget.scope }),
    key: t.exposeString('key', { nullable: true }),
    window: t.field({ type: BudgetWindow, resolve: (budget) => budget.window }),
    amount: t.field({ type: Money, resolve: (budget) => budget.amount }),
    spent: t.field({ type: Money, resolve: (budget) => budget.spent }),
    ratio: t.expose('ratio', { type: 'Decimal' }),
    forecast: t.field({ type: Money, nullable: true, resolve: (budget) => budget.forecast }),
    thresholds: t.expose('thresholds', { type: ['Decimal'] }),
  }),
})
