import type pg from 'pg'
import { isIdle, isServerError } from './connection-health.ts'
import { checkTenantId, setScopeStatement } from './tenant-context.ts'
import { TenantPool } from './tenant-pool.ts'

/** COMMIT was answered with ROLLBACK: a statement had failed, and work went on as if it had not. */
export class RolledBackError extends Error {
  constructor() {
    super('The transaction was rolled back because a statement in it had failed.')
    this.name = 'RolledBackError'
  }
}

/**
 * Runs work in one transaction of one tenant and returns its result once it is committed. On a pipelining pool BEGIN and
 * the tenant travel with the first statement of work, and work may have several statements in flight (Promise.all).
 * Anything work throws rolls back and is thrown on; trying again is up to the caller.
 */
export async function tenantTransaction<T>(
  pool: pg.Pool,
  tenantId: string,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const setTenant = setScopeStatement({ tenantId: checkTenantId(tenantId), clientIds: null })
  const client = await (pool instanceof TenantPool ? pool.connectUnscoped() : pool.connect())
  // A connection lost between two statements is reported as an event, which without a listener ends the process.
  client.on('error', ignore)
  let poison = true
  try {
    const opening = open(client, setTenant)
    if (!pipelines(client)) await opening
    // Handled below; work fails too when the opening did.
    opening.catch(() => {})
    let result: T
    try {
      result = await work(client)
      await opening
    } catch (error) {
      poison = !(await rollBack(client)) || !isUsable(client, error)
      throw await opening.then(
        () => error,
        (first: unknown) => first,
      )
    }
    const { command } = await client.query('COMMIT')
    poison = !isIdle(client)
    if (command !== 'COMMIT') throw new RolledBackError()
    return result
  } finally {
    client.off('error', ignore)
    client.release(poison)
  }
}

async function open(client: pg.PoolClient, setTenant: string): Promise<void> {
  if (!pipelines(client)) {
    await client.query('BEGIN')
    await client.query(setTenant)
    return
  }
  await Promise.all([client.query('BEGIN'), client.query(setTenant)])
}

const ignore = (): void => {}

const pipelines = (client: pg.PoolClient): boolean => (client as unknown as { pipeline?: boolean }).pipeline === true

async function rollBack(client: pg.PoolClient): Promise<boolean> {
  try {
    await client.query('ROLLBACK')
    return true
  } catch {
    return false
  }
}

/** An error that is not from Postgres may be work's own; then the server's state of the connection decides. */
const isUsable = (client: pg.PoolClient, error: unknown): boolean =>
  isIdle(client) && (isServerError(error) || !(error instanceof Error && /connection|timeout/i.test(error.message)))
