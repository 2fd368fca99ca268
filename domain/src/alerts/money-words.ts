import { formatMoney } from '../money/currency.ts'
import { divideHalfEven } from '../money/half-even.ts'
import { formatFixed18, roundHalfEven, type Fixed18 } from '../money/fixed18.ts'
import { minorUnits } from '../money/currency.ts'
import { FIXED18_ONE } from '../money/fixed18.ts'

/**
 * An amount in a sentence: rounded half-even to the minor unit, or to four significant digits where that would make it nothing.
 *
 *     moneyWords(1234.5, 'GBP') // '1,234.50 GBP'
 */
export function moneyWords(amount: Fixed18, currency: string): string {
  const rounded = roundHalfEven(amount, minorUnits(currency))
  if (rounded === 0n && amount !== 0n) return `${formatFixed18(amount)} ${currency}`
  const [whole = '0', decimals] = formatMoney(rounded, currency).amount.split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return `${decimals === undefined ? grouped : `${grouped}.${decimals}`} ${currency}`
}

/** `0.9` is `90 %`; at most one decimal. */
export function percentWords(share: Fixed18): string {
  return `${formatFixed18(roundHalfEven(share * 100n, 1))} %`
}

/** How many times something is another, at most one decimal: `6`, `2.5`. Null when there is nothing to compare with. */
export function timesWords(actual: Fixed18, expected: Fixed18): string | null {
  if (expected <= 0n) return null
  const times = roundHalfEven(divideHalfEven(actual * FIXED18_ONE, expected), 1)
  return formatFixed18(times)
}
