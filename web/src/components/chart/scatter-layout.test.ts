import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { axisTicks, placeLabels } from './scatter-layout.ts'

describe('the axes of a scatter', () => {
  it('end at a round share that holds the largest', () => {
    expect(axisTicks(0.37).max).toBe(0.4)
    expect(axisTicks(0.98)).toEqual({ max: 1, ticks: [0, 0.2, 0.4, 0.6, 0.8, 1] })
    fc.assert(
      fc.property(fc.double({ min: 0, max: 3, noNaN: true }), (most) => {
        const { max, ticks } = axisTicks(most)
        expect(max).toBeGreaterThanOrEqual(most)
        for (const tick of ticks) expect(tick).toBeLessThanOrEqual(max)
      }),
    )
  })
})

describe('the labels of a scatter', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true })
  it('keep off each other, the first of them before the others', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ left: share, top: share }), { minLength: 1 }), (points) => {
        const placed = placeLabels(points, 280)
        expect(placed[0]).toMatchObject(points[0] ?? {})
        for (const { left, isLeft } of placed) expect(isLeft ? left >= 0.3 : left <= 0.7).toBe(true)
        placed.forEach((one, at) => {
          for (const other of placed.slice(at + 1)) {
            const start = (point: typeof one) => (point.isLeft ? point.left - 0.3 : point.left)
            const isApart =
              Math.abs(one.top - other.top) * 280 >= 16 || Math.abs(start(one) - start(other)) >= 0.3 - 1e-12
            expect(isApart).toBe(true)
          }
        })
      }),
    )
  })
})
