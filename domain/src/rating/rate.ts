import type { EpochMicros } from '../periods/instant.ts'
import type { Quantity6 } from '../usage/quantity.ts'
import type { UnitPrice12 } from '../usage/unit-price.ts'

/** Where a price comes from: a contract with the provider, a person who entered it, or the catalogue of public prices. */
export type RateSource = 'CONTRACT' | 'MANUAL' | 'CATALOGUE'

/** The sources of a tenant's own rates. */
export type OwnRateSource = Exclude<RateSource, 'CATALOGUE'>

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
  /**
   * A step of a graduated price: applies to what the month uses beyond this quantity, counted in the order of (occurredAt, id). Null for
   * a price that does not depend on the month.
   */
  aboveMonthlyQuantity: Quantity6 | null
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
