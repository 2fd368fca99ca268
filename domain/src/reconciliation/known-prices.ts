import type { EpochMicros } from '../periods/instant.ts'
import type { Rate } from '../rating/rate.ts'
import type { Prices } from '../rating/review.ts'
import { indexTenantRates } from '../rating/tenant-rates.ts'
import type { AttributedSum, KnownPrice } from './attributed.ts'

/**
 * Every price that is known for the meters that were used: the tenant's own where it has any for the meter, else those of the catalogue.
 * `start` and `end`: the instants of the compared days.
 */
export function knownPrices(
  { rates, catalogue }: Prices,
  used: readonly Pick<AttributedSum, 'provider' | 'resource' | 'meter'>[],
  { start, end }: { start: EpochMicros; end: EpochMicros },
): KnownPrice[] {
  const own = indexTenantRates(rates)
  const places = new Map(used.map((each) => [JSON.stringify([each.provider, each.resource, each.meter]), each]))
  return [...places.values()].flatMap(({ provider, resource, meter }) => {
    const fits = (rate: Rate) => rate.meter === meter && overlaps(rate, { start, end })
    const ours = own.fitting(provider, resource).filter(fits)
    const found = ours.length > 0 ? ours : (catalogue?.find(provider, resource)?.rates ?? []).filter(fits)
    return found.map((rate) => ({
      provider,
      resource,
      meter,
      unitPrice: rate.unitPrice,
      currency: rate.currency,
      effectiveFrom: rate.effectiveFromMicros,
      effectiveTo: rate.effectiveToMicros,
      label: labelOf(rate),
    }))
  })
}

function overlaps({ effectiveFromMicros, effectiveToMicros }: Rate, { start, end }: { start: number; end: number }) {
  return (effectiveFromMicros ?? start) < end && (effectiveToMicros ?? end) > start
}

/** What makes a price another than the plain one, else whose it is: `tier=batch`, `above 200000 prompt tokens`, `anthropic v3`. */
function labelOf({ qualifiers, abovePromptTokens, aboveMonthlyQuantity, card }: Rate): string {
  const conditions = Object.entries(qualifiers).map(([name, value]) => `${name}=${value}`)
  if (abovePromptTokens !== null) conditions.push(`above ${abovePromptTokens} prompt tokens`)
  if (aboveMonthlyQuantity !== null) conditions.push('a later step of the month')
  return conditions.length > 0 ? conditions.sort().join(', ') : card
}
