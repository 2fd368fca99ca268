import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { encodeId } from '../../graphql/ids.ts'
import { AllocationFallback, AllocationMethod, IdleTreatment, UsageBasis } from '../allocation-policy/policy.enums.ts'
import { AgentMultiplierInput } from '../allocation-policy/policy.input.ts'
import { CostPool } from '../pool/pool.ref.ts'
import { UserError } from '../user-error.schema.ts'
import {
  comparison,
  findJob,
  findRun,
  listRuns,
  runAllocation,
  runsOfPool,
  type RunAllocationSource,
} from './allocation.service.ts'
import { AllocationJob, AllocationRun } from './allocation.type.ts'
import { AllocationComparison } from './comparison.type.ts'

const WhatIfPolicyInput = builder.inputType('WhatIfPolicyInput', {
  description:
    'A policy that is tried out; what is left out is as in the policy. Without a method, a basis makes it USAGE and a rate OVERHEAD_RATE.',
  fields: (t) => ({
    method: t.field({ type: AllocationMethod }),
    basis: t.field({ type: UsageBasis }),
    rate: t.field({ type: 'Decimal' }),
    multipliers: t.field({ type: [AgentMultiplierInput] }),
    fallback: t.field({ type: [AllocationFallback] }),
    idle: t.field({ type: IdleTreatment }),
  }),
})

builder.queryFields((t) => ({
  allocationComparison: t.field({
    description: 'All four methods side by side on the same frozen inputs.',
    type: AllocationComparison,
    args: {
      poolId: t.arg.id({ required: true }),
      month: t.arg({ type: 'Date', required: true }),
      whatIf: t.arg({ type: WhatIfPolicyInput }),
    },
    ...facts({ action: 'pool.read', cost: 100 }),
    resolve: (_root, args, context) => comparison(context, args),
  }),
  allocationRuns: t.field({
    description: 'The runs that hold and those that held, the newest first, at most 1,000',
    type: [AllocationRun],
    args: { month: t.arg({ type: 'Date', description: 'First day of it; of all months when absent' }) },
    ...facts({ action: 'pool.read', cost: 5, size: 20 }),
    resolve: (_root, { month }, context) => listRuns(context, month ?? null),
  }),
  allocationRun: t.field({
    type: AllocationRun,
    nullable: true,
    args: { id: t.arg.id({ required: true }) },
    ...facts({ action: 'pool.read', cost: 2 }),
    resolve: (_root, { id }, context) => findRun(context, id),
  }),
  allocationJob: t.field({
    type: AllocationJob,
    nullable: true,
    args: { id: t.arg.id({ required: true }) },
    ...facts({ action: 'pool.read', cost: 2 }),
    resolve: (_root, { id }, context) => findJob(context, id),
  }),
}))

builder.objectFields(CostPool, (t) => ({
  run: t.field({
    description: 'The run that holds in the month; null before the first',
    type: AllocationRun,
    nullable: true,
    ...facts({ cost: 2 }),
    resolve: async (pool, _args, context) =>
      (await runsOfPool(context, pool)).find(({ state }) => state === 'CURRENT') ?? null,
  }),
  runs: t.field({
    description: 'All its runs of the month, the newest first',
    type: [AllocationRun],
    ...facts({ cost: 2, size: 5 }),
    resolve: (pool, _args, context) => runsOfPool(context, pool),
  }),
}))

const RunAllocationInput = builder.inputType('RunAllocationInput', {
  fields: (t) => ({
    month: t.field({ type: 'Date', required: true, description: 'First day of it' }),
    poolIds: t.idList({
      description: 'all pools of the month when absent',
    }),
    wait: t.boolean({
      defaultValue: false,
      description: 'answer when the runs are done',
    }),
  }),
})

const RunAllocationPayload = builder.objectRef<RunAllocationSource>('RunAllocationPayload').implement({
  fields: (t) => ({
    runs: t.field({
      description: 'null until they are done: ask for the job',
      type: [AllocationRun],
      nullable: true,
      resolve: (payload) => payload.runs,
    }),
    jobId: t.id({
      nullable: true,
      resolve: ({ jobId }) => (jobId === null ? null : encodeId('AllocationJob', jobId)),
    }),
    userErrors: t.field({ type: [UserError], resolve: (payload) => payload.userErrors }),
  }),
})

builder.mutationField('runAllocation', (t) =>
  t.field({
    description:
      'Splits pools of a month by the policies in force, together with those that money passes to or from. A job; with `wait` it is answered when done, after 25 seconds without runs. Without poolIds, userErrors beside a job name the pools that cannot be run.',
    type: RunAllocationPayload,
    args: { input: t.arg({ type: RunAllocationInput, required: true }) },
    ...facts({ action: 'allocation.run', cost: 50 }),
    resolve: (_root, { input }, context) => runAllocation(context, input),
  }),
)
