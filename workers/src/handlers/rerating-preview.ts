import type { TenantConfigs } from '@outlay/db/ingest/tenant-config'
import { previewRerating } from '@outlay/db/rerating/preview-rerating'
import type { ReratingRef } from '@outlay/db/rerating/rerating'
import type { TenantPool } from '@outlay/db/tenancy/tenant-pool'

/** What the worker lends to the jobs of re-rating. */
export interface ReratingTools {
  app: TenantPool
  configs: TenantConfigs
  /** Tells who shows the job that it has come further, and who watches limits that sums have changed. */
  publish: (topic: 'rerating' | 'sums', tenantId: string, ids: Record<string, string>) => Promise<void>
}

/** Previews a re-rating or simulation from where it stands; nothing to do when that is done. */
export async function previewReratingOf(
  ref: ReratingRef,
  { signal }: { signal: AbortSignal },
  tools: ReratingTools,
): Promise<void> {
  await previewRerating({ pool: tools.app, configs: tools.configs }, ref, { signal, publish: publisher(tools) })
}

/** Progress is a hint: one that does not arrive costs nothing but a look at the row. */
export function publisher({ publish }: ReratingTools): (ref: ReratingRef) => void {
  return ({ tenantId, reratingId }) => {
    publish('rerating', tenantId, { reratingId }).catch(() => {})
  }
}
