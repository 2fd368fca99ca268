import { DomainError, quoted } from '../errors.ts'
import { isWellFormed } from '../invocation/key.ts'
import { isCurrencyCode, minorUnits } from '../money/currency.ts'
import { FIXED18_SCALE, formatFixed18, parseFixed18, type Fixed18 } from '../money/fixed18.ts'
import { parseScaledDecimal } from '../money/scaled-decimal.ts'
import { isCalendarDate, type CalendarDate } from '../periods/calendar-date.ts'
import type { BudgetScope, BudgetWindow } from './budget.ts'
import { defaultThresholds } from './default-thresholds.ts'

/** A budget as somebody asks for it. */
export interface BudgetWish {
  scope: BudgetScope
  key: string | null
  window: BudgetWindow
  amount: { amount: string; currency: string }
  thresholds: readonly string[] | null
  forecastThresholds: readonly string[] | null
  period: { from: CalendarDate; to: CalendarDate } | null
  startsOn: CalendarDate | null
  learn: boolean
  note: string | null
}

/** The same, checked: what can be stored. */
export interface CheckedBudget {
  scope: BudgetScope
  key: string | null
  window: BudgetWindow
  startsOn: CalendarDate | null
  endsOn: CalendarDate | null
  amount: Fixed18
  currency: string
  thresholds: string[]
  forecastThresholds: string[]
  isLearned: boolean
  note: string | null
}

const THRESHOLDS_MAX = 10
const THRESHOLD_MAX = parseFixed18('100')
const THRESHOLD_DECIMALS = 6
const AMOUNT_LIMIT = parseFixed18('1000000000000')
const DIGITS_MAX = 20
const NOTE_MAX = 500

/**
 * Checks what does not need the database, and puts it into its one form: thresholds ascending in their shortest text, the defaults of the
 * scope and window where there are none (law L24), an empty note as null.
 *
 * Throws DomainError MISSING_FIELD or INVALID_FIELD, whose field is a path within the input and whose message names the fact:
 * `A threshold must be above 0; -0.5 is not.`
 *
 *     checkBudget({ scope: 'CLIENT', key: 'halden', window: 'MONTH', amount: { amount: '12000', currency: 'GBP' }, … })
 *     // { …, amount: 12000 (scaled 10^18), thresholds: ['0.8', '0.9', '1'], forecastThresholds: [], isLearned: false, note: null }
 */
export function checkBudget(wish: BudgetWish): CheckedBudget {
  const { scope, window, key } = wish
  checkScope(scope, key)
  const { startsOn, endsOn } = checkPeriod(wish)
  if (wish.learn && !(scope === 'AGENT' && window === 'DAY')) {
    throw invalid('learn', `Only the daily budget of an agent is learned; this one is of ${scope} and ${window}.`)
  }
  return {
    scope,
    key,
    window,
    startsOn,
    endsOn,
    ...checkAmount(wish.amount),
    thresholds: checkThresholds(wish.thresholds ?? defaultThresholds(scope, window), {
      field: 'thresholds',
      isNeeded: true,
    }),
    forecastThresholds: checkThresholds(wish.forecastThresholds ?? [], {
      field: 'forecastThresholds',
      isNeeded: false,
    }),
    isLearned: wish.learn,
    note: checkNote(wish.note),
  }
}

function invalid(field: string, message: string): DomainError {
  return new DomainError('INVALID_FIELD', message, field)
}

function checkScope(scope: BudgetScope, key: string | null): void {
  if (scope === 'FLEET') {
    if (key !== null) throw invalid('key', `The fleet is one; leave the key ${quoted(key)} out.`)
  } else if (key === null || key.trim() === '') {
    throw new DomainError('MISSING_FIELD', `Which ${scope.toLowerCase()}? Its key is missing.`, 'key')
  }
}

