import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { encodeTextId } from '../../graphql/ids.ts'
import { Money, MoneyInput } from '../money/money.schema.ts'
import './correction.schema.ts'
import { Invocation } from './invocation.type.ts'
import { InvocationKind, InvocationStatus } from './invocation-kind.schema.ts'
import { tagFields } from './tag-fields.ts'
import { UsageInput } from './usage-input.ts'
import {
  findInvocation,
  listRecentInvocations,
  recordInvocations,
  type RecentSource,
  type RecordedSource,
  type RejectedSource,
} from './invocation.service.ts'

const RecentInvocation = builder.objectRef<RecentSource>('RecentInvocation').implement({
  description: 'An event as it arrived, with its price and what it lacks.',
  fields: (t) => ({
    id: t.id({ resolve: (row) => encodeTextId('Invocation', row.id) }),
    invocationId: t.string({ description: "The sender's own id", resolve: (row) => row.id }),
    traceId: t.exposeString('traceId', { nullable: true }),
    ...tagFields(t),
    provider: t.exposeString('provider', { nullable: true }),
    resource: t.exposeString('resource', { nullable: true }),
    kind: t.field({ type: InvocationKind, resolve: (row) => row.kind }),
    occurredAt: t.expose('occurredAt', { type: 'DateTime' }),
    ingestedAt: t.expose('ingestedAt', { type: 'DateTime' }),
    status: t.field({ type: InvocationStatus, resolve: (row) => row.status }),
    cost: t.field({ type: Money, nullable: true, resolve: (row) => row.cost }),
    missingTags: t.exposeStringList('missingTags', {
      description: 'Which of agent, task, client and project it does not carry',
    }),
  }),
})

builder.queryField('invocation', (t) =>
  t.field({
    description:
      "One event by its sender's id, with the arithmetic of its cost and what was corrected; null when there is none",
    type: Invocation,
    nullable: true,
    args: { id: t.arg.string({ required: true }) },
    ...facts({ action: 'cost.read', cost: 5 }),
    resolve: (_root, args, context) => findInvocation(context, args.id),
  }),
)

builder.queryField('recentInvocations', (t) =>
  t.field({
    description: 'The latest arrivals, newest first; without what was voided since',
    type: [RecentInvocation],
    args: { first: t.arg.int({ defaultValue: 20, description: 'How many to answer with, 1 to 100' }) },
    ...facts({ action: 'cost.read', cost: 5 }),
    resolve: (_root, args, context) => listRecentInvocations(context, args.first),
  }),
)

const InvocationInput = builder.inputType('InvocationInput', {
  fields: (t) => ({
    id: t.string({ required: true, description: "The sender's own id; a retry repeats it (law L1)." }),
    agent: t.string(),
    task: t.string(),
    client: t.string(),
    project: t.string(),
    trace: t.string(),
    span: t.string(),
    parentSpan: t.string(),
    kind: t.field({ type: InvocationKind, required: true, defaultValue: 'MODEL' }),
    provider: t.string(),
    resource: t.string({ description: 'Model or tool name as the provider spells it.' }),
    name: t.string(),
    occurredAt: t.field({ type: 'DateTime', required: true }),
    endedAt: t.field({ type: 'DateTime' }),
    usage: t.field({ type: [UsageInput], required: true }),
    sharedKey: t.string({
      description:
        'Marks a shared resource used within the trace: all reports with this key in the trace are one use (law L13).',
    }),
    reportedCost: t.field({
      type: MoneyInput,
      description:
        'Cost stated by the provider; kept beside ours, and used when no rate matches and the tenant allows it.',
    }),
    qualifiers: t.field({ type: 'JSONObject', description: 'Rate qualifiers, e.g. { tier: batch, region: eu }' }),
    failure: t.string({
      description: 'That the call failed, and of what, such as timeout. What it used is billed all the same.',
    }),
  }),
})

const RecordInvocationsInput = builder.inputType('RecordInvocationsInput', {
  fields: (t) => ({ invocations: t.field({ type: [InvocationInput], required: true, description: 'At most 1,000' }) }),
})

const RejectedInvocation = builder.objectRef<RejectedSource>('RejectedInvocation').implement({
  fields: (t) => ({
    index: t.exposeInt('index'),
    id: t.exposeString('id', { nullable: true }),
    code: t.exposeString('code'),
    message: t.exposeString('message'),
  }),
})

const RecordInvocationsPayload = builder.objectRef<RecordedSource>('RecordInvocationsPayload').implement({
  description: 'accepted + duplicates + rejected = items sent. Accepted means stored, rated and rolled up.',
  fields: (t) => ({
    accepted: t.exposeInt('accepted'),
    duplicates: t.exposeInt('duplicates', { description: 'Items that were recorded before with the same content' }),
    unpriced: t.exposeInt('unpriced', { description: 'Accepted items without a price' }),
    rejected: t.field({ type: [RejectedInvocation], resolve: (payload) => payload.rejected }),
  }),
})

builder.mutationField('recordInvocations', (t) =>
  t.field({
    description: 'Records consumption. A wrong item is refused by its index, the others are kept.',
    type: RecordInvocationsPayload,
    args: { input: t.arg({ type: RecordInvocationsInput, required: true }) },
    ...facts({ action: 'usage.record', cost: 50, audit: 'NEVER' }),
    resolve: (_root, args, context) => recordInvocations(context, args.input.invocations),
  }),
)
