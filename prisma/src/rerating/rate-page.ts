import { parseFixed18 } from '@outlay/domain/money/fixed18'
import { microsToMs } from '@outlay/domain/periods/instant'
import { localDay } from '@outlay/domain/periods/local-day'
import type { LadderPositions, LadderUse } from '@outlay/domain/rating/ladder-positions'
import { BILLED } from '@outlay/domain/rollup/cells'
import { placedRating, ratingAt, type StoredRating } from '../ingest/candidate.ts'
import type { TenantConfig } from '../ingest/tenant-config.ts'
import type { StoredEvent } from './event-page.ts'

/** What a page of events would cost: by position its new rating, null where it keeps the one it has. The events are in their order. */
export type RatePage = (events: readonly StoredEvent[]) => Promise<(StoredRating | null)[]>

/**
 * Rates a page again the way ingest rates, under a configuration. `positions`: what the month has used of graduated prices before the
 * page, and after it when this is done; null for a tenant without them.
 */
export function ratePage(
  events: readonly StoredEvent[],
  { config, positions }: { config: TenantConfig; positions: LadderPositions | null },
): (StoredRating | null)[] {
  if (positions === null) {
    return events.map((event) => (isRatedTheSame(event, config) ? null : changedRating(event, ratingAt(event, config))))
  }
  return events.map((event) => {
    const placed = rateInPlace(event, { config, positions })
    positions.advance(placed.uses)
    return changedRating(event, placed.rating)
  })
}

/** The rating of an event at its place on graduated prices, and what it uses of them there: what does not count has no place. */
export function rateInPlace(
  event: StoredEvent,
  { config, positions }: { config: TenantConfig; positions: LadderPositions },
): { rating: StoredRating; uses: readonly LadderUse[] } {
  if (!BILLED.has(event.billing)) return { rating: ratingAt(event, config), uses: [] }
  positions.enter(localDay(microsToMs(event.invocation.occurredAt), config.timeZone))
  return placedRating(event, config, (ladder) => positions.of(ladder))
}

/**
 * Whether an event certainly has the rating that it would get: looked for without putting the rating into the words of its row, which is
 * what most of the time would go into, and hardly ever anything has changed. Whatever is not plain is answered no, and compared in full.
 */
function isRatedTheSame(event: StoredEvent, { rateBook }: TenantConfig): boolean {
  const { invocation, status, costBasis, rateIds, fxRates, lines: storedLines } = event
  const { usage } = invocation
  const isPlain = costBasis === 'RATES' && fxRates === null && event.ladders === null
  if (status !== 'RATED' || !isPlain || storedLines !== usage.length) return false
  const { cost, lines } = rateBook.rateUsage({
    provider: invocation.provider,
    resource: invocation.resource,
    kind: invocation.kind,
    occurredAtMicros: invocation.occurredAt,
    usage,
    qualifiers: invocation.qualifiers ?? NO_QUALIFIERS,
  })
  if (cost === null || cost !== event.cost) return false
  let at = 1
  let next = 0
  for (const { meter } of usage) {
    const line = lines[next]
    const isOfMeter = line !== undefined && line.meter === meter
    if (isOfMeter) next += 1
    if (isOfMeter && line.fxRate !== null) return false
    const id = (isOfMeter ? line.rateId : null) ?? 'NULL'
    if (!rateIds.startsWith(id, at)) return false
    at += id.length + 1
  }
  return next === lines.length && at === rateIds.length
}

const NO_QUALIFIERS = {}

/**
 * The rating, unless the event has it already. Prices never change once they have an id, so lines of the same quantities, rates and FX
 * rates are the same to the last decimal; the sum is compared all the same.
 */
export function changedRating(event: StoredEvent, rating: StoredRating): StoredRating | null {
  const isSame =
    rating.status === event.status &&
    rating.cost === event.cost &&
    rating.rateIds === event.rateIds &&
    rating.meters === event.meters &&
    rating.quantities === withoutPadding(event.quantities) &&
    rating.fxRates === (event.fxRates === null ? null : withoutPadding(event.fxRates)) &&
    rating.ladders === event.ladders &&
    rating.costBasis === event.costBasis &&
    isSameFactor(rating.reportedFxRate, event.reportedFxRate)
  return isSame ? null : rating
}

function isSameFactor(a: string | null, b: string | null): boolean {
  return a === null || b === null ? a === b : parseFixed18(a) === parseFixed18(b)
}

/** `{1000.000000,0.250000}` is `{1000,0.25}`: Postgres pads a numeric to the scale of its column. */
function withoutPadding(literal: string): string {
  return literal.replace(PADDING, '')
}

const PADDING = /\.?0+(?=[,}])/g
