import type { FullSchemaTypes } from '../../graphql/builder-type.ts'
import { builder } from '../../graphql/builder.ts'
import { AllocationFallback, IdleTreatment } from './policy.enums.ts'

export const AgentMultiplierInput = builder.inputType('AgentMultiplierInput', {
  fields: (t) => ({
    agent: t.string({ required: true, description: 'Agent key' }),
    multiplier: t.field({ type: 'Decimal', required: true, description: 'Its weight counts so many times; 0 or more' }),
  }),
})

const AgentExemptionInput = builder.inputType('AgentExemptionInput', {
  description: 'The agent takes no share in the months [from, to).',
  fields: (t) => ({
    agent: t.string({ required: true, description: 'Agent key' }),
    from: t.field({ type: 'Date', required: true, description: 'First day of a month' }),
    to: t.field({ type: 'Date', description: 'First day of the first month after it; null: without end' }),
    reason: t.string({ required: true }),
  }),
})

const PoolFeedInput = builder.inputType('PoolFeedInput', {
  description: 'A fixed part of the pool serves another pool and is split with that one.',
  fields: (t) => ({
    poolId: t.id({ required: true }),
    share: t.field({ type: 'Decimal', required: true, description: 'Above 0; all feeds together at most 1' }),
  }),
})

/** How a pool is split, beside its method and basis: the same wherever it is said. */
export function policyFields(t: PothosSchemaTypes.InputFieldBuilder<FullSchemaTypes, 'InputObject'>) {
  return {
    rate: t.field({ type: 'Decimal', description: 'for OVERHEAD_RATE, e.g. 0.20' }),
    scope: t.stringList({ description: 'agent keys; empty = all agents active in the month' }),
    fallback: t.field({ type: [AllocationFallback], description: 'HOLD when absent' }),
    idle: t.field({ type: IdleTreatment, description: 'HELD when absent' }),
    multipliers: t.field({ type: [AgentMultiplierInput] }),
    exemptions: t.field({ type: [AgentExemptionInput] }),
    feeds: t.field({ type: [PoolFeedInput] }),
  }
}
