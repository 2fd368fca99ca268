import { failDemo, loadDemo, type LoadDemoDeps } from '@outlay/db/demo/load-demo'
import type { DemoRef } from '@outlay/db/demo/own-demo'
import type { TenantConfigs } from '@outlay/db/ingest/tenant-config'
import type { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import { demoLoadJob } from '../jobs/demo-load.ts'

/** What the worker lends to the loading of examples. */
interface LoadTools {
  app: TenantPool
  configs: TenantConfigs
}

/** Loads the example of a tenant from where it stands. The last attempt that fails says so on the row. */
export async function loadDemoOf(
  ref: DemoRef,
  { signal, attempt }: { signal: AbortSignal; attempt: number },
  { app, configs }: LoadTools,
): Promise<void> {
  const deps: LoadDemoDeps = { pool: app, configs }
  try {
    await loadDemo(deps, ref, { signal })
  } catch (error) {
    if (!signal.aborted && attempt >= demoLoadJob.attempts) await failDemo(app, ref)
    throw error
  }
}
