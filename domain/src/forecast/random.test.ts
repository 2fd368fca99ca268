import { describe, expect, it } from '@jest/globals'
import { seededRandom } from './random.ts'

describe('seededRandom', () => {
  it('gives the same numbers for the same seed, and others for another', () => {
    const draw = (seed: number) => {
      const random = seededRandom(seed)
      return Array.from({ length: 5 }, () => random())
    }
    expect(draw(7)).toEqual(draw(7))
    expect(draw(7)).not.toEqual(draw(8))
  })

  it('spreads evenly over [0, 1)', () => {
    const random = seededRandom(1)
    const counts = new Array<number>(10).fill(0)
    for (let drawn = 0; drawn < 100_000; drawn += 1) {
      const value = random()
      expect(value >= 0 && value < 1).toBe(true)
      counts[Math.floor(value * 10)] = (counts[Math.floor(value * 10)] ?? 0) + 1
    }
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500)
  })
})
