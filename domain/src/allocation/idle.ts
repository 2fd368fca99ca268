import { divideHalfEven } from '../money/half-even.ts'
import type { Quantity6 } from '../usage/quantity.ts'

/**
 * The part of a pool that pays for capacity nobody used: total × (1 − used ÷ capacity), rounded half-even once to minor units; 0 when more
 * was used than there is. Whether it is held back or split with the rest, the policy says; it is shown either way.
 *
 *     idlePart({ minor: 100000n, used: 600 uses, capacity: 800 uses }) // 25000n
 */
export function idlePart({ minor, used, capacity }: { minor: bigint; used: Quantity6; capacity: Quantity6 }): bigint {
  return used >= capacity ? 0n : divideHalfEven(minor * (capacity - used), capacity)
}
