import { describe, expect, it } from '@jest/globals'
import { shapeOf } from './chain-shapes.ts'

const span = (spanId: string, parentSpanId: string | null = null) => ({ spanId, parentSpanId })

describe('the shape of a trace', () => {
  it.each([
    ['nothing', [], { depth: 0, fanout: 0 }],
    ['one span', [span('a')], { depth: 1, fanout: 0 }],
    ['a chain, its end first', [span('c', 'b'), span('b', 'a'), span('a')], { depth: 3, fanout: 1 }],
    ['a fan', [span('a'), span('b', 'a'), span('c', 'a'), span('d', 'a')], { depth: 2, fanout: 3 }],
    ['children of who is not there', [span('b', 'x'), span('c', 'x')], { depth: 1, fanout: 2 }],
    ['a cycle', [span('a', 'b'), span('b', 'a')], { depth: 2, fanout: 1 }],
  ])('of %s', (_, spans, shape) => {
    expect(shapeOf(spans)).toEqual(shape)
  })

  it('is found of 50,000 spans in a row without a stack', () => {
    const spans = Array.from({ length: 50_000 }, (_, n) => span(`s${n}`, n === 49_999 ? null : `s${n + 1}`))
    expect(shapeOf(spans)).toEqual({ depth: 50_000, fanout: 1 })
  })
})
