import { addUpPricedDays } from '@outlay/db/ingest/priced-days'
import type { Pool } from 'pg'
import type { Logger } from 'pino'

/** Adds up the days that are over for the review of rates, one tenant after the other; one that fails does not keep the others from it. */
export async function addUpDays(
  { app, auth }: { app: Pool; auth: Pool },
  { signal, log, nowMs }: { signal: AbortSignal; log: Logger; nowMs: number },
): Promise<void> {
  const tenants = await auth.query<{ id: string }>('SELECT id FROM tenant ORDER BY id')
  for (const { id } of tenants.rows) {
    if (signal.aborted) return
    try {
      await addUpPricedDays({ pool: app, nowMs, signal }, id)
    } catch (error) {
      log.warn({ tenantId: id, err: error }, 'the days of a tenant could not be added up; it is tried again')
    }
  }
}
