import { type DemoRef, queuedDemo } from '@outlay/db/demo/own-demo'
import type { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import type { Pool } from 'pg'
import { demoLoadJob } from '../jobs/demo-load.ts'
import { demoRemoveJob } from '../jobs/demo-remove.ts'

type Enqueue = (contract: typeof demoLoadJob, payload: DemoRef) => Promise<void>

/** Puts the loading or removal of every example into the queue that waits or was left in the middle and that nobody seems to work on. */
export async function requeueDemos(pools: { app: TenantPool; auth: Pool }, enqueue: Enqueue): Promise<void> {
  const tenants = await pools.auth.query<{ id: string }>('SELECT id FROM tenant WHERE NOT is_demo ORDER BY id')
  for (const { id } of tenants.rows) {
    const job = await queuedDemo(pools.app, id)
    if (job !== null) await enqueue(job === 'load' ? demoLoadJob : demoRemoveJob, { tenantId: id })
  }
}
