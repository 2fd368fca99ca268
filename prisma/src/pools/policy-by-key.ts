import type { AllocationMethod, Fallback, IdleTreatment, UsageBasis } from '@outlay/domain/allocation/policy'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'

/** How a pool is to be split, as a user says it: agents by key, decimals as text. */
export interface PolicyByKey {
  method: AllocationMethod
  basis: UsageBasis | null
  rate: string | null
  /** Empty: all agents active in the month. */
  scope: readonly string[]
  /** Null: hold. */
  fallback: readonly Fallback[] | null
  /** Null: held. */
  idle: IdleTreatment | null
  multipliers: readonly { agent: string; multiplier: string }[]
  exemptions: readonly { agent: string; from: CalendarDate; to: CalendarDate | null; reason: string }[]
  feeds: readonly { poolId: string; share: string }[]
  note: string | null
}
