import type { Money } from '@outlay/domain/money/currency'
import type { BudgetScope, BudgetWindow } from '../generated/graphql.ts'
import { SCOPE_NAMES } from './alerts.ts'
import { dateText, rangeText } from './calendar.ts'
import { compareDecimals, countText, decimalText, moneyText, percentText, pixelsOf } from './format.ts'

/** Budgets in words, and the geometry of how far they are burnt. */

export const WINDOW_NAMES = {
  DAY: 'a day',
  MONTH: 'a month',
  TOTAL: 'in total',
  CUSTOM: 'from day to day',
} as const satisfies Record<BudgetWindow, string>

interface Windowed {
  window: BudgetWindow
  windowStart?: string | null
  windowEnd?: string | null
}

/** The present window inside a label: `today`, `this month`, `in total`. */
export function windowName({ window }: Windowed): string {
  return { DAY: 'today', MONTH: 'this month', TOTAL: 'in total', CUSTOM: 'in its period' }[window]
}

/** What a budget is of: `Fleet`, `Northwind`. */
export function budgetName({ scope, label }: { scope: BudgetScope; label: string }): string {
  return scope === 'FLEET' ? SCOPE_NAMES.FLEET : label
}

interface Burnt {
  daysToCap?: string | null
  capReachedOn?: string | null
  remaining: Money
}

/** When it will be spent at the present rate: `spent up on 26 Nov, in 3.4 days`. */
export function capText({ daysToCap, capReachedOn, remaining }: Burnt): string {
  if (compareDecimals(remaining.amount, '0') <= 0) return 'spent up'
  if (capReachedOn == null) return 'lasts to the end of its window'
  const days = daysToCap == null ? '' : `, in ${decimalText(daysToCap, 1)} days`
  return `spent up on ${dateText(capReachedOn)}${days}`
}

/** `70 unpriced invocations are in no amount`; null when all usage has one. */
export function unseenText(counts: { unpricedInvocations: string; unconvertedInvocations: string }): string | null {
  const parts = [
    counts.unpricedInvocations === '0' ? null : `${countText(counts.unpricedInvocations)} unpriced`,
    counts.unconvertedInvocations === '0' ? null : `${countText(counts.unconvertedInvocations)} unconverted`,
  ].filter((part) => part !== null)
  if (parts.length === 0) return null
  const isOne = parts.length === 1 && /^1 /.test(parts[0] ?? '')
  return `${parts.join(' and ')} ${isOne ? 'invocation is' : 'invocations are'} in no amount`
}

/** `80 %, 90 %, 100 %`. */
export function thresholdsText(thresholds: readonly string[]): string {
  return thresholds.map((one) => percentText(one, 0)).join(', ')
}

interface Burning {
  amount: Money
  spent: Money
  forecastLow?: Money | null
  forecast?: Money | null
  forecastHigh?: Money | null
  thresholds: readonly string[]
}

export interface Burn {
  /** Shares of the bar's length, 0…1. */
  spent: number
  low: number | null
  high: number | null
  cap: number
  ticks: readonly { threshold: string; at: number; isCrossed: boolean }[]
  tone: 'accent' | 'warn' | 'bad'
}

/** Where things stand on a burn bar that has room for the budget, what is spent, the forecast and every threshold. Geometry only. */
export function burnOf(budget: Burning): Burn {
  const { amount, spent, forecastLow, forecastHigh, thresholds } = budget
  const cap = pixelsOf(amount.amount)
  const ratio = (text: string | undefined) => (text === undefined ? null : pixelsOf(text))
  const high = ratio(forecastHigh?.amount)
  const most = Math.max(cap, pixelsOf(spent.amount), high ?? 0, ...thresholds.map((one) => pixelsOf(one) * cap)) || 1
  const at = (value: number | null) => (value === null ? null : Math.max(0, Math.min(1, value / most)))
  const share = cap > 0 ? pixelsOf(spent.amount) / cap : 0
  const crossed = thresholds.filter((one) => share >= pixelsOf(one)).length
  return {
    spent: at(pixelsOf(spent.amount)) ?? 0,
    low: at(ratio(forecastLow?.amount)),
    high: at(high),
    cap: at(cap) ?? 0,
    ticks: thresholds.map((threshold) => ({
      threshold,
      at: at(pixelsOf(threshold) * cap) ?? 0,
      isCrossed: share >= pixelsOf(threshold),
    })),
    tone: share >= 1 ? 'bad' : crossed > 0 ? 'warn' : 'accent',
  }
}

/** The whole bar in words. */
export function burnText(budget: Burning & { ratio: string }): string {
  const forecast =
    budget.forecast == null
      ? ''
      : `, forecast ${moneyText(budget.forecast)}${
          budget.forecastLow == null || budget.forecastHigh == null
            ? ''
            : ` (${moneyText(budget.forecastLow)} to ${moneyText(budget.forecastHigh)})`
        }`
  const alerts = budget.thresholds.length === 0 ? '' : `, alerts at ${thresholdsText(budget.thresholds)}`
  return `${percentText(budget.ratio)} of ${moneyText(budget.amount)} spent${forecast}${alerts}`
}

/** What the numbers of a budget are of: `26 Nov`, `1–30 Nov 2026`, `since 3 Oct 2026`. Days are calendar dates of the tenant. */
export function windowText({ window }: Windowed, start: string | null, end: string | null): string {
  if (window === 'DAY') return start === null ? 'today' : dateText(start)
  if (start !== null && end !== null) return rangeText(start, end)
  return start === null ? 'ever' : `since ${dateText(start, { year: true })}`
}

/** How a first budget is set by API, for pages that have none to show. */
export function firstBudgetCommand(currency: string): { label: string; code: string } {
  const input = { scope: 'FLEET', window: 'MONTH', amount: { amount: '5000', currency } }
  const body = {
    query: 'mutation($input: BudgetInput!) { setBudget(input: $input) { budget { id } userErrors { message } } }',
    variables: { input },
  }
  const code = `curl -sS $OUTLAY_URL/graphql \\
  -H "Authorization: Bearer $OUTLAY_API_KEY" -H 'Content-Type: application/json' \\
  -d '${JSON.stringify(body)}'`
  return { label: 'Set a first budget, with a key of scope admin', code }
}
