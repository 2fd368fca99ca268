import type { BudgetBasis, BudgetScope, BudgetWindow } from '../budgets/budget.ts'
import { thresholdAmount } from '../budgets/crossings.ts'
import { FIXED18_ONE, parseFixed18, type Fixed18 } from '../money/fixed18.ts'
import type { CalendarDate } from '../periods/calendar-date.ts'
import { monthName, spanWords } from './day-words.ts'
import { moneyWords, percentWords } from './money-words.ts'

export { dayWords } from './day-words.ts'

/** A threshold that was crossed, as sentences speak of it. */
export interface CrossedLimit {
  scope: BudgetScope
  /** The name of the agent, client or project. */
  label: string
  window: BudgetWindow
  /** Days `[start, end)`; null: from the beginning, without an end. */
  windowStart: CalendarDate | null
  windowEnd: CalendarDate | null
  amount: Fixed18
  /** What was spent; of FORECAST, what is expected to be by the end of the window. */
  spent: Fixed18
  threshold: string
  basis: BudgetBasis
  currency: string
  isLearned: boolean
}

/**
 * The title of the alert of a threshold.
 *
 *     limitTitle({ label: 'Halden & Co', window: 'MONTH', threshold: '0.9', … }) // 'Halden & Co reached 90 % of its November budget'
 *     limitTitle({ scope: 'FLEET', basis: 'FORECAST', threshold: '1', … }) // 'The fleet is expected to reach 100 % of its November budget'
 */
export function limitTitle(limit: CrossedLimit): string {
  const { scope, label, threshold, basis } = limit
  const who = scope === 'FLEET' ? 'The fleet' : label
  const verb = basis === 'FORECAST' ? 'is expected to reach' : 'reached'
  return `${who} ${verb} ${percentWords(parseFixed18(threshold))} of its ${budgetWords(limit)}`
}

function budgetWords({ window, windowStart, isLearned }: CrossedLimit): string {
  switch (window) {
    case 'DAY':
      return isLearned ? 'usual day' : 'daily budget'
    case 'MONTH':
      return windowStart === null ? 'monthly budget' : `${monthName(windowStart)} budget`
    case 'TOTAL':
      return 'total budget'
    case 'CUSTOM':
      return 'budget'
    default:
      return window satisfies never
  }
}

/**
 * Why it was told, with the amounts.
 *
 *     limitReason({ spent: 10850, amount: 12000, threshold: '0.9', window: 'MONTH', currency: 'GBP', … })
 *     // '10,850.00 GBP was spent from 1 November 2026 to 30 November 2026; 90 % of the budget of 12,000.00 GBP is 10,800.00 GBP.'
 */
export function limitReason(limit: CrossedLimit): string {
  const { spent, amount, threshold, basis, currency, windowStart, windowEnd } = limit
  const verb = basis === 'FORECAST' ? 'is expected to be spent' : 'was spent'
  const what = `${moneyWords(spent, currency)} ${verb} ${spanWords(windowStart, windowEnd)}`
  const share = parseFixed18(threshold)
  const whole = limit.isLearned
    ? `the usual day’s ${moneyWords(amount, currency)}`
    : `the budget of ${moneyWords(amount, currency)}`
  if (share === FIXED18_ONE && spent <= amount) return `${what}, all of ${whole}.`
  if (share === FIXED18_ONE) return `${what}, more than ${whole}.`
  return `${what}; ${percentWords(share)} of ${whole} is ${moneyWords(thresholdAmount(amount, threshold), currency)}.`
}
