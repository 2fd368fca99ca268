import type { Fixed18 } from '../money/fixed18.ts'
import { decompose, type ResourceUse } from './decompose.ts'

/** What one resource was used for over some days, with the calls whose cost nobody knows. */
export interface MeasuredUse extends ResourceUse {
  /** Calls without a price or an exchange rate, among `calls`; they are in no `cost`. */
  unknown: bigint
}

/** Why a cost is not what it was: parts that add up to the difference, to the last decimal. */
export interface ChangeParts {
  /** More or fewer calls, each at the cost of a call before. */
  volume: Fixed18
  /** Calls moved between resources; what came new and what fell away. */
  mix: Fixed18
  /** Longer or shorter calls. */
  tokensPerCall: Fixed18
  /** Other prices of a token (of a call, where a resource counts no tokens). */
  price: Fixed18
  /** Other shares of cost pools. */
  allocation: Fixed18
  /** now − before, shares of pools included. */
  total: Fixed18
}

/**
 * Takes the difference of two periods apart: `decompose` for what was used, and the shares of pools beside it.
 *
 * Calls whose cost is unknown are not counted as calls that cost nothing: they are left out on both sides. Their tokens are not kept apart from
 * those of priced calls, so a resource that has any is taken by its calls alone, and what its calls cost more is price.
 *
 *     // 100 calls of 1,000 tokens for £1 before, 200 calls of 1,500 tokens for £6 now; £3 of pools before, £2 now
 *     explainChange({ before, now, allocated: { before: 3, now: 2 } }) // volume 1, mix 0, tokensPerCall 1, price 3, allocation −1, total 4
 */
export function explainChange(input: {
  before: readonly MeasuredUse[]
  now: readonly MeasuredUse[]
  allocated: { before: Fixed18; now: Fixed18 }
}): ChangeParts {
  const { before, now, allocated } = input
  const byCalls = new Set([...before, ...now].flatMap(({ resourceId, unknown }) => (unknown > 0n ? [resourceId] : [])))
  const known = (use: MeasuredUse): ResourceUse => ({
    resourceId: use.resourceId,
    calls: use.calls - use.unknown,
    tokens: byCalls.has(use.resourceId) ? 0n : use.tokens,
    cost: use.cost,
  })
  const usual = before.map(known)
  const parts = decompose({
    expected: usual.reduce((sum, { cost }) => sum + cost, 0n),
    usual,
    actual: now.map(known),
  })
  const allocation = allocated.now - allocated.before
  return { ...parts, allocation, total: parts.total + allocation }
}
