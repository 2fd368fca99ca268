import type { CorrectionRecord } from '@outlay/db/corrections/correction'
import { NO_SUMS, type CellSums } from '@outlay/db/sql/cell-sums'
import type { AgentRecord } from '@outlay/db/sql/read-dimensions'
import { TRACE_INVOCATIONS_MAX, type TraceInvocation } from '@outlay/db/sql/read-traces'
import { buildSpanTree, type SpanNode, type TreeSpan } from '@outlay/domain/chains/span-tree'
import { parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import type { CostBasis } from '@outlay/domain/rating/reported-cost'
import type { Billing, RatingStatus } from '@outlay/domain/rollup/cells'
import type { InvocationKind } from '@outlay/domain/rollup/grain'
import { parseQuantity } from '@outlay/domain/usage/quantity'
import type { Context } from '../../graphql/context.ts'
import { apiError, badInput } from '../../graphql/errors.ts'
import { compareAmounts, compareText } from '../../reads/compare.ts'
import { groupBy } from '@outlay/domain/group-by'
import { storableKey } from '../../reads/storable-key.ts'
import { ratedLines, usageLines, type RatedLineSource, type UsageLineSource } from '../invocation/rated-lines.ts'
import { reportedOf, type ReportedSource } from '../invocation/reported-cost.ts'
import type { TaskAgentCostSource } from '../task/task-agent-cost.type.ts'

/** Most spans that a trace shows at once. */
export const SPANS_MAX = 10_000
/** Most of its dearest spans. */
const DEAREST_MAX = 100

export interface TraceSource {
  traceId: string
  taskId: string | null
  startedAt: string | null
  endedAt: string | null
  cost: CellSums
  invocations: TraceInvocation[]
  /** Every span of it, depth first. */
  nodes: TraceNode[]
}

type TraceNode = SpanNode<TreeSpan & { row: TraceInvocation }>

export interface SpanSource {
  spanId: string
  parentSpanId: string | null
  depth: number
  name: string
  kind: InvocationKind
  agentId: string | null
  resource: string | null
  startedAt: string
  endedAt: string | null
  self: Fixed18 | null
  subtree: Fixed18
  billing: Billing
  status: RatingStatus
  sharedKey: string | null
  invocationId: string
  usage: UsageLineSource[]
  unpricedMeters: string[]
  ratedLines: (context: Context) => Promise<RatedLineSource[]>
  costBasis: CostBasis
  reported: (currency: string) => ReportedSource
  correction: CorrectionRecord | null
}

export interface SharedUseSource {
  traceId: string
  sharedKey: string
  resource: string | null
  cost: Fixed18
  reportedBy: AgentRecord[]
}

export async function openTrace(context: Context, traceId: string): Promise<TraceSource | null> {
  return storableKey(traceId) ? traceOf(context, traceId) : null
}

/** A trace from its own invocations; null when none is recorded. */
export async function traceOf({ loaders }: Context, traceId: string): Promise<TraceSource | null> {
  const invocations = await loaders.trace.load(traceId)
  const [first] = invocations
  if (first === undefined) return null
  if (invocations.length > TRACE_INVOCATIONS_MAX) {
    throw apiError('QUERY_TOO_COMPLEX', `The trace ${traceId} has more than ${TRACE_INVOCATIONS_MAX} invocations.`)
  }
  // What was voided is shown; it says something of the trace only while nothing else does.
  const standing = invocations.filter((row) => row.billing !== 'VOID')
  const telling = standing.length === 0 ? invocations : standing
  const ends = telling.map((row) => row.endedAt ?? row.startedAt)
  return {
    traceId,
    taskId: telling.find((row) => row.taskId !== null)?.taskId ?? null,
    startedAt: telling[0]?.startedAt ?? first.startedAt,
    endedAt: ends.reduce((latest, end) => (end > latest ? end : latest)),
    cost: sumOf(invocations),
    invocations,
    nodes: buildSpanTree(invocations.map(treeSpan)),
  }
}

/** A part of a trace's spans, depth first. */
export function spansOf({ nodes }: TraceSource, { first, skip }: { first: number; skip: number }): SpanSource[] {
  if (first < 1 || first > SPANS_MAX) throw badInput('first', `first is ${first}; it must be 1 to ${SPANS_MAX}.`)
  if (skip < 0) throw badInput('skip', `skip is ${skip}; it must not be negative.`)
  return nodes.slice(skip, skip + first).map(spanOf)
}

/** The spans with the highest cost of their own, the dearest first; those that cost nothing are none of them. */
export function dearestSpans({ nodes }: TraceSource, first: number): SpanSource[] {
  if (first < 1 || first > DEAREST_MAX) throw badInput('first', `first is ${first}; it must be 1 to ${DEAREST_MAX}.`)
  return nodes
    .filter(({ self }) => self !== null && self > 0n)
    .sort((x, y) => compareAmounts(y.self ?? 0n, x.self ?? 0n))
    .slice(0, first)
    .map(spanOf)
}

/** What the spans cost, each by itself: Σ self. */
export function selfSum({ nodes }: TraceSource): Fixed18 {
  return nodes.reduce((sum, { self }) => sum + (self ?? 0n), 0n)
}

/** The span that an invocation is in its trace; null when it names none. */
export async function spanOfInvocation(
  context: Context,
  { id, traceId }: { id: string; traceId: string | null },
): Promise<SpanSource | null> {
  const trace = traceId === null ? null : await traceOf(context, traceId)
  const node = trace?.nodes.find(({ span }) => span.row.id === id)
  return node === undefined ? null : spanOf(node)
}

function isBilled(billing: Billing): boolean {
  return billing === 'DIRECT' || billing === 'WRAPPER' || billing === 'SHARED'
}

/** A further report of a shared use, claimed usage and what was voided cost nothing; what has no price costs nobody knows what. */
function selfCost(row: TraceInvocation): Fixed18 | null {
  if (!isBilled(row.billing)) return 0n
  return row.cost === null ? null : parseFixed18(row.cost)
}

function sumOf(rows: readonly TraceInvocation[]): CellSums {
  const sums = { ...NO_SUMS }
  for (const row of rows) {
    if (!isBilled(row.billing)) continue
    const cost = selfCost(row) ?? 0n
    if (row.billing === 'SHARED') sums.shared += cost
    else sums.direct += cost
    sums.invocations += 1n
    sums.tokens += tokensOf(row)
    if (row.status === 'UNPRICED') sums.unpriced += 1n
    if (row.status === 'UNCONVERTED') sums.unconverted += 1n
  }
  return sums
}

function tokensOf(row: TraceInvocation): bigint {
  return row.meters.reduce(
    (sum, meter, i) => (meter.endsWith('_tokens') ? sum + parseQuantity(row.quantities[i] ?? '0') : sum),
    0n,
  )
}

function treeSpan(row: TraceInvocation): TreeSpan & { row: TraceInvocation } {
  return {
    row,
    id: row.id,
    spanId: row.spanId,
    parentSpanId: row.parentSpanId,
    self: selfCost(row),
    startMicros: Number(row.startMicros),
    precedence: row.billing !== 'VOID' ? 0 : row.correction?.replacementId === null ? 1 : 2,
  }
}

function spanOf({ span: { row }, depth, self, subtree }: TraceNode): SpanSource {
  return {
    spanId: row.spanId ?? row.id,
    parentSpanId: row.parentSpanId,
    depth,
    name: row.name ?? row.resource ?? row.kind.toLowerCase(),
    kind: row.kind,
    agentId: row.agentId,
    resource: row.resource,
    startedAt: row.startedAt,
    endedAt: row.endedAt,
    self,
    subtree,
    billing: row.billing,
    status: row.status,
    sharedKey: row.sharedKey,
    invocationId: row.id,
    usage: usageLines(row),
    unpricedMeters: row.status === 'UNPRICED' ? row.meters.filter((_, i) => !row.rateIds[i] && !row.amounts[i]) : [],
    ratedLines: async (context) =>
      isBilled(row.billing) ? ratedLines(context, { ...row, occurredAt: row.startedAt }) : [],
    costBasis: row.costBasis,
    reported: (currency) => reportedOf(row, currency),
    correction: row.correction,
  }
}

/** Direct cost by agent, the most expensive first. */
export async function readTraceAgents({ loaders }: Context, trace: TraceSource): Promise<TaskAgentCostSource[]> {
  const direct = trace.invocations.filter((row) => row.billing === 'DIRECT' || row.billing === 'WRAPPER')
  const lines = await Promise.all(
    [...groupBy(direct, (row) => row.agentId)].map(async ([agentId, rows]) => {
      const agent = agentId === null ? null : await loaders.agent.load(agentId)
      const part = { direct: sumOf(rows).direct, allocated: 0n, invocations: BigInt(rows.length) }
      return agent === null ? [] : [{ agent, ...part }]
    }),
  )
  return lines
    .flat()
    .sort((x, y) => (x.direct === y.direct ? compareText(x.agent.key, y.agent.key) : x.direct < y.direct ? 1 : -1))
}

/** The shared uses of a trace in the order they were first reported; of each, the carrier's agent first. */
export async function readSharedUses({ loaders }: Context, trace: TraceSource): Promise<SharedUseSource[]> {
  const reports = trace.invocations.filter(
    (row) => row.sharedKey !== null && (row.billing === 'SHARED' || row.billing === 'REPORT'),
  )
  return Promise.all(
    [...groupBy(reports, (row) => row.sharedKey ?? '')].map(async ([sharedKey, rows]) => {
      const carrier = rows.find((row) => row.billing === 'SHARED')
      const reporters = carrier === undefined ? rows : [carrier, ...rows]
      const agentIds = new Set(reporters.flatMap((row) => row.agentId ?? []))
      const agents = await Promise.all([...agentIds].map((id) => loaders.agent.load(id)))
      return {
        traceId: trace.traceId,
        sharedKey,
        resource: (carrier ?? rows[0])?.resource ?? null,
        cost: carrier === undefined ? 0n : (selfCost(carrier) ?? 0n),
        reportedBy: agents.filter((agent) => agent !== null),
      }
    }),
  )
}
