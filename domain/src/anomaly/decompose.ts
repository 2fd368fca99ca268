import type { Fixed18 } from '../money/fixed18.ts'
import { divideHalfEven } from '../money/half-even.ts'

/** What one resource was used for and what that cost, over some days. */
export interface ResourceUse {
  resourceId: string
  calls: bigint
  /** Tokens of every class, scaled 10^6. */
  tokens: bigint
  cost: Fixed18
}

/** Why a cost is not what was expected: parts that add up to the difference, to the last decimal. */
export interface Decomposition {
  /** More or fewer calls, each at the usual cost of a call. */
  volume: Fixed18
  /** Longer or shorter calls. */
  tokensPerCall: Fixed18
  /** Other prices of a token (of a call, where a resource counts no tokens). */
  price: Fixed18
  /** Calls moved between resources; what came new and what fell away. */
  mix: Fixed18
  /** actual − expected. */
  total: Fixed18
}

/**
 * Takes actual − expected apart, one step after another from the usual to the actual: first the number of calls changes, then which resources
 * they go to, then their tokens, then the prices. Each step is rounded half-even at 18 decimals and a part is the difference of two steps, so the parts
 * add up exactly whatever was rounded.
 *
 * `usual` may be one day or the sum of many: only its proportions count. Without any usual call everything is volume. A resource that is
 * new, or whose usual calls cost nothing to compare with, is mix.
 *
 *     // usually 100 calls of 1,000 tokens for £1; today 200 calls of 1,500 tokens for £6
 *     decompose({ expected: 1, usual, actual }) // volume 1, mix 0, tokensPerCall 1, price 3, total 5
 */
export function decompose(input: {
  expected: Fixed18
  usual: readonly ResourceUse[]
  actual: readonly ResourceUse[]
}): Decomposition {
  const { expected } = input
  const usual = byResource(input.usual)
  const actual = byResource(input.actual)
  const usualCalls = sum(usual, ({ calls }) => calls)
  const actualCost = sum(actual, ({ cost }) => cost)
  const total = actualCost - expected
  if (usualCalls <= 0n) return { volume: total, tokensPerCall: 0n, price: 0n, mix: 0n, total }

  const usualCost = sum(usual, ({ cost }) => cost)
  const afterVolume = divideHalfEven(usualCost * sum(actual, ({ calls }) => calls), usualCalls)
  let afterMix = 0n
  let afterTokens = 0n
  for (const [id, use] of actual) {
    const before = usual.get(id)
    const atUsualCalls = before === undefined ? use.cost : share(before.cost, use.calls, before.calls, use.cost)
    afterMix += atUsualCalls
    afterTokens += before === undefined ? use.cost : share(before.cost, use.tokens, before.tokens, atUsualCalls)
  }
  return {
    volume: afterVolume - expected,
    mix: afterMix - afterVolume,
    tokensPerCall: afterTokens - afterMix,
    price: actualCost - afterTokens,
    total,
  }
}

/** cost × part ÷ whole, or what it is where there is nothing to divide by. */
function share(cost: Fixed18, part: bigint, whole: bigint, otherwise: Fixed18): Fixed18 {
  return whole > 0n ? divideHalfEven(cost * part, whole) : otherwise
}

function byResource(uses: readonly ResourceUse[]): Map<string, ResourceUse> {
  const together = new Map<string, ResourceUse>()
  for (const use of uses) {
    const other = together.get(use.resourceId)
    together.set(use.resourceId, {
      resourceId: use.resourceId,
      calls: use.calls + (other?.calls ?? 0n),
      tokens: use.tokens + (other?.tokens ?? 0n),
      cost: use.cost + (other?.cost ?? 0n),
    })
  }
  return together
}

function sum(uses: ReadonlyMap<string, ResourceUse>, amountOf: (use: ResourceUse) => bigint): bigint {
  let total = 0n
  for (const use of uses.values()) total += amountOf(use)
  return total
}
