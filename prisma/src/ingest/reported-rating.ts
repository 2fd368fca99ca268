import type { Invocation } from '@outlay/domain/invocation/invocation'
import { rateByReport } from '@outlay/domain/rating/reported-cost'
import { plainArray } from '../sql/pg-array.ts'
import type { StoredRating } from './candidate.ts'
import type { TenantConfig } from './tenant-config.ts'

/**
 * The rating of an event with its sender's own figure in place of a missing price, where the tenant allows that. What our rates price
 * stays as it is. Lines that a rate did match lose their amounts then: half a price of ours beside the whole of theirs would be
 * counted twice. `lines`: how many the rating has.
 */
export function withReportedCost(
  rating: StoredRating,
  { reportedCost, occurredAt, lines }: Pick<Invocation, 'reportedCost' | 'occurredAt'> & { lines: number },
  { fx, useReportedCost }: Pick<TenantConfig, 'fx' | 'useReportedCost'>,
): StoredRating {
  if (rating.status !== 'UNPRICED' || reportedCost === null || !useReportedCost) return rating
  const { status, cost, fxRate } = rateByReport(reportedCost, { fx, atMicros: occurredAt })
  const none = plainArray(Array.from({ length: lines }, () => null))
  return {
    ...rating,
    status,
    cost,
    rateIds: none,
    amounts: none,
    fxRates: null,
    costBasis: 'REPORTED',
    reportedFxRate: fxRate,
  }
}
