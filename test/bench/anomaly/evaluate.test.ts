import { describe, expect, it } from '@jest/globals'
import { ours } from './detectors.ts'
import { evaluate, falseAlarmsPerYear, shareInTime } from './evaluate.ts'
import { measureFanout } from './fanout.ts'
import { generateSeries, withEvent } from './generate-series.ts'

/** Wide of what the bench publishes: few series scatter. A change of the method that matters goes beyond it. */
describe('the evaluation of anomaly detection', () => {
  it('finds what it should, and little else, in a few series of every kind and noise', () => {
    const cells = evaluate(ours('Outlay'), { disturbance: 'plain', seeds: [1, 2], seriesPerCell: 6 })
    expect(falseAlarmsPerYear(cells)).toBeLessThan(4)
    expect(shareInTime(cells, '6× spike')).toBeGreaterThan(0.94)
    expect(shareInTime(cells, '3× spike')).toBeGreaterThan(0.65)
    expect(shareInTime(cells, '2× shift')).toBeGreaterThan(0.7)
  })

  it('sees an agent become four, and nothing in projects that grow one by one', () => {
    const { injected, foundSameDay, falseAlarms } = measureFanout([1, 2], 50)
    expect({ missed: injected - foundSameDay, falseAlarms }).toEqual({ missed: 0, falseAlarms: 0 })
  })

  it('makes the same series of the same order, and changes only what the event is about', () => {
    const order = { kind: 'weekly', noise: 0.3, disturbance: 'plain', seed: 7, number: 0 } as const
    const series = generateSeries(order)
    expect(generateSeries(order)).toEqual(series)
    const spiked = withEvent(series, '6× spike')
    const changed = spiked.flatMap((cost, day) => (cost === series.costs[day] ? [] : [day]))
    expect(changed).toEqual([series.eventDay])
    expect(spiked[series.eventDay]).toBeCloseTo(6 * series.costs[series.eventDay]!, 1)
  })
})
