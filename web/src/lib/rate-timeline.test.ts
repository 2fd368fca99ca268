import { describe, expect, it } from '@jest/globals'
import { rateTimeline, type TimelineRate } from './rate-timeline.ts'

const now = Date.parse('2026-11-19T12:00:00Z')
let count = 0

function rate(given: Partial<TimelineRate> = {}): TimelineRate {
  count += 1
  return {
    id: `rate ${count}`,
    provider: 'acme',
    resource: 'large',
    meter: 'input_tokens',
    source: 'MANUAL',
    state: 'ACTIVE',
    effectiveFrom: '2026-06-01T00:00:00Z',
    ...given,
  }
}

const edges = (bar: { left: number; width: number } | undefined) =>
  bar === undefined ? null : [bar.left, bar.left + bar.width]

describe('the timeline of prices', () => {
  it('lets one version end exactly where the next begins', () => {
    const { rows } = rateTimeline(
      [
        rate({ effectiveFrom: '2026-09-01T00:00:00Z' }),
        rate({ effectiveFrom: '2026-06-01T00:00:00Z', effectiveTo: '2026-09-01T00:00:00Z' }),
      ],
      now,
    )
    const [older, newer] = rows[0]?.lanes[0]?.bars ?? []
    expect(older?.left).toBe(0)
    expect(edges(older)?.[1]).toBe(newer?.left)
    expect(edges(newer)?.[1]).toBe(1)
    expect(newer?.isOpenEnd).toBe(true)
    expect(older?.isOpenEnd).toBe(false)
  })

  it('keeps every bar and now within the axis, whatever the dates', () => {
    const timeline = rateTimeline(
      [
        rate({ effectiveFrom: null }),
        rate({ source: 'CATALOGUE', effectiveFrom: '2019-01-01T00:00:00Z' }),
        rate({ source: 'CONTRACT', effectiveFrom: '2027-03-01T00:00:00Z' }),
        rate({ meter: 'requests', effectiveFrom: '2190-01-01T00:00:00Z' }),
      ],
      now,
    )
    const bars = timeline.rows.flatMap((row) => row.lanes.flatMap((lane) => lane.bars))
    expect(bars).toHaveLength(3)
    for (const { left, width } of bars) {
      expect(left).toBeGreaterThanOrEqual(0)
      expect(width).toBeGreaterThan(0)
      expect(left + width).toBeLessThanOrEqual(1.000001)
    }
    expect(bars.filter((bar) => bar.isOpenStart)).toHaveLength(2)
    expect(timeline.nowAt).toBeGreaterThan(0)
    expect(timeline.nowAt).toBeLessThan(1)
  })

  it('leaves out what is withdrawn and what ended before the axis', () => {
    const timeline = rateTimeline(
      [
        rate({ state: 'WITHDRAWN' }),
        rate({ effectiveFrom: '2020-01-01T00:00:00Z', effectiveTo: '2021-01-01T00:00:00Z' }),
      ],
      now,
    )
    expect(timeline.rows).toEqual([])
  })

  it('has a lane per source and condition, in the order of precedence, drafts apart', () => {
    const { rows } = rateTimeline(
      [
        rate({ source: 'CATALOGUE' }),
        rate({ qualifiers: { tier: 'batch' } }),
        rate({ state: 'DRAFT' }),
        rate({ aboveMonthlyQuantity: '1000000' }),
        rate({ aboveMonthlyQuantity: '20000' }),
        rate({ source: 'CONTRACT' }),
        rate(),
      ],
      now,
    )
    expect(rows).toHaveLength(1)
    expect(rows[0]?.lanes.map((lane) => lane.id)).toEqual([
      'CONTRACT',
      'MANUAL',
      'MANUAL tier = batch',
      'MANUAL month above 20,000',
      'MANUAL month above 1,000,000',
      'MANUAL draft',
      'CATALOGUE',
    ])
  })

  it('puts rows with own prices first', () => {
    const { rows } = rateTimeline(
      [rate({ resource: 'a', source: 'CATALOGUE' }), rate({ resource: 'z' }), rate({ resource: 'm' })],
      now,
    )
    expect(rows.map((row) => row.resource)).toEqual(['m', 'z', 'a'])
  })

  it.each([
    ['2026-11-01T00:00:00Z', 4],
    ['2025-06-01T00:00:00Z', 8],
    ['2010-01-01T00:00:00Z', 8],
  ])('names at most eight months of an axis from %s', (effectiveFrom, most) => {
    const { ticks } = rateTimeline([rate({ effectiveFrom })], now)
    expect(ticks.length).toBeGreaterThan(1)
    expect(ticks.length).toBeLessThanOrEqual(most)
    expect(ticks[0]?.text).toMatch(/ 20\d\d$/)
    expect(ticks.map((tick) => tick.at)).toEqual([...ticks.map((tick) => tick.at)].sort((a, b) => a - b))
  })

  it('draws an empty timeline of nothing', () => {
    const timeline = rateTimeline([], now)
    expect(timeline.rows).toEqual([])
    expect(timeline.endMs).toBeGreaterThan(timeline.startMs)
  })
})
