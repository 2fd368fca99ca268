import { formatMoney, minorUnits } from '../money/currency.ts'
import { divideHalfEven } from '../money/half-even.ts'
import { FIXED18_ONE, FIXED18_SCALE, formatFixed18, roundHalfEven, type Fixed18 } from '../money/fixed18.ts'

const SIGNIFICANT_DIGITS = 4

/**
 * An amount in a sentence: rounded half-even to the minor unit, thousands apart; to four significant digits where the minor unit would make
 * it nothing. Only for reading: the exact amount is beside the sentence.
 *
 *     moneyWords(parseFixed18('1234.505'), 'GBP')  // '1,234.50 GBP'
 *     moneyWords(parseFixed18('0.0034567'), 'GBP') // '0.003457 GBP'
 */
export function moneyWords(amount: Fixed18, currency: string): string {
  const rounded = roundHalfEven(amount, minorUnits(currency))
  const shown = rounded === 0n ? significant(amount, SIGNIFICANT_DIGITS) : rounded
  const [whole = '0', decimals] = formatMoney(shown, currency).amount.split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return `${decimals === undefined ? grouped : `${grouped}.${decimals}`} ${currency}`
}

function significant(amount: Fixed18, count: number): Fixed18 {
  const digits = (amount < 0n ? -amount : amount).toString().length
  return roundHalfEven(amount, FIXED18_SCALE - digits + count)
}

/**
 * A share of something, at most one decimal, or its first digit where that would make it nothing.
 *
 *     percentWords(parseFixed18('0.9'))      // '90 %'
 *     percentWords(parseFixed18('0.333333')) // '33.3 %'
 */
export function percentWords(share: Fixed18): string {
  const percent = share * 100n
  const rounded = roundHalfEven(percent, 1)
  return `${formatFixed18(rounded === 0n ? significant(percent, 1) : rounded)} %`
}

/**
 * How many times something is another: one decimal below ten, none from there on. Null when there is nothing to compare with.
 *
 *     timesWords(parseFixed18('300'), parseFixed18('50'))  // '6'
 *     timesWords(parseFixed18('125'), parseFixed18('50'))  // '2.5'
 *     timesWords(parseFixed18('1234'), parseFixed18('50')) // '25'
 */
export function timesWords(actual: Fixed18, expected: Fixed18): string | null {
  if (expected <= 0n) return null
  const times = divideHalfEven(actual * FIXED18_ONE, expected)
  return formatFixed18(roundHalfEven(times, times < 10n * FIXED18_ONE ? 1 : 0))
}