function checkPeriod(wish: BudgetWish): { startsOn: CalendarDate | null; endsOn: CalendarDate | null } {
  const { window, period, startsOn } = wish
  if (window !== 'CUSTOM' && period !== null)
    throw invalid('period', `A period is for a CUSTOM budget; this one is of ${window}.`)
  if (window !== 'TOTAL' && startsOn !== null)
    throw invalid('startsOn', `A first day is for a TOTAL budget; this one is of ${window}.`)
  if (window === 'TOTAL') return { startsOn: startsOn === null ? null : checkDay(startsOn, 'startsOn'), endsOn: null }
  if (window !== 'CUSTOM') return { startsOn: null, endsOn: null }
  if (period === null) throw new DomainError('MISSING_FIELD', 'A CUSTOM budget needs its period.', 'period')
  const from = checkDay(period.from, 'period.from')
  const to = checkDay(period.to, 'period.to')
  if (from >= to) throw invalid('period.to', `The period must end after it begins; ${to} is not after ${from}.`)
  return { startsOn: from, endsOn: to }
}

function checkDay(day: string, field: string): CalendarDate {
  if (!isCalendarDate(day)) throw invalid(field, `${quoted(day)} is not a day such as 2026-03-01.`)
  return day
}

function checkAmount({ amount, currency }: BudgetWish['amount']): { amount: Fixed18; currency: string } {
  if (!isCurrencyCode(currency)) throw invalid('amount.currency', `${quoted(currency)} is not a currency of ISO 4217.`)
  const value = decimalOf(amount, { what: 'amount', field: 'amount.amount' })
  if (value <= 0n) throw invalid('amount.amount', `A budget must be above 0; ${amount} is not.`)
  if (value >= AMOUNT_LIMIT) throw invalid('amount.amount', `A budget must be below 10^12; ${amount} is not.`)
  const decimals = minorUnits(currency)
  const digits = formatFixed18(value).split('.')[1]?.length ?? 0
  if (digits > decimals) {
    throw invalid(
      'amount.amount',
      `A budget is in whole minor units of ${currency} (${decimals} decimals); ${amount} is not.`,
    )
  }
  return { amount: value, currency }
}

function checkThresholds(
  thresholds: readonly string[],
  { field, isNeeded }: { field: string; isNeeded: boolean },
): string[] {
  if (isNeeded && thresholds.length === 0) throw new DomainError('MISSING_FIELD', 'A budget needs a threshold.', field)
  if (thresholds.length > THRESHOLDS_MAX) {
    throw invalid(field, `A budget has at most ${THRESHOLDS_MAX} thresholds; these are ${thresholds.length}.`)
  }
  const values = thresholds.map((threshold, index) => {
    const value = decimalOf(threshold, { what: 'threshold', field: `${field}.${index}` })
    if (value <= 0n) throw invalid(`${field}.${index}`, `A threshold must be above 0; ${threshold} is not.`)
    if (value > THRESHOLD_MAX) throw invalid(`${field}.${index}`, `A threshold is at most 100; ${threshold} is more.`)
    const text = formatFixed18(value)
    if ((text.split('.')[1]?.length ?? 0) > THRESHOLD_DECIMALS) {
      throw invalid(
        `${field}.${index}`,
        `A threshold has at most ${THRESHOLD_DECIMALS} decimals; ${threshold} has more.`,
      )
    }
    return value
  })
  const sorted = [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const twice = sorted.find((value, index) => index > 0 && value === sorted[index - 1])
  if (twice !== undefined) throw invalid(field, `The threshold ${formatFixed18(twice)} is there twice.`)
  return sorted.map((value) => formatFixed18(value))
}

function checkNote(text: string | null): string | null {
  const note = text?.trim() ?? ''
  if (note.length > NOTE_MAX)
    throw invalid('note', `A note has at most ${NOTE_MAX} characters; this one has ${note.length}.`)
  if (note.includes('\0') || !isWellFormed(note)) throw invalid('note', 'The note has characters that are no text.')
  return note === '' ? null : note
}

function decimalOf(text: string, { what, field }: { what: string; field: string }): Fixed18 {
  try {
    return parseScaledDecimal(text, { what, decimals: FIXED18_SCALE, integerDigits: DIGITS_MAX, allowNegative: true })
  } catch (error) {
    if (error instanceof DomainError) throw invalid(field, error.message)
    throw error
  }
}
