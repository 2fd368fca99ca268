import { DomainError } from '@outlay/domain/errors'
import { FIXED18_ONE, parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import { daysBetween, type CalendarDate, type DateRange } from '@outlay/domain/periods/calendar-date'
import { parseInstant } from '@outlay/domain/periods/instant'
import type { Prices } from '@outlay/domain/rating/review'
import type { AttributedSum } from '@outlay/domain/reconciliation/attributed'
import type { StoredFx } from '@outlay/domain/reconciliation/decompose'
import { knownPrices } from '@outlay/domain/reconciliation/known-prices'
import { providerName } from '@outlay/domain/reconciliation/names'
import { reconcile, type Reconciliation, type ResourceDay } from '@outlay/domain/reconciliation/reconcile'
import { FX_RATES_MAX, readFxRates } from '../sql/read-fx-rates.ts'
import {
  COMPARED_MAX,
  readAcceptedVariances,
  readAttributedSums,
  readProviderCosts,
  readProviderLines,
  readStatedDays,
  type AcceptedRecord,
  type StatedDays,
} from '../sql/read-reconciliation.ts'
import type { TenantSql } from '../sql/tenant-sql.ts'

/** Two months: what is compared is read from events, not from roll-ups. */
export const RANGE_DAYS_MAX = 62

/** What was accepted of a row, and whether it still is. */
export interface AcceptedVariance extends AcceptedRecord {
  /** Whether the variance still is of the amount that was accepted. */
  isCurrent: boolean
}

/** A resource's day with what was accepted of it. */
export interface ComparedDay extends ResourceDay {
  accepted: AcceptedVariance[]
}

/** What statements say of some UTC days beside what the ledger holds of them. */
export interface Comparison extends Omit<Reconciliation, 'rows'> {
  range: DateRange
  provider: string | null
  rows: ComparedDay[]
  /** Attributed on days for which no statement of the provider is there. */
  uncompared: Fixed18
}

/**
 * Compares the statements of some UTC days with the ledger. `prices` are those that hold for the tenant. Throws DomainError INVALID_DATE
 * beyond 62 days, and TOO_MANY_LINES beyond 50,000 lines or sums.
 */
export async function compareStatements(
  db: TenantSql,
  { currency, prices }: { currency: string; prices: () => Promise<Prices> },
  asked: DateRange & { provider?: string | null },
): Promise<Comparison> {
  const range = { from: asked.from, to: asked.to }
  if (daysBetween(range.from, range.to) > RANGE_DAYS_MAX) {
    throw new DomainError('INVALID_DATE', `At most ${RANGE_DAYS_MAX} days are compared at once.`, 'range')
  }
  const provider = asked.provider == null ? null : providerName(asked.provider)
  const isAsked = (each: { provider: string }) => provider === null || providerName(each.provider) === provider
  const stated = await readStatedDays(db, range)
  const isStated = statedOn(stated)
  const hasStated = stated.some((days) => isAsked(days) && days.first < range.to && days.last >= range.from)
  const [allLines, allSums, costs, accepted, fx, known] = await Promise.all([
    readProviderLines(db, range),
    // Where no statement says anything there is nothing to compare by resource and meter: one sum of each provider will do.
    hasStated ? readAttributedSums(db, range) : [],
    hasStated ? [] : readProviderCosts(db, range),
    readAcceptedVariances(db, range),
    readFxRates(db, { ...range, base: null, quote: currency }),
    prices(),
  ])
  for (const { length } of [allLines, allSums]) {
    if (length > COMPARED_MAX) throw tooMany(`The days have more than ${COMPARED_MAX} lines; ask for fewer days.`)
  }
  if (fx.length > FX_RATES_MAX) throw tooMany(`The days have more than ${FX_RATES_MAX} FX rates.`)
  const sums = allSums.filter(isAsked)
  const attributed = sums.filter(isStated)
  const instants = { start: parseInstant(`${range.from}T00:00:00Z`), end: parseInstant(`${range.to}T00:00:00Z`) }
  const { rows, ...result } = reconcile({
    lines: allLines.filter(isAsked).filter((line) => line.amount !== null || isStated(line)),
    attributed,
    prices: knownPrices(known, attributed, instants),
    storedFx: storedFx(fx, currency),
  })
  return {
    ...result,
    range,
    provider,
    rows: rows.map((row) => ({ ...row, accepted: acceptedOf(row, accepted) })),
    uncompared: costOf(costs.filter(isAsked)) + costOf(sums) - costOf(attributed),
  }
}

function tooMany(message: string): DomainError {
  return new DomainError('TOO_MANY_LINES', message, 'range')
}

function costOf(sums: readonly Pick<AttributedSum, 'cost'>[]): Fixed18 {
  return sums.reduce((total, { cost }) => total + cost, 0n)
}

/** Whether a statement of the provider is there for the day. */
function statedOn(stated: readonly StatedDays[]): (place: { provider: string; day: CalendarDate }) => boolean {
  return ({ provider, day }) =>
    stated.some((days) => days.provider === providerName(provider) && days.first <= day && day <= days.last)
}

function storedFx(rates: readonly { base: string; date: string; rate: string }[], currency: string): StoredFx {
  const stored = new Map(rates.map(({ base, date, rate }) => [`${base}${date}`, parseFixed18(rate)]))
  return (base, day) => (base === currency ? FIXED18_ONE : (stored.get(`${base}${day}`) ?? null))
}

function acceptedOf(row: ResourceDay, accepted: readonly AcceptedRecord[]): AcceptedVariance[] {
  return accepted
    .filter(({ provider, day, resource }) => {
      return provider === row.provider && day === row.day && resource === row.resource
    })
    .map((each) => ({ ...each, isCurrent: row.causes[each.cause] === each.amount }))
}

/** What of a gap was accepted, as far as it still is of that amount. */
export function acceptedAmount({ accepted }: Pick<ComparedDay, 'accepted'>): Fixed18 {
  return accepted.reduce((sum, { isCurrent, amount }) => (isCurrent ? sum + amount : sum), 0n)
}
