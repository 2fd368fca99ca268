import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from 'pg'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { type DemoRef, lockDemo, shutOut } from './own-demo.ts'

export interface EraseDemoControl {
  /** Aborted: the work ends with the reason, and goes on where it was whenever it is started again. */
  signal: AbortSignal
  /** Rows of one transaction; fewer in tests. */
  rowsMax?: number
  /** How long to wait for those who found the tenant before it went, milliseconds; 0 in tests. */
  settleMs?: number
}

/** About two seconds of a slow disk, and far below the limit of a statement. */
const ROWS_MAX = 20_000
/** Longer than a key or a membership is believed (5 s): who writes after it finds no tenant. */
const SETTLE_MS = 6_000

/**
 * Removes the example of a tenant if that was asked for: every row of it, in parts, its tenant, and at last the row that asked for it. Two
 * at once do no harm: each part is one transaction under the example's lock.
 */
export async function eraseDemo(
  { pool }: { pool: Pool },
  { tenantId }: DemoRef,
  { signal, rowsMax = ROWS_MAX, settleMs = SETTLE_MS }: EraseDemoControl,
): Promise<void> {
  const demo = await tenantTransaction(pool, tenantId, (client) => lockDemo(client, tenantId))
  if (demo?.state !== 'REMOVING') return
  const ref = { tenantId, demoId: demo.demoId, rowsMax }
  await shutOut(pool, demo.demoId)
  do {
    while ((await erasePart(pool, ref)) > 0) signal.throwIfAborted()
    await sleep(settleMs, undefined, { signal })
  } while ((await erasePart(pool, ref)) > 0)
  await tenantTransaction(pool, tenantId, (client) =>
    client.query(`DELETE FROM demo_data WHERE tenant_id = $1::uuid AND demo_id = $2::uuid AND state = 'REMOVING'`, [
      tenantId,
      demo.demoId,
    ]),
  )
}

async function erasePart(
  pool: Pool,
  { tenantId, demoId, rowsMax }: { tenantId: string; demoId: string; rowsMax: number },
): Promise<number> {
  return tenantTransaction(pool, tenantId, async (client) => {
    // Shows that somebody is at it. A row that is gone was removed by another worker, who was done first.
    const alive = await client.query(
      `UPDATE demo_data SET updated_at = clock_timestamp() WHERE tenant_id = $1::uuid AND demo_id = $2::uuid AND state = 'REMOVING'`,
      [tenantId, demoId],
    )
    if (alive.rowCount === 0) return 0
    // A loader that is under way holds the example's lock for a batch, which on a busy machine is longer than a request should wait.
    await client.query("SET LOCAL lock_timeout = '25s'")
    const { rows } = await client.query<{ rows: number }>(
      'SELECT erase_demo_tenant($1::uuid, $2::bigint)::float8 AS rows',
      [demoId, rowsMax],
    )
    return rows[0]?.rows ?? 0
  })
}
