import { roundLines } from '../billing/round-lines.ts'
import type { BillingTerms, BillingUnit } from '../billing/terms.ts'
import { unitWords } from '../billing/used-quantity.ts'
import { multiplyFixed18HalfEven, type Fixed18 } from '../money/fixed18.ts'
import { addDays, type CalendarDate } from '../periods/calendar-date.ts'
import { formatQuantity, QUANTITY6_ONE, type Quantity6 } from '../usage/quantity.ts'
import { tellsWork, type WriteMoney } from './client-lines.ts'
import type { ClientDaily } from './client-view.ts'

/** What a place of an engagement used on a day, and what that cost without shares of pools, which are of months. */
export interface UsedOnDay {
  day: CalendarDate
  direct: Fixed18
  shared: Fixed18
  tokens: Quantity6
  invocations: bigint
}

interface DailyFacts {
  terms: BillingTerms
  /** The days charged, half-open, and what they are charged in all. */
  charge: { from: CalendarDate; to: CalendarDate; total: Fixed18 }
  days: readonly UsedOnDay[]
  /** The day of each task that was completed in the place; known where the terms count tasks. */
  completed: readonly CalendarDate[]
}

/**
 * What a client is shown of the days of its charge (law L28): the amounts where work is charged by what it cost and the month shows the work by
 * itself, else what the terms count. Nothing where they count nothing by day: hours and subscriptions are of the month.
 *
 * A day of cost-plus is cost × (1 + markup), rounded. Σ days is a multiple of the cost by a factor that nothing else tells; with a least or
 * most markup, or shares of pools, what is left of the total would tell it, so then there are no days.
 */
export function clientDaily(
  facts: DailyFacts,
  { money, decimals }: { money: WriteMoney; decimals: number },
): ClientDaily[] {
  const { terms } = facts
  switch (terms.model) {
    case 'PASS_THROUGH':
    case 'COST_PLUS':
      return tellsDays(terms) ? [amountsOf(facts, { money, decimals })] : []
    case 'RATE_CARD':
      return [...new Set(terms.prices.map(({ unit }) => unit))].flatMap((unit) => quantitiesOf(facts, unit))
    case 'RETAINER':
      return quantitiesOf(facts, terms.unit)
    case 'PER_TASK':
      return quantitiesOf(facts, 'TASKS')
    case 'OUTCOME':
      return quantitiesOf(facts, 'TASKS').map((daily) => ({ ...daily, what: 'Outcomes', unit: 'outcomes' }))
    case 'PER_AGENT':
    case 'TIME':
      return []
    default:
      return terms satisfies never
  }
}

function tellsDays(terms: Extract<BillingTerms, { model: 'PASS_THROUGH' | 'COST_PLUS' }>): boolean {
  return terms.model === 'PASS_THROUGH' || (tellsWork(terms) && terms.basis !== 'FULLY_LOADED')
}

function amountsOf(
  { terms, charge, days }: DailyFacts,
  { money, decimals }: { money: WriteMoney; decimals: number },
): ClientDaily {
  const costs = new Map<CalendarDate, Fixed18>()
  for (const { day, direct, shared } of days) {
    const cost = 'basis' in terms && terms.basis === 'DIRECT' ? direct : direct + shared
    costs.set(day, (costs.get(day) ?? 0n) + cost)
  }
  const rounded = roundLines(
    daysIn(charge).map((day) => {
      const cost = costs.get(day) ?? 0n
      return { exact: terms.model === 'COST_PLUS' ? cost + multiplyFixed18HalfEven(cost, terms.markup) : cost }
    }),
    decimals,
  )
  const inDays = rounded.reduce((sum, { amount }) => sum + amount, 0n)
  return {
    what: 'Charges by the day of the work',
    unit: null,
    values: rounded.map(({ amount }) => money(amount)),
    rest: money(charge.total - inDays),
  }
}

const WHAT: Record<Exclude<BillingUnit, 'HOURS'>, string> = {
  TASKS: 'Tasks completed',
  TOKENS: 'Tokens used',
  INVOCATIONS: 'Calls made',
}

function quantitiesOf({ charge, days, completed }: DailyFacts, unit: BillingUnit): ClientDaily[] {
  // The time of a task is united over the month; it is of no single day.
  if (unit === 'HOURS') return []
  const used = new Map<CalendarDate, Quantity6>()
  const add = (day: CalendarDate, quantity: Quantity6) => used.set(day, (used.get(day) ?? 0n) + quantity)
  if (unit === 'TASKS') for (const day of completed) add(day, QUANTITY6_ONE)
  else
    for (const { day, tokens, invocations } of days) add(day, unit === 'TOKENS' ? tokens : invocations * QUANTITY6_ONE)
  return [
    {
      what: WHAT[unit],
      unit: unitWords(unit),
      values: daysIn(charge).map((day) => formatQuantity(used.get(day) ?? 0n)),
      rest: null,
    },
  ]
}

function daysIn({ from, to }: { from: CalendarDate; to: CalendarDate }): CalendarDate[] {
  const days: CalendarDate[] = []
  for (let day = from; day < to; day = addDays(day, 1)) days.push(day)
  return days
}
