import { describe, expect, it } from '@jest/globals'
import { readPeriod } from './period.ts'
import { binsOf } from './series.ts'

const point = (start: string, amount: string, isPartial = false) => ({
  start,
  end: start,
  isPartial,
  cost: { total: { amount } },
})

describe('the bins of a chart', () => {
  it('run up exactly, call days by the tenant’s calendar and compare no unfinished day', () => {
    const period = readPeriod({ period: 'custom', from: '2026-10-24', to: '2026-10-26' }, '2026-10-26')
    // 25 October 2026 has 25 hours in London: it begins at 23:00 UTC and the 26th at 00:00 UTC.
    const points = [
      point('2026-10-23T23:00:00Z', '0.1'),
      point('2026-10-24T23:00:00Z', '0.2'),
      point('2026-10-26T00:00:00Z', '1', true),
    ]
    const before = [point('2026-10-16T23:00:00Z', '5'), point('2026-10-17T23:00:00Z', '6')]
    expect(binsOf(points, before, period, 'Europe/London')).toEqual([
      {
        id: points[0]?.start,
        label: '24',
        amount: '0.1',
        running: '0.1',
        isPartial: false,
        before: '5',
        beforeRunning: '5',
      },
      {
        id: points[1]?.start,
        label: '25',
        amount: '0.2',
        running: '0.3',
        isPartial: false,
        before: '6',
        beforeRunning: '11',
      },
      {
        id: points[2]?.start,
        label: 'today',
        amount: '1',
        running: '1.3',
        isPartial: true,
        before: null,
        beforeRunning: null,
      },
    ])
  })
})
