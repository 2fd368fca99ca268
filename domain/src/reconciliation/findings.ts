import type { Fixed18 } from '../money/fixed18.ts'
import type { CalendarDate } from '../periods/calendar-date.ts'
import type { ResourceDay } from './reconcile.ts'
import { CAUSES, type Cause } from './variance.ts'

/** One reason for a gap over all the days on which it is one: what a person reads instead of hundreds of rows. */
export interface Finding {
  provider: string
  cause: Cause
  /** Null: of the provider's whole days. */
  resource: string | null
  /** Null: of all meters of the resource. */
  meter: string | null
  /** The other known price, for a TIER. */
  tier: string | null
  first: CalendarDate
  last: CalendarDate
  days: number
  amount: Fixed18
}

/**
 * Sums the causes of rows by provider, cause, resource, meter and tier, the largest amount first. A duplicated day stands for itself, and
 * FX for all of the provider, because that is how either comes about. They add up to the gap of the rows.
 *
 *     RATE large input_tokens 2026-10-01 to 2026-10-31, 31 days: 36.735
 */
export function findingsOf(rows: readonly ResourceDay[]): Finding[] {
  const findings = new Map<string, Finding & { seen: Set<CalendarDate> }>()
  for (const { provider, day, resource, meters } of rows) {
    for (const { meter, tier, causes } of meters) {
      for (const cause of CAUSES) {
        if (causes[cause] === 0n) continue
        const isWide = cause === 'FX' || cause === 'DUPLICATE'
        const place = isWide
          ? { resource: null, meter: null, tier: null }
          : { resource, meter, tier: tierOf(cause, tier) }
        const key = JSON.stringify([provider, cause, place, cause === 'DUPLICATE' ? day : null])
        const blank = { provider, cause, ...place, first: day, last: day, days: 0, amount: 0n, seen: new Set<string>() }
        const finding = findings.get(key) ?? blank
        finding.seen.add(day)
        finding.amount += causes[cause]
        if (day < finding.first) finding.first = day
        if (day > finding.last) finding.last = day
        findings.set(key, finding)
      }
    }
  }
  return [...findings.values()]
    .map(({ seen, ...finding }) => ({ ...finding, days: seen.size }))
    .sort((a, b) => larger(b.amount, a.amount))
}

function tierOf(cause: Cause, tier: string | null): string | null {
  return cause === 'TIER' ? tier : null
}

function larger(a: Fixed18, b: Fixed18): number {
  const [left, right] = [a < 0n ? -a : a, b < 0n ? -b : b]
  return left < right ? -1 : left > right ? 1 : 0
}
