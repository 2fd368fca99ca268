import { PRICED_USAGE_MAX, readPricedUsage } from '@outlay/db/sql/read-rate-review'
import type { RateRecord } from '@outlay/db/sql/read-rates'
import type { CalendarDate, DateRange } from '@outlay/domain/periods/calendar-date'
import { parseInstant } from '@outlay/domain/periods/instant'
import { quarterOf } from '@outlay/domain/periods/quarter'
import { reviewRates, type RateReview } from '@outlay/domain/rating/review'
import type { Context } from '../../graphql/context.ts'
import { apiError } from '../../graphql/errors.ts'
import { instantsOf } from '../../reads/period.ts'

export interface RateReviewSource extends RateReview {
  range: DateRange
}

/** The review of the tenant's calendar quarter that a date lies in. */
export async function openRateReview({ db, tenant, services }: Context, date: CalendarDate): Promise<RateReviewSource> {
  const range = quarterOf(date)
  const instants = instantsOf(range, tenant.timeZone)
  const [usage, prices] = await Promise.all([readPricedUsage(db, range, tenant.timeZone), services.prices(tenant.id)])
  if (usage.length > PRICED_USAGE_MAX) {
    throw apiError(
      'QUERY_TOO_COMPLEX',
      `The quarter from ${range.from} has more than ${PRICED_USAGE_MAX} combinations of resource, meter and rate.`,
    )
  }
  const [start, end] = [parseInstant(instants.start), parseInstant(instants.end)]
  return { range, ...reviewRates(usage, { prices, start, end }) }
}

export async function readUnusedRates({ loaders }: Context, review: RateReviewSource): Promise<RateRecord[]> {
  const rates = await loaders.rate.loadMany(review.unusedRates.map(({ id }) => id))
  return rates.flatMap((rate) => {
    if (rate instanceof Error) throw rate
    return rate === null ? [] : [rate]
  })
}
