import { formatFixed18, parseFixed18 } from '@outlay/domain/money/fixed18'
import { minorUnits, isCurrencyCode } from '@outlay/domain/money/currency'
import { compareDecimals, differenceOf, isZero, shareOf, sumOf } from './format.ts'

export interface ShareArithmetic {
  /** Weight ÷ Σ weights; null when every weight is zero. */
  share: string | null
  /** Weight ÷ Σ weights × total, cut to the minor unit; null with the share. */
  cut: string | null
  /** What the share has beyond the cut: a penny of the remainder, or what rounding per task moved. */
  remainder: string | null
}

/**
 * How a share comes about: the exact part of the total cut toward zero, and the rest by largest remainder (law L8).
 *
 *     shareArithmetic({ weight: '1', weights: ['1', '1', '1'], total: '100', amount: '33.34', currency: 'GBP' })
 *     // share 0.333…, cut 33.33, remainder 0.01
 */
export function shareArithmetic(input: {
  weight: string
  weights: readonly string[]
  total: string
  amount: string
  currency: string
}): ShareArithmetic {
  const sum = sumOf(input.weights)
  const share = shareOf(input.weight, sum)
  if (share === null) return { share: null, cut: null, remainder: null }
  const decimals = isCurrencyCode(input.currency) ? minorUnits(input.currency) : 2
  const unit = 10n ** BigInt(18 - decimals)
  // BigInt division cuts toward zero, which is how the shares of a credit are cut too.
  const exact = (parseFixed18(input.total) * parseFixed18(input.weight)) / parseFixed18(sum)
  const cut = formatFixed18((exact / unit) * unit, decimals)
  return { share, cut, remainder: differenceOf(input.amount, cut) }
}

interface Difference {
  name: string
  difference: string
}

/** What a method would move: the sum of those who would pay more, and their names by how much; null when it moves nothing. */
export function movedBy(rows: readonly Difference[]): { amount: string; onto: string[]; off: string[] } | null {
  const changed = rows.filter((row) => !isZero(row.difference))
  if (changed.length === 0) return null
  const pays = changed.filter((row) => !row.difference.startsWith('-'))
  const gains = changed.filter((row) => row.difference.startsWith('-'))
  const most = pays.length > 0 ? pays : gains
  const amount = sumOf(most.map((row) => row.difference)).replace(/^-/, '')
  return {
    amount,
    onto: pays.sort((a, b) => compareDecimals(b.difference, a.difference)).map((row) => row.name),
    off: gains.sort((a, b) => compareDecimals(a.difference, b.difference)).map((row) => row.name),
  }
}

/** `Research Agent`, `Research Agent and Coding Agent`, `Research Agent and 3 others`. */
export function namesText(names: readonly string[]): string {
  if (names.length <= 2) return names.join(' and ')
  return `${names[0]} and ${names.length - 1} others`
}
