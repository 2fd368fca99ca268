import { builder } from '../../graphql/builder.ts'

export const AgentMultiplierInput = builder.inputType('AgentMultiplierInput', {
  fields: (t) => ({
    agent: t.string({ required: true, description: 'Agent key' }),
    multiplier: t.field({ type: 'Decimal', required: true, description: 'Its weight counts so many times; 0 or more' }),
  }),
})

export const AgentExemptionInput = builder.inputType('AgentExemptionInput', {
  description: 'The agent takes no share in the months [from, to).',
  fields: (t) => ({
    agent: t.string({ required: true, description: 'Agent key' }),
    from: t.field({ type: 'Date', required: true, description: 'First day of a month' }),
    to: t.field({ type: 'Date', description: 'First day of the first month after it; null: without end' }),
    reason: t.string({ required: true }),
  }),
})

export const PoolFeedInput = builder.inputType('PoolFeedInput', {
  description: 'A fixed part of the pool serves another pool and is split with that one.',
  fields: (t) => ({
    poolId: t.id({ required: true }),
    share: t.field({ type: 'Decimal', required: true, description: 'Above 0; all feeds together at most 1' }),
  }),
})
