import { checkPolicy, type PoolOfPolicy } from '@outlay/domain/allocation/parse-policy'
import type { AllocationPolicy } from '@outlay/domain/allocation/policy'
import { DomainError, quoted } from '@outlay/domain/errors'
import { checkKey } from '@outlay/domain/invocation/key'
import { textArray } from '../sql/pg-array.ts'
import { readPoolsByIds } from '../sql/read-pools.ts'
import type { Prepared, TenantSql } from '../sql/tenant-sql.ts'
import type { PolicyByKey } from './policy-by-key.ts'

/**
 * The policy that a user means, its agents and pools found and its content checked. A name that nobody has is refused: a typo must not make
 * an agent that takes a share. Throws DomainError.
 */
export async function resolvePolicy(
  db: TenantSql,
  { input, pool }: { input: Omit<PolicyByKey, 'note'>; pool: PoolOfPolicy },
): Promise<AllocationPolicy> {
  const { method, basis, rate, scope, fallback, idle, multipliers, exemptions, feeds } = input
  const agentOf = await agentsByKey(db, [
    ...scope.map((key, at) => ({ key, field: `scope.${at}` })),
    ...multipliers.map(({ agent }, at) => ({ key: agent, field: `multipliers.${at}.agent` })),
    ...exemptions.map(({ agent }, at) => ({ key: agent, field: `exemptions.${at}.agent` })),
  ])
  await refuseUnknownPools(db, feeds)
  return checkPolicy(
    {
      method,
      basis,
      rate,
      scope: scope.map(agentOf),
      fallback,
      idle,
      multipliers: multipliers.map(({ agent, multiplier }) => ({ agentId: agentOf(agent), multiplier })),
      exemptions: exemptions.map(({ agent, from, to, reason }) => ({ agentId: agentOf(agent), from, to, reason })),
      feeds,
    },
    pool,
  )
}

const AGENTS: Prepared = {
  name: 'agent_ids_of_keys',
  text: 'SELECT a.id, a.key FROM agent a WHERE a.tenant_id = $1::uuid AND a.key = ANY ($2::text[])',
}

/** Throws DomainError NOT_FOUND naming the first key that no agent has. */
async function agentsByKey(
  db: TenantSql,
  named: readonly { key: string; field: string }[],
): Promise<(key: string) => string> {
  if (named.length === 0) return () => ''
  for (const { key, field } of named) checkKey(key, field)
  const keys = [...new Set(named.map(({ key }) => key))]
  const rows = await db.query<{ id: string; key: string }>(AGENTS, [textArray(keys)])
  const ids = new Map(rows.map(({ id, key }) => [key, id]))
  const unknown = named.find(({ key }) => !ids.has(key))
  if (unknown !== undefined) {
    const message = `There is no agent ${quoted(unknown.key)}; an agent is there from its first event on.`
    throw new DomainError('NOT_FOUND', message, unknown.field)
  }
  return (key) => ids.get(key) ?? ''
}

async function refuseUnknownPools(db: TenantSql, feeds: PolicyByKey['feeds']): Promise<void> {
  if (feeds.length === 0) return
  const found = await readPoolsByIds(
    db,
    feeds.map(({ poolId }) => poolId),
  )
  const ids = new Set(found.map(({ id }) => id))
  const at = feeds.findIndex(({ poolId }) => !ids.has(poolId))
  if (at >= 0) throw new DomainError('NOT_FOUND', 'This cost pool does not exist.', `feeds.${at}.poolId`)
}
