import { DomainError, quoted } from '@outlay/domain/errors'
import type { PolicyState } from '@outlay/domain/allocation/policy-in-force'
import { readPoliciesByIds, type PolicyEventRecord, type PolicyRecord } from '../sql/read-policies.ts'
import { readPoolsByIds, type PoolRecord } from '../sql/read-pools.ts'
import type { TenantSql } from '../sql/tenant-sql.ts'

/**
 * The version that a change is about, and its pool, if it is in a state that allows the change (`states`, and in words `change`). Throws
 * DomainError NOT_FOUND or POLICY_STATE.
 */
export async function policyToChange(
  db: TenantSql,
  { policyId, states, change }: { policyId: string; states: readonly PolicyState[]; change: string },
): Promise<{ policy: PolicyRecord; pool: PoolRecord }> {
  const [policy] = await readPoliciesByIds(db, [policyId])
  const [pool] = policy === undefined ? [] : await readPoolsByIds(db, [policy.poolId])
  if (policy === undefined || pool === undefined)
    throw new DomainError('NOT_FOUND', 'This allocation policy does not exist.', 'id')
  if (states.includes(policy.state)) return { policy, pool }
  const message = `Version ${policy.version} of the policy of ${quoted(pool.name)} is ${policy.state}; only one that is ${states.join(' or ')} can be ${change}.`
  throw new DomainError('POLICY_STATE', message, 'id')
}

/** All who wrote what a version says, by its history: whoever made it, and whoever changed it while it was a draft. */
export function authorsIn(history: readonly PolicyEventRecord[]): Set<string> {
  const writing = history.filter(({ action }) => action === 'CREATED' || action === 'CHANGED')
  return new Set(writing.map(({ actedBy }) => actedBy))
}
