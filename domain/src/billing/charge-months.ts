import type { Fixed18 } from '../money/fixed18.ts'
import type { Quantity6 } from '../usage/quantity.ts'
import { adjust } from './adjust.ts'
import { single, type ChargeLine, type DraftLine } from './charge-line.ts'
import { costPlus } from './cost-plus.ts'
import type { PeriodFacts } from './facts.ts'
import { outcomeBased } from './outcome.ts'
import { passThrough } from './pass-through.ts'
import { perAgent } from './per-agent.ts'
import { perTask } from './per-task.ts'
import { rateCard } from './rate-card.ts'
import { retainer, type CarriedAllowance } from './retainer.ts'
import { roundLines } from './round-lines.ts'
import type { BillingTerms } from './terms.ts'
import { timeBased } from './time.ts'

/** What an engagement charges for a month, in whole minor units of its currency. */
export interface Charge {
  month: string
  /** The days charged, half-open. */
  from: string
  to: string
  lines: ChargeLine[]
  /** Σ lines. Below zero where more was taken back than charged. */
  total: Fixed18
  /** What a retainer's fee could pay for: of this month, and carried into it; null for other models. */
  allowance: Quantity6 | null
  /** What is left for the next month. */
  carried: CarriedAllowance[]
  creditLeft: Fixed18
}

/**
 * The charges of an engagement for its months, which must be in order from its first one on: what a month leaves over goes into the next.
 * Of each month: what was used → discount → cap and minimum → rounded once, by largest remainder over the lines → credit.
 *
 *     used 900.00, discount 0.1, minimum 1,000.00, credit 250.00 // 900.00 − 90.00 + 190.00 − 250.00 = 750.00
 */
export function chargeMonths(terms: BillingTerms, months: readonly PeriodFacts[], decimals: number): Charge[] {
  const charges: Charge[] = []
  for (const facts of months) {
    const before = charges.at(-1)
    charges.push(chargeMonth(terms, facts, decimals, before ?? { carried: [], creditLeft: terms.credit }))
  }
  return charges
}

/** Whether a month's charge depends on the months before it. */
export function dependsOnThePast(terms: BillingTerms): boolean {
  return terms.credit > 0n || (terms.model === 'RETAINER' && terms.carryOverMonths > 0)
}

function chargeMonth(
  terms: BillingTerms,
  facts: PeriodFacts,
  decimals: number,
  before: { carried: readonly CarriedAllowance[]; creditLeft: Fixed18 },
): Charge {
  const { lines: used, allowance, carried } = useOf(terms, facts, before.carried)
  const lines = roundLines(adjust(terms, facts, used), decimals)
  const charged = lines.reduce((sum, line) => sum + line.amount, 0n)
  const credit = charged <= 0n ? 0n : charged < before.creditLeft ? charged : before.creditLeft
  if (credit > 0n) {
    const line = single({
      kind: 'CREDIT',
      description: 'Credit set against this month',
      unit: 'credit',
      amount: -credit,
    })
    lines.push({ ...line, amount: line.exact })
  }
  const { month, from, to } = facts
  return { month, from, to, lines, total: charged - credit, allowance, carried, creditLeft: before.creditLeft - credit }
}

function useOf(
  terms: BillingTerms,
  facts: PeriodFacts,
  carried: readonly CarriedAllowance[],
): { lines: DraftLine[]; allowance: Quantity6 | null; carried: CarriedAllowance[] } {
  switch (terms.model) {
    case 'PASS_THROUGH':
      return { lines: passThrough(facts), allowance: null, carried: [] }
    case 'COST_PLUS':
      return { lines: costPlus(terms, facts), allowance: null, carried: [] }
    case 'RATE_CARD':
      return { lines: rateCard(terms, facts), allowance: null, carried: [] }
    case 'PER_TASK':
      return { lines: perTask(terms, facts), allowance: null, carried: [] }
    case 'RETAINER':
      return retainer(terms, facts, carried)
    case 'PER_AGENT':
      return { lines: perAgent(terms, facts), allowance: null, carried: [] }
    case 'OUTCOME':
      return { lines: outcomeBased(terms, facts), allowance: null, carried: [] }
    case 'TIME':
      return { lines: timeBased(terms, facts), allowance: null, carried: [] }
    default:
      return terms satisfies never
  }
}
