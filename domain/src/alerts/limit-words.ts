import type { BudgetBasis, BudgetScope, BudgetWindow } from '../budgets/budget.ts'
import { thresholdAmount } from '../budgets/crossings.ts'
import { parseFixed18, type Fixed18 } from '../money/fixed18.ts'
import { addDays, type CalendarDate } from '../periods/calendar-date.ts'
import { moneyWords, percentWords } from './money-words.ts'

/** A threshold that was crossed, as sentences speak of it. */
export interface CrossedLimit {
  scope: BudgetScope
  /** The name of the agent, client or project. */
  label: string
  window: BudgetWindow
  windowStart: CalendarDate | null
  windowEnd: CalendarDate | null
  amount: Fixed18
  spent: Fixed18
  threshold: string
  basis: BudgetBasis
  currency: string
  isLearned: boolean
}

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

/** `2026-03-01` is `1 March 2026`. */
export function dayWords(day: CalendarDate): string {
  const [year = '', month = '1', date = '1'] = day.split('-')
  return `${Number(date)} ${MONTHS[Number(month) - 1]} ${year}`
}

/**
 * The title of the alert of a threshold.
 *
 *     limitTitle({ label: 'Halden & Co', threshold: '0.9', … }) // 'Halden & Co reached 90 % of its November budget'
 */
export function limitTitle(limit: CrossedLimit): string {
  const { scope, label, threshold, basis } = limit
  const who = scope === 'FLEET' ? 'The fleet' : label
  const verb = basis === 'FORECAST' ? 'is expected to reach' : 'reached'
  return `${who} ${verb} ${percentWords(parseFixed18(threshold))} of its ${budgetWords(limit)}`
}

function budgetWords({ scope, window, windowStart, isLearned }: CrossedLimit): string {
  switch (window) {
    case 'DAY':
      return scope === 'AGENT' && isLearned ? 'usual day' : 'daily budget'
    case 'MONTH':
      return `${MONTHS[Number(windowStart?.slice(5, 7) ?? '1') - 1]} budget`
    case 'TOTAL':
      return 'total budget'
    case 'CUSTOM':
      return 'budget'
    default:
      return window satisfies never
  }
}

/** Why it was told, with the amounts: one or two sentences. */
export function limitReason(limit: CrossedLimit): string {
  const { spent, amount, threshold, basis, currency } = limit
  const share = percentWords(parseFixed18(threshold))
  const at = moneyWords(thresholdAmount(amount, threshold), currency)
  const of = moneyWords(amount, currency)
  const what =
    basis === 'FORECAST'
      ? `${moneyWords(spent, currency)} is expected by the end`
      : `${moneyWords(spent, currency)} was spent`
  return `${what} ${daysWords(limit)}; ${share} of the budget of ${of} is ${at}.`
}

function daysWords({ window, windowStart, windowEnd }: CrossedLimit): string {
  if (windowStart === null) return 'since the beginning'
  if (window === 'DAY') return `on ${dayWords(windowStart)}`
  if (windowEnd === null) return `since ${dayWords(windowStart)}`
  return `from ${dayWords(windowStart)} to ${dayWords(addDays(windowEnd, -1))}`
}
