import { v7 as uuidv7 } from 'uuid'
import type { AllocationPolicy } from '@outlay/domain/allocation/policy'
import { formatFixed18 } from '@outlay/domain/money/fixed18'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import { quarterOf } from '@outlay/domain/periods/quarter'
import { plainArray } from '../sql/pg-array.ts'
import type { PolicyEventRecord } from '../sql/read-policies.ts'
import type { Actor, PoolWriter } from './pool-writer.ts'

/** A policy is looked at again in the quarter after the one it was last approved or reviewed in. */
export function nextReview(today: CalendarDate): CalendarDate {
  return quarterOf(today).to
}

/** A version to be written. */
export interface NewPolicy {
  poolId: string
  effectiveFrom: CalendarDate
  policy: AllocationPolicy
  note: string | null
}

const INSERT_POLICY = `
INSERT INTO allocation_policy (tenant_id, id, pool_id, version, state, effective_from, method, basis, rate, scope, fallback, idle,
  multipliers, exemptions, feeds, note, review_due_on, created_by)
SELECT $1::uuid, $2::uuid, $3::uuid, coalesce(max(y.version), 0) + 1, 'DRAFT', $4::date, $5, $6, $7::numeric, $8::uuid[], $9::text[], $10,
  $11::jsonb, $12::jsonb, $13::jsonb, $14, $15::date, $16
FROM allocation_policy y WHERE y.tenant_id = $1::uuid AND y.pool_id = $3::uuid`

/** Stores a draft as the next version of its pool and answers its id. */
export async function insertDraft(
  writer: PoolWriter,
  { actor, ...draft }: NewPolicy & { actor: Pick<Actor, 'by' | 'today'> },
): Promise<string> {
  const policyId = uuidv7()
  await writer.client.query(INSERT_POLICY, [
    writer.tenantId,
    policyId,
    draft.poolId,
    draft.effectiveFrom,
    ...contentOf(draft),
    nextReview(actor.today),
    actor.by,
  ])
  await insertEvent(writer, { policyId, action: 'CREATED', reason: null, by: actor.by })
  return policyId
}

const UPDATE_DRAFT = `
UPDATE allocation_policy SET effective_from = $3::date, method = $4, basis = $5, rate = $6::numeric, scope = $7::uuid[],
  fallback = $8::text[], idle = $9, multipliers = $10::jsonb, exemptions = $11::jsonb, feeds = $12::jsonb, note = $13
WHERE tenant_id = $1::uuid AND id = $2::uuid AND state = 'DRAFT'`

/** Puts another content into a draft. */
export async function updateDraft(
  writer: PoolWriter,
  { policyId, by, ...draft }: Omit<NewPolicy, 'poolId'> & { policyId: string; by: string },
): Promise<void> {
  const { client, tenantId } = writer
  await client.query(UPDATE_DRAFT, [tenantId, policyId, draft.effectiveFrom, ...contentOf(draft)])
  await insertEvent(writer, { policyId, action: 'CHANGED', reason: null, by })
}

/** From `method` to `note`, as both statements take them. */
function contentOf({ policy, note }: Pick<NewPolicy, 'policy' | 'note'>): (string | null)[] {
  const { method, basis, rate, scope, fallback, idle, multipliers, exemptions, feeds } = policy
  return [
    method,
    basis,
    rate === null ? null : formatFixed18(rate),
    plainArray(scope),
    plainArray(fallback),
    idle,
    JSON.stringify(multipliers),
    JSON.stringify(exemptions),
    JSON.stringify(feeds),
    note,
  ]
}

/** Asks that a draft be approved. */
export async function markProposed(
  writer: PoolWriter,
  { policyId, by }: { policyId: string; by: string },
): Promise<void> {
  const { client, tenantId } = writer
  await client.query(
    `UPDATE allocation_policy SET state = 'PROPOSED', proposed_at = clock_timestamp() WHERE tenant_id = $1::uuid AND id = $2::uuid`,
    [tenantId, policyId],
  )
  await insertEvent(writer, { policyId, action: 'PROPOSED', reason: null, by })
}

const APPROVE = `
UPDATE allocation_policy SET state = 'APPROVED', approved_by = $3, approved_at = clock_timestamp(), override_reason = $4,
  review_due_on = $5::date
WHERE tenant_id = $1::uuid AND id = $2::uuid`

/** Lets a version count; with a reason where nobody but its author has looked at it. */
export async function markApproved(
  writer: PoolWriter,
  { policyId, actor, overrideReason }: { policyId: string; actor: Actor; overrideReason: string | null },
): Promise<void> {
  const { client, tenantId } = writer
  await client.query(APPROVE, [tenantId, policyId, actor.by, overrideReason, nextReview(actor.today)])
  const action = overrideReason === null ? 'APPROVED' : 'OVERRIDDEN'
  await insertEvent(writer, { policyId, action, reason: overrideReason, by: actor.by })
}

// The time of the statement, and not of the transaction, so that two events of one transaction keep their order.
const INSERT_EVENT = `
INSERT INTO allocation_policy_event (tenant_id, id, policy_id, action, reason, acted_by, acted_at)
VALUES ($1::uuid, $2::uuid, $3::uuid, $4, $5, $6, clock_timestamp())`

/** Adds to the history of a version, which is never edited. */
export async function insertEvent(
  { client, tenantId }: PoolWriter,
  {
    policyId,
    action,
    reason,
    by,
  }: {
    policyId: string
    action: PolicyEventRecord['action']
    reason: string | null
    by: string
  },
): Promise<void> {
  await client.query(INSERT_EVENT, [tenantId, uuidv7(), policyId, action, reason, by])
}
