import type { AllocationRef } from '@outlay/db/allocation/job'
import { queuedRuns } from '@outlay/db/allocation/queued-runs'
import type { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import type { Pool } from 'pg'
import { allocationRunJob } from '../jobs/allocation-run.ts'

type Enqueue = (contract: typeof allocationRunJob, payload: AllocationRef) => Promise<void>

/** Puts every allocation job into the queue that waits or was left in the middle and that nobody seems to work on, tenant by tenant. */
export async function requeueAllocations(pools: { app: TenantPool; auth: Pool }, enqueue: Enqueue): Promise<void> {
  const tenants = await pools.auth.query<{ id: string }>('SELECT id FROM tenant ORDER BY id')
  for (const { id } of tenants.rows) {
    for (const ref of await queuedRuns(pools.app, id)) await enqueue(allocationRunJob, ref)
  }
}
