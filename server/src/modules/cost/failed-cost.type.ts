import type { FailedCost as FailedCostRecord } from '@outlay/db/sql/read-failed-cost'
import { builder } from '../../graphql/builder.ts'
import { Money } from '../money/money.schema.ts'

export const FailedCost = builder.objectRef<Omit<FailedCostRecord, 'projectId'>>('FailedCost').implement({
  description:
    'What calls used that failed, as their senders say (`failure`), and of it what was tried again: another call followed in the same trace, under the same parent, of the same agent and model or tool. It is part of the cost of the period.',
  fields: (t) => ({
    calls: t.exposeInt('calls', { description: 'Calls that failed' }),
    cost: t.field({
      description: 'What they cost, direct and chain-shared',
      type: Money,
      resolve: ({ cost }, _args, { tenant }) => ({ amount: cost, currency: tenant.currency }),
    }),
    retriedCalls: t.exposeInt('retriedCalls', { description: 'Of the calls: those tried again' }),
    retriedCost: t.field({
      description: 'Of the cost: what was tried again',
      type: Money,
      resolve: ({ retriedCost }, _args, { tenant }) => ({ amount: retriedCost, currency: tenant.currency }),
    }),
    unknownCalls: t.int({
      description: 'Of the calls: those in no amount, for want of a price or an exchange rate',
      resolve: ({ unknown }) => unknown,
    }),
  }),
})
