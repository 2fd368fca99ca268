import type { ImportedRow } from '@outlay/db/pools/import-pools'
import { facts } from '../../graphql/builder-type.ts'
import { builder } from '../../graphql/builder.ts'
import { uuidOf } from '../../graphql/ids.ts'
import { AllocationMethod, UsageBasis } from '../allocation-policy/policy.enums.ts'
import { policyFields } from '../allocation-policy/policy.input.ts'
import { MoneyInput } from '../money/money.schema.ts'
import { UserError } from '../user-error.schema.ts'
import { CostPoolPayload } from './pool.payload.ts'
import { CostPool } from './pool.ref.ts'
import {
  createPool,
  endPool,
  findPool,
  importPools,
  listPools,
  setAmount,
  type ImportPayloadSource,
} from './pool.service.ts'
import { PoolCategory, PoolRecurrence } from './pool.type.ts'

builder.queryFields((t) => ({
  costPools: t.field({
    description: 'The pools of a month, by name; of all months when none is given',
    type: [CostPool],
    args: { month: t.arg({ type: 'Date', description: 'First day of a month' }) },
    ...facts({ action: 'pool.read', cost: 5, size: 20 }),
    resolve: (_root, args, context) => listPools(context, args.month ?? null),
  }),
  costPool: t.field({
    type: CostPool,
    nullable: true,
    args: {
      id: t.arg.id({ required: true }),
      month: t.arg({
        type: 'Date',
        description: 'First day of the month it is looked at in; the current one when absent',
      }),
    },
    ...facts({ action: 'pool.read', cost: 2 }),
    resolve: (_root, args, context) => findPool(context, uuidOf('CostPool', args.id, 'id'), args.month ?? null),
  }),
}))

const PoolResourceInput = builder.inputType('PoolResourceInput', {
  fields: (t) => ({
    provider: t.string(),
    name: t.string({ required: true }),
  }),
})

const CostPoolInput = builder.inputType('CostPoolInput', {
  fields: (t) => ({
    name: t.string({ required: true, description: 'Once a month: a pool that is entered twice is split twice' }),
    category: t.field({ type: PoolCategory, required: true }),
    recurrence: t.field({ type: PoolRecurrence, required: true, defaultValue: 'ONCE' }),
    month: t.field({ type: 'Date', required: true, description: 'First day of its month, or of its first month' }),
    lastMonth: t.field({ type: 'Date', description: 'Of a monthly pool; it goes on when absent' }),
    amount: t.field({
      type: MoneyInput,
      required: true,
      description: 'Of each month, in whole minor units of its currency; below zero: a credit',
    }),
    method: t.field({ type: AllocationMethod, required: true, defaultValue: 'USAGE' }),
    basis: t.field({ type: UsageBasis, defaultValue: 'INVOCATIONS', description: 'For USAGE' }),
    ...policyFields(t),
    resource: t.field({ type: PoolResourceInput, description: 'The shared resource that it pays for' }),
    capacity: t.field({ type: 'Decimal', description: 'For USAGE: what it pays for, in the unit of the basis' }),
    note: t.string({ description: 'Stays with the amount' }),
  }),
})

const SetCostPoolAmountInput = builder.inputType('SetCostPoolAmountInput', {
  fields: (t) => ({
    poolId: t.id({ required: true }),
    fromMonth: t.field({ type: 'Date', required: true, description: 'First day of a month of the pool' }),
    amount: t.field({ type: MoneyInput, required: true, description: 'In the currency of the pool' }),
    note: t.string(),
  }),
})

const EndCostPoolInput = builder.inputType('EndCostPoolInput', {
  fields: (t) => ({
    poolId: t.id({ required: true }),
    lastMonth: t.field({ type: 'Date', required: true, description: 'First day of the last month it is of' }),
  }),
})

const ImportCostPoolsInput = builder.inputType('ImportCostPoolsInput', {
  fields: (t) => ({
    csv: t.string({
      required: true,
      description:
        'Headings in any order: name, category, month, last_month, recurrence, amount, currency, method, basis, rate, scope (agent keys with ; between), resource_provider, resource, capacity, note. At most 1,000 rows',
    }),
    dryRun: t.boolean({
      required: true,
      defaultValue: false,
      description: 'Says what would be done, and does nothing',
    }),
  }),
})

const ImportedPoolRow = builder.objectRef<ImportedRow>('ImportedPoolRow').implement({
  fields: (t) => ({
    line: t.exposeInt('line', { description: 'Of the file; the headings are line 1' }),
    name: t.exposeString('name', { nullable: true }),
    outcome: t.exposeString('outcome', { description: 'CREATED, CHANGED, UNCHANGED or REFUSED' }),
    message: t.exposeString('message', { nullable: true, description: 'Why it is refused' }),
  }),
})

function countOf(outcome: ImportedRow['outcome']): (payload: ImportPayloadSource) => number {
  return ({ rows }) => rows.filter((row) => row.outcome === outcome).length
}

const ImportCostPoolsPayload = builder.objectRef<ImportPayloadSource>('ImportCostPoolsPayload').implement({
  description: 'What became of the rows of a file, or would: with one refused, or as a dry run, nothing is written.',
  fields: (t) => ({
    created: t.int({ resolve: countOf('CREATED') }),
    changed: t.int({ resolve: countOf('CHANGED') }),
    unchanged: t.int({ resolve: countOf('UNCHANGED') }),
    rows: t.field({ type: [ImportedPoolRow], ...facts({ size: 100 }), resolve: (payload) => payload.rows }),
    userErrors: t.field({ type: [UserError], resolve: (payload) => payload.userErrors }),
  }),
})

builder.mutationFields((t) => ({
  createCostPool: t.field({
    description:
      'Declares a shared cost with its amount and the first version of its policy. That version counts at once when you may override, else when another person has approved it.',
    type: CostPoolPayload,
    args: { input: t.arg({ type: CostPoolInput, required: true }) },
    ...facts({ action: 'pool.manage', cost: 50 }),
    resolve: (_root, args, context) => createPool(context, args.input),
  }),
  setCostPoolAmount: t.field({
    description:
      'Says what a pool comes to from a month on, until the next month for which that was said. Months that are closed keep what they have.',
    type: CostPoolPayload,
    args: { input: t.arg({ type: SetCostPoolAmountInput, required: true }) },
    ...facts({ action: 'pool.manage', cost: 50 }),
    resolve: (_root, args, context) => setAmount(context, args.input),
  }),
  endCostPool: t.field({
    description:
      'Sets the last month of a monthly pool, earlier or later than it was, but not before a month that is allocated.',
    type: CostPoolPayload,
    args: { input: t.arg({ type: EndCostPoolInput, required: true }) },
    ...facts({ action: 'pool.manage', cost: 50 }),
    resolve: (_root, args, context) => endPool(context, args.input),
  }),
  importCostPools: t.field({
    description:
      'Imports pools from a CSV text, all rows or none. A row whose pool is there sets its amount from the month on, or its last month; repeating a file changes nothing.',
    type: ImportCostPoolsPayload,
    args: { input: t.arg({ type: ImportCostPoolsInput, required: true }) },
    ...facts({ action: 'pool.manage', cost: 500 }),
    resolve: (_root, args, context) => importPools(context, args.input),
  }),
}))
