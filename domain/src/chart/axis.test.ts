import { describe, expect, it } from '@jest/globals'
import { axisLabel, labelledBins, valueAxis } from './axis.ts'

describe('a value axis', () => {
  it.each([
    [870, 0, [0, 200, 400, 600, 800, 1000]],
    [0.35, 0, [0, 0.1, 0.2, 0.3, 0.4]],
    [0, 0, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [4_000, 0, [0, 1_000, 2_000, 3_000, 4_000]],
    [300, -120, [-200, -100, 0, 100, 200, 300]],
    [0, -3, [-3, -2, -1, 0]],
  ])('up to %s from %s has round numbers', (max, min, ticks) => {
    const axis = valueAxis(max, 4, min)
    expect(axis.ticks).toEqual(ticks)
    expect(axis.y(ticks[0] ?? 0)).toBe(1)
    expect(axis.y(ticks.at(-1) ?? 0)).toBe(0)
  })
})

describe('a label of an axis', () => {
  it.each([
    [1500, '1.5k'],
    [-2000, '-2k'],
    [2_500_000, '2.5M'],
    [0.002, '0.002'],
    [0, '0'],
  ])('of %s is %s', (value, label) => {
    expect(axisLabel(value)).toBe(label)
  })

  it('stands under the first bin and evenly from there', () => {
    expect([...labelledBins(10, 4)]).toEqual([0, 3, 6, 9])
  })
})
