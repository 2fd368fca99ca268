import { expireExports } from '@outlay/db/exports/expire-exports'
import type { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import type { Pool } from 'pg'

/** Throws away the files of exports that have been kept for a week, tenant by tenant. */
export async function expireOldExports(
  { app, auth }: { app: TenantPool; auth: Pool },
  { signal }: { signal: AbortSignal },
): Promise<void> {
  const tenants = await auth.query<{ id: string }>('SELECT id FROM tenant ORDER BY id')
  for (const { id } of tenants.rows) {
    if (signal.aborted) return
    await expireExports(app, id)
  }
}
