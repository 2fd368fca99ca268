import type { RateInput } from '@outlay/db/ingest/publish-rates'
import { readRates, type RateRecord } from '@outlay/db/sql/read-rates'
import { formatInstant, parseInstant } from '@outlay/domain/periods/instant'
import type { Context } from '../../graphql/context.ts'
import { groupBy } from '../../reads/group-by.ts'
import { storableKey } from '../../reads/storable-key.ts'
import type { UserErrorSource } from '../user-error.schema.ts'

export interface RateCardSource {
  provider: string
  version: string
  source: RateRecord['source']
  rates: RateRecord[]
}

export interface PublishRatesSource {
  rates: RateRecord[] | null
  userErrors: UserErrorSource[]
}

export async function listRateCards(
  { db }: Context,
  args: { provider?: string | null; at?: string | null },
): Promise<RateCardSource[]> {
  const provider = args.provider ?? null
  if (provider !== null && !storableKey(provider)) return []
  const at = args.at === null || args.at === undefined ? null : formatInstant(parseInstant(args.at))
  const { tenant, catalogue } = await readRates(db, { provider, at })
  return [...cards(tenant), ...cards(catalogue)]
}

function cards(rates: readonly RateRecord[]): RateCardSource[] {
  const groups = groupBy(rates, (rate) => JSON.stringify([rate.source, rate.provider, rate.cardVersion]))
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    return first === undefined
      ? []
      : [{ provider: first.provider, version: first.cardVersion, source: first.source, rates: group }]
  })
}

export async function publishRates(
  { services, tenant, loaders }: Context,
  rates: readonly RateInput[],
): Promise<PublishRatesSource> {
  const outcome = await services.publishRates(tenant.id, rates)
  if (outcome.userErrors.length > 0) return { rates: null, userErrors: outcome.userErrors }
  const published = await loaders.rate.loadMany(outcome.rateIds)
  return { rates: published.flatMap((rate) => (rate === null || rate instanceof Error ? [] : [rate])), userErrors: [] }
}
