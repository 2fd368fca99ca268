/** A span and the span it says it hangs below. */
export interface SpanEdge {
  spanId: string | null
  parentSpanId: string | null
}

/**
 * How many steps are walked in all for spans that name a second parent. Honest traces need none; beyond it the edge is taken for a
 * closer, so that nobody can buy quadratic work with a crafted trace.
 */
const WALK_STEPS_MAX = 2_000_000

/**
 * The positions in `incoming` (in order of arrival) whose edge would close a cycle with everything accepted before it (law L14: a
 * cycle is refused). A span that is its own parent closes one. `existing` are the stored edges of the same trace.
 *
 * A span has one parent as a rule, and then a new edge closes a cycle exactly when its parent already hangs in the tree that the span
 * is the root of: near linear by union-find, whatever the depth and the order of arrival. Two invocations of one span may name two
 * parents; only those are checked by walking.
 *
 *     existing A→B (A hangs below B), incoming [B→C, C→A] → { 1 }
 */
export function findCycleClosers(existing: readonly SpanEdge[], incoming: readonly SpanEdge[]): Set<number> {
  const forest = new Forest()
  for (const edge of existing) {
    if (isEdge(edge)) forest.add(edge.spanId, edge.parentSpanId)
  }
  const closers = new Set<number>()
  incoming.forEach((edge, index) => {
    if (!isEdge(edge)) return
    if (forest.wouldClose(edge.spanId, edge.parentSpanId)) closers.add(index)
    else forest.add(edge.spanId, edge.parentSpanId)
  })
  return closers
}

function isEdge(edge: SpanEdge): edge is { spanId: string; parentSpanId: string } {
  return edge.spanId !== null && edge.parentSpanId !== null
}

class Forest {
  readonly #parents = new Map<string, string[]>()
  readonly #leader = new Map<string, string>()
  #hasSecondParents = false
  #stepsLeft = WALK_STEPS_MAX

  add(span: string, parent: string): void {
    const parents = this.#parents.get(span)
    if (parents === undefined) this.#parents.set(span, [parent])
    else if (!parents.includes(parent)) {
      parents.push(parent)
      this.#hasSecondParents = true
    }
    this.#leader.set(this.#find(span), this.#find(parent))
  }

  wouldClose(span: string, parent: string): boolean {
    if (span === parent) return true
    // Two spans that are not connected at all cannot be above and below one another.
    if (this.#find(span) !== this.#find(parent)) return false
    const parents = this.#parents.get(span)
    if (parents === undefined && !this.#hasSecondParents) return true
    if (parents !== undefined && parents.includes(parent)) return false
    return this.#isAbove(span, parent)
  }

  /** Whether `span` is met when walking up from `from`. */
  #isAbove(span: string, from: string): boolean {
    const seen = new Set([from])
    const open = [from]
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      for (const parent of this.#parents.get(at) ?? []) {
        if (parent === span || this.#stepsLeft-- <= 0) return true
        if (!seen.has(parent)) {
          seen.add(parent)
          open.push(parent)
        }
      }
    }
    return false
  }

  #find(span: string): string {
    let leader = span
    for (let up = this.#leader.get(leader); up !== undefined && up !== leader; up = this.#leader.get(leader))
      leader = up
    // Shorten the path that was walked, so that the next one is short.
    for (let at = span; at !== leader;) {
      const up = this.#leader.get(at)!
      this.#leader.set(at, leader)
      at = up
    }
    return leader
  }
}
