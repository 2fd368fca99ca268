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
  type ChargedTerms,
  type EngagementRecord,
  type ProjectTermDays,
} from '../sql/read-engagements.ts'
import type { BilledPlace } from '../sql/read-billing-facts.ts'
import type { TenantSql } from '../sql/tenant-sql.ts'
import { readChargedTime, readTriedTime, type ChargedTime } from './charged-time.ts'
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
  const time = await readTimeOf(db, { engagements, month, timeZone })
  const charges = await chargesOf(db, { engagements, month, timeZone, except, time })
  return charges.map((charge, index) => ({ engagement: atIndex(engagements, index), ...charge }))
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
  const isTime = terms.model === 'TIME'
  const time = isTime ? await readTriedTime(db, { place: placeOf(engagement), month, timeZone, own: except }) : []
  return atIndex(await chargesOf(db, { engagements: [engagement], month, timeZone, except, time }), 0)
}

/**
 * The time that engagements charge in a month, and where the month depends on those before it, in each of them. It holds ids, days and
 * durations and nothing else, and is read from events.
 */
export async function readTimeOf(
  db: TenantSql,
  { engagements, month, timeZone }: { engagements: readonly ChargedTerms[]; month: CalendarDate; timeZone: string },
): Promise<ChargedTime[]> {
  const byTime = engagements.filter(({ terms }) => terms.model === 'TIME')
  if (byTime.length === 0) return []
  const months = byTime.flatMap((engagement) => {
    const terms = checkTerms(engagement.terms, engagement.currency)
    return monthParts(chargedRange(engagement, terms, month)).map((part) => part.month)
  })
  return readChargedTime(db, { places: byTime.map(placeOf), months: [...new Set(months)], timeZone })
}

/** The charges of a month by some terms, in their order. All of them are read by the same few statements. */
async function chargesOf(
  db: TenantSql,
  asked: {
    engagements: readonly ChargedTerms[]
    month: CalendarDate
    timeZone: string
    except: readonly ProjectTermDays[]
    time: readonly ChargedTime[]
  },
): Promise<TermsCharge[]> {
  const { engagements, month, timeZone, except, time } = asked
  const wanted = engagements.map((engagement) => {
    const terms = checkTerms(engagement.terms, engagement.currency)
    const parts = monthParts(chargedRange(engagement, terms, month))
    return { terms, since: engagement.startsOn, place: placeOf(engagement), parts }
  })
  const loaded = await loadPeriodFacts(db, { wanted, except, timeZone, time })
  return wanted.map(({ terms, since }, index) => {
    const known = atIndex(loaded, index)
    const ofMonth = known.filter(({ facts }) => facts.month === month)
    const charged = (dependsOnThePast(terms) ? known : ofMonth).map(({ facts }): PeriodFacts => facts)
    const charge = chargeMonths(terms, charged, minorUnits(atIndex(engagements, index).currency)).at(-1)
    if (charge === undefined) throw new Error(`Terms from ${since} on are not in force in ${month}.`)
    return { charge, cost: ofMonth.reduce((sum, { cost }) => addSums(sum, cost), NO_SUMS) }
  })
}

function atIndex<T>(list: readonly T[], index: number): T {
  const one = list[index]
  if (one === undefined) throw new Error(`There is none at ${index}`)
  return one
}

/**
 * What one engagement in force in a month charges for it. `except`: the days on which projects have terms of their own; `time`: what it
 * charges by the hour (readTimeOf).
 */
export async function chargeOf(
  db: TenantSql,
  asked: {
    engagement: ChargedTerms
    month: CalendarDate
    timeZone: string
    except: readonly ProjectTermDays[]
    time: readonly ChargedTime[]
  },
): Promise<TermsCharge> {
  const { engagement, ...rest } = asked
  return atIndex(await chargesOf(db, { engagements: [engagement], ...rest }), 0)
}

/** Where the work of an engagement is. */
export function placeOf({ projectId, clientId }: ChargedTerms): BilledPlace {
  if (projectId !== null) return { projectId, clientId: null }
  if (clientId === null) throw new Error('An engagement is of a project or of a client')
  return { projectId: null, clientId }
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
