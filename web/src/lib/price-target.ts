import { compareDecimals } from './format.ts'
import { ratioOfPercent } from './pool-form.ts'
import { first, type SearchParams } from './search-params.ts'

const USUAL = '0.4'

/**
 * The margin that an address asks for, `?target=37.5` in percent; 40 % without one. What cannot be a margin is said, and the usual one taken.
 */
export function readTarget(params: SearchParams): { ratio: string; refusal: string | null } {
  const written = first(params.target)
  if (written === null) return { ratio: USUAL, refusal: null }
  const ratio = ratioOfPercent(written)
  if (ratio !== null && compareDecimals(ratio, '1') < 0) return { ratio, refusal: null }
  return { ratio: USUAL, refusal: 'Write a margin in percent from 0 to below 100, like 40 or 37.5. This is for 40.' }
}
