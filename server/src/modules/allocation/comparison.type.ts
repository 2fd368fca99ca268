import type { PoolComparison } from '@outlay/db/allocation/compare-pool'
import type { ComparisonRow, MethodTotal } from '@outlay/domain/allocation/compare-methods'
import type { Fixed18 } from '@outlay/domain/money/fixed18'
import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import type { Context } from '../../graphql/context.ts'
import { Agent } from '../agent/agent.type.ts'
import { AllocationMethod, UsageBasis } from '../allocation-policy/policy.enums.ts'
import { Money, type Amount } from '../money/money.schema.ts'
import { CostPool } from '../pool/pool.ref.ts'
import { inMonth, poolOf } from '../pool/pool.service.ts'
import { agentOf } from './allocation.service.ts'

function money(amount: Fixed18, { tenant }: Context): Amount {
  return { amount, currency: tenant.currency }
}

const MethodTotalType = builder.objectRef<MethodTotal>('MethodTotal').implement({
  description: 'What a column of the comparison comes to.',
  fields: (t) => ({
    column: t.exposeString('column', { description: 'equal, usage, revenue, overheadRate, current or whatIf' }),
    method: t.field({ type: AllocationMethod, resolve: (total) => total.method }),
    basis: t.field({ type: UsageBasis, nullable: true, resolve: (total) => total.basis }),
    allocated: t.field({ type: Money, resolve: (total, _args, context) => money(total.allocated, context) }),
    unallocated: t.field({ type: Money, resolve: (total, _args, context) => money(total.unallocated, context) }),
    underAbsorbed: t.field({ type: Money, resolve: (total, _args, context) => money(total.underAbsorbed, context) }),
    fallback: t.exposeString('fallback', {
      nullable: true,
      description: 'What was used because every weight was zero',
    }),
  }),
})

const GAINS = 'above zero: the agent pays more than now'

const AllocationComparisonRow = builder.objectRef<ComparisonRow>('AllocationComparisonRow').implement({
  description: 'What one agent would be given by each method.',
  fields: (t) => {
    const amount = (key: 'equal' | 'usage' | 'revenue' | 'overheadRate' | 'current', description?: string) =>
      t.field({
        type: Money,
        ...(description === undefined ? {} : { description }),
        resolve: (row: ComparisonRow, _args: object, context: Context) => money(row[key], context),
      })
    const difference = (key: 'equal' | 'usage' | 'revenue' | 'overheadRate') =>
      t.field({
        description: `${key} − current; ${GAINS}`,
        type: Money,
        resolve: (row: ComparisonRow, _args: object, context: Context) => money(row[key] - row.current, context),
      })
    return {
      agent: t.field({ type: Agent, resolve: (row, _args, context) => agentOf(context, row) }),
      equal: amount('equal'),
      usage: amount('usage', "By the policy's basis; INVOCATIONS where it has none"),
      revenue: amount('revenue'),
      overheadRate: amount(
        'overheadRate',
        "By the policy's rate; where it has none, by the rate that absorbs the pool",
      ),
      current: amount('current', 'Of the run that holds; where there is none, what the policy gives on this snapshot'),
      whatIf: t.field({
        description: 'null when no whatIf was asked for',
        type: Money,
        nullable: true,
        resolve: ({ whatIf }, _args, context) => (whatIf === null ? null : money(whatIf, context)),
      }),
      equalDifference: difference('equal'),
      usageDifference: difference('usage'),
      revenueDifference: difference('revenue'),
      overheadRateDifference: difference('overheadRate'),
    }
  },
})

export const AllocationComparison = builder.objectRef<PoolComparison>('AllocationComparison').implement({
  description: 'A pool split by all four methods on one frozen snapshot. Nothing is written.',
  fields: (t) => ({
    pool: t.field({
      type: CostPool,
      resolve: async ({ poolId, month }, _args, context) => inMonth(await poolOf(context, poolId), month),
    }),
    month: t.expose('month', { type: 'Date' }),
    snapshot: t.expose('snapshot', { type: 'DateTime' }),
    inputsHash: t.string({ resolve: (comparison) => comparison.inputsHash() }),
    methods: t.field({ type: [MethodTotalType], ...facts({ size: 6 }), resolve: ({ methods }) => [...methods] }),
    rows: t.field({
      description: 'By agent key',
      type: [AllocationComparisonRow],
      ...facts({ size: 50 }),
      resolve: ({ rows }) => [...rows],
    }),
  }),
})
