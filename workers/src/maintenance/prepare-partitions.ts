import { withoutTenant } from '@outlay/db/tenancy/tenant-context'
import type { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import type { Logger } from 'pino'
import { monthsFrom } from '../schedule.ts'

/**
 * Makes the partitions of this month and the coming two, so that no sender waits for one at midnight of the first. Ingest
 * makes a missing one itself; this only spares it the lock.
 */
export async function preparePartitions(pool: TenantPool, { now, log }: { now: Date; log: Logger }): Promise<void> {
  for (const month of monthsFrom(now, 3)) {
    const { rows } = await withoutTenant(() =>
      pool.query<{ made: boolean }>('SELECT ensure_invocation_partition($1::date) AS made', [month]),
    )
    if (rows[0]?.made === true) log.info({ month: month.slice(0, 7) }, 'partition made')
  }
}
