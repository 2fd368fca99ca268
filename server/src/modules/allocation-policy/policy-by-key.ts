import type { PolicyByKey } from '@outlay/db/pools/policy-by-key'
import type { AllocationMethod, Fallback, IdleTreatment, UsageBasis } from '@outlay/domain/allocation/policy'
import { uuidOf } from '../../graphql/ids.ts'

/** The fields that say how a pool is split, as an input carries them. */
export interface PolicyFields {
  method: AllocationMethod
  basis?: UsageBasis | null
  rate?: string | null
  scope?: readonly string[] | null
  fallback?: readonly Fallback[] | null
  idle?: IdleTreatment | null
  multipliers?: readonly { agent: string; multiplier: string }[] | null
  exemptions?: readonly { agent: string; from: string; to?: string | null; reason: string }[] | null
  feeds?: readonly { poolId: string; share: string }[] | null
  note?: string | null
}

/** The same with what was left out as null or empty, and pools by uuid. */
export function policyByKey(fields: PolicyFields): PolicyByKey {
  return {
    method: fields.method,
    basis: fields.basis ?? null,
    rate: fields.rate ?? null,
    scope: fields.scope ?? [],
    fallback: fields.fallback ?? null,
    idle: fields.idle ?? null,
    multipliers: fields.multipliers ?? [],
    exemptions: (fields.exemptions ?? []).map(({ to, ...exemption }) => ({ ...exemption, to: to ?? null })),
    feeds: (fields.feeds ?? []).map(({ poolId, share }, at) => ({
      poolId: uuidOf('CostPool', poolId, `input.feeds.${at}.poolId`),
      share,
    })),
    note: fields.note ?? null,
  }
}
