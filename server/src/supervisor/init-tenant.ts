import { addMembership, createApiKey, createTenant } from '@outlay/db/admin/create-tenant'
import type { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import type { Pool } from 'pg'
import type { InitTenant } from './env.ts'
import { ensurePerson } from './people.ts'

/**
 * Makes the tenant of OUTLAY_INIT_*, its owner and its key; what is there already stays as it is, so that the same
 * settings may stand at every start. Currency and time zone of a tenant that exists are not changed.
 */
export async function ensureInitTenant(pools: { app: TenantPool; auth: Pool }, init: InitTenant): Promise<void> {
  const { key, currency, timeZone } = init
  const found = await pools.auth.query<{ id: string }>('SELECT id FROM tenant WHERE key = $1', [key])
  const tenantId = found.rows[0]?.id ?? (await createTenant(pools.app, { key, name: key, currency, timeZone }))
  if (init.email !== null && init.password !== null) {
    const { email, password } = init
    const userId = await ensurePerson(pools.auth, { email, name: email.split('@')[0] ?? email, password })
    await addMembership(pools.app, { tenantId, userId, role: 'OWNER' })
  }
  if (init.apiKey !== null) {
    const scopes = ['ingest', 'read', 'admin'] as const
    await createApiKey(pools.app, { tenantId, name: 'Installation', scopes, key: init.apiKey })
  }
}
