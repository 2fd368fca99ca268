import { verifyRollups } from '@outlay/db/ingest/verify-rollups'
import type { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import type { Logger } from 'pino'
import type { Pool } from 'pg'

type Pools = { app: TenantPool; auth: Pool }

/**
 * Compares every tenant's rollups with their rebuild from the events (law: they are always equal) and says loudly when
 * they are not. It repairs nothing: a difference is a bug, and a person should see it before it is gone.
 * Answers the number of tenants that differ.
 */
export async function checkRollups(
  pools: Pools,
  { log, signal }: { log: Logger; signal: AbortSignal },
): Promise<number> {
  const tenants = await pools.auth.query<{ id: string; key: string }>('SELECT id, key FROM tenant ORDER BY id')
  let differing = 0
  for (const { id, key } of tenants.rows) {
    if (signal.aborted) break
    const differences = await verifyRollups(pools.app, id)
    if (differences.length === 0) continue
    differing += 1
    log.error(
      { tenant: key, differences },
      'ROLLUPS DIFFER FROM THEIR REBUILD: totals of this tenant are not to be trusted',
    )
  }
  return differing
}
