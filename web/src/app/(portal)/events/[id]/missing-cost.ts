import { metersWithoutPrice } from '../../../../components/rating/invocation-facts.ts'
import type { RecordedEvent } from './page.tsx'

/** Why there is no amount, in the words of every other page. */
export function missingCost(event: RecordedEvent): string {
  if (event.status === 'UNCONVERTED') return 'No exchange rate on that day'
  if (event.costBasis === 'REPORTED') return 'No rate matches; the reported cost counts'
  const meters = metersWithoutPrice(event)
  return event.status === 'UNPRICED' && meters.length > 0
    ? `No price for ${meters.join(', ')}`
    : 'It costs nothing itself'
}
