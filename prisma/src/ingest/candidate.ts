import { hash } from 'node:crypto'
import { canonicalContent, type Invocation } from '@outlay/domain/invocation/invocation'
import { bucketStart } from '@outlay/domain/periods/bucket'
import { microsToMs } from '@outlay/domain/periods/instant'
import { localDay } from '@outlay/domain/periods/local-day'
import { formatFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import { formatQuantity, type Quantity6 } from '@outlay/domain/usage/quantity'
import { isTokenMeter } from '@outlay/domain/usage/meter'
import { ladderUses, type LadderUse } from '@outlay/domain/rating/ladder-positions'
import type { PositionOf, RatingResult, UsageToRate } from '@outlay/domain/rating/rate-book'
import type { CostBasis } from '@outlay/domain/rating/reported-cost'
import type { RatingStatus } from '@outlay/domain/rollup/cells'
import { plainArray, textArray } from '../sql/pg-array.ts'
import { withReportedCost } from './reported-rating.ts'
import type { TenantConfig } from './tenant-config.ts'

/** Kinds that consume by themselves; the others are wrappers as soon as something below them is billable. */
const LEAF_KINDS: ReadonlySet<string> = new Set(['MODEL', 'EMBEDDING', 'TOOL', 'RETRIEVAL'])

/** What rating looks at: of an item that comes in, or of an event that is stored. */
export interface RatableEvent {
  invocation: Pick<
    Invocation,
    'provider' | 'resource' | 'kind' | 'occurredAt' | 'usage' | 'qualifiers' | 'reportedCost'
  >
  isLeafKind: boolean
  hasUsage: boolean
}

/** An item on its way into a batch: parsed, hashed, and rated under one version of the tenant's configuration. */
export interface Candidate {
  invocation: Invocation
  contentHash: string
  isLeafKind: boolean
  hasUsage: boolean
  tokens: bigint
  /** What uses graduated prices is rated here as if it began their month; its place in it is known under the tenant's lock only. */
  rating: StoredRating
  /** What it uses of graduated prices, where it counts. */
  ladderUses: readonly LadderUse[]
  bucket: number
  day: string
  /** The version of the configuration it was rated and placed under. */
  configVersion: number
}

/** A rating as the row holds it: arrays of lines side by side. */
export interface StoredRating {
  status: RatingStatus
  cost: bigint | null
  meters: string
  quantities: string
  rateIds: string
  amounts: string
  fxRates: string | null
  ladders: string | null
  costBasis: CostBasis
  /** What converted a reported cost; null when it was not used, or was in the reporting currency. */
  reportedFxRate: string | null
}

/** A line of a stored rating. */
export interface StoredLine {
  meter: string
  quantity: Quantity6
  rateId: string | null
  amount: Fixed18 | null
  fxRate: string | null
  ladder: string | null
}

/** Makes a candidate. `contentKey` replaces the canonical content where an adapter knows better what a retry looks like. */
export function candidate(
  invocation: Invocation,
  { config, contentKey }: { config: TenantConfig; contentKey?: string | undefined },
): Candidate {
  const made: Candidate = {
    invocation,
    contentHash: contentHash(contentKey ?? canonicalContent(invocation)),
    isLeafKind: isLeafKind(invocation.kind),
    hasUsage: invocation.usage.some((line) => line.quantity > 0n),
    tokens: tokensOf(invocation),
    rating: EMPTY_RATING,
    ladderUses: [],
    bucket: 0,
    day: '',
    configVersion: 0,
  }
  rateUnder(made, config)
  return made
}

/** Rates a candidate (again), and places it in the tenant's day, under a configuration. */
export function rateUnder(item: Candidate, config: TenantConfig): void {
  const ms = microsToMs(item.invocation.occurredAt)
  item.bucket = bucketStart(ms, config.bucketMinutes)
  item.day = localDay(ms, config.timeZone)
  const { rating, uses } = placedRating(item, config)
  item.rating = rating
  item.ladderUses = uses
  item.configVersion = config.version
}

/**
 * The rating of an event that begins at given positions of graduated prices, as its row keeps it: the one way from usage to a cost, of
 * what comes in and of what is rated again.
 */
export function ratingAt(item: RatableEvent, config: TenantConfig, positionOf?: PositionOf): StoredRating {
  return placedRating(item, config, positionOf).rating
}

/** The same, with what the event uses of graduated prices. */
export function placedRating(
  item: RatableEvent,
  config: TenantConfig,
  positionOf?: PositionOf,
): { rating: StoredRating; uses: readonly LadderUse[] } {
  const result = rate(item, config, positionOf)
  return { rating: finalRating(item, config, result), uses: result === null ? [] : ladderUses(result.lines) }
}

function finalRating({ invocation }: RatableEvent, config: TenantConfig, result: RatingResult | null): StoredRating {
  if (result === null) return EMPTY_RATING
  const lines = linesToStore(invocation.usage, result)
  return withReportedCost(storedRating(lines, result), { ...invocation, lines: lines.length }, config)
}

export function isLeafKind(kind: string): boolean {
  return LEAF_KINDS.has(kind)
}

const EMPTY_RATING: StoredRating = {
  status: 'RATED',
  cost: 0n,
  meters: '{}',
  quantities: '{}',
  rateIds: '{}',
  amounts: '{}',
  fxRates: null,
  ladders: null,
  costBasis: 'RATES',
  reportedFxRate: null,
}

/** null for a plain node of the tree, which consumed nothing: there is nothing to price. */
function rate(item: RatableEvent, config: TenantConfig, positionOf?: PositionOf): RatingResult | null {
  const { invocation } = item
  if (!item.isLeafKind && !item.hasUsage && invocation.usage.length === 0) return null
  const event: UsageToRate = {
    provider: invocation.provider,
    resource: invocation.resource,
    kind: invocation.kind,
    occurredAtMicros: invocation.occurredAt,
    usage: invocation.usage,
    qualifiers: invocation.qualifiers ?? {},
  }
  return config.rateBook.rateUsage(event, positionOf)
}

/** The lines of a rating, which are in the order of the usage; a meter has several where its quantity crosses a step. */
export function linesToStore(
  usage: readonly { meter: string; quantity: Quantity6 }[],
  { lines }: Pick<RatingResult, 'lines'>,
): StoredLine[] {
  const stored: StoredLine[] = []
  let next = 0
  for (const { meter, quantity } of usage) {
    // A meter that rating left out needs no price (a request count beside tokens, a quantity of 0): it costs 0, which is known.
    if (lines[next]?.meter !== meter) {
      stored.push({ meter, quantity, rateId: null, amount: 0n, fxRate: null, ladder: null })
    }
    for (let line = lines[next]; line?.meter === meter; line = lines[++next]) stored.push(line)
  }
  return stored
}

/** Lines as the row holds them. */
export function storedRating(
  lines: readonly StoredLine[],
  { status, cost }: { status: RatingStatus; cost: Fixed18 | null },
): StoredRating {
  const meters: string[] = []
  const quantities: string[] = []
  const rateIds: (string | null)[] = []
  const amounts: (string | null)[] = []
  const fxRates: (string | null)[] = []
  const ladders: (string | null)[] = []
  for (const line of lines) {
    meters.push(line.meter)
    quantities.push(formatQuantity(line.quantity))
    rateIds.push(line.rateId)
    amounts.push(line.amount === null ? null : formatFixed18(line.amount))
    fxRates.push(line.fxRate)
    ladders.push(line.ladder)
  }
  return {
    status,
    cost,
    meters: textArray(meters),
    quantities: plainArray(quantities),
    rateIds: plainArray(rateIds),
    amounts: plainArray(amounts),
    fxRates: fxRates.some((rate) => rate !== null) ? plainArray(fxRates) : null,
    ladders: ladders.some((ladder) => ladder !== null) ? plainArray(ladders) : null,
    costBasis: 'RATES',
    reportedFxRate: null,
  }
}

function tokensOf(invocation: Invocation): bigint {
  let tokens = 0n
  for (const { meter, quantity } of invocation.usage) if (isTokenMeter(meter)) tokens += quantity
  return tokens
}

/** The first 128 bits of SHA-256, written as the uuid that the key table holds. */
function contentHash(content: string): string {
  const hex = hash('sha256', content, 'hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}
