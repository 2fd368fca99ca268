import type { PoolClient } from 'pg'

/**
 * Makes this transaction the tenant's only writer until it ends, and returns the version of the tenant's configuration that holds while
 * it writes (docs/decisions/0004). The lock is taken in a statement of its own, so that the next statement's snapshot sees everything
 * that earlier writers committed.
 */
export async function lockTenant(client: PoolClient, tenantId: string): Promise<number> {
  const [, version] = await Promise.all([
    client.query({
      name: 'lock_tenant',
      text: 'SELECT pg_advisory_xact_lock(hashtextextended($1::text, 0))',
      values: [tenantId],
    }),
    client.query<{ config_version: number }>({
      name: 'tenant_config_version',
      text: 'SELECT config_version FROM tenant WHERE id = $1::uuid',
      values: [tenantId],
    }),
  ])
  const row = version.rows[0]
  if (row === undefined) throw new Error(`The tenant ${tenantId} does not exist.`)
  return row.config_version
}

/** Says that what ingest remembers of the tenant (rates, FX rates, currency, time zone) has changed. Under the tenant's lock. */
export async function bumpConfig(client: PoolClient, tenantId: string): Promise<void> {
  await client.query('UPDATE tenant SET config_version = config_version + 1 WHERE id = $1::uuid', [tenantId])
}
