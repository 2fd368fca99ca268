import type { RateInput } from '@outlay/db/ingest/parse-rates'
import { readUnpriced, type RateRecord, type UnpricedRecord } from '@outlay/db/sql/read-rates'
import type { DateRange } from '@outlay/domain/periods/calendar-date'
import type { OwnRateSource } from '@outlay/domain/rating/rate'
import { actorOf } from '../../graphql/actor.ts'
import type { Context } from '../../graphql/context.ts'
import { checkedRange, instantsOf } from '../../reads/period.ts'
import { plainDecimal } from '../../reads/plain-decimal.ts'
import type { UserErrorSource } from '../user-error.schema.ts'

export type UnpricedUsageSource = UnpricedRecord

export interface PublishRatesSource {
  rates: RateRecord[] | null
  userErrors: UserErrorSource[]
}

export async function listUnpricedUsage({ db, tenant }: Context, asked: DateRange): Promise<UnpricedUsageSource[]> {
  const rows = await readUnpriced(db, instantsOf(checkedRange(asked), tenant.timeZone))
  return rows.map((row) => ({ ...row, quantity: plainDecimal(row.quantity) }))
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
