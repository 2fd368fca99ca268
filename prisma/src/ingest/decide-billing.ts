import { findCycleClosers } from '@outlay/domain/chains/find-cycles'
import { decideWrapperBilling, type BillableSpan } from '@outlay/domain/chains/wrapper-billing'
import { groupBy } from '@outlay/domain/group-by'
import type { Billing } from '@outlay/domain/rollup/cells'
import type { Candidate } from './candidate.ts'

/** A stored row of a trace that the batch touches, as far as the shape of the tree needs it. */
export interface StoredSpan {
  traceId: string
  id: string
  spanId: string | null
  parentSpanId: string | null
  isLeafKind: boolean
  hasUsage: boolean
  /** VOID: it consumed nothing any more, and holds its place in the tree. */
  billing: Billing
}

export interface BillingDecision {
  /** By index of the candidate. */
  billing: Billing[]
  /** Indices that would close a cycle (law L14); they are refused. */
  cycles: Set<number>
  /** Indices of the first reports of their shared use: they carry its cost (law L13). */
  carriers: number[]
  /** Stored rows whose billing the batch changes: a wrapper that billed itself until its first billable descendant arrived. */
  flips: { traceId: string; id: string; to: Billing }[]
}

/** `traceId␟sharedKey`: control characters cannot occur in either. */
export function sharedUseKey(traceId: string, sharedKey: string): string {
  return `${traceId}\u001f${sharedKey}`
}

/**
 * Decides how each event of a batch counts, given what is stored of its traces and which shared uses already have a carrier.
 * Pure: the batch is in the order of arrival, which decides who carries a shared use.
 */
export function decideBilling(
  candidates: readonly Candidate[],
  stored: { spans: readonly StoredSpan[]; carried: ReadonlySet<string> },
): BillingDecision {
  const spansByTrace = groupBy(stored.spans, (span) => span.traceId)
  const cycles = findCycles(candidates, spansByTrace)
  const decision: BillingDecision = { billing: [], cycles, carriers: [], flips: [] }
  const carried = new Set(stored.carried)
  for (const [index, item] of candidates.entries()) {
    const { trace, sharedKey } = item.invocation
    if (cycles.has(index)) decision.billing.push('CLAIMED')
    else if (!item.isLeafKind) decision.billing.push(item.hasUsage ? 'WRAPPER' : 'CLAIMED')
    else if (trace === null || sharedKey === null) decision.billing.push('DIRECT')
    else {
      const key = sharedUseKey(trace, sharedKey)
      decision.billing.push(carried.has(key) ? 'REPORT' : 'SHARED')
      if (!carried.has(key)) decision.carriers.push(index)
      carried.add(key)
    }
  }
  settleWrappers(candidates, spansByTrace, decision)
  return decision
}

/** Whether an event needs what is stored of its trace: to find a cycle, or a wrapper above it, below it or at its own span. */
export function needsTrace(item: Candidate): boolean {
  const { trace, span, parentSpan } = item.invocation
  return trace !== null && (parentSpan !== null || (span !== null && (item.isLeafKind || item.hasUsage)))
}

function findCycles(candidates: readonly Candidate[], spansByTrace: ReadonlyMap<string, StoredSpan[]>): Set<number> {
  const cycles = new Set<number>()
  const indexed = [...candidates.entries()].filter(
    ([, item]) =>
      item.invocation.trace !== null && item.invocation.span !== null && item.invocation.parentSpan !== null,
  )
  for (const [trace, members] of groupBy(indexed, ([, item]) => item.invocation.trace ?? '')) {
    // The edge of a voided span may be the very mistake: it refuses nothing.
    const existing = (spansByTrace.get(trace) ?? []).filter((span) => span.spanId !== null && span.billing !== 'VOID')
    if (existing.length === 0 && members.length < 2) continue
    const closers = findCycleClosers(
      existing.map((span) => ({ spanId: span.spanId ?? '', parentSpanId: span.parentSpanId })),
      members.map(([, item]) => ({ spanId: item.invocation.span ?? '', parentSpanId: item.invocation.parentSpan })),
    )
    for (const closer of closers) {
      const member = members[closer]
      if (member !== undefined) cycles.add(member[0])
    }
  }
  return cycles
}

/** Looks only at traces in which a wrapper with usage exists: everywhere else there is nothing to settle. */
function settleWrappers(
  candidates: readonly Candidate[],
  spansByTrace: ReadonlyMap<string, StoredSpan[]>,
  decision: BillingDecision,
): void {
  const indexed = [...candidates.entries()].filter(
    ([index, item]) => item.invocation.trace !== null && !decision.cycles.has(index),
  )
  const membersByTrace = groupBy(indexed, ([, item]) => item.invocation.trace ?? '')
  for (const trace of new Set([...spansByTrace.keys(), ...membersByTrace.keys()])) {
    const members = membersByTrace.get(trace) ?? []
    const stored = spansByTrace.get(trace) ?? []
    const isWrapper = (span: { isLeafKind: boolean; hasUsage: boolean }) => !span.isLeafKind && span.hasUsage
    if (!stored.some(isWrapper) && !members.some(([, item]) => isWrapper(item))) continue
    const standing = [
      ...stored.filter((span) => span.billing !== 'VOID').map(storedNode),
      ...members.map(([index, item]) => ({
        ref: `c${index}`,
        spanId: item.invocation.span,
        parentSpanId: item.invocation.parentSpan,
        isLeafKind: item.isLeafKind,
        hasUsage: item.hasUsage,
      })),
    ]
    const settled = decideWrapperBilling([...standing, ...placesOfVoided(stored, standing)])
    for (const [index, item] of members) {
      const billing = settled.get(`c${index}`)
      if (!item.isLeafKind && billing !== undefined) decision.billing[index] = billing
    }
    for (const span of stored) {
      const billing = settled.get(`s${span.id}`)
      if (!span.isLeafKind && span.billing !== 'VOID' && billing !== undefined && billing !== span.billing) {
        decision.flips.push({ traceId: trace, id: span.id, to: billing })
      }
    }
  }
}

function storedNode({ id, spanId, parentSpanId, isLeafKind, hasUsage }: StoredSpan): BillableSpan<string> {
  return { ref: `s${id}`, spanId, parentSpanId, isLeafKind, hasUsage }
}

/**
 * The places that voided spans hold: what hangs below them still hangs below what they hung from. A place that contradicts the standing
 * spans (it would close a cycle with them) is none; of two that contradict each other the smaller id stays.
 */
function placesOfVoided(
  stored: readonly StoredSpan[],
  standing: readonly BillableSpan<string>[],
): BillableSpan<string>[] {
  const voided = stored.filter((span) => span.billing === 'VOID')
  if (voided.length === 0) return []
  voided.sort((a, b) => (a.id < b.id ? -1 : 1))
  const closers = findCycleClosers(standing, voided)
  return voided.filter((_, index) => !closers.has(index)).map(storedNode)
}
