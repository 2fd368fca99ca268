import { TenantConfigs } from '@outlay/db/ingest/tenant-config'
import { applyRerating } from '@outlay/db/rerating/apply-rerating'
import { previewRerating } from '@outlay/db/rerating/preview-rerating'
import { requestApply } from '@outlay/db/rerating/request-apply'
import { requestPreview } from '@outlay/db/rerating/request-preview'
import { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import type { Outlay } from './outlay.ts'

/** Has a range rated again, from the request to the last page: the work of a worker, whom the server of a test leaves to others. */
export async function rerate(outlay: Outlay, tenantId: string, range: { from: string; to: string }): Promise<void> {
  const pool = new TenantPool({ url: outlay.database.appUrl, max: 4 })
  try {
    const deps = { pool, configs: new TenantConfigs({ pool, catalogue: null }) }
    const control = { signal: new AbortController().signal, publish: () => {} }
    const request = { range, filter: null, whatIf: null, requestedBy: 'test' }
    const { reratingId } = await requestPreview({ pool }, tenantId, request)
    const ref = { tenantId, reratingId: reratingId ?? '' }
    await previewRerating(deps, ref, control)
    const asked = await requestApply({ pool }, ref, { reason: 'A price was missing.', appliedBy: 'test' })
    if (asked.userErrors.length > 0) throw new Error(asked.userErrors[0]?.message)
    await applyRerating(deps, ref, control)
  } finally {
    await pool.end()
  }
}
