import { dueRuns } from '@outlay/db/allocation/due-runs'
import { requestRun } from '@outlay/db/allocation/request-run'
import type { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import type { Pool } from 'pg'
import type { Logger } from 'pino'
import { allocationRunJob } from '../jobs/allocation-run.ts'
import type { JobQueue } from '../queue.ts'

/** Who asks when nobody does. */
const SCHEDULE = 'Schedule'

/**
 * Asks for the runs that are due, tenant by tenant: months that are over, and those whose events have changed since. A tenant whose turn
 * fails does not keep the others from theirs.
 */
export async function requestDueAllocations(
  { app, auth, queue }: { app: TenantPool; auth: Pool; queue: Pick<JobQueue, 'enqueue'> },
  { signal, log, nowMs }: { signal: AbortSignal; log: Logger; nowMs: number },
): Promise<void> {
  const tenants = await auth.query<{ id: string }>('SELECT id FROM tenant ORDER BY id')
  for (const { id } of tenants.rows) {
    if (signal.aborted) return
    try {
      await requestOf(id)
    } catch (error) {
      log.error({ tenantId: id, err: error }, 'due allocations could not be asked for; the next night asks anew')
    }
  }

  async function requestOf(tenantId: string): Promise<void> {
    for (const due of await dueRuns(app, tenantId, nowMs)) {
      const outcome = await requestRun({ pool: app }, tenantId, { ...due, requestedBy: SCHEDULE, nowMs })
      const { jobId, userErrors } = outcome
      if (jobId !== null) await queue.enqueue(allocationRunJob, { tenantId, jobId })
      else log.warn({ tenantId, month: due.month, userErrors }, 'a due allocation was refused')
    }
  }
}
