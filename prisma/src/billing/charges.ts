import { chargeMonths, dependsOnThePast, type Charge } from '@outlay/domain/billing/charge-months'
import { checkTerms } from '@outlay/domain/billing/check-terms'
import type { PeriodFacts } from '@outlay/domain/billing/facts'
import { monthParts } from '@outlay/domain/billing/part-of-month'
import type { BillingTerms } from '@outlay/domain/billing/terms'
import { minorUnits } from '@outlay/domain/money/currency'
import { addMonths, type CalendarDate, type DateRange } from '@outlay/domain/periods/calendar-date'
import { addSums, NO_SUMS, type CellSums } from '../sql/cell-sums.ts'
import {
  readEngagementsInForce,
  readProjectTermDays,
  type ChargedTerms,
  type EngagementRecord,
  type ProjectTermDays,
} from '../sql/read-engagements.ts'
import type { BilledPlace } from '../sql/read-billing-facts.ts'
import type { TenantSql } from '../sql/tenant-sql.ts'
import { loadPeriodFacts } from './period-facts.ts'

/** What an engagement charges for a month, and what that month cost. */
export interface EngagementCharge {
  engagement: EngagementRecord
  charge: Charge
  /** All that the days of the charge cost, shares of pools included, whatever the terms count. */
  cost: CellSums
}

/**
 * The charges of a month: of each project and client with terms in force on one of its days, the earliest first; of terms that change within
 * the month, both. Nothing is stored: the terms are applied to what the cells, tasks and allocation runs say, and those of a closed month
 * stand still (docs/decisions/0025).
 */
export async function readCharges(
  db: TenantSql,
  asked: { month: CalendarDate; projectId: string | null; clientId: string | null; timeZone: string },
): Promise<EngagementCharge[]> {
  const { month, projectId, clientId, timeZone } = asked
  const range = { from: month, to: addMonths(month, 1) }
  const engagements = await readEngagementsInForce(db, { ...range, projectId, clientId })
  const except = engagements.some((engagement) => engagement.clientId !== null) ? await readProjectTermDays(db) : []
  const charges: EngagementCharge[] = []
  // One after the other: each is a few reads, and a request must not take all connections.
  for (const engagement of engagements) {
    const { charge, cost } = await chargeOf(db, { engagement, month, timeZone, except })
    charges.push({ engagement, charge, cost })
  }
  return charges
}

/** What one engagement in force in a month charges for it. `except`: the days of which other projects have terms of their own. */
export async function chargeOf(
  db: TenantSql,
  asked: { engagement: ChargedTerms; month: CalendarDate; timeZone: string; except: readonly ProjectTermDays[] },
): Promise<{ charge: Charge; cost: CellSums }> {
  const { engagement, month, timeZone, except } = asked
  const terms = checkTerms(engagement.terms, engagement.currency)
  const range = chargedRange(engagement, terms, month)
  const loaded = await loadPeriodFacts(db, {
    terms,
    since: engagement.startsOn,
    place: placeOf(engagement, except),
    parts: monthParts(range),
    timeZone,
  })
  const decimals = minorUnits(engagement.currency)
  const facts = dependsOnThePast(terms) ? loaded : loaded.filter((one) => one.facts.month === month)
  const charge = chargeMonths(
    terms,
    facts.map((one): PeriodFacts => one.facts),
    decimals,
  ).at(-1)
  const cost = loaded.filter((one) => one.facts.month === month).reduce((sum, one) => addSums(sum, one.cost), NO_SUMS)
  if (charge === undefined) throw new Error(`The engagement ${engagement.id} is not in force in ${month}.`)
  return { charge, cost }
}

/** Where the work of an engagement is. */
export function placeOf({ projectId, clientId }: ChargedTerms, except: readonly ProjectTermDays[]): BilledPlace {
  if (projectId !== null) return { projectId, clientId: null }
  if (clientId === null) throw new Error('An engagement is of a project or of a client')
  return { projectId: null, clientId, except }
}

/** The days that must be known: of the month, and where it depends on what was before, all from the first day of the terms on. */
function chargedRange({ startsOn, endsOn }: ChargedTerms, terms: BillingTerms, month: CalendarDate): DateRange {
  const next = addMonths(month, 1)
  const needsPast = dependsOnThePast(terms) || terms.model === 'PER_AGENT'
  return {
    from: needsPast || startsOn > month ? startsOn : month,
    to: endsOn !== null && endsOn < next ? endsOn : next,
  }
}
