import type { RateRecord } from '@outlay/db/sql/read-rates'
import type { RatingLines } from '@outlay/db/sql/rating-columns'
import { invariant } from '@outlay/domain/errors'
import { parseFixed18 } from '@outlay/domain/money/fixed18'
import { formatQuantity, parseQuantity } from '@outlay/domain/usage/quantity'
import { costOf, readUnitPrice } from '@outlay/domain/usage/unit-price'
import type { Context } from '../../graphql/context.ts'
import { plainDecimal } from '../../reads/plain-decimal.ts'
import type { Amount } from '../money/money.schema.ts'

/** The arithmetic of one meter: quantity × unitPrice = amountNative, × fxRate = amount. */
export interface RatedLineSource {
  meter: string
  quantity: string
  unitPrice: Amount
  per: string
  /** In the currency of the rate. */
  amountNative: Amount
  amount: Amount
  fxRate: string | null
  /** The UTC date whose FX rate was used; null when nothing was converted. */
  fxDate: string | null
  rate: RateRecord
}

/** A rating with the event it belongs to. `occurredAt`: RFC 3339 in UTC. */
export interface RatingSource extends RatingLines {
  id: string
  occurredAt: string
}

export interface UsageLineSource {
  meter: string
  quantity: string
}

/** The lines of a rating that have a price. */
export async function ratedLines({ loaders, tenant }: Context, rating: RatingSource): Promise<RatedLineSource[]> {
  const lines = rating.meters.map(async (meter, i) => {
    const [rateId, amount] = [rating.rateIds[i] ?? null, rating.amounts[i] ?? null]
    if (rateId === null || amount === null) return null
    const rate = await loaders.rate.load(rateId)
    invariant(rate !== null, `The rate ${rateId} of the invocation ${rating.id} is gone`)
    const { currency } = rate
    const quantity = parseQuantity(rating.quantities[i] ?? '0')
    const fxRate = rating.fxRates?.[i] ?? null
    return {
      meter,
      quantity: formatQuantity(quantity),
      unitPrice: { amount: parseFixed18(rate.unitPrice), currency },
      per: plainDecimal(rate.per),
      amountNative: { amount: costOf(readUnitPrice(rate.unitPrice), quantity), currency },
      amount: { amount: parseFixed18(amount), currency: tenant.currency },
      fxRate: fxRate === null ? null : plainDecimal(fxRate),
      fxDate: fxRate === null ? null : rating.occurredAt.slice(0, 10),
      rate,
    }
  })
  return (await Promise.all(lines)).filter((line) => line !== null)
}

/** What was used, by meter: rating may have cut a meter into several lines. */
export function usageLines({ meters, quantities }: RatingLines): UsageLineSource[] {
  const sums = new Map<string, bigint>()
  meters.forEach((meter, i) => sums.set(meter, (sums.get(meter) ?? 0n) + parseQuantity(quantities[i] ?? '0')))
  return [...sums].map(([meter, quantity]) => ({ meter, quantity: formatQuantity(quantity) }))
}
