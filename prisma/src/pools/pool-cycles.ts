import { refusePoolCycle } from '@outlay/domain/allocation/pool-cycle'
import { policyInForce } from '@outlay/domain/allocation/policy-in-force'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import { readPoliciesOfPools, type PolicyRecord } from '../sql/read-policies.ts'
import { readPools, type PoolRecord } from '../sql/read-pools.ts'
import type { TenantSql } from '../sql/tenant-sql.ts'

/**
 * Refuses pools that feed one another in a circle in a month from `from` on, where the version `candidateId` counts as if it were approved
 * (null: none does). Throws DomainError POOL_CYCLE naming the pools.
 */
export async function refuseCycles(
  db: TenantSql,
  { from, candidateId }: { from: CalendarDate; candidateId: string | null },
): Promise<void> {
  const pools = await readPools(db, null)
  const stored = await readPoliciesOfPools(
    db,
    pools.map(({ id }) => id),
  )
  // What passes nothing on closes no circle, and those that were there before have been refused before.
  if (stored.some(({ id, feeds }) => id === candidateId && feeds.length === 0)) return
  const versions = new Map<string, PolicyRecord[]>(pools.map(({ id }) => [id, []]))
  for (const version of stored) {
    versions.get(version.poolId)?.push(version.id === candidateId ? { ...version, state: 'APPROVED' } : version)
  }
  for (const month of monthsOfChange(from, pools, stored)) {
    const ofMonth = pools.filter(({ firstMonth, lastMonth }) => firstMonth <= month && (lastMonth ?? month) >= month)
    refusePoolCycle(
      ofMonth.map(({ id, name }) => ({
        id,
        name,
        policy: { feeds: policyInForce(versions.get(id) ?? [], month)?.feeds ?? [] },
      })),
    )
  }
}

/** The months in which who feeds whom may change: between two of them it is what it was. An end only takes feeds away. */
function monthsOfChange(
  from: CalendarDate,
  pools: readonly PoolRecord[],
  policies: readonly PolicyRecord[],
): CalendarDate[] {
  const begins = [...pools.map(({ firstMonth }) => firstMonth), ...policies.map(({ effectiveFrom }) => effectiveFrom)]
  return [...new Set([from, ...begins.filter((month) => month > from)])]
}
