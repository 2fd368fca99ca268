export interface BillableSpan<Ref> {
  /** The caller's name for this invocation; unique in the call. */
  ref: Ref
  spanId: string | null
  parentSpanId: string | null
  /** MODEL, EMBEDDING, TOOL or RETRIEVAL: these consume something themselves. */
  isLeafKind: boolean
  hasUsage: boolean
}

export type SpanBilling = 'DIRECT' | 'CLAIMED' | 'WRAPPER'

/**
 * Which invocations of one trace are billed (law L6: only leaf consumption is), from all that is known of the trace now.
 *
 * - A leaf kind is DIRECT, always.
 * - AGENT and OTHER spans with usage are CLAIMED when something below them is billed: their numbers repeat it.
 * - With nothing billed below they are the only witness of the consumption: WRAPPER, billed like DIRECT. Of nested ones the innermost
 *   bills and the outer ones are claimed.
 * - Without usage they are CLAIMED: there is nothing to bill.
 *
 * Several invocations of one span are one place in the tree: a leaf among them claims the wrappers among them. The answer depends on
 * the set of spans only, not on their order, so recomputing after each late arrival ends where computing once does; a late arrival
 * can turn WRAPPER into CLAIMED, never the other way. Edges must be free of cycles (see findCycleClosers). Linear.
 *
 *     agent 500 tokens above a model call 500 tokens → agent CLAIMED, model DIRECT
 *     workflow 500 tokens above agent 500 tokens, no leaf known → workflow CLAIMED, agent WRAPPER
 */
export function decideWrapperBilling<Ref>(spans: readonly BillableSpan<Ref>[]): Map<Ref, SpanBilling> {
  const parentsOf = new Map<string, Set<string>>()
  const leafSpanIds = new Set<string>()
  for (const { spanId, parentSpanId, isLeafKind } of spans) {
    if (spanId === null) continue
    if (isLeafKind) leafSpanIds.add(spanId)
    if (parentSpanId === null || parentSpanId === spanId) continue
    const parents = parentsOf.get(spanId)
    if (parents === undefined) parentsOf.set(spanId, new Set([parentSpanId]))
    else parents.add(parentSpanId)
  }
  const covered = spansAboveConsumption(spans, parentsOf)
  return new Map(
    spans.map((span) => {
      if (span.isLeafKind) return [span.ref, 'DIRECT']
      const isClaimed = span.spanId !== null && (covered.has(span.spanId) || leafSpanIds.has(span.spanId))
      return [span.ref, span.hasUsage && !isClaimed ? 'WRAPPER' : 'CLAIMED']
    }),
  )
}

/**
 * The ids of all spans that have a billed span somewhere below. A span with usage below that is itself claimed is claimed because of a
 * billed one further down, so "has a leaf or any usage below" is the same question.
 */
function spansAboveConsumption<Ref>(
  spans: readonly BillableSpan<Ref>[],
  parentsOf: ReadonlyMap<string, ReadonlySet<string>>,
): Set<string> {
  const covered = new Set<string>()
  const open: string[] = []
  const cover = (spanId: string) => {
    if (covered.has(spanId)) return
    covered.add(spanId)
    open.push(spanId)
  }
  for (const { spanId, parentSpanId, isLeafKind, hasUsage } of spans) {
    if ((isLeafKind || hasUsage) && parentSpanId !== null && parentSpanId !== spanId) cover(parentSpanId)
  }
  for (let spanId = open.pop(); spanId !== undefined; spanId = open.pop()) {
    for (const parent of parentsOf.get(spanId) ?? []) cover(parent)
  }
  return covered
}
