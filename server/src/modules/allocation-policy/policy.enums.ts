import { ALLOCATION_METHODS, FALLBACKS, IDLE_TREATMENTS, USAGE_BASES } from '@outlay/domain/allocation/policy'
import { POLICY_STATES } from '@outlay/domain/allocation/policy-in-force'
import { builder } from '../../graphql/builder.ts'

export const AllocationMethod = builder.enumType('AllocationMethod', {
  description:
    'How a pool is split over agents. EQUAL: one part each. USAGE: by what `basis` counts. REVENUE: by the billed amounts of the tasks they worked on. OVERHEAD_RATE: `rate` × direct cost, which need not sum to the pool; the difference is under- or over-absorbed.',
  values: ALLOCATION_METHODS,
})

export const UsageBasis = builder.enumType('UsageBasis', {
  description:
    'What USAGE counts. RESOURCE_USES: the chains that touched the shared resource of the pool, each once however many of its agents did.',
  values: USAGE_BASES,
})

export const AllocationFallback = builder.enumType('AllocationFallback', {
  description:
    'What is tried, in order, when every weight is zero. PRIOR_PERIOD: the weights of the month before. EQUAL: one part each. HOLD: nothing is split; every chain ends with it.',
  values: FALLBACKS,
})

export const IdleTreatment = builder.enumType('IdleTreatment', {
  description:
    'What becomes of the part of a capacity that nobody used. HELD: stays unallocated. SHARED: split with the rest.',
  values: IDLE_TREATMENTS,
})

export const PolicyState = builder.enumType('PolicyState', {
  description:
    'DRAFT: may be edited. PROPOSED: waits for approval. APPROVED: counts from its month on, until another does. REJECTED and WITHDRAWN never count.',
  values: POLICY_STATES,
})
