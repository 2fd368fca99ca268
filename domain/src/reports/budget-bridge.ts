import { explainChange, type MeasuredUse } from '../anomaly/explain-change.ts'
import { invariant } from '../errors.ts'
import { multiplyFixed18HalfEven, type Fixed18 } from '../money/fixed18.ts'

/** What usage cost that was priced in one foreign currency. */
export interface ForeignCost {
  /** ISO 4217, not the reporting currency. */
  currency: string
  /** In that currency. */
  native: Fixed18
  /** In the reporting currency, at the rates of the days of use. */
  cost: Fixed18
  /** What one unit of the currency was worth on average over the days compared with; null: it had no rate then. */
  usualRate: Fixed18 | null
}

/** From a budget to what was spent, step by step; the steps add up to the last decimal. */
export interface BudgetBridge {
  budget: Fixed18
  /** More or fewer calls than the budget pays at the usual cost of a call. */
  volume: Fixed18
  /** Longer or shorter calls. */
  tokensPerCall: Fixed18
  /** Other prices, in the currency they are asked in. */
  price: Fixed18
  /** Calls moved between resources; what came new and what fell away. */
  mix: Fixed18
  /** The same prices at other exchange rates. */
  fx: Fixed18
  actual: Fixed18
  /** Currencies without a rate for the usual days: what of theirs is FX stands under price. */
  withoutUsualRate: string[]
}

/**
 * The variance bridge: budget → volume → price → mix → FX → actual. A budget is an amount and states no volume; the calls that it pays are
 * counted at what a call cost in the usual days, so `volume` is (calls − budgeted calls) × that cost. FX is what foreign prices cost more
 * than at the usual rate, and is taken out of price: price and FX together are what `explainChange` calls price.
 *
 * `budget` and the uses are on the same basis. Null when the usual days have no call: nothing then tells volume from price.
 *
 *     // budget 100; usually 100 calls for 100, now 150 calls for 180 of which 30 dollars cost 27 instead of 24
 *     budgetBridge({ budget: 100, usual, actual, foreign }) // volume 50, price 27, FX 3, actual 180
 */
export function budgetBridge(input: {
  budget: Fixed18
  usual: readonly MeasuredUse[]
  actual: readonly MeasuredUse[]
  foreign: readonly ForeignCost[]
}): BudgetBridge | null {
  const { budget, usual, actual, foreign } = input
  const calls = usual.reduce((sum, use) => sum + use.calls - use.unknown, 0n)
  if (calls <= 0n) return null
  const spent = actual.reduce((sum, { cost }) => sum + cost, 0n)
  const usualCost = usual.reduce((sum, { cost }) => sum + cost, 0n)
  const parts = explainChange({ before: usual, now: actual, allocated: { before: 0n, now: 0n } })
  // explainChange starts from what the usual days cost; volume starts from the budget instead.
  const volume = parts.volume + usualCost - budget
  const fx = foreign.reduce((sum, one) => sum + fxOf(one), 0n)
  const bridge: BudgetBridge = {
    budget,
    volume,
    tokensPerCall: parts.tokensPerCall,
    price: parts.price - fx,
    mix: parts.mix,
    fx,
    actual: spent,
    withoutUsualRate: foreign.filter(({ usualRate }) => usualRate === null).map(({ currency }) => currency),
  }
  const { tokensPerCall, price, mix } = bridge
  invariant(budget + volume + tokensPerCall + price + mix + fx === spent, 'budgetBridge: the steps do not add up')
  return bridge
}

function fxOf({ native, cost, usualRate }: ForeignCost): Fixed18 {
  return usualRate === null ? 0n : cost - multiplyFixed18HalfEven(native, usualRate)
}
