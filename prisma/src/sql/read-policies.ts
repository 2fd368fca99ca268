import type {
  AllocationMethod,
  AllocationPolicy,
  Exemption,
  Fallback,
  IdleTreatment,
  PoolFeed,
  UsageBasis,
  WeightMultiplier,
} from '@outlay/domain/allocation/policy'
import type { PolicyVersion } from '@outlay/domain/allocation/policy-in-force'
import { parseFixed18 } from '@outlay/domain/money/fixed18'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import { instantText } from './cell-sums.ts'
import { plainArray } from './pg-array.ts'
import type { Prepared, TenantSql } from './tenant-sql.ts'

/** One version of how a pool is split, with who wrote it and who let it count. */
export interface PolicyRecord extends PolicyVersion {
  nodeKind: 'AllocationPolicy'
  id: string
  poolId: string
  method: AllocationMethod
  basis: UsageBasis | null
  /** Decimal text. */
  rate: string | null
  /** Agent ids; empty: all agents active in the month. */
  scope: string[]
  fallback: Fallback[]
  idle: IdleTreatment
  multipliers: WeightMultiplier[]
  exemptions: Exemption[]
  feeds: PoolFeed[]
  note: string | null
  reviewDueOn: CalendarDate
  createdBy: string
  createdAt: string
  proposedAt: string | null
  approvedBy: string | null
  approvedAt: string | null
  /** Why its author approved it; null: another person did. */
  overrideReason: string | null
}

const POLICIES = `SELECT 'AllocationPolicy' AS "nodeKind", y.id, y.pool_id AS "poolId", y.version, y.state,
    y.effective_from::text AS "effectiveFrom", y.method, y.basis, trim_scale(y.rate)::text AS rate,
    coalesce(y.scope, '{}') AS scope, coalesce(y.fallback, '{HOLD}') AS fallback, y.idle, y.multipliers, y.exemptions, y.feeds, y.note,
    y.review_due_on::text AS "reviewDueOn", y.created_by AS "createdBy", ${instantText('y.created_at')} AS "createdAt",
    ${instantText('y.proposed_at')} AS "proposedAt", y.approved_by AS "approvedBy", ${instantText('y.approved_at')} AS "approvedAt",
    y.override_reason AS "overrideReason"
  FROM allocation_policy y WHERE y.tenant_id = $1::uuid`

const OF_POOLS: Prepared = {
  name: 'read_policies_pools',
  text: `${POLICIES} AND y.pool_id = ANY ($2::uuid[]) ORDER BY y.pool_id, y.version DESC`,
}

/** All versions of the policies of some pools, the newest first. */
export function readPoliciesOfPools(db: TenantSql, poolIds: readonly string[]): Promise<PolicyRecord[]> {
  return poolIds.length === 0 ? Promise.resolve([]) : db.query(OF_POOLS, [plainArray(poolIds)])
}

const BY_IDS: Prepared = { name: 'read_policies_ids', text: `${POLICIES} AND y.id = ANY ($2::uuid[])` }

/** Versions of policies by id, in no order; an id of another tenant is not found. */
export function readPoliciesByIds(db: TenantSql, ids: readonly string[]): Promise<PolicyRecord[]> {
  return db.query(BY_IDS, [plainArray(ids)])
}

/** A version as the arithmetic needs it. */
export function allocationPolicy(record: PolicyRecord): AllocationPolicy {
  const { method, basis, rate, scope, fallback, idle, multipliers, exemptions, feeds } = record
  return {
    method,
    basis,
    rate: rate === null ? null : parseFixed18(rate),
    scope,
    fallback,
    idle,
    multipliers,
    exemptions,
    feeds,
  }
}

/** What happened to a version, in the order it did. */
export interface PolicyEventRecord {
  policyId: string
  action: 'CREATED' | 'CHANGED' | 'PROPOSED' | 'APPROVED' | 'OVERRIDDEN' | 'REJECTED' | 'WITHDRAWN' | 'REVIEWED'
  reason: string | null
  actedBy: string
  actedAt: string
}

const EVENTS: Prepared = {
  name: 'read_policy_events',
  text: `SELECT e.policy_id AS "policyId", e.action, e.reason, e.acted_by AS "actedBy", ${instantText('e.acted_at')} AS "actedAt"
    FROM allocation_policy_event e WHERE e.tenant_id = $1::uuid AND e.policy_id = ANY ($2::uuid[])
    ORDER BY e.policy_id, e.acted_at, e.id`,
}

/** The history of some versions. */
export function readPolicyEvents(db: TenantSql, policyIds: readonly string[]): Promise<PolicyEventRecord[]> {
  return db.query(EVENTS, [plainArray(policyIds)])
}
