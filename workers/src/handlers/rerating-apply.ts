import { applyRerating } from '@outlay/db/rerating/apply-rerating'
import type { ReratingRef } from '@outlay/db/rerating/rerating'
import { publisher, type ReratingTools } from './rerating-preview.ts'

/** Applies a previewed re-rating from where it stands; nothing to do when that is done, or when prices have changed since. */
export async function applyReratingOf(
  ref: ReratingRef,
  { signal }: { signal: AbortSignal },
  tools: ReratingTools,
): Promise<void> {
  const tellProgress = publisher(tools)
  const publish = (pageOf: ReratingRef) => {
    tellProgress(pageOf)
    // Each page changes sums, of which limits are looked at like those of new events.
    tools.publish('sums', pageOf.tenantId, { tenantId: pageOf.tenantId }).catch(() => {})
  }
  await applyRerating({ pool: tools.app, configs: tools.configs }, ref, { signal, publish })
}
