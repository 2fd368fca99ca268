import type { InvocationKind } from '@outlay/domain/rollup/grain'
import type { AttributeValue } from './otlp-request.ts'
import type { ReportedCost } from './reported-cost.ts'
import type { Tags } from './span-tags.ts'
import type { UsageConvention, UsageLine } from './span-usage.ts'

/** `InvocationInput` of the API, every field present. */
export interface OtlpInvocation extends Tags {
  id: string
  trace: string
  span: string
  parentSpan: string | null
  kind: InvocationKind
  provider: string | null
  resource: string | null
  name: string | null
  /** RFC 3339, UTC. */
  occurredAt: string
  endedAt: string | null
  usage: UsageLine[]
  sharedKey: string | null
  reportedCost: ReportedCost | null
  qualifiers: Record<string, string> | null
  failure: string | null
}

export interface OtlpItem {
  /** Position of the span in the request. */
  index: number
  invocation: OtlpInvocation
  /** The attributes that were read, as they came, to keep beside the converted quantities (law L5). */
  raw: Record<string, AttributeValue>
  convention: UsageConvention
  /** The agent is only the resource's `service.name`; raw then contains `service.name`. */
  isAgentFromService: boolean
  /** The nearest ancestor that is not in this export; null when the way to the root is complete. */
  outerParent: { traceId: string; parentSpanId: string } | null
  /** Whether the id is the provider's response id or the span's own. */
  idSource: 'RESPONSE' | 'SPAN'
  /** What the span says by itself, before its neighbours in the export were looked at. */
  stated: { kind: InvocationKind; usage: UsageLine[]; tags: Tags }
}

export interface RejectedSpan {
  /** Position of the span in the request. */
  index: number
  spanId: string
  code: string
  message: string
}

/**
 * The canonical content of an item, to hash for law L1 (same id and same content is a duplicate, other content a conflict).
 *
 * Only what the span states itself is in it. Tags inherited from ancestors and the kind of a span that turned out to repeat another
 * depend on what else was in the export, and a collector that batches anew on a retry must not turn a duplicate into a conflict.
 *
 * An id that comes from the provider's response is the identity of the response, whoever reports it: Claude's Agent SDK repeats one
 * usage on each message of a response, and two instrumentations may each make a span for one call. Those spans differ in span id,
 * parent, times, name, agent and even trace while they mean the same consumption, so none of these is in the content of such an item.
 *
 * A failure is in no content: it was not always read, and a span that is sent again after an update is the same span.
 */
export function otlpContentKey(item: OtlpItem): string {
  const { invocation, stated } = item
  const usage = stated.usage.map(({ meter, quantity }) => `${meter}=${quantity}`).sort()
  const { task, client, project, agent } = stated.tags
  const { reportedCost, qualifiers } = invocation
  const shared = [
    stated.kind,
    invocation.provider,
    invocation.resource,
    usage,
    task,
    client,
    project,
    invocation.sharedKey,
    reportedCost === null ? null : [reportedCost.amount, reportedCost.currency],
    qualifiers === null ? null : Object.entries(qualifiers).sort(([a], [b]) => (a < b ? -1 : 1)),
  ]
  if (item.idSource === 'RESPONSE') return JSON.stringify(['response', ...shared])
  const { trace, span, parentSpan, name, occurredAt, endedAt } = invocation
  return JSON.stringify(['span', ...shared, agent, trace, span, parentSpan, name, occurredAt, endedAt])
}
