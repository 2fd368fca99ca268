import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { findCycleClosers, type SpanEdge } from './find-cycles.ts'

const edge = (spanId: string | null, parentSpanId: string | null): SpanEdge => ({ spanId, parentSpanId })

describe('findCycleClosers', () => {
  it('names the edge that closes a cycle with what was stored and accepted before it', () => {
    expect(findCycleClosers([edge('a', 'b')], [edge('b', 'c'), edge('c', 'a'), edge('d', 'a')])).toEqual(new Set([1]))
  })

  it('goes on without the refused edge', () => {
    expect(findCycleClosers([], [edge('a', 'b'), edge('b', 'a'), edge('b', 'c'), edge('c', 'a')])).toEqual(
      new Set([1, 3]),
    )
  })

  it('refuses a span that is its own parent', () => {
    expect(findCycleClosers([], [edge('a', 'a'), edge('b', 'a')])).toEqual(new Set([0]))
  })

  it('lets the same edge be told twice, and rows without span or parent pass', () => {
    expect(
      findCycleClosers([edge('a', 'b')], [edge('a', 'b'), edge('a', 'b'), edge(null, 'a'), edge('b', null)]),
    ).toEqual(new Set())
  })

  it('lets two invocations of one span name two parents, but never a cycle through either', () => {
    const existing = [edge('s', 'left'), edge('s', 'right'), edge('left', 'root'), edge('right', 'root')]
    expect(findCycleClosers(existing, [edge('root', 's'), edge('left', 's'), edge('s', 'root')])).toEqual(
      new Set([0, 1]),
    )
  })

  it.each(['root first', 'leaf first', 'shuffled'])('accepts a chain 10,000 deep, %s', (order) => {
    const chain = Array.from({ length: 10_000 }, (_, i) => edge(`s${i + 1}`, `s${i}`))
    if (order === 'leaf first') chain.reverse()
    if (order === 'shuffled') chain.sort((a, b) => hash(a.spanId!) - hash(b.spanId!))
    expect(findCycleClosers([], [...chain, edge('s0', 's10000')])).toEqual(new Set([10_000]))
  })

  it('bounds the work of a trace crafted from second parents', () => {
    const crafted = Array.from({ length: 10_000 }, (_, i) =>
      edge(`s${i % 5_000}`, `s${(i % 5_000) + 1 + (i >= 5_000 ? 1 : 0)}`),
    )
    // That it ends is the assertion: without the bound every edge walks every path above it.
    expect(() => findCycleClosers(crafted.slice(0, 9_000), crafted)).not.toThrow()
  })

  it('answers what walking every path answers', () => {
    const edges = fc.array(
      fc.record({
        spanId: fc.integer({ min: 0, max: 7 }).map(String),
        parentSpanId: fc.integer({ min: 0, max: 7 }).map(String),
      }),
      { maxLength: 25 },
    )
    fc.assert(
      fc.property(edges, fc.nat(25), (all, cut) => {
        const stored = all.slice(0, cut)
        const existing = stored.filter((_, index) => !walkClosers([], stored).has(index))
        expect(findCycleClosers(existing, all.slice(cut))).toEqual(walkClosers(existing, all.slice(cut)))
      }),
      { numRuns: 500 },
    )
  })
})

/** The definition, slowly: an edge closes a cycle when its span can be reached by walking up from its parent. */
function walkClosers(existing: SpanEdge[], incoming: SpanEdge[]): Set<number> {
  const accepted = [...existing]
  const closers = new Set<number>()
  incoming.forEach((next, index) => {
    const above = new Set([next.parentSpanId])
    for (let grew = true; grew;) {
      const size = above.size
      for (const { spanId, parentSpanId } of accepted) if (above.has(spanId)) above.add(parentSpanId)
      grew = above.size > size
    }
    if (above.has(next.spanId)) closers.add(index)
    else accepted.push(next)
  })
  return closers
}

function hash(text: string): number {
  let value = 7
  for (const letter of text) value = (value * 31 + letter.charCodeAt(0) * 7_919) % 1_000_003
  return value
}
