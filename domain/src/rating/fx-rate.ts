import { DomainError, quoted } from '../errors.ts'
import { isCurrencyCode } from '../money/currency.ts'
import { parseFixed18, ratio } from '../money/fixed18.ts'
import { isCalendarDate } from '../periods/calendar-date.ts'
import type { FxRate } from './rate.ts'

/** What is wrong with one of several rates. */
export interface FxRateProblem {
  /** Position in the list. */
  index: number
  code: string
  message: string
  field: 'date' | 'base' | 'quote' | 'rate'
}

/**
 * Everything that is wrong with a list of FX rates, in its order: a currency that is none, a date that is none, a rate that is not above
 * zero or has more than 18 decimals, and two rates for one pair and day that differ, because which of them is right is nobody's guess.
 * The same rate twice is no problem.
 *
 *     fxRateProblems([{ date: '2026-03-01', base: 'USD', quote: 'USD', rate: '1' }])
 *     // [{ index: 0, field: 'quote', message: 'A rate from USD to itself says nothing.', … }]
 */
export function fxRateProblems(rates: readonly FxRate[]): FxRateProblem[] {
  const first = new Map<string, { text: string; value: bigint }>()
  return rates.flatMap((rate, index) => {
    const problem = problemOf(rate)
    if (problem !== null) return [{ index, ...problem }]
    const value = parseFixed18(rate.rate)
    const known = first.get(fxRateKey(rate))
    if (known === undefined) first.set(fxRateKey(rate), { text: rate.rate, value })
    if (known === undefined || known.value === value) return []
    const message = `${rate.base}/${rate.quote} of ${rate.date} is given twice: ${known.text} and ${rate.rate}.`
    return [{ index, code: 'CONFLICT', message, field: 'rate' as const }]
  })
}

/** What only one rate may stand for: the pair and the day. */
export function fxRateKey({ date, base, quote }: Omit<FxRate, 'rate'>): string {
  return `${base}${quote}${date}`
}

/**
 * The rate between two currencies by way of a third, whose rates into both are known: half-even at 18 decimals, the one rounding of a
 * rate that is derived.
 *
 *     crossRate({ toBase: '1.0840', toQuote: '0.8412' }) // 1 USD in GBP through EUR: '0.776014760147601476'
 *
 * Throws DomainError INVALID_DECIMAL where the result is 0 at 18 decimals.
 */
export function crossRate({ toBase, toQuote }: { toBase: string; toQuote: string }): string {
  const rate = ratio(parseFixed18(toQuote), parseFixed18(toBase))
  if (rate === null || rate === '0')
    throw new DomainError('INVALID_DECIMAL', `${toQuote} ÷ ${toBase} is no rate of 18 decimals.`, 'rate')
  return rate
}

function problemOf({ date, base, quote, rate }: FxRate): Omit<FxRateProblem, 'index'> | null {
  const invalid = (field: FxRateProblem['field'], message: string) => ({ code: 'INVALID_FIELD', message, field })
  if (!isCurrencyCode(base)) return invalid('base', `${quoted(base)} is not an ISO 4217 code.`)
  if (!isCurrencyCode(quote)) return invalid('quote', `${quoted(quote)} is not an ISO 4217 code.`)
  if (base === quote) return invalid('quote', `A rate from ${base} to itself says nothing.`)
  if (!isCalendarDate(date)) return invalid('date', `${quoted(date)} is not a date such as 2026-11-23.`)
  try {
    return parseFixed18(rate) > 0n ? null : invalid('rate', `The rate ${quoted(rate)} is not above zero.`)
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    return { code: error.code, message: error.message, field: 'rate' }
  }
}
