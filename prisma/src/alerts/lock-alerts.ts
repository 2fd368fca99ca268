import type { PoolClient } from 'pg'

/**
 * Makes this transaction the only one that writes alerts of the tenant until it ends: instants that are stamped under it are in the order
 * of the commits, so whoever has read up to one misses nothing. Recording events does not take it and never waits for it.
 */
export async function lockAlerts(client: PoolClient, tenantId: string): Promise<void> {
  await client.query({
    name: 'lock_alerts',
    text: 'SELECT pg_advisory_xact_lock(hashtextextended($1::text, 2))',
    values: [tenantId],
  })
}
