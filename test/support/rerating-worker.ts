/**
 * A worker on one re-rating, in a process of its own so that it can be killed: after every page it has stored it says how
 * much processor time it has used, in microseconds, and ends when there is no more to do. Arguments: login of outlay_app, tenant, re-rating, PREVIEW or APPLY, events of a page.
 */
import { TenantConfigs } from '@outlay/db/ingest/tenant-config'
import { applyRerating } from '@outlay/db/rerating/apply-rerating'
import { previewRerating } from '@outlay/db/rerating/preview-rerating'
import { TenantPool } from '@outlay/db/tenancy/tenant-pool'

const [url = '', tenantId = '', reratingId = '', work = '', pageSize = ''] = process.argv.slice(2)
const pool = new TenantPool({ url, max: 4 })
const configs = new TenantConfigs({ pool, catalogue: null })
const run = work === 'PREVIEW' ? previewRerating : applyRerating
await run(
  { pool, configs },
  { tenantId, reratingId },
  {
    signal: new AbortController().signal,
    publish: () => void process.send?.(cpuMicros()),
    pageSize: Number.parseInt(pageSize, 10),
  },
)
function cpuMicros(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

await pool.end()
process.disconnect?.()
