import type { Fixed18 } from '../money/fixed18.ts'
import type { EpochMicros } from '../periods/instant.ts'

/** One invocation of a trace as the tree needs it. */
export interface TreeSpan {
  /** The invocation's own id: the last tie-breaker, so that the order never depends on the order of arrival. */
  id: string
  spanId: string | null
  parentSpanId: string | null
  /** Its own cost; null while it is unpriced or unconverted, which adds nothing to the sums above it. */
  self: Fixed18 | null
  startMicros: EpochMicros
  /** Who of several invocations of one span is the node of it: the lowest. 0 where nothing is said. */
  precedence?: number
}

export interface SpanNode<S extends TreeSpan> {
  span: S
  /** 0 for a root. */
  depth: number
  self: Fixed18 | null
  /** self + Σ subtree(children) (law L14). */
  subtree: Fixed18
}

/**
 * The tree of one trace, depth first, children in order of start, then span id, then id (law L14: subtree = self + Σ subtree(children)).
 *
 * - A span whose parent is not among `spans` is a root until the parent arrives; so is one without a span id.
 * - Several invocations may share a span id (a shared use and the model call that made it): the first in order is the node of that
 *   span, the others hang below it as its children, so that no cost is lost from the sums and none is counted twice. Of unequal
 *   precedence the lowest is the node: what was replaced hangs below what took its place.
 * - A cycle is refused at ingest; should one be stored all the same, its first span becomes a root, so that every span appears once.
 *
 * Linear but for the sort; a chain of any depth needs no recursion.
 *
 *     root 0, its children A 2.00 and B 3.00 → [root 0 / 5.00, A 2.00 / 2.00, B 3.00 / 3.00]
 */
export function buildSpanTree<S extends TreeSpan>(spans: readonly S[]): SpanNode<S>[] {
  const ordered = [...spans].sort(compareSpans)
  const parents = parentPositions(ordered)
  const children: number[][] = ordered.map(() => [])
  const roots: number[] = []
  parents.forEach((parent, position) => (parent === null ? roots : children[parent]!).push(position))

  const nodes: SpanNode<S>[] = []
  const nodeOfParent: (number | null)[] = []
  const open = roots.reverse().map((position) => ({ position, depth: 0, parentNode: null as number | null }))
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const span = ordered[next.position]!
    const node = nodes.push({ span, depth: next.depth, self: span.self, subtree: span.self ?? 0n }) - 1
    nodeOfParent.push(next.parentNode)
    const below = children[next.position]!
    for (let i = below.length - 1; i >= 0; i--) {
      open.push({ position: below[i]!, depth: next.depth + 1, parentNode: node })
    }
  }
  // Depth first puts every child behind its parent, so going backwards completes each subtree before it is added to its parent's.
  for (let node = nodes.length - 1; node >= 0; node--) {
    const parent = nodeOfParent[node]
    if (parent !== null && parent !== undefined) nodes[parent]!.subtree += nodes[node]!.subtree
  }
  return nodes
}

function compareSpans(a: TreeSpan, b: TreeSpan): number {
  if (a.startMicros !== b.startMicros) return a.startMicros < b.startMicros ? -1 : 1
  return compareText(a.spanId ?? '', b.spanId ?? '') || compareText(a.id, b.id)
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** For each span the position of the node it hangs below, null for roots; free of cycles. */
function parentPositions(ordered: readonly TreeSpan[]): (number | null)[] {
  const nodeOf = new Map<string, number>()
  ordered.forEach(({ spanId, precedence = 0 }, position) => {
    if (spanId === null) return
    const known = nodeOf.get(spanId)
    if (known === undefined || precedence < (ordered[known]!.precedence ?? 0)) nodeOf.set(spanId, position)
  })
  const parents = ordered.map(({ spanId, parentSpanId }, position) => {
    if (spanId === null) return null
    const node = nodeOf.get(spanId)!
    if (node !== position) return node
    return parentSpanId === null ? null : (nodeOf.get(parentSpanId) ?? null)
  })
  breakCycles(parents)
  return parents
}

/** Makes the first span of every cycle a root. */
function breakCycles(parents: (number | null)[]): void {
  const walkOf = new Array<number>(parents.length).fill(-1)
  for (let start = 0; start < parents.length; start++) {
    let position: number | null = start
    while (position !== null && walkOf[position] === -1) {
      walkOf[position] = start
      position = parents[position]!
    }
    if (position === null || walkOf[position] !== start) continue
    // This walk came back to itself: `position` lies on a new cycle.
    let first = position
    for (let other = parents[position]!; other !== position; other = parents[other!]!) first = Math.min(first, other!)
    parents[first] = null
  }
}
