import { verifyRollups } from '@outlay/db/ingest/verify-rollups'
import type { JobRun } from '../job-handler.ts'
import type { JobTools } from '../job-tools.ts'

/**
 * Compares a tenant's rollups with their rebuild from the events (law: they are always equal) and says loudly when they are not. It repairs
 * nothing: a difference is a bug, and a person should see it before it is gone.
 */
export async function verifyRollupsOf(
  { tenantId }: { tenantId: string },
  { log }: JobRun,
  { app }: JobTools,
): Promise<void> {
  const differences = await verifyRollups(app, tenantId)
  if (differences.length === 0) return
  log.error({ differences }, 'ROLLUPS DIFFER FROM THEIR REBUILD: totals of this tenant are not to be trusted')
}
