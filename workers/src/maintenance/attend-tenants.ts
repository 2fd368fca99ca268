import type { Watched } from '@outlay/db/alerts/evaluate-limits'
import type { Looked } from '@outlay/db/anomalies/attend-tenant'
import type { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import type { Pool } from 'pg'
import type { Logger } from 'pino'
import { tellWatched, type TellTools } from '../limits/tell-watched.ts'

type Attend = (
  options: { pool: Pool; nowMs: number },
  tenantId: string,
  last: Looked | null,
) => Promise<Watched & { looked: Looked }>

/**
 * Does `attend` for one tenant after the other. It remembers what each one's sums were like, to spare what has not changed: a process that has
 * just begun looks at everything once. A tenant whose turn fails does not keep the others from theirs.
 */
export function attendTenants(
  tools: TellTools & { app: TenantPool; auth: Pool },
  attend: Attend,
  { log }: { log: Logger },
): (signal: AbortSignal) => Promise<void> {
  const lastLooks = new Map<string, Looked>()
  return async (signal) => {
    const tenants = await tools.auth.query<{ id: string }>('SELECT id FROM tenant ORDER BY id')
    for (const { id } of tenants.rows) {
      if (signal.aborted) return
      try {
        const options = { pool: tools.app, nowMs: Date.now() }
        const { looked, ...watched } = await attend(options, id, lastLooks.get(id) ?? null)
        lastLooks.set(id, looked)
        await tellWatched(tools, id, watched)
      } catch (error) {
        log.warn({ tenantId: id, err: error }, 'a tenant could not be attended to; it is tried again')
      }
    }
  }
}
