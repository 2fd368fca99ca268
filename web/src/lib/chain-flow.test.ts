import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { ChainSpan, ChainTask } from './chain.ts'
import { chainFlow, type ChainFlow } from './chain-flow.ts'
import { sumOf } from './format.ts'

const gbp = (amount: string) => ({ amount, currency: 'GBP' })
const agent = (key: string) => ({ key, name: `${key} agent` })
const at = '2026-10-19T10:00:00Z'

function span(depth: number, by: string | null, self: string | null, changes: Partial<ChainSpan> = {}): ChainSpan {
  return {
    spanId: 's',
    parentSpanId: null,
    depth,
    name: 'call',
    kind: 'MODEL',
    resource: 'large',
    startedAt: at,
    endedAt: at,
    billing: 'DIRECT',
    status: self === null ? 'UNPRICED' : 'RATED',
    sharedKey: null,
    invocationId: 'i',
    unpricedMeters: [],
    agent: by === null ? null : agent(by),
    self: self === null ? null : gbp(self),
    subtree: gbp('0'),
    usage: [],
    costBasis: 'RATES',
    ...changes,
  }
}

const taskOf = (spans: ChainSpan[]): ChainTask => ({
  task: { name: 'Report' },
  cost: { direct: gbp('0'), chainShared: gbp('0') },
  traces: [
    {
      traceId: 't',
      startedAt: at,
      endedAt: at,
      spanCount: spans.length,
      selfTotal: gbp('0'),
      dearestSpans: [],
      cost: { total: gbp('0') },
      chainShared: [],
      spans,
    },
  ],
})
const flowOf = (spans: ChainSpan[]) => chainFlow(taskOf(spans), (key) => key ?? 'none')
const stepsOf = ({ places, steps }: ChainFlow) => {
  const names = new Map(places.map((place) => [place.id, place.name]))
  return steps.map(({ from, to, amount, calls }) => [names.get(from), names.get(to), amount, calls])
}

describe('the flow of a chain', () => {
  it('goes from the task through its agents to what they used', () => {
    const flow = flowOf([
      span(0, 'research', '0', { kind: 'AGENT', billing: 'CLAIMED' }),
      span(1, 'research', '2'),
      span(1, 'campaign', '0', { kind: 'AGENT', billing: 'CLAIMED' }),
      span(2, 'campaign', '0.5'),
      span(2, 'campaign', '0.25', { resource: 'images' }),
    ])
    expect(stepsOf(flow)).toEqual([
      ['Report', 'research agent', '2.75', 3],
      ['research agent', 'large', '2', 1],
      ['research agent', 'campaign agent', '0.75', 2],
      ['campaign agent', 'large', '0.5', 1],
      ['campaign agent', 'images', '0.25', 1],
    ])
    expect(flow.places.find((place) => place.name === 'large')).toMatchObject({ layer: 3, amount: '2.5' })
  })

  it('takes a shared use straight from the task, once, and names what has no price', () => {
    const flow = flowOf([
      span(0, 'research', '0.0024', { billing: 'SHARED', resource: 'index' }),
      span(0, 'campaign', '0', { billing: 'REPORT', resource: 'index' }),
      span(0, 'campaign', null, { resource: 'ocr' }),
      span(0, null, '1'),
    ])
    expect(stepsOf(flow)).toEqual([
      ['No agent tag', 'large', '1', 1],
      ['Report', 'No agent tag', '1', 1],
      ['Report', 'index', '0.0024', 1],
    ])
    expect(flow.places.find((place) => place.name === 'index')?.kind).toBe('shared')
    expect(flow.unknown).toBe(1)
  })

  it('passes on what it is given, loses nothing, and keeps to 24 places and the rest of each layer', () => {
    const spans = fc.array(
      fc.record({
        depth: fc.nat({ max: 7 }),
        by: fc.option(fc.constantFrom(...'abcdefghijklmnop')),
        self: fc.nat({ max: 9_999 }),
        resource: fc.integer({ min: 1, max: 40 }),
        isShared: fc.boolean(),
      }),
      { minLength: 1, maxLength: 120 },
    )
    fc.assert(
      fc.property(spans, (some) => {
        let before = -1
        const flow = flowOf(
          some.map(({ depth, by, self, resource, isShared }) => {
            // Depth first: a span is at most one deeper than the one before it.
            before = Math.min(depth, before + 1)
            const changes = { resource: `r${resource}`, billing: isShared ? ('SHARED' as const) : ('DIRECT' as const) }
            return span(before, by, `0.${String(self).padStart(4, '0')}`, changes)
          }),
        )
        const whole = some.reduce((sum, { self }) => sum + self, 0)
        const task = flow.places.find((place) => place.kind === 'task')
        expect(Math.round(Number(task?.amount ?? 0) * 10_000)).toBe(whole)
        expect(flow.places.filter((place) => place.kind !== 'rest').length).toBeLessThanOrEqual(24)
        const ends = flow.places.length === 0 ? 0 : Math.max(...flow.places.map((place) => place.layer))
        for (const place of flow.places) {
          const given = sumOf(flow.steps.flatMap((step) => (step.to === place.id ? [step.amount] : [])))
          const passed = sumOf(flow.steps.flatMap((step) => (step.from === place.id ? [step.amount] : [])))
          if (place.layer > 0) expect(given).toBe(place.amount)
          if (place.layer < ends) expect(passed).toBe(place.amount)
        }
        for (const { from, to } of flow.steps) {
          const layerOf = (id: string) => flow.places.find((place) => place.id === id)?.layer ?? 0
          expect(layerOf(from)).toBeLessThan(layerOf(to))
        }
      }),
    )
  })
})
