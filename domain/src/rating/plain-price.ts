import type { CatalogueModel } from '../catalogue/catalogue.ts'
import type { EpochMicros } from '../periods/instant.ts'
import { resourceRates } from './candidates.ts'
import { indexLadders } from './ladder.ts'
import type { Rate } from './rate.ts'

/**
 * The price of a meter that holds without conditions (no qualifier, no prompt threshold, the first step of a graduated price), at the last
 * moment before `end`; else the one that held last before. Null when there never was one. The rates are those that fit one resource.
 */
export function plainPriceBefore(
  end: EpochMicros,
  { meter, own = [], model = null }: { meter: string; own?: readonly Rate[]; model?: CatalogueModel | null },
): Rate | null {
  const rates = resourceRates(own, model, indexLadders(own))
  const ends = [...own, ...(model?.rates ?? [])].flatMap(({ effectiveToMicros }) =>
    effectiveToMicros !== null && effectiveToMicros < end ? [effectiveToMicros] : [],
  )
  for (const moment of [end, ...ends.sort((a, b) => b - a)]) {
    const found = rates
      .at(moment - 1)(meter)
      .find(({ rate }) => isPlain(rate))
    if (found !== undefined) return found.rate
  }
  return null
}

function isPlain({ abovePromptTokens, aboveMonthlyQuantity, qualifiers }: Rate): boolean {
  return (
    abovePromptTokens === null &&
    (aboveMonthlyQuantity === null || aboveMonthlyQuantity === 0n) &&
    Object.keys(qualifiers).length === 0
  )
}
