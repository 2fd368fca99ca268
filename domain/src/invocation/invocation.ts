import type { Quantity6 } from '../usage/quantity.ts'
import type { Fixed18 } from '../money/fixed18.ts'
import type { InvocationKind } from '../rollup/grain.ts'

export interface MeteredQuantity {
  meter: string
  quantity: Quantity6
}

/** One event as its sender states it, checked and exact, before anything is looked up or rated. */
export interface Invocation {
  /** The sender's own id; a retry repeats it (law L1). */
  id: string
  agent: string | null
  task: string | null
  client: string | null
  project: string | null
  trace: string | null
  span: string | null
  parentSpan: string | null
  kind: InvocationKind
  provider: string | null
  resource: string | null
  name: string | null
  /** Microseconds since 1970 (exact in a number until the year 2255). */
  occurredAt: number
  endedAt: number | null
  usage: MeteredQuantity[]
  sharedKey: string | null
  reportedCost: { amount: Fixed18; currency: string } | null
  /** Canonical: names sorted, values as text. */
  qualifiers: Record<string, string> | null
  /** What went wrong, where its sender says that it failed; what it used is billed all the same. */
  failure: string | null
  /** The raw attributes an adapter used, kept beside the converted quantities (law L5). */
  raw: Record<string, unknown> | null
}

/**
 * What makes two deliveries of one id the same content (law L1), as canonical text: every stated fact, usage sorted by meter, numbers
 * in their shortest form, so that `1500` and `"1500.0"` are one content. `raw` is left out: it repeats the other facts.
 */
export function canonicalContent(invocation: Invocation): string {
  const { reportedCost, qualifiers, failure } = invocation
  const usage = invocation.usage.map((line) => `${line.meter}=${line.quantity}`).sort()
  return JSON.stringify([
    invocation.agent,
    invocation.task,
    invocation.client,
    invocation.project,
    invocation.trace,
    invocation.span,
    invocation.parentSpan,
    invocation.kind,
    invocation.provider,
    invocation.resource,
    invocation.name,
    invocation.occurredAt,
    invocation.endedAt,
    usage,
    invocation.sharedKey,
    reportedCost === null ? null : [reportedCost.amount.toString(), reportedCost.currency],
    qualifiers === null ? null : Object.entries(qualifiers),
    // Only where there is one: what was recorded before there were failures keeps its content.
    ...(failure === null ? [] : [failure]),
  ])
}
