import type { Pool } from 'pg'
import { DomainError } from '@outlay/domain/errors'
import { checkNote } from '@outlay/domain/invocation/reason'
import { addMonths, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { readPoliciesOfPools, readPolicyEvents, type PolicyRecord } from '../sql/read-policies.ts'
import type { PoolRecord } from '../sql/read-pools.ts'
import { refuseClosedMonths } from './closed-months.ts'
import { refuseCycles } from './pool-cycles.ts'
import { markApproved, markProposed } from './policy-rows.ts'
import { authorsIn, policyToChange } from './policy-state.ts'
import { writePools, type Actor, type PoolWriter, type Written } from './pool-writer.ts'

/** Asks that a draft be approved. From now on it is not edited any more. */
export function proposePolicy(
  deps: { pool: Pool },
  tenantId: string,
  { policyId, actor }: { policyId: string; actor: Pick<Actor, 'by'> },
): Promise<Written<{ policyId: string }>> {
  return writePools(deps, tenantId, async (writer) => {
    const { policy } = await policyToChange(writer.db, { policyId, states: ['DRAFT'], change: 'proposed' })
    await refuseCycles(writer.db, { from: policy.effectiveFrom, candidateId: policyId })
    await markProposed(writer, { policyId, by: actor.by })
    return { policyId }
  })
}

/**
 * Lets a proposed version count, from its month on. Four eyes: a person who wrote none of it. Whoever may override can do it alone, with a
 * reason that stays beside it; a key is no second pair of eyes and always does it so. A month that is closed keeps the policy it was
 * closed with.
 */
export function approvePolicy(
  deps: { pool: Pool },
  tenantId: string,
  { policyId, overrideReason, actor }: { policyId: string; overrideReason: string | null; actor: Actor },
): Promise<Written<{ policyId: string }>> {
  return writePools(deps, tenantId, async (writer) => {
    const { db } = writer
    const { policy, pool } = await policyToChange(db, { policyId, states: ['PROPOSED'], change: 'approved' })
    const reason = await reasonNeeded(writer, { policy, overrideReason, actor })
    const last = await lastMonthOf(writer, { policy, pool })
    await refuseClosedMonths(db, { first: policy.effectiveFrom, last, field: 'id' })
    await refuseCycles(db, { from: policy.effectiveFrom, candidateId: policyId })
    await markApproved(writer, { policyId, actor, overrideReason: reason })
    return { policyId }
  })
}

/** Whether a person may approve a version without a reason: one who wrote none of it. */
export function isSecondPerson(actor: Pick<Actor, 'by' | 'isPerson'>, authors: ReadonlySet<string>): boolean {
  return actor.isPerson && !authors.has(actor.by)
}

/** The reason that must stay beside the approval; null where another person's eyes are reason enough. Throws DomainError. */
async function reasonNeeded(
  { db }: PoolWriter,
  { policy, overrideReason, actor }: { policy: PolicyRecord; overrideReason: string | null; actor: Actor },
): Promise<string | null> {
  const reason = checkNote(overrideReason, 'overrideReason')
  if (isSecondPerson(actor, authorsIn(await readPolicyEvents(db, [policy.id])))) return null
  if (!actor.mayOverride) {
    const message = `Version ${policy.version} was written by ${policy.createdBy}; a person who wrote none of it approves it.`
    throw new DomainError('FOUR_EYES', message, 'id')
  }
  if (reason !== null) return reason
  const message =
    'To approve a version that no other person has looked at needs a reason; it stays beside the approval.'
  throw new DomainError('MISSING_FIELD', message, 'overrideReason')
}

/** The last month that a version would split its pool in: up to the next approved one, or the end of the pool; null: without end. */
async function lastMonthOf(
  { db }: PoolWriter,
  { policy, pool }: { policy: PolicyRecord; pool: PoolRecord },
): Promise<CalendarDate | null> {
  const versions = await readPoliciesOfPools(db, [pool.id])
  const later = versions
    .filter(({ state, effectiveFrom }) => state === 'APPROVED' && effectiveFrom > policy.effectiveFrom)
    .map(({ effectiveFrom }) => effectiveFrom)
  const next = later.sort()[0]
  return next === undefined ? pool.lastMonth : addMonths(next, -1)
}
