import type { Pool } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import type { AllocationPolicy } from '@outlay/domain/allocation/policy'
import { formatFixed18 } from '@outlay/domain/money/fixed18'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import type { TenantSql } from '../sql/tenant-sql.ts'
import { refuseClosedMonths } from './closed-months.ts'
import { parsePool, type ParsedPool, type PoolInput } from './parse-pool.ts'
import { insertDraft, markApproved, markProposed } from './policy-rows.ts'
import { refuseTakenName } from './pool-state.ts'
import { writePools, type Actor, type PoolWriter, type Written } from './pool-writer.ts'
import { resolvePolicy } from './resolve-policy.ts'
import { insertAmount } from './set-pool-amount.ts'

/** What is said where a pool is declared by somebody who may let its policy count alone. */
const DECLARED = 'Declared with the pool'

/**
 * Declares a shared cost: the pool, what it comes to, and the first version of its policy, which counts at once when the actor may
 * override, and else when another person has approved it. A pool of the same name in one of its months is refused, so a retry makes no
 * second one.
 */
export function createPool(
  deps: { pool: Pool },
  tenantId: string,
  { input, actor }: { input: PoolInput; actor: Actor },
): Promise<Written<{ poolId: string }>> {
  return writePools(deps, tenantId, async (writer) => ({
    poolId: await insertPool(writer, { pool: parsePool(input), actor }),
  }))
}

const INSERT_POOL = `
INSERT INTO cost_pool (tenant_id, id, name, category, recurrence, first_month, last_month, currency, resource_provider, resource_name,
  capacity, created_by)
VALUES ($1::uuid, $2::uuid, $3, $4, $5, $6::date, $7::date, $8, $9, $10, $11::numeric, $12)`

/** Stores a pool within a transaction and answers its id. Throws DomainError. */
export async function insertPool(
  writer: PoolWriter,
  { pool, actor }: { pool: ParsedPool; actor: Actor },
): Promise<string> {
  const { client, tenantId, db } = writer
  const { name, firstMonth, lastMonth } = pool
  await refuseClosedMonths(db, { first: firstMonth, last: lastMonth, field: 'month' })
  await refuseTakenName(db, { name, first: firstMonth, last: lastMonth }, 'name')
  const policy = await firstPolicy(db, pool)
  const poolId = uuidv7()
  await client.query(INSERT_POOL, [
    tenantId,
    poolId,
    name,
    pool.category,
    pool.recurrence,
    firstMonth,
    lastMonth,
    pool.currency,
    pool.resource?.provider ?? null,
    pool.resource?.name ?? null,
    pool.capacity,
    actor.by,
  ])
  await insertAmount(writer, {
    poolId,
    fromMonth: firstMonth,
    amount: formatFixed18(pool.amount),
    note: pool.note,
    by: actor.by,
  })
  await insertFirstPolicy(writer, { poolId, effectiveFrom: firstMonth, policy, actor })
  return poolId
}

function firstPolicy(db: TenantSql, { policy, resource, capacity }: ParsedPool): Promise<AllocationPolicy> {
  const pool = { id: null, hasResource: resource !== null, hasCapacity: capacity !== null }
  return resolvePolicy(db, { input: policy, pool })
}

/** The first version of a pool's policy: in force from the pool's first month on, once somebody may say so. A new pool closes no circle. */
async function insertFirstPolicy(
  writer: PoolWriter,
  { actor, ...draft }: { poolId: string; effectiveFrom: CalendarDate; policy: AllocationPolicy; actor: Actor },
): Promise<void> {
  const policyId = await insertDraft(writer, { ...draft, note: null, actor })
  await markProposed(writer, { policyId, by: actor.by })
  if (actor.mayOverride) await markApproved(writer, { policyId, actor, overrideReason: DECLARED })
}
