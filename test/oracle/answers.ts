import { instantText, type Micros } from './local-time.ts'
import { Rational } from './rational.ts'
import type { Sums } from './views.ts'

/** How the contract writes amounts: exact decimal text with at least the currency's minor unit. */
export interface MoneyText {
  amount: string
  currency: string
}

export interface CostText {
  direct: MoneyText
  chainShared: MoneyText
  allocated: MoneyText
  total: MoneyText
  invocations: string
  tokens: string
  unpricedInvocations: string
  unconvertedInvocations: string
}

/** The selection of a CostBreakdown that gives a CostText. */
export const costFields = `{
  direct { amount currency } chainShared { amount currency } allocated { amount currency } total { amount currency }
  invocations tokens unpricedInvocations unconvertedInvocations
}`

const minorUnits: Record<string, number> = { JPY: 0, KWD: 3 }

export function moneyText(amount: Rational, currency: string): MoneyText {
  return { amount: amount.toDecimal(minorUnits[currency] ?? 2), currency }
}

export function costText(sums: Sums, currency: string): CostText {
  return {
    direct: moneyText(sums.direct, currency),
    chainShared: moneyText(sums.chainShared, currency),
    allocated: moneyText(Rational.zero, currency),
    total: moneyText(sums.direct.plus(sums.chainShared), currency),
    invocations: String(sums.invocations),
    tokens: sums.tokens.toDecimal(),
    unpricedInvocations: String(sums.unpriced),
    unconvertedInvocations: String(sums.unconverted),
  }
}

/** An instant as the contract's DateTime writes it: whole milliseconds without the zeros a sender may have stated. */
export function dateTimeText(at: Micros): string {
  return instantText(at).replace(/\.?0*Z$/, 'Z')
}
