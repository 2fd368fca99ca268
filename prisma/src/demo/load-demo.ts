import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { MAX_KEY_LENGTH } from '@outlay/domain/invocation/key'
import { addMembership, createTenant } from '../admin/create-tenant.ts'
import { Ingestor } from '../ingest/ingestor.ts'
import type { TenantConfigs } from '../ingest/tenant-config.ts'
import type { TenantPool } from '../tenancy/tenant-pool.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { setDemoBudgets } from './demo-budgets.ts'
import { setDemoPools } from './demo-pools.ts'
import { setDemoTerms } from './demo-terms.ts'
import { setDemoStatement } from './demo-statement.ts'
import { fillDemoTenant } from './fill-demo-tenant.ts'
import { DEMO_TENANT } from './fleet.ts'
import { DEMO_SILENCE, demoKey, type DemoJob, type DemoRef, lockDemo } from './own-demo.ts'

export interface LoadDemoDeps {
  pool: TenantPool
  configs: TenantConfigs
}

export interface LoadDemoControl {
  /** Aborted: the work ends with the reason, and goes on where it was whenever it is started again. */
  signal: AbortSignal
  /** How long to wait until every server believes in the new owner, milliseconds; 0 in tests. */
  settleMs?: number
}

/** Longer than a server remembers who belongs where (5 s): who is told READY is let in. */
const SETTLE_MS = 5_500

/** Somebody else loads this example, or it is not to be loaded any more. */
class NotMineError extends Error {
  override readonly name = 'NotMineError'
}

/**
 * Makes the tenant that is the example of another and fills it. The history is as of the moment it was asked for, so that an interrupted
 * loading goes on where it was; nobody belongs to the example before it is whole. Does nothing when another worker is at it, or when it is
 * not asked for (any more).
 */
export async function loadDemo(
  { pool, configs }: LoadDemoDeps,
  { tenantId }: DemoRef,
  { signal, settleMs = SETTLE_MS }: LoadDemoControl,
): Promise<void> {
  const worker = uuidv7()
  const job = await takeUp(pool, tenantId, worker)
  if (job === null) return
  const { demoId, userId, requestedAtMs: nowMs } = job
  const ingestor = new Ingestor({ pool, configs })
  const onProgress = async (share: number) => {
    signal.throwIfAborted()
    await showProgress(pool, { tenantId, worker, percent: Math.floor(share * 99) })
  }
  try {
    await createTenant(pool, {
      ...DEMO_TENANT,
      ...{ id: demoId, key: demoKey(demoId), name: exampleName(job.owner), isDemo: true, demoOf: tenantId },
    })
    await onProgress(0)
    await fillDemoTenant({ pool, configs, ingestor }, { tenantId: demoId, nowMs, onProgress })
    await setDemoPools({ pool, nowMs }, demoId)
    await setDemoTerms({ pool, nowMs }, demoId)
    await setDemoBudgets({ pool, nowMs }, demoId)
    await setDemoStatement({ pool, nowMs }, demoId)
    await onProgress(1)
    await addMembership(pool, { tenantId: demoId, userId, role: 'OWNER' })
    await sleep(settleMs, undefined, { signal })
    await finish(pool, { tenantId, worker })
  } catch (error) {
    // Given back, so that the next attempt need not wait until this one counts as silent. What is not ours to give back is being removed,
    // and failed because its tenant is gone, or will be.
    if (error instanceof NotMineError || !(await giveBack(pool, { tenantId, worker }))) return
    throw error
  } finally {
    await ingestor.drain()
  }
}

/** Says that the example cannot be loaded, so that somebody sees it and asks again or removes it. */
export async function failDemo(pool: Pool, { tenantId }: DemoRef): Promise<void> {
  const text = `UPDATE demo_data SET state = 'FAILED', updated_at = clock_timestamp() WHERE tenant_id = $1::uuid AND state IN ('QUEUED', 'LOADING')`
  await tenantTransaction(pool, tenantId, (client) => client.query(text, [tenantId]))
}

/** `Example: <firm>`, as long as a name may be. */
function exampleName(owner: string): string {
  return `Example: ${owner}`.slice(0, MAX_KEY_LENGTH).replace(/[\ud800-\udbff]$/, '')
}

const TAKE_UP = `
UPDATE demo_data d SET state = 'LOADING', worker = $2::uuid, updated_at = clock_timestamp() FROM tenant t
WHERE d.tenant_id = $1::uuid AND t.id = d.tenant_id AND d.state IN ('QUEUED', 'LOADING')
  AND (d.worker IS NULL OR d.updated_at < clock_timestamp() - interval '${DEMO_SILENCE}')
RETURNING t.name AS owner`

async function takeUp(pool: Pool, tenantId: string, worker: string): Promise<(DemoJob & { owner: string }) | null> {
  return tenantTransaction(pool, tenantId, async (client) => {
    const { rows } = await client.query<{ owner: string }>(TAKE_UP, [tenantId, worker])
    const [taken] = rows
    const job = taken === undefined ? null : await lockDemo(client, tenantId)
    return taken === undefined || job === null ? null : { ...job, owner: taken.owner }
  })
}

interface Turn {
  tenantId: string
  worker: string
}

const MINE = `WHERE tenant_id = $1::uuid AND worker = $2::uuid AND state = 'LOADING'`

async function showProgress(pool: Pool, { tenantId, worker, percent }: Turn & { percent: number }): Promise<void> {
  const text = `UPDATE demo_data SET percent = greatest(percent, $3::smallint), updated_at = clock_timestamp() ${MINE}`
  const { rowCount } = await tenantTransaction(pool, tenantId, (client) =>
    client.query(text, [tenantId, worker, percent]),
  )
  if (rowCount === 0) throw new NotMineError()
}

async function finish(pool: Pool, { tenantId, worker }: Turn): Promise<void> {
  const text = `UPDATE demo_data SET state = 'READY', percent = 100, worker = NULL, updated_at = clock_timestamp() ${MINE}`
  await tenantTransaction(pool, tenantId, (client) => client.query(text, [tenantId, worker]))
}

async function giveBack(pool: Pool, { tenantId, worker }: Turn): Promise<boolean> {
  const { rowCount } = await tenantTransaction(pool, tenantId, (client) =>
    client.query(`UPDATE demo_data SET worker = NULL ${MINE}`, [tenantId, worker]),
  )
  return rowCount === 1
}
