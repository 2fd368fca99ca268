import { groupBy } from '@outlay/domain/group-by'

/*
 * The geometry of a flow: what came from where and went where, in layers from left to right. Lengths along a layer are pixels; a layer's
 * place is a share of the width, so that the picture stretches.
 */

export interface FlowNode {
  id: string
  /** From the left, from 0. */
  layer: number
  /** How much passes through it, in any unit. */
  value: number
  /** The remainder of a layer stands below the others. */
  isRest?: boolean
}

export interface FlowLink {
  from: string
  to: string
  value: number
}

export interface PlacedNode {
  id: string
  layer: number
  /** Top and length. */
  y: number
  height: number
}

export interface PlacedLink {
  from: string
  to: string
  /** Where it leaves and where it arrives, and how wide it is: as wide at both ends. */
  fromY: number
  toY: number
  width: number
}

export interface FlowLayout {
  nodes: PlacedNode[]
  links: PlacedLink[]
  layers: number
  height: number
}

interface Sizes {
  /** How wide all that enters at the left is. */
  wholeWidth: number
  /** The least room of a node, so that its label fits. */
  slot: number
  gap: number
}

/**
 * Places nodes and the links between them. The length of a node is its value on one scale for the whole picture, and the width of a link
 * likewise; nodes of one layer do not touch. In each layer nodes stand near what they come from.
 */
export function layoutFlow(nodes: readonly FlowNode[], links: readonly FlowLink[], sizes: Sizes): FlowLayout {
  const layers = Math.max(0, ...nodes.map((node) => node.layer + 1))
  const whole = nodes.reduce((sum, node) => (node.layer === 0 ? sum + node.value : sum), 0)
  const scale = whole > 0 ? sizes.wholeWidth / whole : 0
  const incoming = groupBy(links, (link) => link.to)
  const outgoing = groupBy(links, (link) => link.from)
  const placed = new Map<string, PlacedNode>()
  let height = 0
  for (let layer = 0; layer < layers; layer += 1) {
    let y = 0
    for (const node of inOrder(
      nodes.filter((one) => one.layer === layer),
      incoming,
      placed,
    )) {
      const length = node.value * scale
      const slot = Math.max(length, sizes.slot)
      placed.set(node.id, { id: node.id, layer, y: y + (slot - length) / 2, height: length })
      y += slot + sizes.gap
    }
    height = Math.max(height, y - sizes.gap)
  }
  const ends = new Map<FlowLink, { fromY: number; toY: number }>()
  for (const node of placed.values()) {
    let leaving = node.y
    for (const link of sorted(outgoing.get(node.id) ?? [], (one) => placed.get(one.to)?.y ?? 0)) {
      ends.set(link, { fromY: leaving, toY: 0 })
      leaving += link.value * scale
    }
  }
  for (const node of placed.values()) {
    let arriving = node.y
    for (const link of sorted(incoming.get(node.id) ?? [], (one) => placed.get(one.from)?.y ?? 0)) {
      const end = ends.get(link)
      if (end !== undefined) end.toY = arriving
      arriving += link.value * scale
    }
  }
  return {
    nodes: [...placed.values()],
    links: links.flatMap((link) => {
      const end = ends.get(link)
      return end === undefined ? [] : [{ from: link.from, to: link.to, ...end, width: link.value * scale }]
    }),
    layers,
    height,
  }
}

/** By the middle of what they come from, then the larger first; what is left over comes last. */
function inOrder(
  nodes: readonly FlowNode[],
  incoming: ReadonlyMap<string, readonly FlowLink[]>,
  placed: ReadonlyMap<string, PlacedNode>,
): FlowNode[] {
  const middleOf = (node: FlowNode): number => {
    const from = incoming.get(node.id) ?? []
    const weight = from.reduce((sum, link) => sum + link.value, 0)
    if (weight === 0) return 0
    return (
      from.reduce((sum, link) => {
        const source = placed.get(link.from)
        return source === undefined ? sum : sum + (source.y + source.height / 2) * link.value
      }, 0) / weight
    )
  }
  const middles = new Map(nodes.map((node) => [node.id, middleOf(node)]))
  return [...nodes].sort(
    (a, b) =>
      Number(a.isRest ?? false) - Number(b.isRest ?? false) ||
      (middles.get(a.id) ?? 0) - (middles.get(b.id) ?? 0) ||
      b.value - a.value ||
      (a.id < b.id ? -1 : 1),
  )
}

function sorted(links: readonly FlowLink[], of: (link: FlowLink) => number): FlowLink[] {
  return [...links].sort((a, b) => of(a) - of(b))
}
