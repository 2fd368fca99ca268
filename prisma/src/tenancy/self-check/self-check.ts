import type pg from 'pg'
import { TenantPool } from '../tenant-pool.ts'
import { checkDefinerFunctions } from './check-definer-functions.ts'
import { checkQueueRole } from './check-queue-role.ts'
import { checkRole } from './check-role.ts'
import { checkServer } from './check-server.ts'
import { checkTables } from './check-tables.ts'
import { checkViews } from './check-views.ts'
import type { SelfCheckFault } from './fault.ts'

/** The database would not keep tenants apart, or events safe; the process must not serve. */
export class SelfCheckError extends Error {
  readonly faults: readonly SelfCheckFault[]

  constructor(faults: readonly SelfCheckFault[]) {
    super(['The database is not safe to serve:', ...faults.map((fault) => `- ${fault.message}`)].join('\n'))
    this.name = 'SelfCheckError'
    this.faults = faults
  }
}

/**
 * Looks, as the role that will serve, for everything that would void the isolation of tenants or the durability of an
 * acknowledged event. Reads the catalogue only. `now` is this process's clock in milliseconds.
 */
export async function selfCheck(pool: pg.Pool, options: { now?: () => number } = {}): Promise<SelfCheckFault[]> {
  const client = await (pool instanceof TenantPool ? pool.connectUnscoped() : pool.connect())
  try {
    const faults: SelfCheckFault[] = []
    const checks = [
      checkServer(options.now ?? Date.now),
      checkRole,
      checkQueueRole,
      checkTables,
      checkViews,
      checkDefinerFunctions,
    ]
    for (const check of checks) faults.push(...(await check(client)))
    return faults
  } finally {
    client.release()
  }
}

/** Throws SelfCheckError when selfCheck finds anything: the last step before a process listens. */
export async function requireSafeDatabase(pool: pg.Pool): Promise<void> {
  const faults = await selfCheck(pool)
  if (faults.length > 0) throw new SelfCheckError(faults)
}
