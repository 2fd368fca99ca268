import type { Fixed18 } from '../money/fixed18.ts'
import type { Quantity6 } from '../usage/quantity.ts'
import type { UnitPrice12 } from '../usage/unit-price.ts'

/** How an engagement is charged: the first part of its terms. */
export type BillingModel =
  'PASS_THROUGH' | 'COST_PLUS' | 'RATE_CARD' | 'PER_TASK' | 'RETAINER' | 'PER_AGENT' | 'OUTCOME' | 'TIME'

/** Which parts of a cost count: DIRECT, with chain-shared cost (ATTRIBUTED), or with shares of pools as well (FULLY_LOADED). */
export type CostBasis = 'DIRECT' | 'ATTRIBUTED' | 'FULLY_LOADED'

/** What a rate card to the client and a retainer count. TASKS: those completed. HOURS: the united time of its tasks. */
export type BillingUnit = 'TASKS' | 'TOKENS' | 'INVOCATIONS' | 'HOURS'

/** GRADUATED: each part of a quantity at the price of its step. VOLUME: all of it at the price of the step that it reaches. */
export type TierMode = 'GRADUATED' | 'VOLUME'

/** The price of what a month uses beyond `above`, up to the next step. */
export interface PriceStep {
  above: Quantity6
  unitPrice: UnitPrice12
}

/** A price of the rate card to the client. The lowest step begins at 0. */
export interface ClientPrice {
  unit: BillingUnit
  mode: TierMode
  steps: readonly PriceStep[]
}

/** What one model asks for. Amounts "of a month" are of a whole calendar month; part of a month has its days' part of them. */
export type ModelTerms =
  | { model: 'PASS_THROUGH'; basis: CostBasis }
  | {
      model: 'COST_PLUS'
      basis: CostBasis
      /** A fraction of the cost: 0.15 for 15 %. */
      markup: Fixed18
      /** The markup of a month is at least this, and at most that. */
      markupFloor: Fixed18 | null
      markupCap: Fixed18 | null
    }
  | { model: 'RATE_CARD'; prices: readonly ClientPrice[] }
  | { model: 'PER_TASK'; price: Fixed18 }
  | {
      model: 'RETAINER'
      /** Of a month, whatever is used. */
      fee: Fixed18
      unit: BillingUnit
      /** What the fee of a month pays for. */
      allowance: Quantity6
      overagePrice: UnitPrice12
      /** Allowance that is left over may be used for so many months more; 0: it lapses with its month. */
      carryOverMonths: number
      /** At most so much goes from one month to the next; null: all of it. */
      carryOverMax: Quantity6 | null
    }
  | { model: 'PER_AGENT'; price: Fixed18; isProrated: boolean }
  | {
      model: 'OUTCOME'
      price: Fixed18
      /** A reversal counts up to so many days after its outcome; null: however late it comes. */
      reversalDays: number | null
    }
  | {
      model: 'TIME'
      hourlyRate: Fixed18
      /** The time of each task in a month is rounded up to a whole number of these. */
      incrementMinutes: number
    }

/** What every model may have beside it, applied in this order: discount, cap and minimum, credit. */
export interface Adjustments {
  /** A fraction of what was used: 0.1 for 10 %. */
  discount: Fixed18
  /** Of a month, after the discount. The cap is never below the minimum. */
  minimum: Fixed18 | null
  cap: Fixed18 | null
  /** Set against charges, from the first month on, until it is used up. */
  credit: Fixed18
}

/** The terms of an engagement, in the reporting currency of the tenant. */
export type BillingTerms = ModelTerms & Adjustments
