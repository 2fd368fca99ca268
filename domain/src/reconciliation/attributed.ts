import type { Fixed18 } from '../money/fixed18.ts'
import type { CalendarDate } from '../periods/calendar-date.ts'
import type { EpochMicros } from '../periods/instant.ts'
import type { Quantity6 } from '../usage/quantity.ts'
import type { UnitPrice12 } from '../usage/unit-price.ts'

/** The meter of a cost that an event states without any usage. */
export const NO_METER = ''

/** What the ledger holds for a UTC day, resource and meter. Several sums may be of the same cell, as when a rate changed within a day. */
export interface AttributedSum {
  provider: string
  day: CalendarDate
  /** Workspace, project or key of the provider; null where the events do not tell. */
  account: string | null
  resource: string
  /** NO_METER where a cost stands without usage. */
  meter: string
  quantity: Quantity6
  /** In the reporting currency. Usage without a price adds its quantity and no cost. */
  cost: Fixed18
  /** How many rated lines are in it: each conversion was rounded at scale 18. */
  lines: number
  /** The same cost before it was converted; null where nothing was, or where it is not known exactly. */
  converted: { currency: string; cost: Fixed18 } | null
}

/** A price that is known for a meter of a resource: what a tier is recognised by. */
export interface KnownPrice {
  provider: string
  resource: string
  meter: string
  unitPrice: UnitPrice12
  currency: string
  /** In force from this instant until just before the other; null: always. */
  effectiveFrom: EpochMicros | null
  effectiveTo: EpochMicros | null
  /** What makes it another price, e.g. `tier=batch`. */
  label: string
}
