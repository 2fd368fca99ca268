import type { Pool } from 'pg'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import type { ReportRunRef } from './report-run.ts'

/** A run at work shows itself with every file, and its longest statements take 30 seconds; one that is silent for so long is nobody's. */
const SILENCE = '3 minutes'

const QUEUED = `
SELECT id FROM report_run
WHERE tenant_id = $1::uuid AND (state = 'QUEUED' AND updated_at < clock_timestamp() - interval '10 seconds'
  OR state = 'RUNNING' AND updated_at < clock_timestamp() - interval '${SILENCE}')
ORDER BY requested_at, id LIMIT 100`

/** The runs of a tenant whose message was lost, or whose worker was killed. To put one into the queue that is there already does no harm. */
export async function queuedReports(pool: Pool, tenantId: string): Promise<ReportRunRef[]> {
  const { rows } = await tenantTransaction(pool, tenantId, (client) => client.query<{ id: string }>(QUEUED, [tenantId]))
  return rows.map(({ id }) => ({ tenantId, runId: id }))
}
