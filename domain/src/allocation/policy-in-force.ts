import type { CalendarDate } from '../periods/calendar-date.ts'

/** Where a version of a policy is. Drafts alone are edited; APPROVED, REJECTED and WITHDRAWN are where a version ends. */
export const POLICY_STATES = ['DRAFT', 'PROPOSED', 'APPROVED', 'REJECTED', 'WITHDRAWN'] as const
export type PolicyState = (typeof POLICY_STATES)[number]

/** What decides which version of a pool's policy a month is split by. */
export interface PolicyVersion {
  version: number
  state: PolicyState
  /** First day of the first month it is for. */
  effectiveFrom: CalendarDate
}

/**
 * The version that splits a pool in a month: of the approved ones that have begun, the one that began last, and of those the highest. Null
 * when none has: such a pool is not run. The month is given by its first day; the order of `versions` does not matter.
 *
 *     v1 from 2026-01-01, v2 from 2026-03-01, v3 from 2026-02-01, all APPROVED:
 *     policyInForce(versions, '2026-02-01') // v3
 *     policyInForce(versions, '2026-03-01') // v2, which began later
 */
export function policyInForce<Version extends PolicyVersion>(
  versions: readonly Version[],
  month: CalendarDate,
): Version | null {
  let inForce: Version | null = null
  for (const version of versions) {
    if (version.state !== 'APPROVED' || version.effectiveFrom > month) continue
    if (inForce === null || goesBefore(version, inForce)) inForce = version
  }
  return inForce
}

function goesBefore(a: PolicyVersion, b: PolicyVersion): boolean {
  return a.effectiveFrom === b.effectiveFrom ? a.version > b.version : a.effectiveFrom > b.effectiveFrom
}
