import { dayWords } from '../alerts/day-words.ts'
import { FIXED18_ONE } from '../money/fixed18.ts'
import { daysBetween } from '../periods/calendar-date.ts'
import type { DraftLine } from './charge-line.ts'
import type { PeriodFacts } from './facts.ts'
import type { ModelTerms } from './terms.ts'

/**
 * A price for each outcome, a completed task. A reversal takes the price off in the month it comes in, also when its outcome was charged in an
 * earlier one, which stays as it was told; after `reversalDays` it is too late.
 */
export function outcomeBased(terms: Extract<ModelTerms, { model: 'OUTCOME' }>, facts: PeriodFacts): DraftLine[] {
  const { price, reversalDays } = terms
  const outcomes = facts.completed.map(({ taskId, label, count = 1n }): DraftLine => {
    const description = `Outcome of task ${label}`
    return {
      ...{ kind: 'OUTCOME', description, taskId, unit: 'outcome' },
      ...{ quantity: count * FIXED18_ONE, unitPrice: price, exact: count * price },
    }
  })
  const inTime = facts.reversed.filter(
    ({ completedOn, reversedOn }) => reversalDays === null || daysBetween(completedOn, reversedOn) <= reversalDays,
  )
  const reversals = inTime.map(({ taskId, label, completedOn }): DraftLine => {
    const description = `Taken back: outcome of task ${label} of ${dayWords(completedOn)}`
    return {
      ...{ kind: 'REVERSAL', description, taskId, unit: 'outcome' },
      ...{ quantity: -FIXED18_ONE, unitPrice: price, exact: -price },
    }
  })
  return [...outcomes, ...reversals]
}
