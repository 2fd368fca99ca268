import type { PoolAmountRecord } from '@outlay/db/sql/read-pools'
import { POOL_CATEGORIES } from '@outlay/domain/allocation/policy'
import { parseFixed18 } from '@outlay/domain/money/fixed18'
import { facts } from '../../graphql/builder-type.ts'
import { builder } from '../../graphql/builder.ts'
import { mayDo } from '../../graphql/context.ts'
import { encodeId } from '../../graphql/ids.ts'
import { Node, registerNode } from '../../graphql/node.ts'
import { plainDecimal } from '../../reads/plain-decimal.ts'
import { Agent } from '../agent/agent.type.ts'
import { AllocationPolicy } from '../allocation-policy/allocation-policy.ref.ts'
import { AllocationMethod, UsageBasis } from '../allocation-policy/policy.enums.ts'
import { Money } from '../money/money.schema.ts'
import { CostPool } from './pool.ref.ts'
import {
  agentsOf,
  amountsOf,
  findPool,
  policiesOf,
  policyInForceOf,
  shownPolicy,
  totalOf,
  type PoolSource,
} from './pool.service.ts'

export const PoolCategory = builder.enumType('PoolCategory', { values: POOL_CATEGORIES })

export const PoolRecurrence = builder.enumType('PoolRecurrence', {
  description: 'ONCE: of one month. MONTHLY: of every month from the first to the last.',
  values: ['ONCE', 'MONTHLY'] as const,
})

const PoolResource = builder.objectRef<{ provider: string | null; name: string }>('PoolResource').implement({
  description: 'A shared resource that a pool pays for.',
  fields: (t) => ({
    provider: t.exposeString('provider', { nullable: true }),
    name: t.exposeString('name'),
  }),
})

interface AmountSource extends PoolAmountRecord {
  currency: string
  isInForce: boolean
}

const CostPoolAmount = builder.objectRef<AmountSource>('CostPoolAmount').implement({
  description:
    'What a pool was said to come to from a month on, until the next such month; of one month the last revision counts.',
  fields: (t) => ({
    fromMonth: t.expose('fromMonth', { type: 'Date' }),
    revision: t.exposeInt('revision'),
    amount: t.field({
      type: Money,
      resolve: ({ amount, currency }) => ({ amount: parseFixed18(amount), currency }),
    }),
    note: t.exposeString('note', { nullable: true }),
    setBy: t.exposeString('setBy', { description: 'E-mail address of a person, or the name of an API key' }),
    setAt: t.expose('setAt', { type: 'DateTime' }),
    isInForce: t.exposeBoolean('isInForce', { description: 'In the month that the pool is looked at in' }),
  }),
})

CostPool.implement({
  description:
    'A shared cost of the fleet, looked at in one of its months: `month`, amounts, policy and what it says are of that month.',
  interfaces: [Node],
  isTypeOf: (source) => (source as PoolSource).nodeKind === 'CostPool',
  fields: (t) => ({
    id: t.id({ resolve: (pool) => encodeId('CostPool', pool.id) }),
    name: t.exposeString('name'),
    category: t.field({ type: PoolCategory, resolve: (pool) => pool.category }),
    recurrence: t.field({ type: PoolRecurrence, resolve: (pool) => pool.recurrence }),
    month: t.expose('month', {
      type: 'Date',
      description: 'The month it is looked at in: the one asked for, else the current one; the nearest of its own',
    }),
    firstMonth: t.expose('firstMonth', { type: 'Date' }),
    lastMonth: t.expose('lastMonth', { type: 'Date', nullable: true, description: 'null: it goes on' }),
    amount: t.field({
      description: 'Below zero: a credit',
      type: Money,
      resolve: async (pool, _args, context) => {
        const { amount, currency } = await totalOf(context, pool)
        return { amount, currency }
      },
    }),
    amountConverted: t.field({
      description:
        "In the tenant's currency, by the FX rate of the last day of the month; null while there is none, and then the pool is not run",
      type: Money,
      nullable: true,
      resolve: async (pool, _args, context) => {
        const { converted } = await totalOf(context, pool)
        return converted === null ? null : { amount: converted, currency: context.tenant.currency }
      },
    }),
    amounts: t.field({
      description: 'All that was said of its amount, the latest month and its last revision first',
      type: [CostPoolAmount],
      ...facts({ size: 5 }),
      resolve: async (pool, _args, context) => {
        const inForce = await totalOf(context, pool)
        return (await amountsOf(context, pool)).map((amount) => ({
          ...amount,
          currency: pool.currency,
          isInForce: amount.fromMonth === inForce.fromMonth && amount.revision === inForce.revision,
        }))
      },
    }),
    method: t.field({
      description: 'Of the policy in force; while there is none, of its newest version. So are basis, rate and scope.',
      type: AllocationMethod,
      resolve: async (pool, _args, context) => (await shownPolicy(context, pool)).method,
    }),
    basis: t.field({
      type: UsageBasis,
      nullable: true,
      resolve: async (pool, _args, context) => (await shownPolicy(context, pool)).basis,
    }),
    rate: t.field({
      type: 'Decimal',
      nullable: true,
      resolve: async (pool, _args, context) => (await shownPolicy(context, pool)).rate,
    }),
    scope: t.field({
      description: 'Empty: all agents active in the month',
      type: [Agent],
      resolve: async (pool, _args, context) => agentsOf(context, (await shownPolicy(context, pool)).scope),
    }),
    resource: t.field({
      type: PoolResource,
      nullable: true,
      resolve: ({ resourceName: name, resourceProvider: provider }) => (name === null ? null : { provider, name }),
    }),
    capacity: t.field({
      description: 'What it pays for, in the unit of the basis; the part that nobody used is shown as idle',
      type: 'Decimal',
      nullable: true,
      resolve: ({ capacity }) => (capacity === null ? null : plainDecimal(capacity)),
    }),
    policy: t.field({
      description: 'The version in force; null while none is approved, and then the pool is not run',
      type: AllocationPolicy,
      nullable: true,
      resolve: (pool, _args, context) => policyInForceOf(context, pool),
    }),
    policies: t.field({
      description: 'All versions, the newest first',
      type: [AllocationPolicy],
      ...facts({ size: 5 }),
      resolve: (pool, _args, context) => policiesOf(context, pool.id),
    }),
    createdBy: t.exposeString('createdBy', { description: 'E-mail address of a person, or the name of an API key' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
})

registerNode('CostPool', (uuid, context) =>
  mayDo(context, 'pool.read') ? findPool(context, uuid) : Promise.resolve(null),
)
