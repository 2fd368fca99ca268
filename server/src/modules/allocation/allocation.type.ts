import type { JobRecord, PlaceRecord, RunRecord, ShareRecord } from '@outlay/db/sql/read-allocation-runs'
import { readPoliciesByIds, type PolicyRecord } from '@outlay/db/sql/read-policies'
import { invariant } from '@outlay/domain/errors'
import { parseFixed18, ratio, type Fixed18 } from '@outlay/domain/money/fixed18'
import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import type { Context } from '../../graphql/context.ts'
import { encodeId } from '../../graphql/ids.ts'
import { Agent } from '../agent/agent.type.ts'
import { AllocationPolicy } from '../allocation-policy/allocation-policy.ref.ts'
import { AllocationMethod, UsageBasis } from '../allocation-policy/policy.enums.ts'
import { Client } from '../client/client.type.ts'
import { Money, type Amount } from '../money/money.schema.ts'
import { CostPool } from '../pool/pool.ref.ts'
import { inMonth, poolOf } from '../pool/pool.service.ts'
import { Project } from '../project/project.type.ts'
import { Task } from '../task/task.type.ts'
import { agentOf, checkOf, isStale, placesOf, runsOfJob, sharesOf } from './allocation.service.ts'

const ActorDescription = 'E-mail address of a person, or the name of an API key'

const AllocationRunState = builder.enumType('AllocationRunState', {
  description: 'CURRENT: it holds. SUPERSEDED: a newer one does; it is kept as it was.',
  values: ['CURRENT', 'SUPERSEDED'] as const,
})

const AllocationJobState = builder.enumType('AllocationJobState', {
  description: 'QUEUED → RUNNING → DONE, or FAILED: see `error`.',
  values: ['QUEUED', 'RUNNING', 'DONE', 'FAILED'] as const,
})

const AllocationCause = builder.enumType('AllocationCause', {
  description: 'REQUESTED by somebody; SCHEDULED when a month was over; LATE_EVENTS: something came after its run.',
  values: ['REQUESTED', 'SCHEDULED', 'LATE_EVENTS'] as const,
})

function money(amount: Fixed18, { tenant }: Context): Amount {
  return { amount, currency: tenant.currency }
}

const text = (amount: string, context: Context): Amount => money(parseFixed18(amount), context)

const AllocationPlace = builder.objectRef<PlaceRecord>('AllocationPlace').implement({
  description: 'Where a part of a share went. null: that part of the usage carries no such tag.',
  fields: (t) => ({
    task: t.field({
      type: Task,
      nullable: true,
      resolve: ({ taskId }, _args, { loaders }) => (taskId === null ? null : loaders.task.load(taskId)),
    }),
    client: t.field({
      type: Client,
      nullable: true,
      resolve: ({ clientId }, _args, { loaders }) => (clientId === null ? null : loaders.client.load(clientId)),
    }),
    project: t.field({
      type: Project,
      nullable: true,
      resolve: ({ projectId }, _args, { loaders }) => (projectId === null ? null : loaders.project.load(projectId)),
    }),
    amount: t.field({ type: Money, resolve: ({ amount }, _args, context) => text(amount, context) }),
  }),
})

interface ShareSource extends ShareRecord {
  total: string
}

const AllocationShare = builder.objectRef<ShareSource>('AllocationShare').implement({
  description: 'What one agent was given by a run.',
  fields: (t) => ({
    agent: t.field({ type: Agent, resolve: (share, _args, context) => agentOf(context, share) }),
    weight: t.expose('weight', {
      type: 'Decimal',
      description: 'What it is in proportion to: invocations, tokens, seconds … × its multiplier',
    }),
    amount: t.field({ type: Money, resolve: ({ amount }, _args, context) => text(amount, context) }),
    share: t.field({
      description: "amount ÷ the run's total; null for a total of zero",
      type: 'Decimal',
      nullable: true,
      resolve: ({ amount, total }) => ratio(parseFixed18(amount), parseFixed18(total), 6),
    }),
    places: t.field({
      description: 'Where it went, the largest first; together they are the share',
      type: [AllocationPlace],
      args: { first: t.arg.int({ required: true, defaultValue: 50 }) },
      ...facts({ cost: 2 }),
      resolve: (share, { first }, context) => placesOf(context, share, first),
    }),
  }),
})

const RunFeed = builder.objectRef<RunRecord['feeds'][number] & { month: string }>('RunFeed').implement({
  description: 'What a run passed on to another pool.',
  fields: (t) => ({
    pool: t.field({
      type: CostPool,
      resolve: async ({ poolId, month }, _args, context) => inMonth(await poolOf(context, poolId), month),
    }),
    share: t.expose('share', { type: 'Decimal', description: 'Of what the pool came to and received' }),
    amount: t.field({ type: Money, resolve: ({ amount }, _args, context) => text(amount, context) }),
  }),
})

type CheckSource = Awaited<ReturnType<typeof checkOf>>

const AllocationCheck = builder.objectRef<CheckSource>('AllocationCheck').implement({
  description:
    'The run added up again from its shares, from its tasks and from its clients, each with what was held back or under-absorbed: all are the pool.',
  fields: (t) => ({
    byAgent: t.field({ type: Money, resolve: (check, _args, context) => money(check.byAgent, context) }),
    byTask: t.field({ type: Money, resolve: (check, _args, context) => money(check.byTask, context) }),
    byClient: t.field({ type: Money, resolve: (check, _args, context) => money(check.byClient, context) }),
    pool: t.field({
      description: 'What it comes to, with what it received and without what it passed on',
      type: Money,
      resolve: (check, _args, context) => money(check.pool, context),
    }),
    balanced: t.boolean({
      resolve: ({ byAgent, byTask, byClient, pool }) => byAgent === pool && byTask === pool && byClient === pool,
    }),
  }),
})

