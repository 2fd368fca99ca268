import type { Pool } from 'pg'
import { bumpConfig, lockTenant } from '../ingest/tenant-lock.ts'
import { tenantTransaction } from './tenant-transaction.ts'

/** Absent (undefined or null) means: leave as it is. */
export interface TenantSettings {
  /** Whether the cost that a sender reports is used where no rate matches. */
  useReportedCost?: boolean | null
}

const UPDATE = `
UPDATE tenant SET use_reported_cost = $2::boolean WHERE id = $1::uuid AND use_reported_cost <> $2::boolean RETURNING id`

/**
 * Changes what is given of a tenant's settings. They hold for what is recorded from now on; what is rated already keeps its rating until
 * a re-rating (law L12).
 */
export async function updateTenantSettings(pool: Pool, tenantId: string, settings: TenantSettings): Promise<void> {
  const { useReportedCost = null } = settings
  if (useReportedCost === null) return
  await tenantTransaction(pool, tenantId, async (client) => {
    await lockTenant(client, tenantId)
    const changed = await client.query(UPDATE, [tenantId, useReportedCost])
    if (changed.rows.length > 0) await bumpConfig(client, tenantId)
  })
}
