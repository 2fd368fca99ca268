import type { Fixed18 } from '../money/fixed18.ts'
import { divideHalfEven } from '../money/half-even.ts'
import type { PastWork } from './base-lines.ts'
import type { PlanLine } from './plan.ts'
import { QUANTITY6_ONE, type Quantity6 } from '../usage/quantity.ts'

/** Why an actual amount is not the planned one; the four add up to actual − planned exactly. */
export interface PlanVariance {
  /** More tasks, at what was planned of each. */
  volume: Fixed18
  /** More used by each task, at the planned price. */
  use: Fixed18
  /** Another price of what was used. */
  price: Fixed18
  /** What no driver tells: one of the two has no tasks or no use to compare, or the line is of one side only. */
  rest: Fixed18
}

/** What happened in a month on the place of a line. */
export type ActualWork = Pick<PastWork, 'cost' | 'tasks' | 'tokens' | 'calls'>

/**
 * The variance of a line by its drivers, one after the other: volume at the planned use and price, use at the planned price, then price. Each step
 * is rounded half-even at 18 decimals and the next begins where it ended, so nothing is lost.
 *
 *     // planned 10 tasks × 100 tokens × £0.01 = £10; actual 12 tasks, 1,440 tokens, £14.40
 *     planVariance(planned, actual) // { volume: 2, use: 2.4, price: 0, rest: 0 }
 */
export function planVariance(planned: PlanLine | null, actual: ActualWork | null): PlanVariance {
  const cost = actual?.cost ?? 0n
  const rest = { volume: 0n, use: 0n, price: 0n, rest: cost - (planned?.amount ?? 0n) }
  if (planned === null || actual === null) return rest
  const happened = quantitiesOf(planned, actual)
  const used = planned.volume * planned.use
  if (happened === null || used === 0n) return rest
  const atVolume = divideHalfEven(planned.amount * happened.volume, planned.volume)
  const atUse = divideHalfEven(planned.amount * happened.quantity * QUANTITY6_ONE, used)
  return { volume: atVolume - planned.amount, use: atUse - atVolume, price: cost - atUse, rest: 0n }
}

/** What happened, in what the line counts; null where it was not counted. */
function quantitiesOf(
  { kind, unit, measure }: PlanLine,
  { tasks, tokens, calls }: ActualWork,
): { volume: Quantity6; quantity: Quantity6 } | null {
  if (kind === 'POOLS' || measure === 'NONE') return null
  const volume = unit === 'TASKS' ? tasks * QUANTITY6_ONE : QUANTITY6_ONE
  const quantity = measure === 'TOKENS' ? tokens : calls * QUANTITY6_ONE
  return volume > 0n && quantity > 0n ? { volume, quantity } : null
}

/** The same of some lines together. */
export function addVariances(variances: readonly PlanVariance[]): PlanVariance {
  return variances.reduce(
    (sum, one) => ({
      volume: sum.volume + one.volume,
      use: sum.use + one.use,
      price: sum.price + one.price,
      rest: sum.rest + one.rest,
    }),
    { volume: 0n, use: 0n, price: 0n, rest: 0n },
  )
}
