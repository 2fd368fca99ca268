import { DomainError, quoted } from '../errors.ts'
import { isCurrencyCode, minorUnits } from '../money/currency.ts'
import { FIXED18_SCALE, roundHalfEven, type Fixed18 } from '../money/fixed18.ts'
import { divideHalfEven } from '../money/half-even.ts'
import { parseScaledDecimal, powerOfTen } from '../money/scaled-decimal.ts'
import { addDays, addMonths, firstOfMonth, isCalendarDate, type CalendarDate } from '../periods/calendar-date.ts'

const FORMAT = { what: 'amount', decimals: FIXED18_SCALE, integerDigits: 13, allowNegative: true } as const

/**
 * Reads what a pool comes to: whole minor units of its currency, because its shares are (law L16); below zero is a credit. At most 13
 * digits before the point.
 *
 * Throws DomainError UNKNOWN_CURRENCY, INVALID_DECIMAL, or INVALID_FIELD naming the amount that has a part of a minor unit.
 *
 *     parsePoolAmount({ amount: '-12.50', currency: 'GBP' }) // -12_500_000_000_000_000_000n
 *     parsePoolAmount({ amount: '0.5', currency: 'JPY' })    // throws: JPY has 0 decimals
 */
export function parsePoolAmount({ amount, currency }: { amount: string; currency: string }): Fixed18 {
  if (!isCurrencyCode(currency)) {
    const message = `${quoted(currency)} is not an ISO 4217 currency code such as GBP.`
    throw new DomainError('UNKNOWN_CURRENCY', message, 'currency')
  }
  const value = parseScaledDecimal(amount, FORMAT)
  const decimals = minorUnits(currency)
  if (roundHalfEven(value, decimals) === value) return value
  const message = `${quoted(amount)} ${currency} is not in whole minor units; ${currency} has ${decimals} decimals.`
  throw new DomainError('INVALID_FIELD', message, 'amount')
}

/**
 * What a pool comes to in the reporting currency: amount × FX rate, rounded half-even once, to the minor unit (law L8). A product that was
 * rounded at scale 18 first would round twice.
 *
 *     convertPoolAmount(parseFixed18('10'), { rate: parseFixed18('0.78945'), currency: 'GBP' }) // 7.89
 */
export function convertPoolAmount(amount: Fixed18, { rate, currency }: { rate: Fixed18; currency: string }): Fixed18 {
  const unit = powerOfTen(FIXED18_SCALE - minorUnits(currency))
  return divideHalfEven(amount * rate, powerOfTen(FIXED18_SCALE) * unit) * unit
}

/** The day whose FX rate a month's pools take, its last: `poolFxDate('2026-02-01')` is `2026-02-28`. */
export function poolFxDate(month: CalendarDate): CalendarDate {
  return addDays(addMonths(month, 1), -1)
}

/**
 * Refuses what is not the first day of a month. Throws DomainError INVALID_DATE naming it.
 *
 *     checkMonth('2026-03-15', 'month') // throws
 */
export function checkMonth(date: CalendarDate, field: string): CalendarDate {
  if (isCalendarDate(date) && firstOfMonth(date) === date) return date
  const message = `${quoted(date)} is not the first day of a month such as 2026-03-01.`
  throw new DomainError('INVALID_DATE', message, field)
}
