import type { EngagementRecord } from '@outlay/db/sql/read-engagements'
import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { mayDo } from '../../graphql/context.ts'
import { encodeId, uuidOf } from '../../graphql/ids.ts'
import { Node, registerNode } from '../../graphql/node.ts'
import { Client } from '../client/client.type.ts'
import { Project } from '../project/project.type.ts'
import { Task } from '../task/task.type.ts'
import { UserError } from '../user-error.schema.ts'
import { Engagement } from './engagement.ref.ts'
import {
  endEngagement,
  findEngagement,
  listEngagements,
  reverseOutcome,
  setEngagement,
  type EngagementPayloadSource,
  type ReversalPayloadSource,
} from './engagement.service.ts'
import { BillingModel, BillingTerms, EngagementInput, RevenueSourceEnum } from './terms.type.ts'

Engagement.implement({
  description:
    'How the work for a project is charged from a day on, or for a client outside the projects that have terms of their own.',
  interfaces: [Node],
  isTypeOf: (source) => (source as EngagementRecord).nodeKind === 'Engagement',
  fields: (t) => ({
    id: t.id({ resolve: ({ id }) => encodeId('Engagement', id) }),
    project: t.field({
      description: 'null: the terms are of a client',
      type: Project,
      nullable: true,
      resolve: ({ projectId }, _args, { loaders }) => (projectId === null ? null : loaders.project.load(projectId)),
    }),
    client: t.field({
      description: 'Of the terms, or of their project',
      type: Client,
      nullable: true,
      resolve: async ({ clientId, projectId }, _args, { loaders }) => {
        const id = clientId ?? (projectId === null ? null : ((await loaders.project.load(projectId))?.clientId ?? null))
        return id === null ? null : loaders.client.load(id)
      },
    }),
    effectiveFrom: t.expose('startsOn', { type: 'Date' }),
    effectiveTo: t.expose('endsOn', {
      type: 'Date',
      nullable: true,
      description: 'The first day without them; null: without end',
    }),
    model: t.field({ type: BillingModel, resolve: ({ model }) => model }),
    terms: t.field({ type: BillingTerms, resolve: ({ terms }) => terms }),
    currency: t.expose('currency', { type: 'CurrencyCode' }),
    revenueSource: t.field({
      description: 'What counts as revenue of its work in the costs of clients, projects and the fleet',
      type: RevenueSourceEnum,
      resolve: ({ revenueSource }) => revenueSource,
    }),
    note: t.exposeString('note', { nullable: true }),
    createdBy: t.exposeString('createdBy', { description: 'E-mail address of a person, or the name of an API key' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    endedBy: t.exposeString('endedBy', { nullable: true, description: 'Who set their end after they were made' }),
    endedAt: t.expose('endedAt', { type: 'DateTime', nullable: true }),
    supersededBy: t.exposeString('supersededBy', {
      nullable: true,
      description: 'Who replaced them from their first day on: they are not in force on any day',
    }),
    supersededAt: t.expose('supersededAt', { type: 'DateTime', nullable: true }),
  }),
})

registerNode('Engagement', (uuid, context) =>
  mayDo(context, 'billing.read') ? findEngagement(context, uuid) : Promise.resolve(null),
)

builder.queryFields((t) => ({
  engagements: t.field({
    description: 'Terms of a project, or of a client and its projects, or of all: the latest first, at most 1,000',
    type: [Engagement],
    args: {
      projectKey: t.arg.string(),
      clientKey: t.arg.string(),
      withSuperseded: t.arg.boolean({ required: true, defaultValue: false }),
    },
    ...facts({ action: 'billing.read', cost: 2, size: 50 }),
    resolve: (_root, args, context) => listEngagements(context, args),
  }),
  engagement: t.field({
    description: 'Terms by their id, superseded ones too; null when there are none',
    type: Engagement,
    nullable: true,
    args: { id: t.arg.id({ required: true }) },
    ...facts({ action: 'billing.read' }),
    resolve: (_root, { id }, context) => findEngagement(context, uuidOf('Engagement', id, 'id')),
  }),
}))

const ReverseOutcomeInput = builder.inputType('ReverseOutcomeInput', {
  fields: (t) => ({
    taskKey: t.string({ required: true }),
    reason: t.string({ required: true }),
  }),
})

const EngagementPayload = builder.objectRef<EngagementPayloadSource>('EngagementPayload').implement({
  fields: (t) => ({
    engagement: t.field({ type: Engagement, nullable: true, resolve: (payload) => payload.engagement }),
    userErrors: t.field({ type: [UserError], resolve: (payload) => payload.userErrors }),
  }),
})

const ReversalPayload = builder.objectRef<ReversalPayloadSource>('ReversalPayload').implement({
  fields: (t) => ({
    task: t.field({ type: Task, nullable: true, resolve: (payload) => payload.task }),
    userErrors: t.field({ type: [UserError], resolve: (payload) => payload.userErrors }),
  }),
})

builder.mutationFields((t) => ({
  setEngagement: t.field({
    description:
      'Sets terms from a day on. Those in force on that day end there; those that begin on it are superseded. A closed month keeps its terms.',
    type: EngagementPayload,
    args: { input: t.arg({ type: EngagementInput, required: true }) },
    ...facts({ action: 'billing.manage', cost: 10 }),
    resolve: (_root, { input }, context) => setEngagement(context, input),
  }),
  endEngagement: t.field({
    description: 'Ends terms: `on` is the first day without them. On their own first day they are superseded.',
    type: EngagementPayload,
    args: { id: t.arg.id({ required: true }), on: t.arg({ type: 'Date', required: true }) },
    ...facts({ action: 'billing.manage', cost: 10 }),
    resolve: (_root, { id, on }, context) =>
      endEngagement(context, { engagementId: uuidOf('Engagement', id, 'id'), on }),
  }),
  reverseOutcome: t.field({
    description:
      'Takes the outcome of a completed task back: its price comes off this month, and the month that charged it stays as it was told.',
    type: ReversalPayload,
    args: { input: t.arg({ type: ReverseOutcomeInput, required: true }) },
    ...facts({ action: 'billing.manage', cost: 10 }),
    resolve: (_root, { input }, context) => reverseOutcome(context, input),
  }),
}))
