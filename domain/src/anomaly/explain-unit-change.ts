import type { Fixed18 } from '../money/fixed18.ts'
import { divideHalfEven } from '../money/half-even.ts'
import type { ChangeParts } from './explain-change.ts'

/** Why a cost per completed task is not what it was: parts that add up to the difference, to the last decimal. */
export interface UnitChangeParts {
  /** More or fewer calls for a task, each at the cost of a call before. */
  callsPerTask: Fixed18
  /** Calls moved between resources, what came new and what fell away, by task. */
  mix: Fixed18
  /** Longer or shorter calls, by task. */
  tokensPerCall: Fixed18
  /** Other prices of a token, by task. */
  price: Fixed18
  /** The shares of pools of before over more or fewer tasks: pools do not grow with tasks. */
  tasks: Fixed18
  /** Other shares of pools, by task. */
  allocation: Fixed18
  /** now − before, both as they are printed: cost ÷ tasks, half-even at 18 decimals. */
  total: Fixed18
}

interface UnitChange {
  before: Fixed18
  now: Fixed18
  parts: UnitChangeParts
}

/**
 * Takes the difference of two costs per completed task apart, as `explainChange` takes that of the costs. It walks from cost ÷ tasks before to
 * cost ÷ tasks now, one thing changing at a time: what a task is called for, which resources, their tokens, their prices, then the tasks that bear the
 * pools, then the pools. Each step is one quotient rounded half-even at 18 decimals and a part is the difference of two steps, so the parts add up
 * exactly whatever was rounded.
 *
 * With U for what was used, V for it after its change of volume, A for the shares of pools, n for the tasks, ₀ before and ₁ now, the steps are
 * (U₀ + A₀) ÷ n₀, V ÷ n₁ + A₀ ÷ n₀, the same after mix, tokens per call and price, (U₁ + A₀) ÷ n₁ and (U₁ + A₁) ÷ n₁.
 *
 * Null where one of the two periods has no completed task: then it has no cost per task.
 *
 *     // £10 of 10 calls for 5 tasks before, £60 of 20 calls for 8 tasks now (volume 10, tokens 10, price 30); £20 of pools before, £24 now
 *     explainUnitChange({ parts, usedBefore: 10, allocated: { before: 20, now: 24 }, tasks: { before: 5n, now: 8n } })
 *     // before 6, now 10.5; callsPerTask 0.5, mix 0, tokensPerCall 1.25, price 3.75, tasks −1.5, allocation 0.5
 */
export function explainUnitChange(input: {
  parts: ChangeParts
  /** What was used before, without shares of pools. */
  usedBefore: Fixed18
  allocated: { before: Fixed18; now: Fixed18 }
  tasks: { before: bigint; now: bigint }
}): UnitChange | null {
  const { parts, usedBefore, allocated, tasks } = input
  if (tasks.before <= 0n || tasks.now <= 0n) return null
  const before = divideHalfEven(usedBefore + allocated.before, tasks.before)
  // Two quotients of different divisors are rounded together, once.
  const withPoolsAsBefore = (used: Fixed18): Fixed18 =>
    divideHalfEven(used * tasks.before + allocated.before * tasks.now, tasks.now * tasks.before)
  const afterVolume = usedBefore + parts.volume
  const afterMix = afterVolume + parts.mix
  const afterTokens = afterMix + parts.tokensPerCall
  const used = afterTokens + parts.price
  const steps = {
    calls: withPoolsAsBefore(afterVolume),
    mix: withPoolsAsBefore(afterMix),
    tokens: withPoolsAsBefore(afterTokens),
    price: withPoolsAsBefore(used),
    tasks: divideHalfEven(used + allocated.before, tasks.now),
  }
  const now = divideHalfEven(used + allocated.now, tasks.now)
  return {
    before,
    now,
    parts: {
      callsPerTask: steps.calls - before,
      mix: steps.mix - steps.calls,
      tokensPerCall: steps.tokens - steps.mix,
      price: steps.price - steps.tokens,
      tasks: steps.tasks - steps.price,
      allocation: now - steps.tasks,
      total: now - before,
    },
  }
}
