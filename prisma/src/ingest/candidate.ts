import { hash } from 'node:crypto'
import { canonicalContent, type Invocation } from '@outlay/domain/invocation/invocation'
import { bucketStart } from '@outlay/domain/periods/bucket'
import { microsToMs } from '@outlay/domain/periods/instant'
import { localDay } from '@outlay/domain/periods/local-day'
import { formatFixed18 } from '@outlay/domain/money/fixed18'
import { formatQuantity } from '@outlay/domain/usage/quantity'
import { isTokenMeter } from '@outlay/domain/usage/meter'
import type { RatingResult } from '@outlay/domain/rating/rate-book'
import type { RatingStatus } from '@outlay/domain/rollup/cells'
import { plainArray, textArray } from '../sql/pg-array.ts'
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
  rating: StoredRating
  bucket: number
  day: string
  /** The version of the configuration it was rated and placed under. */
  configVersion: number
}

/** Where a cost comes from: our prices, or its sender. */
export type CostBasis = 'RATES' | 'REPORTED'

/** A rating as the row holds it: arrays of lines side by side. */
export interface StoredRating {
  status: RatingStatus
  cost: bigint | null
  meters: string
  quantities: string
  rateIds: string
  amounts: string
  fxRates: string | null
  costBasis: CostBasis
  /** What converted a reported cost; null when it was not used, or was in the reporting currency. */
  reportedFxRate: string | null
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
  item.rating = ratingOf(item, config)
  item.configVersion = config.version
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
  costBasis: 'RATES',
  reportedFxRate: null,
}

/** The rating of an event under a configuration, as its row keeps it: the one way from usage to a cost, of what comes in and of what is rated again. */
export function ratingOf(item: RatableEvent, config: TenantConfig): StoredRating {
  return storedRating(item, config)
}

function storedRating(item: RatableEvent, config: TenantConfig): StoredRating {
  const { invocation } = item
  // A plain node of the tree consumed nothing: there is nothing to price.
  if (!item.isLeafKind && !item.hasUsage && invocation.usage.length === 0) return EMPTY_RATING
  const result: RatingResult = config.rateBook.rateUsage({
    provider: invocation.provider,
    resource: invocation.resource,
    kind: invocation.kind,
    occurredAtMicros: invocation.occurredAt,
    usage: invocation.usage,
    qualifiers: invocation.qualifiers ?? {},
  })
  const lines = new Map(result.lines.map((line) => [line.meter, line]))
  const meters: string[] = []
  const quantities: string[] = []
  const rateIds: (string | null)[] = []
  const amounts: (string | null)[] = []
  const fxRates: (string | null)[] = []
  for (const { meter, quantity } of invocation.usage) {
    const line = lines.get(meter)
    meters.push(meter)
    quantities.push(formatQuantity(quantity))
    rateIds.push(line?.rateId ?? null)
    // A meter that rating left out needs no price (a request count beside tokens, a quantity of 0): it costs 0, which is known.
    amounts.push(line === undefined ? '0' : line.amount === null ? null : formatFixed18(line.amount))
    fxRates.push(line?.fxRate ?? null)
  }
  return {
    status: result.status,
    cost: result.cost,
    meters: textArray(meters),
    quantities: plainArray(quantities),
    rateIds: plainArray(rateIds),
    amounts: plainArray(amounts),
    fxRates: fxRates.some((rate) => rate !== null) ? plainArray(fxRates) : null,
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
