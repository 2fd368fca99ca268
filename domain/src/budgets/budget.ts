import type { Fixed18 } from '../money/fixed18.ts'
import type { CalendarDate } from '../periods/calendar-date.ts'

export const BUDGET_SCOPES = ['FLEET', 'AGENT', 'CLIENT', 'PROJECT'] as const
export type BudgetScope = (typeof BUDGET_SCOPES)[number]

/** TOTAL: an engagement, from a day on or from the beginning, without an end. CUSTOM: some days. */
export const BUDGET_WINDOWS = ['DAY', 'MONTH', 'TOTAL', 'CUSTOM'] as const
export type BudgetWindow = (typeof BUDGET_WINDOWS)[number]

/** Whether what was spent alerts, or what is expected to be spent by the end of the window. */
export type BudgetBasis = 'ACTUAL' | 'FORECAST'

/** An amount for a scope and window, and the shares of it that alert. */
export interface Budget {
  id: string
  scope: BudgetScope
  /** The agent, client or project; the nil uuid for the fleet. */
  memberId: string
  window: BudgetWindow
  /** Of TOTAL and CUSTOM. */
  startsOn: CalendarDate | null
  /** Of CUSTOM: the day after its last. */
  endsOn: CalendarDate | null
  /** In the reporting currency. */
  amount: Fixed18
  /** Decimal texts, ascending, e.g. `['0.8', '1']`. */
  thresholds: readonly string[]
  forecastThresholds: readonly string[]
  /** The amount of a day is learned from the agent's own past; `amount` holds until then. */
  isLearned: boolean
  /** Grows with every change of what it says; under a new version every threshold may alert once more. */
  version: number
}
