import type { Pool } from 'pg'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'

const EXPIRE = `
UPDATE export_job SET state = 'EXPIRED', bytes = 0, updated_at = clock_timestamp()
WHERE tenant_id = $1::uuid AND state = 'DONE' AND expires_at <= clock_timestamp()`

const DELETE_PIECES = `
DELETE FROM export_piece p USING export_job j
WHERE p.tenant_id = $1::uuid AND j.tenant_id = p.tenant_id AND j.id = p.job_id AND j.state IN ('FAILED', 'EXPIRED')`

/** Throws away the files of a tenant that have been kept for a week. That there was an export stays. */
export async function expireExports(pool: Pool, tenantId: string): Promise<void> {
  await tenantTransaction(pool, tenantId, async (client) => {
    await client.query(EXPIRE, [tenantId])
    await client.query(DELETE_PIECES, [tenantId])
  })
}
