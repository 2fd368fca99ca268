import type { AlertFeedback } from './alert.ts'

/** How far feedback may move what a series needs to alert: half a step easier, one and a half harder. */
export const SHIFT_MIN = -0.5
export const SHIFT_MAX = 1.5
const STEP = 0.25

/**
 * What is added to the score that a series needs to alert, after one more word of feedback: what was expected or wrong has to stray
 * further the next time, what was worth mending less far.
 *
 *     shiftAfter(0, 'WRONG') // 0.25
 */
export function shiftAfter(shift: number, feedback: AlertFeedback): number {
  const moved = shift + (feedback === 'FIXED' ? -STEP : STEP)
  return Math.min(SHIFT_MAX, Math.max(SHIFT_MIN, moved))
}
