import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { buildSpanTree, type TreeSpan } from './span-tree.ts'

const span = (id: string, parentSpanId: string | null, self: bigint | null, startMicros = 0): TreeSpan => ({
  id,
  spanId: id,
  parentSpanId,
  self,
  startMicros,
})

const shape = (spans: TreeSpan[]) =>
  buildSpanTree(spans).map((node) => [node.span.id, node.depth, node.self, node.subtree])

describe('buildSpanTree', () => {
  it('puts children below their parent in order of start and sums their subtrees', () => {
    expect(
      shape([
        span('search', 'research', 3n, 30),
        span('root', null, null, 0),
        span('write', 'root', 5n, 40),
        span('research', 'root', 2n, 10),
        span('read', 'research', 7n, 20),
      ]),
    ).toEqual([
      ['root', 0, null, 17n],
      ['research', 1, 2n, 12n],
      ['read', 2, 7n, 7n],
      ['search', 2, 3n, 3n],
      ['write', 1, 5n, 5n],
    ])
  })

  it('orders equal starts by span id', () => {
    expect(shape([span('b', null, 1n), span('a', null, 1n)]).map(([id]) => id)).toEqual(['a', 'b'])
  })

  it('takes an orphan as a root and repairs the tree when the parent arrives', () => {
    const child = span('child', 'late', 4n, 5)
    expect(shape([child])).toEqual([['child', 0, 4n, 4n]])
    expect(shape([child, span('late', null, 1n, 0)])).toEqual([
      ['late', 0, 1n, 5n],
      ['child', 1, 4n, 4n],
    ])
  })

  it('takes a row without span id as a root', () => {
    expect(shape([span('a', null, 1n), { ...span('x', 'a', 2n, 1), spanId: null }])).toEqual([
      ['a', 0, 1n, 1n],
      ['x', 0, 2n, 2n],
    ])
  })

  it('hangs what was replaced below what took its place, whatever began first', () => {
    const before = { ...span('before', 'wrong', 0n, 1), spanId: 's', precedence: 2 }
    const after = { ...span('after', 'root', 4n, 2), spanId: 's' }
    expect(shape([before, span('wrong', null, 1n), span('root', null, 1n), span('child', 's', 5n, 3), after])).toEqual([
      ['root', 0, 1n, 10n],
      ['after', 1, 4n, 9n],
      ['before', 2, 0n, 0n],
      ['child', 2, 5n, 5n],
      ['wrong', 0, 1n, 1n],
    ])
  })

  it('hangs further invocations of a span below its first one, with the children of the span', () => {
    const model = { ...span('model', 'root', 3n, 10), spanId: 's' }
    const shared = { ...span('shared', 'root', 4n, 11), spanId: 's' }
    expect(shape([shared, span('child', 's', 5n, 12), span('root', null, 1n), model])).toEqual([
      ['root', 0, 1n, 13n],
      ['model', 1, 3n, 12n],
      ['shared', 2, 4n, 4n],
      ['child', 2, 5n, 5n],
    ])
  })

  it('shows every span of a stored cycle once, from its first span down', () => {
    expect(
      shape([span('a', 'c', 1n, 2), span('b', 'a', 1n, 1), span('c', 'b', 1n, 3), span('tail', 'b', 1n, 0)]),
    ).toEqual([
      ['b', 0, 1n, 4n],
      ['tail', 1, 1n, 1n],
      ['c', 1, 1n, 2n],
      ['a', 2, 1n, 1n],
    ])
    expect(shape([span('me', 'me', 1n)])).toEqual([['me', 0, 1n, 1n]])
  })

  it('survives a chain 10,000 deep', () => {
    const chain = Array.from({ length: 10_000 }, (_, i) => span(`s${i}`, i === 0 ? null : `s${i - 1}`, 1n, i))
    const tree = buildSpanTree(chain.reverse())
    expect(tree[0]!.subtree).toBe(10_000n)
    expect(tree[9_999]).toMatchObject({ depth: 9_999, subtree: 1n })
  })

  it('keeps subtree = self + Σ subtree(children), every span once, in whatever order they arrive', () => {
    const spans = fc
      .array(
        fc.record({
          spanId: fc.option(fc.integer({ min: 0, max: 12 }).map(String)),
          parentSpanId: fc.option(fc.integer({ min: 0, max: 14 }).map(String)),
          self: fc.option(fc.bigInt({ min: 0n, max: 9n })),
          startMicros: fc.integer({ min: 0, max: 3 }),
        }),
        { maxLength: 30 },
      )
      .map((rows) => rows.map((row, index) => ({ ...row, id: `id${String(index).padStart(2, '0')}` })))
    fc.assert(
      fc.property(
        spans.chain((rows) => fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length }))),
        ([rows, shuffled]) => {
          const tree = buildSpanTree(rows)
          expect(buildSpanTree(shuffled)).toEqual(tree)
          expect(tree.map((node) => node.span.id).sort()).toEqual(rows.map((row) => row.id))
          const roots = tree.filter((node) => node.depth === 0)
          expect(sum(roots.map((node) => node.subtree))).toBe(sum(rows.map((row) => row.self ?? 0n)))
          tree.forEach((node, at) => {
            const end = tree.findIndex((other, index) => index > at && other.depth <= node.depth)
            const below = tree.slice(at + 1, end === -1 ? undefined : end)
            const children = below.filter((other) => other.depth === node.depth + 1)
            expect(node.subtree).toBe((node.self ?? 0n) + sum(children.map((child) => child.subtree)))
          })
        },
      ),
    )
  })
})

const sum = (amounts: bigint[]) => amounts.reduce((total, amount) => total + amount, 0n)
