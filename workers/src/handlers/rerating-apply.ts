import { applyRerating } from '@outlay/db/rerating/apply-rerating'
import type { ReratingRef } from '@outlay/db/rerating/rerating'
import { publisher, type ReratingTools } from './rerating-preview.ts'

/** Applies a previewed re-rating from where it stands; nothing to do when that is done, or when prices have changed since. */
export async function applyReratingOf(
  ref: ReratingRef,
  { signal }: { signal: AbortSignal },
  tools: ReratingTools,
): Promise<void> {
  await applyRerating({ pool: tools.app, configs: tools.configs }, ref, { signal, publish: publisher(tools) })
}
