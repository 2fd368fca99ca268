import { describe, expect, it } from '@jest/globals'
import { worstWindow } from './open-page.ts'

const shift = (at: number, value: number) => ({ at, value, moved: [`at ${at}`] })

describe('layout shift', () => {
  it('is nothing without shifts', () => {
    expect(worstWindow([])).toEqual({ cls: 0, moved: [] })
  })

  it('adds up what is less than a second apart, and takes the worst window', () => {
    const { cls, moved } = worstWindow([shift(100, 0.25), shift(1_000, 0.25), shift(2_000, 0.125), shift(2_500, 0.125)])
    expect(cls).toBe(0.5)
    expect(moved).toEqual(['at 100', 'at 1000'])
  })

  it('begins a window anew after five seconds, however close the shifts are', () => {
    const shifts = Array.from({ length: 12 }, (_, index) => shift(index * 500, 0.125))
    expect(worstWindow(shifts).cls).toBe(1.25)
  })
})
