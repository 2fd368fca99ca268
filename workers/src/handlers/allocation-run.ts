import type { AllocationRef } from '@outlay/db/allocation/job'
import { runAllocationJob } from '@outlay/db/allocation/run-job'
import type { TenantPool } from '@outlay/db/tenancy/tenant-pool'

/** What the worker lends to allocation jobs. */
export interface AllocationTools {
  app: TenantPool
  /** Tells who waits for the runs that the job has ended. */
  publish: (topic: 'allocation', tenantId: string, ids: { jobId: string }) => Promise<void>
}

/** Runs the pools of a job; nothing to do when that is done. */
export async function runAllocationOf(
  ref: AllocationRef,
  { signal }: { signal: AbortSignal },
  { app, publish }: AllocationTools,
): Promise<void> {
  await runAllocationJob({ pool: app }, ref, {
    signal,
    // A hint: one that does not arrive costs nothing but a look at the row.
    publish: ({ tenantId, jobId }) => void publish('allocation', tenantId, { jobId }).catch(() => {}),
  })
}
