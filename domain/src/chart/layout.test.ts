import { describe, expect, it } from '@jest/globals'
import { layoutChart, type Drawn, type Shape } from './layout.ts'

function rects(chart: Drawn): Extract<Shape, { kind: 'rect' }>[] {
  return layoutChart(chart, 538).shapes.filter((shape) => shape.kind === 'rect')
}

describe('the shapes of a chart', () => {
  it('stack bars from zero up; a part below zero takes no room', () => {
    const bars = rects({ form: 'bars', labels: ['a'], series: [{ values: [60] }, { values: [40] }, { values: [-5] }] })
    // 150 points of height from 0 to 100.
    expect(bars.map(({ y, height, ink }) => [y, height, ink])).toEqual([
      [68, 90, 0],
      [8, 60, 1],
      [8, 0, 2],
    ])
  })

  it('lead a bridge from its first value over the changes to its last', () => {
    const labels = ['Budget', 'More', 'Less', 'Actual']
    const bars = rects({ form: 'bridge', labels, series: [{ values: [60, 40, -50, 50] }] })
    expect(bars.map(({ y, height, ink }) => [y, height, ink])).toEqual([
      [68, 90, 'total'],
      [8, 60, 'more'],
      [8, 75, 'less'],
      [83, 75, 'total'],
    ])
  })

  it('leave a gap in a line where a value is not known', () => {
    const { shapes } = layoutChart(
      { form: 'line', labels: ['a', 'b', 'c', 'd', 'e'], series: [{ values: [1, 2, null, 3, 4] }] },
      538,
    )
    expect(shapes.filter((shape) => shape.kind === 'line' && shape.ink === 0)).toHaveLength(2)
  })

  it('list bars on one scale, and draw none for what is below zero', () => {
    const bars = rects({ form: 'bar-list', labels: ['a', 'b', 'c'], series: [{ values: [10, 5, -1] }] })
    expect(bars.map(({ width }) => width)).toEqual([388, 194, 0])
  })
})
