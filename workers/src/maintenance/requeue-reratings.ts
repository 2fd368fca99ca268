import { queuedReratings } from '@outlay/db/rerating/queued-reratings'
import type { ReratingRef } from '@outlay/db/rerating/rerating'
import type { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import type { Pool } from 'pg'
import type { JobContract } from '../jobs/contract.ts'
import { reratingApplyJob } from '../jobs/rerating-apply.ts'
import { reratingPreviewJob } from '../jobs/rerating-preview.ts'

type Enqueue = (contract: JobContract<ReratingRef>, payload: ReratingRef) => Promise<void>

/** Puts every re-rating into the queue that waits or was left in the middle and that nobody seems to work on, tenant by tenant. */
export async function requeueReratings(pools: { app: TenantPool; auth: Pool }, enqueue: Enqueue): Promise<void> {
  const tenants = await pools.auth.query<{ id: string }>('SELECT id FROM tenant ORDER BY id')
  for (const { id } of tenants.rows) {
    for (const { work, ...ref } of await queuedReratings(pools.app, id)) {
      await enqueue(work === 'PREVIEW' ? reratingPreviewJob : reratingApplyJob, ref)
    }
  }
}
