import { chargeMonths, dependsOnThePast, type Charge } from '@outlay/domain/billing/charge-months'
import { checkEngagement, type EngagementWish } from '@outlay/domain/billing/check-engagement'
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
  type EngagementRecord,
  type ProjectTermDays,
} from '../sql/read-engagements.ts'
import type { BilledPlace } from '../sql/read-billing-facts.ts'
import type { TenantSql } from '../sql/tenant-sql.ts'
import { loadPeriodFacts } from './period-facts.ts'
import { placeOfTerms } from './set-engagement.ts'

/** What terms charge for a month, and what that month cost. */
export interface TermsCharge {
  charge: Charge
  /** All that the days of the charge cost, shares of pools included, whatever the terms count. */
  cost: CellSums
}

/** The same of terms that were set. */
export interface EngagementCharge extends TermsCharge {
  engagement: EngagementRecord
}

/** What is asked of terms to charge by them, whether they are stored or only tried. */
type ChargedTerms = Pick<EngagementRecord, 'projectId' | 'clientId' | 'startsOn' | 'endsOn' | 'terms' | 'currency'>

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
    charges.push({ engagement, ...(await chargeOf(db, { engagement, month, timeZone, except })) })
  }
  return charges
}

/**
 * What terms would have charged for a month, had they been in force on all of its days and not before: nothing is carried over into it.
 * Nothing is stored.
 *
 * Throws the DomainErrors of checkEngagement, and NOT_FOUND on the key of the project or client.
 */
export async function tryTerms(
  db: TenantSql,
  asked: { wish: EngagementWish; currency: string; month: CalendarDate; timeZone: string },
): Promise<TermsCharge> {
  const { wish, currency, month, timeZone } = asked
  const { terms } = checkEngagement(wish, currency)
  const place = await placeOfTerms(db, wish)
  const except = place.clientId === null ? [] : await readProjectTermDays(db)
  const engagement = { ...place, startsOn: month, endsOn: null, terms, currency }
  return chargeOf(db, { engagement, month, timeZone, except })
}

async function chargeOf(
  db: TenantSql,
  asked: { engagement: ChargedTerms; month: CalendarDate; timeZone: string; except: readonly ProjectTermDays[] },
): Promise<TermsCharge> {
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
  if (charge === undefined) throw new Error(`Terms from ${engagement.startsOn} on are not in force in ${month}.`)
  return { charge, cost }
}

function placeOf({ projectId, clientId }: ChargedTerms, except: readonly ProjectTermDays[]): BilledPlace {
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
