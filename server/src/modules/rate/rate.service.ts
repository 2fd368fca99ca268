import type { RateInput } from '@outlay/db/ingest/parse-rates'
import type { RateRecord } from '@outlay/db/sql/read-rates'
import type { OwnRateSource } from '@outlay/domain/rating/rate'
import { actorOf } from '../../graphql/actor.ts'
import type { Context } from '../../graphql/context.ts'
import type { UserErrorSource } from '../user-error.schema.ts'

export interface PublishRatesSource {
  rates: RateRecord[] | null
  userErrors: UserErrorSource[]
}

export async function publishRates(
  context: Context,
  input: { rates: readonly RateInput[]; source: OwnRateSource; note?: string | null },
): Promise<PublishRatesSource> {
  const { services, tenant, loaders } = context
  const { rates, source, note = null } = input
  const by = await actorOf(context)
  const { rateIds, userErrors } = await services.publishRates(tenant.id, { rates, source, note, by })
  if (userErrors.length > 0) return { rates: null, userErrors }
  const published = await loaders.rate.loadMany(rateIds)
  return { rates: published.flatMap((rate) => (rate === null || rate instanceof Error ? [] : [rate])), userErrors: [] }
}
