import { dependsOnThePast } from '@outlay/domain/billing/charge-months'
import { checkTerms } from '@outlay/domain/billing/check-terms'
import { monthParts } from '@outlay/domain/billing/part-of-month'
import { chargeOfDays } from '@outlay/domain/billing/revenue'
import type { BillingTerms } from '@outlay/domain/billing/terms'
import { minorUnits } from '@outlay/domain/money/currency'
import type { Fixed18 } from '@outlay/domain/money/fixed18'
import { firstOfMonth, type CalendarDate, type DateRange } from '@outlay/domain/periods/calendar-date'
import type { ChargedTerms, ProjectTermDays } from '../sql/read-engagements.ts'
import type { TenantSql } from '../sql/tenant-sql.ts'
import { readChargedTime, type ChargedTime } from './charged-time.ts'
import { placeOf } from './charges.ts'
import { loadPeriodFacts, type LoadedFacts, type MonthPart, type PlaceWanted } from './period-facts.ts'

/**
 * What each of some terms, in force on a day of a range, charges for its days: the rule of domain/src/billing/revenue.ts on what daily and monthly
 * cells say. All of them are read by the same few statements, in the order of the terms.
 */
export async function readChargesOfDays(
  db: TenantSql,
  asked: {
    engagements: readonly ChargedTerms[]
    range: DateRange
    timeZone: string
    /** The days on which projects have terms of their own. */
    except: readonly ProjectTermDays[]
  },
): Promise<Fixed18[]> {
  const { engagements, range, timeZone, except } = asked
  const month = firstOfMonth(range.from)
  const ranges = engagements.map((engagement) => {
    const terms = checkTerms(engagement.terms, engagement.currency)
    const first = firstDay(engagement, terms, month)
    const to = engagement.endsOn !== null && engagement.endsOn < range.to ? engagement.endsOn : range.to
    // Within a month, what lies before the range is a part of its own. Of terms that begin later there is none.
    const before = range.from === month ? [] : monthParts({ from: first, to: range.from })
    return { engagement, terms, upTo: monthParts({ from: first, to }), before }
  })
  const wanted = ranges.flatMap(({ engagement, terms, upTo, before }): PlaceWanted[] => {
    const one = { terms, since: engagement.startsOn, place: placeOf(engagement) }
    return [
      { ...one, parts: upTo },
      { ...one, parts: before },
    ]
  })
  const time = await readTime(db, { timeZone, of: ranges.filter(({ terms }) => terms.model === 'TIME') })
  const loaded = await loadPeriodFacts(db, { wanted, except, timeZone, time, isTotal: true })
  return ranges.map(({ engagement, terms }, index) => {
    const [upTo, before] = [factsOf(loaded[2 * index]), factsOf(loaded[2 * index + 1])]
    const facts = { upTo, before: before.at(-1) ?? null }
    return chargeOfDays(terms, facts, { from: range.from, decimals: minorUnits(engagement.currency) })
  })
}

/** What is charged by the hour is in no cell: of closed months their editions hold it, of open ones it is read from events. */
function readTime(
  db: TenantSql,
  { of, timeZone }: { of: readonly { engagement: ChargedTerms; upTo: readonly MonthPart[] }[]; timeZone: string },
): Promise<ChargedTime[]> {
  if (of.length === 0) return Promise.resolve([])
  const months = new Set(of.flatMap(({ upTo }) => upTo.map(({ month }) => month)))
  return readChargedTime(db, { places: of.map(({ engagement }) => placeOf(engagement)), months: [...months], timeZone })
}

function factsOf(loaded: readonly LoadedFacts[] = []) {
  return loaded.map(({ facts }) => facts)
}

/** From which day on the terms must be known to tell what they charge from the first of a month on. */
function firstDay({ startsOn }: ChargedTerms, terms: BillingTerms, month: CalendarDate): CalendarDate {
  const needsPast = dependsOnThePast(terms) || terms.model === 'PER_AGENT'
  return needsPast || startsOn > month ? startsOn : month
}
