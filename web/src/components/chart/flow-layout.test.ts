import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { layoutFlow, type FlowLink, type FlowNode } from './flow-layout.ts'

const sizes = { wholeWidth: 240, slot: 34, gap: 8 }

/** Paths through layers, each carrying something: what a node passes on is what it was given. */
const flows = fc
  .array(
    fc.record({
      steps: fc.array(fc.nat({ max: 6 }), { minLength: 1, maxLength: 4 }),
      value: fc.integer({ min: 1, max: 10_000 }),
    }),
    {
      minLength: 1,
      maxLength: 30,
    },
  )
  .map((paths) => {
    const nodes = new Map<string, FlowNode>()
    const links = new Map<string, FlowLink>()
    const pass = (layer: number, name: string, value: number): string => {
      const id = `${layer} ${name}`
      const node = nodes.get(id) ?? { id, layer, value: 0 }
      nodes.set(id, { ...node, value: node.value + value })
      return id
    }
    for (const { steps, value } of paths) {
      let from = pass(0, 'whole', value)
      steps.forEach((step, at) => {
        const to = pass(at + 1, String(step), value)
        const link = links.get(`${from}>${to}`) ?? { from, to, value: 0 }
        links.set(`${from}>${to}`, { ...link, value: link.value + value })
        from = to
      })
    }
    return { nodes: [...nodes.values()], links: [...links.values()] }
  })

describe('the layout of a flow', () => {
  it('draws what passes through a node as long as what comes in, and never longer than it goes out', () => {
    fc.assert(
      fc.property(flows, ({ nodes, links }) => {
        const drawn = layoutFlow(nodes, links, sizes)
        expect(drawn.links).toHaveLength(links.length)
        for (const node of drawn.nodes) {
          const width = (end: 'from' | 'to') =>
            drawn.links.reduce((sum, link) => (link[end] === node.id ? sum + link.width : sum), 0)
          if (node.layer > 0) expect(width('to')).toBeCloseTo(node.height, 6)
          expect(width('from')).toBeLessThanOrEqual(node.height + 1e-6)
        }
        const first = drawn.nodes.filter((node) => node.layer === 0)
        expect(first.reduce((sum, node) => sum + node.height, 0)).toBeCloseTo(sizes.wholeWidth, 6)
      }),
    )
  })

  it('lets no two nodes of a layer touch, and no two links share an edge of a node', () => {
    fc.assert(
      fc.property(flows, ({ nodes, links }) => {
        const drawn = layoutFlow(nodes, links, sizes)
        for (let layer = 0; layer < drawn.layers; layer += 1) {
          const column = drawn.nodes.filter((node) => node.layer === layer).sort((a, b) => a.y - b.y)
          column.forEach((node, at) => {
            const above = column[at - 1]
            if (above !== undefined) expect(node.y).toBeGreaterThanOrEqual(above.y + above.height + sizes.gap - 1e-6)
            expect(node.y + node.height).toBeLessThanOrEqual(drawn.height + 1e-6)
          })
        }
        for (const node of drawn.nodes) {
          for (const [end, at] of [
            ['from', 'fromY'],
            ['to', 'toY'],
          ] as const) {
            const ends = drawn.links.filter((link) => link[end] === node.id).sort((a, b) => a[at] - b[at])
            ends.forEach((link, position) => {
              const before = ends[position - 1]
              if (before !== undefined) expect(link[at]).toBeGreaterThanOrEqual(before[at] + before.width - 1e-6)
              expect(link[at] + link.width).toBeLessThanOrEqual(node.y + node.height + 1e-6)
            })
          }
        }
      }),
    )
  })

  it('puts the remainder of a layer below the others, however large', () => {
    const nodes = [
      { id: 'whole', layer: 0, value: 10 },
      { id: 'rest', layer: 1, value: 9, isRest: true },
      { id: 'one', layer: 1, value: 1 },
    ]
    const links = [
      { from: 'whole', to: 'rest', value: 9 },
      { from: 'whole', to: 'one', value: 1 },
    ]
    expect(layoutFlow(nodes, links, sizes).nodes.map((node) => node.id)).toEqual(['whole', 'one', 'rest'])
  })

  it('draws nothing of nothing', () => {
    expect(layoutFlow([], [], sizes)).toEqual({ nodes: [], links: [], layers: 0, height: 0 })
  })
})
