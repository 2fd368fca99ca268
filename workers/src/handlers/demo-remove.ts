import { eraseDemo } from '@outlay/db/demo/erase-demo'
import type { DemoRef } from '@outlay/db/demo/own-demo'
import type { TenantPool } from '@outlay/db/tenancy/tenant-pool'

/** Removes the example of a tenant from where it stands; nothing to do when that is done. */
export async function removeDemoOf(
  ref: DemoRef,
  { signal }: { signal: AbortSignal },
  { app }: { app: TenantPool },
): Promise<void> {
  await eraseDemo({ pool: app }, ref, { signal })
}