export const AllocationRun = builder.objectRef<RunRecord>('AllocationRun').implement({
  description:
    'One pool split in one month; never edited, a newer run takes its place. Amounts are in the reporting currency; those of a credit are below zero.',
  fields: (t) => ({
    id: t.id({ resolve: (run) => encodeId('AllocationRun', run.id) }),
    pool: t.field({
      type: CostPool,
      resolve: async ({ poolId, month }, _args, context) => inMonth(await poolOf(context, poolId), month),
    }),
    month: t.expose('month', { type: 'Date' }),
    method: t.field({ type: AllocationMethod, resolve: (run) => run.method }),
    basis: t.field({ type: UsageBasis, nullable: true, resolve: (run) => run.basis }),
    state: t.field({ type: AllocationRunState, resolve: (run) => run.state }),
    policy: t.field({
      type: AllocationPolicy,
      resolve: (run, _args, context) => policyOf(context, run),
    }),
    policyVersion: t.exposeInt('policyVersion'),
    poolAmount: t.field({ type: Money, resolve: (run, _args, context) => text(run.poolAmount, context) }),
    received: t.field({
      description: 'From other pools',
      type: Money,
      resolve: (run, _args, context) => text(run.received, context),
    }),
    passedOn: t.field({
      description: 'To other pools',
      type: Money,
      resolve: (run, _args, context) => text(run.passedOn, context),
    }),
    feeds: t.field({
      description: 'What was passed on, by pool',
      type: [RunFeed],
      ...facts({ size: 3 }),
      resolve: ({ feeds, month }) => feeds.map((feed) => ({ ...feed, month })),
    }),
    total: t.field({
      description: 'poolAmount + received − passedOn = allocated + unallocated + underAbsorbed',
      type: Money,
      resolve: (run, _args, context) => text(run.total, context),
    }),
    allocated: t.field({ type: Money, resolve: (run, _args, context) => text(run.allocated, context) }),
    unallocated: t.field({
      description: 'Held back: there was nothing to split it by, or a part of the capacity was idle',
      type: Money,
      resolve: (run, _args, context) => text(run.unallocated, context),
    }),
    idle: t.field({
      description: 'The part of the capacity that nobody used; null for a pool without one',
      type: Money,
      nullable: true,
      resolve: ({ idle }, _args, context) => (idle === null ? null : text(idle, context)),
    }),
    underAbsorbed: t.field({
      description: 'OVERHEAD_RATE only',
      type: Money,
      resolve: (run, _args, context) => text(run.underAbsorbed, context),
    }),
    fallback: t.exposeString('fallback', {
      description: 'What was used because every weight was zero: PRIOR_PERIOD, EQUAL or HOLD',
      nullable: true,
    }),
    shares: t.field({
      description: 'One for each eligible agent, the largest first',
      type: [AllocationShare],
      ...facts({ cost: 2, size: 50 }),
      resolve: async (run, _args, context) =>
        (await sharesOf(context, run)).map((share) => ({ ...share, total: run.total })),
    }),
    check: t.field({
      type: AllocationCheck,
      ...facts({ cost: 5 }),
      resolve: (run, _args, context) => checkOf(context, run),
    }),
    inputsHash: t.exposeString('inputsHash', {
      description: 'sha256 over everything that it was made from; the same inputs give the same run',
    }),
    snapshot: t.expose('snapshot', { type: 'DateTime', description: 'It has seen the events recorded before' }),
    isStale: t.boolean({
      description:
        'Of a current run: events of the month were recorded, rated again or corrected since, or the amount or the policy in force is another',
      ...facts({ cost: 3 }),
      resolve: (run, _args, context) => isStale(context, run),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    supersededAt: t.expose('supersededAt', { type: 'DateTime', nullable: true }),
  }),
})

async function policyOf({ db, loaders }: Context, { policyId }: RunRecord): Promise<PolicyRecord> {
  const load = async (ids: readonly string[]) =>
    new Map((await readPoliciesByIds(db, ids)).map((policy): [string, PolicyRecord | null] => [policy.id, policy]))
  const policy = await loaders.of<string, PolicyRecord | null>('policies of runs', load, null).load(policyId)
  invariant(policy !== null, `The policy ${policyId} of a run is not there`)
  return policy
}

export const AllocationJob = builder.objectRef<JobRecord>('AllocationJob').implement({
  description: 'The running of some pools of a month.',
  fields: (t) => ({
    id: t.id({ resolve: (job) => encodeId('AllocationJob', job.id) }),
    month: t.expose('month', { type: 'Date' }),
    state: t.field({ type: AllocationJobState, resolve: (job) => job.state }),
    cause: t.field({ type: AllocationCause, resolve: (job) => job.cause }),
    error: t.exposeString('error', { nullable: true, description: 'Why it is FAILED' }),
    requestedBy: t.exposeString('requestedBy', { description: ActorDescription }),
    requestedAt: t.expose('requestedAt', { type: 'DateTime' }),
    doneAt: t.expose('doneAt', { type: 'DateTime', nullable: true }),
    runs: t.field({
      description: 'Empty until it is DONE',
      type: [AllocationRun],
      ...facts({ cost: 3, size: 20 }),
      resolve: (job, _args, context) => runsOfJob(context, job),
    }),
  }),
})
