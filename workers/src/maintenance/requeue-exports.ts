import type { ExportRef } from '@outlay/db/exports/export-job'
import { queuedExports } from '@outlay/db/exports/queued-exports'
import type { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import type { Pool } from 'pg'
import { exportWriteJob } from '../jobs/export-write.ts'

type Enqueue = (contract: typeof exportWriteJob, payload: ExportRef) => Promise<void>

/** Puts every export into the queue that waits or was left in the middle and that nobody seems to work on, tenant by tenant. */
export async function requeueExports(pools: { app: TenantPool; auth: Pool }, enqueue: Enqueue): Promise<void> {
  const tenants = await pools.auth.query<{ id: string }>('SELECT id FROM tenant ORDER BY id')
  for (const { id } of tenants.rows) {
    for (const ref of await queuedExports(pools.app, id)) await enqueue(exportWriteJob, ref)
  }
}
