import type { Fixed18 } from '../money/fixed18.ts'
import { toEstimate } from './estimate.ts'

/**
 * Whether money leaves so fast that the day should not be waited for: the last hour at more than three times the pace of the expected day,
 * or the last six at more than one and a half. The hour is looked at first. What has been spent beyond that pace must be at least
 * `minExcess`, and, where the dearest usual hours are known, the hours must be dearer than those: an agent that does its day's work in one
 * hour burns 24 days an hour, as it does every day.
 *
 * Null when nothing is expected of the day, or it burns as usual.
 *
 *     // £50 a day is £2.08 an hour; £12.50 in the last hour is £300 a day
 *     burnRate({ lastHour: 12.5, lastSixHours: 20, expectedDay: 50, minExcess: 5 }) // { hours: 1, ratio: 6, projectedDay: 300 }
 */
export function burnRate(input: {
  lastHour: Fixed18
  lastSixHours: Fixed18
  expectedDay: Fixed18
  minExcess: Fixed18
  /** The dearest hour, and six hours in a row, of the usual days before; absent: not known. */
  dearestHour?: Fixed18
  dearestSixHours?: Fixed18
}): null | { hours: 1 | 6; ratio: number; projectedDay: Fixed18 } {
  const { expectedDay, minExcess } = input
  if (expectedDay <= 0n) return null
  const windows = [
    { hours: 1, spent: input.lastHour, dearest: input.dearestHour ?? 0n, perDay: 24n, limitHalves: 6n },
    { hours: 6, spent: input.lastSixHours, dearest: input.dearestSixHours ?? 0n, perDay: 4n, limitHalves: 3n },
  ] as const
  for (const { hours, spent, dearest, perDay, limitHalves } of windows) {
    const projectedDay = spent * perDay
    const excess = projectedDay - expectedDay
    if (2n * projectedDay <= limitHalves * expectedDay || excess < minExcess * perDay || spent <= dearest) continue
    return { hours, ratio: toEstimate(projectedDay) / toEstimate(expectedDay), projectedDay }
  }
  return null
}
