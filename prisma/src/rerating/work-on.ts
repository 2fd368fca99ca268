import type { Pool } from 'pg'
import { DomainError } from '@outlay/domain/errors'
import { isPassing } from '../ingest/sql-state.ts'
import { StaleConfigError } from '../ingest/record-batch.ts'
import type { TenantConfig, TenantConfigs } from '../ingest/tenant-config.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { endRerating, type ReratingRef } from './rerating.ts'

/** What the work on re-ratings needs of its process. */
export interface ReratingDeps {
  /** Of outlay_app; three connections are used at a time. */
  pool: Pool
  configs: TenantConfigs
  /** Milliseconds since 1970; the clock of the process when absent. */
  clock?: () => number
}

export interface ReratingControl {
  /** Aborted: the work ends between two pages with the reason, and goes on where it was whenever it is started again. */
  signal: AbortSignal
  /** Told after each page that is stored. */
  publish: (ref: ReratingRef) => void
  /** Events of one page; fewer in tests that kill it between pages. */
  pageSize?: number
}

/** Another worker is ahead on the same job; this one has nothing to add. */
export class TakenOverError extends Error {
  override readonly name = 'TakenOverError'
}

/**
 * Runs work on a job under the tenant's configuration, again with the new one whenever that turns out to be old. What cannot succeed by
 * being tried again ends the job as FAILED, so that it does not come back for ever; faults of the moment are left to the queue.
 */
export async function workOn(
  { pool, configs }: ReratingDeps,
  ref: ReratingRef,
  { signal, work }: { signal: AbortSignal; work: (config: TenantConfig) => Promise<void> },
): Promise<void> {
  for (;;) {
    try {
      return await work(await configs.get(ref.tenantId))
    } catch (error) {
      if (error instanceof TakenOverError) return
      if (!(error instanceof StaleConfigError)) {
        if (!signal.aborted && !isPassing(error)) await fail(pool, ref, error)
        throw error
      }
      await configs.reload(ref.tenantId)
    }
  }
}

async function fail(pool: Pool, ref: ReratingRef, cause: unknown): Promise<void> {
  const error =
    cause instanceof DomainError
      ? cause.message
      : 'The work stopped at a fault of ours, which the log of the worker names.'
  await tenantTransaction(pool, ref.tenantId, (client) => endRerating(client, ref, { state: 'FAILED', error }))
}
