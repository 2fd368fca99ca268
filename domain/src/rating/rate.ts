import type { EpochMicros } from '../periods/instant.ts'
import type { UnitPrice12 } from '../usage/unit-price.ts'

export type RateSource = 'TENANT' | 'CATALOGUE'

/** What a price is of and what it is, before it has an id: the part that a tenant publishes. */
export interface NewRate {
  provider: string
  /** Exact name as the provider spells it, or a pattern in which `*` stands for any text. */
  resource: string
  meter: string
  /** The price of one unit, exact. */
  unitPrice: UnitPrice12
  /** As published: `priceText` for `perText` units, e.g. `0.015` per `1000`. */
  priceText: string
  perText: string
  currency: string
  /** In force from this instant on; null for always. */
  effectiveFromMicros: EpochMicros | null
  /** In force until just before this instant; null for no end. */
  effectiveToMicros: EpochMicros | null
  /** Applies to requests whose prompt is larger than this; the whole request is priced at it. */
  abovePromptTokens: bigint | null
  /** Applies to events that carry all of these; empty for every event. */
  qualifiers: Record<string, string>
}

/** One version of the price of one meter of one resource (law L11). */
export interface Rate extends NewRate {
  id: string
  source: RateSource
  /** The card it belongs to, in words: `anthropic v3`, or the catalogue and its version. */
  card: string
}

/** On the UTC date, 1 `base` is `rate` `quote`. */
export interface FxRate {
  /** `YYYY-MM-DD`. */
  date: string
  base: string
  quote: string
  /** Decimal text, as published. */
  rate: string
}
