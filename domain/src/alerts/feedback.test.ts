import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { ALERT_FEEDBACK } from './alert.ts'
import { SHIFT_MAX, SHIFT_MIN, shiftAfter } from './feedback.ts'

describe('shiftAfter', () => {
  it.each([
    [0, 'WRONG', 0.25],
    [0, 'EXPECTED', 0.25],
    [0, 'FIXED', -0.25],
    [1.25, 'WRONG', 1.5],
    [1.5, 'EXPECTED', 1.5],
    [-0.25, 'FIXED', -0.5],
    [-0.5, 'FIXED', -0.5],
    [1.4, 'WRONG', 1.5],
  ] as const)('%d after %s is %d', (shift, feedback, expected) => {
    expect(shiftAfter(shift, feedback)).toBe(expected)
  })

  it('stays within its bounds and in quarters, whatever people say', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...ALERT_FEEDBACK), { maxLength: 50 }), (words) => {
        const shift = words.reduce(shiftAfter, 0)
        expect(shift >= SHIFT_MIN && shift <= SHIFT_MAX && Number.isInteger(shift * 4)).toBe(true)
      }),
    )
  })
})
