import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { Agent } from '../agent/agent.type.ts'
import { CostBreakdown } from '../cost/cost.schema.ts'
import { InvocationCorrection } from '../invocation/correction.type.ts'
import { Billing, CostOrigin, InvocationKind, InvocationStatus } from '../invocation/invocation-kind.schema.ts'
import { Invocation } from '../invocation/invocation.type.ts'
import { RatedLine, UsageLine } from '../invocation/rated-line.schema.ts'
import { Money } from '../money/money.schema.ts'
import { TaskAgentCost } from '../task/task-agent-cost.type.ts'
import { Task } from '../task/task.type.ts'
import {
  dearestSpans,
  openTrace,
  readSharedUses,
  readTraceAgents,
  selfSum,
  spanOfInvocation,
  SPANS_MAX,
  spansOf,
  type SharedUseSource,
  type SpanSource,
  type TraceSource,
} from './trace.service.ts'

const TraceSpan = builder.objectRef<SpanSource>('TraceSpan').implement({
  fields: (t) => ({
    spanId: t.exposeString('spanId'),
    parentSpanId: t.exposeString('parentSpanId', { nullable: true }),
    depth: t.exposeInt('depth', { description: '0 for a root, and for a span whose parent has not arrived' }),
    name: t.exposeString('name'),
    kind: t.field({ type: InvocationKind, resolve: (span) => span.kind }),
    agent: t.field({
      type: Agent,
      nullable: true,
      resolve: (span, _args, { loaders }) => (span.agentId === null ? null : loaders.agent.load(span.agentId)),
    }),
    resource: t.exposeString('resource', { nullable: true }),
    startedAt: t.expose('startedAt', { type: 'DateTime' }),
    endedAt: t.expose('endedAt', { type: 'DateTime', nullable: true }),
    self: t.field({
      description: 'cost of this span alone, and with all its descendants (law L14)',
      type: Money,
      nullable: true,
      resolve: (span, _args, { tenant }) =>
        span.self === null ? null : { amount: span.self, currency: tenant.currency },
    }),
    subtree: t.field({
      type: Money,
      resolve: (span, _args, { tenant }) => ({ amount: span.subtree, currency: tenant.currency }),
    }),
    ratedLines: t.field({
      description: 'They add up to self; none for what is not billed, and for what counts at the reported cost',
      type: [RatedLine],
      ...facts({ size: 2 }),
      resolve: (span, _args, context) => span.ratedLines(context),
    }),
    billing: t.field({ type: Billing, resolve: (span) => span.billing }),
    status: t.field({ type: InvocationStatus, resolve: (span) => span.status }),
    sharedKey: t.exposeString('sharedKey', { nullable: true }),
    invocationId: t.exposeString('invocationId', { description: "The sender's own id of the invocation" }),
    usage: t.field({ type: [UsageLine], ...facts({ size: 3 }), resolve: (span) => span.usage }),
    unpricedMeters: t.exposeStringList('unpricedMeters', { description: 'Meters of it without a price' }),
    costBasis: t.field({ type: CostOrigin, resolve: (span) => span.costBasis }),
    reportedCost: t.field({
      type: Money,
      nullable: true,
      description: 'What its sender says it cost',
      resolve: (span, _args, { tenant }) => span.reported(tenant.currency).reportedCost,
    }),
    reportedDifference: t.field({
      type: Money,
      nullable: true,
      description: 'Cost by our rates less reportedCost, in the reporting currency; null when either is unknown',
      resolve: (span, _args, { tenant }) => span.reported(tenant.currency).reportedDifference,
    }),
    isVoided: t.boolean({
      description: 'A correction took it out: it counts nothing and keeps its place',
      resolve: (span) => span.billing === 'VOID',
    }),
    correction: t.field({
      type: InvocationCorrection,
      nullable: true,
      description: 'Who took it out, when and why',
      resolve: (span) => span.correction,
    }),
  }),
})

export const ChainSharedUse = builder.objectRef<SharedUseSource>('ChainSharedUse').implement({
  description: 'A shared resource used within a trace: one cost, however many agents reported it (law L13).',
  fields: (t) => ({
    traceId: t.exposeString('traceId'),
    sharedKey: t.exposeString('sharedKey'),
    resource: t.exposeString('resource', { nullable: true }),
    cost: t.field({
      type: Money,
      resolve: (use, _args, { tenant }) => ({ amount: use.cost, currency: tenant.currency }),
    }),
    reportedBy: t.field({
      type: [Agent],
      description: 'The agent whose report carries the cost, then the others',
      ...facts({ size: 4 }),
      resolve: (use) => use.reportedBy,
    }),
  }),
})

export const Trace = builder.objectRef<TraceSource>('Trace').implement({
  description: 'One trace as the chain of agents that served a task.',
  fields: (t) => ({
    traceId: t.exposeString('traceId'),
    task: t.field({
      type: Task,
      nullable: true,
      resolve: (trace, _args, { loaders }) => (trace.taskId === null ? null : loaders.task.load(trace.taskId)),
    }),
    startedAt: t.expose('startedAt', { type: 'DateTime', nullable: true }),
    endedAt: t.expose('endedAt', { type: 'DateTime', nullable: true }),
    cost: t.field({
      description: 'allocated is 0: pools are split down to the task, and not to its traces',
      type: CostBreakdown,
      resolve: (trace) => trace.cost,
    }),
    spanCount: t.int({ description: 'How many spans it has', resolve: ({ nodes }) => nodes.length }),
    selfTotal: t.field({
      description: 'Sum of self of all its spans: what it costs',
      type: Money,
      resolve: (trace, _args, { tenant }) => ({ amount: selfSum(trace), currency: tenant.currency }),
    }),
    dearestSpans: t.field({
      description: 'The spans with the highest cost of their own, the dearest first',
      type: [TraceSpan],
      args: { first: t.arg.int({ required: true, description: 'How many, 1 to 100', defaultValue: 3 }) },
      ...facts({ size: 3 }),
      resolve: (trace, args) => dearestSpans(trace, args.first),
    }),
    spans: t.field({
      description: 'Depth first; at most 10,000',
      type: [TraceSpan],
      args: {
        first: t.arg.int({ required: true, description: 'How many, 1 to 10,000', defaultValue: SPANS_MAX }),
        skip: t.arg.int({ required: true, description: 'How many to leave out before them', defaultValue: 0 }),
      },
      ...facts({ size: 20 }),
      resolve: (trace, args) => spansOf(trace, args),
    }),
    byAgent: t.field({
      type: [TaskAgentCost],
      ...facts({ size: 4 }),
      resolve: (trace, _args, context) => readTraceAgents(context, trace),
    }),
    chainShared: t.field({
      type: [ChainSharedUse],
      ...facts({ size: 4 }),
      resolve: (trace, _args, context) => readSharedUses(context, trace),
    }),
  }),
})

builder.objectField(Invocation, 'span', (t) =>
  t.field({
    description: 'Its place in its trace, with the cost of everything below it; null when it names no trace',
    type: TraceSpan,
    nullable: true,
    ...facts({ cost: 5 }),
    resolve: (invocation, _args, context) => spanOfInvocation(context, invocation),
  }),
)

builder.queryField('trace', (t) =>
  t.field({
    description: 'One execution as a chain; null when no invocation of the trace is recorded',
    type: Trace,
    nullable: true,
    args: { traceId: t.arg.string({ required: true }) },
    ...facts({ action: 'cost.read', cost: 5 }),
    resolve: (_root, args, context) => openTrace(context, args.traceId),
  }),
)
