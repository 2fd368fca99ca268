import type { Pool, PoolClient } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { DomainError } from '@outlay/domain/errors'
import type { UserError } from '../ingest/user-error.ts'
import type { DemoState } from '../sql/read-demo-data.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'

/** All that a job of an example carries: the tenant that asked for it. */
export interface DemoRef {
  tenantId: string
}

/** The key of the tenant that is an example: its id, so that it is nobody else's. */
export function demoKey(demoId: string): string {
  return `example-${demoId}`
}

const REQUEST = `
INSERT INTO demo_data (tenant_id, demo_id, state, user_id, requested_by) VALUES ($1::uuid, $2::uuid, 'QUEUED', $3, $4)
ON CONFLICT (tenant_id) DO UPDATE SET state = 'QUEUED', worker = NULL, updated_at = clock_timestamp() WHERE demo_data.state = 'FAILED'`

/**
 * Asks for the example data of a tenant; asked again, it is the same example. What failed is tried again. The row is the place in the
 * queue. Errors: DEMO_OF_DEMO, DEMO_REMOVING.
 */
export async function requestDemo(
  { pool }: { pool: Pool },
  tenantId: string,
  by: { userId: string; email: string },
): Promise<{ userErrors: UserError[] }> {
  return refusing(() =>
    tenantTransaction(pool, tenantId, async (client) => {
      const tenant = await client.query<{ isDemo: boolean }>(
        'SELECT is_demo AS "isDemo" FROM tenant WHERE id = $1::uuid',
        [tenantId],
      )
      if (tenant.rows[0]?.isDemo !== false)
        throw new DomainError('DEMO_OF_DEMO', 'This tenant is example data itself; it has no example of its own.')
      await client.query(REQUEST, [tenantId, uuidv7(), by.userId, by.email])
      const demo = await lockDemo(client, tenantId)
      if (demo?.state === 'REMOVING')
        throw new DomainError('DEMO_REMOVING', 'The example data is being removed; ask again when it is gone.')
    }),
  )
}

const REMOVE = `
UPDATE demo_data SET state = 'REMOVING', worker = NULL, updated_at = clock_timestamp() WHERE tenant_id = $1::uuid RETURNING demo_id AS "demoId"`

/**
 * Asks that the example data of a tenant go, in whatever state it is: from now on nobody belongs to the example and none of its keys
 * works; its rows follow. Asked again, nothing more happens. Error: NOT_FOUND.
 */
export async function requestRemoval({ pool }: { pool: Pool }, tenantId: string): Promise<{ userErrors: UserError[] }> {
  return refusing(async () => {
    const { rows } = await tenantTransaction(pool, tenantId, (client) =>
      client.query<{ demoId: string }>(REMOVE, [tenantId]),
    )
    const [demo] = rows
    if (demo === undefined) throw new DomainError('NOT_FOUND', 'There is no example data here.')
    await shutOut(pool, demo.demoId)
  })
}

/** Lets nobody into an example any more. What is asked with its keys and by its members is refused, here at once, elsewhere within 5 seconds. */
export async function shutOut(pool: Pool, demoId: string): Promise<void> {
  await tenantTransaction(pool, demoId, async (client) => {
    await client.query('UPDATE api_key SET revoked_at = now() WHERE tenant_id = $1::uuid AND revoked_at IS NULL', [
      demoId,
    ])
    await client.query('DELETE FROM membership WHERE tenant_id = $1::uuid', [demoId])
  })
}

/** The row of an example as its jobs see it. */
export interface DemoJob {
  demoId: string
  state: DemoState
  userId: string
  requestedAtMs: number
}

const JOB = `
SELECT demo_id AS "demoId", state, user_id AS "userId", (extract(epoch FROM requested_at) * 1000)::float8 AS "requestedAtMs"
FROM demo_data WHERE tenant_id = $1::uuid`

/** Reads the row and keeps it as it is until the transaction ends; null when there is none. */
export async function lockDemo(client: PoolClient, tenantId: string): Promise<DemoJob | null> {
  const { rows } = await client.query<DemoJob>(`${JOB} FOR UPDATE`, [tenantId])
  const [job] = rows
  return job === undefined ? null : { ...job, requestedAtMs: Math.floor(job.requestedAtMs) }
}

/** Loading shows itself every few thousand events, removal every few thousand rows; one that has been silent for so long is nobody's. */
export const DEMO_SILENCE = '1 minute'

const QUEUED = `
SELECT state FROM demo_data
WHERE tenant_id = $1::uuid AND state IN ('QUEUED', 'LOADING', 'REMOVING') AND updated_at < clock_timestamp() - interval '${DEMO_SILENCE}'`

/** What an example waits for whose message was lost or whose worker was killed; null when it waits for nothing. */
export async function queuedDemo(pool: Pool, tenantId: string): Promise<'load' | 'remove' | null> {
  const { rows } = await tenantTransaction(pool, tenantId, (client) =>
    client.query<{ state: DemoState }>(QUEUED, [tenantId]),
  )
  const [row] = rows
  if (row === undefined) return null
  return row.state === 'REMOVING' ? 'remove' : 'load'
}

async function refusing(work: () => Promise<void>): Promise<{ userErrors: UserError[] }> {
  try {
    await work()
    return { userErrors: [] }
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    return { userErrors: [{ code: error.code, message: error.message, field: null }] }
  }
}
