import type { PolicyEventRecord, PolicyRecord } from '@outlay/db/sql/read-policies'
import type { Exemption, PoolFeed as Feed, WeightMultiplier } from '@outlay/domain/allocation/policy'
import { invariant } from '@outlay/domain/errors'
import { facts } from '../../graphql/builder-type.ts'
import { builder } from '../../graphql/builder.ts'
import { mayDo, type Context } from '../../graphql/context.ts'
import { encodeId } from '../../graphql/ids.ts'
import { Node, registerNode } from '../../graphql/node.ts'
import { Agent } from '../agent/agent.type.ts'
import { CostPool } from '../pool/pool.ref.ts'
import { agentsOf, poolOf } from '../pool/pool.service.ts'
import { AllocationPolicy } from './allocation-policy.ref.ts'
import { findPolicy, historyOf, isReviewDue, mayApprove, mayOverride } from './allocation-policy.service.ts'
import { AllocationFallback, AllocationMethod, IdleTreatment, PolicyState, UsageBasis } from './policy.enums.ts'

async function agentOf({ loaders }: Context, { agentId }: { agentId: string }) {
  const agent = await loaders.agent.load(agentId)
  invariant(agent !== null, `The agent ${agentId} of a policy is not there`)
  return agent
}

const AgentMultiplier = builder.objectRef<WeightMultiplier>('AgentMultiplier').implement({
  description: "The agent's weight counts so many times.",
  fields: (t) => ({
    agent: t.field({ type: Agent, resolve: (multiplier, _args, context) => agentOf(context, multiplier) }),
    multiplier: t.expose('multiplier', { type: 'Decimal' }),
  }),
})

const AgentExemption = builder.objectRef<Exemption>('AgentExemption').implement({
  description: 'The agent takes no share in the months [from, to).',
  fields: (t) => ({
    agent: t.field({ type: Agent, resolve: (exemption, _args, context) => agentOf(context, exemption) }),
    from: t.expose('from', { type: 'Date' }),
    to: t.expose('to', { type: 'Date', nullable: true, description: 'null: without end' }),
    reason: t.exposeString('reason'),
  }),
})

const PoolFeed = builder.objectRef<Feed>('PoolFeed').implement({
  description: 'A fixed part of the pool serves another pool and is split with that one.',
  fields: (t) => ({
    pool: t.field({ type: CostPool, resolve: (feed, _args, context) => poolOf(context, feed.poolId) }),
    share: t.expose('share', { type: 'Decimal' }),
  }),
})

const PolicyEvent = builder.objectRef<PolicyEventRecord>('PolicyEvent').implement({
  fields: (t) => ({
    action: t.exposeString('action', {
      description: 'CREATED, CHANGED, PROPOSED, APPROVED, OVERRIDDEN, REJECTED, WITHDRAWN or REVIEWED',
    }),
    reason: t.exposeString('reason', { nullable: true }),
    actedBy: t.exposeString('actedBy', { description: 'E-mail address of a person, or the name of an API key' }),
    actedAt: t.expose('actedAt', { type: 'DateTime' }),
  }),
})

AllocationPolicy.implement({
  description:
    'One version of how a pool is split. A month is split by the approved version that began last, and of those that began together the highest.',
  interfaces: [Node],
  isTypeOf: (source) => (source as PolicyRecord).nodeKind === 'AllocationPolicy',
  fields: (t) => ({
    id: t.id({ resolve: (policy) => encodeId('AllocationPolicy', policy.id) }),
    pool: t.field({ type: CostPool, resolve: (policy, _args, context) => poolOf(context, policy.poolId) }),
    version: t.exposeInt('version'),
    state: t.field({ type: PolicyState, resolve: (policy) => policy.state }),
    effectiveFrom: t.expose('effectiveFrom', { type: 'Date', description: 'First day of the first month it is for' }),
    method: t.field({ type: AllocationMethod, resolve: (policy) => policy.method }),
    basis: t.field({ type: UsageBasis, nullable: true, resolve: (policy) => policy.basis }),
    rate: t.expose('rate', { type: 'Decimal', nullable: true, description: 'Allocated ÷ direct cost' }),
    scope: t.field({
      description: 'The agents that share the pool, active or not; empty: all that are active in the month',
      type: [Agent],
      resolve: (policy, _args, context) => agentsOf(context, policy.scope),
    }),
    fallback: t.field({
      description: 'What is tried when every weight is zero, in this order; the last is HOLD',
      type: [AllocationFallback],
      ...facts({ size: 3 }),
      resolve: (policy) => policy.fallback,
    }),
    idle: t.field({ type: IdleTreatment, resolve: (policy) => policy.idle }),
    multipliers: t.field({ type: [AgentMultiplier], ...facts({ size: 5 }), resolve: (policy) => policy.multipliers }),
    exemptions: t.field({ type: [AgentExemption], ...facts({ size: 5 }), resolve: (policy) => policy.exemptions }),
    feeds: t.field({ type: [PoolFeed], ...facts({ size: 3 }), resolve: (policy) => policy.feeds }),
    note: t.exposeString('note', { nullable: true }),
    reviewDueOn: t.expose('reviewDueOn', {
      type: 'Date',
      description: 'First day of the quarter after it was approved or last reviewed in',
    }),
    isReviewDue: t.boolean({
      description: 'It splits its pool this month, and its day has come',
      resolve: (policy, _args, context) => isReviewDue(context, policy),
    }),
    createdBy: t.exposeString('createdBy', { description: 'E-mail address of a person, or the name of an API key' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    proposedAt: t.expose('proposedAt', { type: 'DateTime', nullable: true }),
    approvedBy: t.exposeString('approvedBy', { nullable: true }),
    approvedAt: t.expose('approvedAt', { type: 'DateTime', nullable: true }),
    overrideReason: t.exposeString('overrideReason', {
      nullable: true,
      description: 'Why it was approved though no other person had looked at it; null when one had',
    }),
    mayApprove: t.boolean({
      description: 'Whether you may approve it now, as a person who wrote none of it',
      resolve: (policy, _args, context) => mayApprove(context, policy),
    }),
    mayOverride: t.boolean({
      description: 'Whether you may approve it now only by giving a reason',
      resolve: (policy, _args, context) => mayOverride(context, policy),
    }),
    history: t.field({
      description: 'In the order it happened',
      type: [PolicyEvent],
      ...facts({ size: 5 }),
      resolve: (policy, _args, context) => historyOf(context, policy),
    }),
  }),
})

registerNode('AllocationPolicy', (uuid, context) =>
  mayDo(context, 'pool.read') ? findPolicy(context, uuid) : Promise.resolve(null),
)
