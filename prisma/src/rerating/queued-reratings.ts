import type { Pool } from 'pg'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import type { ReratingRef } from './rerating.ts'

/** A job that nobody seems to work on, and which work it waits for. */
export interface QueuedRerating extends ReratingRef {
  work: 'PREVIEW' | 'APPLY'
}

/** A job at work shows itself after every page; one that has been silent for so long is nobody's. */
const SILENCE = '30 seconds'

const QUEUED = `
SELECT id, CASE WHEN state IN ('PREVIEW_QUEUED', 'PREVIEWING') THEN 'PREVIEW' ELSE 'APPLY' END AS work FROM rerating
WHERE tenant_id = $1::uuid AND state IN ('PREVIEW_QUEUED', 'PREVIEWING', 'APPLY_QUEUED', 'APPLYING')
  AND updated_at < clock_timestamp() - interval '${SILENCE}'
ORDER BY requested_at, id LIMIT 100`

/**
 * The jobs of a tenant whose message was lost, or whose worker was killed. To put one into the queue that is there already, or that is
 * being worked on after all, does no harm.
 */
export async function queuedReratings(pool: Pool, tenantId: string): Promise<QueuedRerating[]> {
  const { rows } = await tenantTransaction(pool, tenantId, (client) =>
    client.query<{ id: string; work: QueuedRerating['work'] }>(QUEUED, [tenantId]),
  )
  return rows.map(({ id, work }) => ({ tenantId, reratingId: id, work }))
}
