import type { Pool } from 'pg'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import type { AllocationRef } from './job.ts'

/** A job takes seconds, and shows itself when it starts and when it ends; one that has been silent for so long is nobody's. */
const SILENCE = '1 minute'

const QUEUED = `
SELECT id FROM allocation_job
WHERE tenant_id = $1::uuid AND state IN ('QUEUED', 'RUNNING') AND updated_at < clock_timestamp() - interval '${SILENCE}'
ORDER BY requested_at, id LIMIT 100`

/**
 * The jobs of a tenant whose message was lost, or whose worker was killed. To put one into the queue that is there already, or that is
 * being worked on after all, does no harm: the second worker waits for the first and finds it done.
 */
export async function queuedRuns(pool: Pool, tenantId: string): Promise<AllocationRef[]> {
  const { rows } = await tenantTransaction(pool, tenantId, (client) => client.query<{ id: string }>(QUEUED, [tenantId]))
  return rows.map(({ id }) => ({ tenantId, jobId: id }))
}
