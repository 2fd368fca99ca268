/** How long after each failed try the next one follows, in seconds; after the last one the delivery is given up, 8 h 42 min after the first. */
const DELAYS_S = [5, 30, 120, 600, 1_800, 7_200, 21_600] as const

/** Deliveries given up in a row until a channel is shown as failing. */
export const FAILING_AFTER = 5

/**
 * Seconds until the next try after `attempts` failed ones; null when there is none.
 *
 *     delayAfter(1) // 5
 *     delayAfter(8) // null
 */
export function delayAfter(attempts: number): number | null {
  return DELAYS_S[attempts - 1] ?? null
}
