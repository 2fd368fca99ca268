import type { Pool } from 'pg'
import { verifyRollupsJob } from '../jobs/verify-rollups.ts'
import type { JobQueue } from '../queue.ts'

/** Asks for the check of every tenant's rollups: one job each, so that a large tenant does not hold up the others. */
export async function requestRollupChecks(
  { auth, queue }: { auth: Pool; queue: JobQueue },
  { signal }: { signal: AbortSignal },
): Promise<void> {
  const tenants = await auth.query<{ id: string }>('SELECT id FROM tenant ORDER BY id')
  for (const { id } of tenants.rows) {
    if (signal.aborted) return
    await queue.enqueue(verifyRollupsJob, { tenantId: id })
  }
}
