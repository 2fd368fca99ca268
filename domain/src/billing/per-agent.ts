import { FIXED18_ONE } from '../money/fixed18.ts'
import { daysBetween } from '../periods/calendar-date.ts'
import type { DraftLine } from './charge-line.ts'
import type { PeriodFacts } from './facts.ts'
import { partOfMonth, partWords, prorate, type MonthPart } from './part-of-month.ts'
import type { ModelTerms } from './terms.ts'

/**
 * A monthly price for each agent that was active in the month. Prorated, an agent is charged from its first day under the terms on: one that
 * began on 21 June has 10 of 30 days. An agent without any activity in a month is not charged for it.
 */
export function perAgent(terms: Extract<ModelTerms, { model: 'PER_AGENT' }>, facts: PeriodFacts): DraftLine[] {
  const whole = partOfMonth(facts)
  return facts.agents.map(({ label, firstOn }) => {
    const hasBegunHere = terms.isProrated && firstOn > facts.from
    const part: MonthPart = hasBegunHere ? { days: daysBetween(firstOn, facts.to), of: whole.of } : whole
    return {
      kind: 'AGENT',
      description: `Subscription of agent ${label}${partWords(part)}`,
      taskId: null,
      quantity: prorate(FIXED18_ONE, part),
      unit: 'month',
      unitPrice: terms.price,
      exact: prorate(terms.price, part),
    }
  })
}
