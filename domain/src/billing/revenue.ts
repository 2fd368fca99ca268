import type { Fixed18 } from '../money/fixed18.ts'
import { firstOfMonth } from '../periods/calendar-date.ts'
import { chargeMonths } from './charge-months.ts'
import type { PeriodFacts } from './facts.ts'
import type { BillingTerms } from './terms.ts'

/**
 * Where the revenue of the work under an engagement comes from. CHARGES: what its terms charge. BILLED: the recorded billed amounts of its
 * completed tasks. NONE: it earns nothing. Never two of them for one day of its work.
 */
export type RevenueSource = 'CHARGES' | 'BILLED' | 'NONE'

/** The source of new terms for which nothing is said and which follow no others: terms say what a client is charged. */
export const DEFAULT_REVENUE_SOURCE: RevenueSource = 'CHARGES'

/** What is known of an engagement to tell its charges of some days [a, b). */
export interface ChargedDays {
  /** The parts of months up to b, in order; from the first one of the terms on where they carry something over. */
  upTo: readonly PeriodFacts[]
  /** Where a is no first of a month and the terms were in force before it: the part of its month up to a. */
  before: PeriodFacts | null
}

/**
 * What an engagement charges for some days, in whole minor units: A(b) − A(a) of each month, where A(d) is its charge as if the terms had ended on
 * day d. So days add up to their month whatever is rounded, a whole month is its charge, and a fee accrues evenly. A day may be below
 * zero, where a lower step is reached or an outcome is taken back.
 *
 *     retainer 300.00 a month, from 1 June on, the days [11, 21) // A(21) 200.00 − A(11) 100.00 = 100.00
 *     pass-through, cap 50.00 a month of 30 days, cost 40.00 on the 1st, the days [1, 2) // 1.67: the cap of one day
 */
export function chargeOfDays(
  terms: BillingTerms,
  { upTo, before }: ChargedDays,
  { from, decimals }: { from: string; decimals: number },
): Fixed18 {
  const first = firstOfMonth(from)
  const reached = chargeMonths(terms, upTo, decimals)
    .filter(({ month }) => month >= first)
    .reduce((sum, { total }) => sum + total, 0n)
  if (before === null) return reached
  const earlier = [...upTo.filter(({ month }) => month < before.month), before]
  return reached - (chargeMonths(terms, earlier, decimals).at(-1)?.total ?? 0n)
}
