import { randomBytes } from 'node:crypto'
import { addMembership, createApiKey, createTenant } from '@outlay/db/admin/create-tenant'
import { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import type { RoleUrls } from '@outlay/db/tenancy/provision-roles'
import pg from 'pg'
import { TenantClient } from './tenant-client.ts'

export interface MadeTenant {
  tenantId: string
  key: string
  apiKey: string
  client(url: () => string): TenantClient
}

/** A tenant with a key of every scope, made the way the supported set-up makes one. */
export async function makeTenant(
  urls: RoleUrls,
  tenant: { key?: string; currency: string; timeZone: string },
): Promise<MadeTenant> {
  const pool = new TenantPool({ url: urls.appUrl })
  try {
    const key = tenant.key ?? `tenant-${randomBytes(6).toString('hex')}`
    const { currency, timeZone } = tenant
    const tenantId = await createTenant(pool, { key, name: key, currency, timeZone })
    const scopes = ['ingest', 'read', 'admin'] as const
    const { key: apiKey } = await createApiKey(pool, { tenantId, name: 'test kit', scopes })
    return { tenantId, key, apiKey, client: (url) => new TenantClient(url, key, apiKey) }
  } finally {
    await pool.end()
  }
}

/** A person of a tenant who cannot sign in: enough for what belongs to a membership. */
export async function makeMember(
  urls: RoleUrls,
  member: { tenantId: string; role: 'OWNER' | 'ADMIN' | 'FINANCE' | 'PROJECT_MANAGER' | 'VIEWER' },
): Promise<string> {
  const userId = randomBytes(12).toString('hex')
  const auth = new pg.Client({ connectionString: urls.authUrl })
  await auth.connect()
  try {
    await auth.query('INSERT INTO app_user (id, name, email) VALUES ($1, $1, $2)', [userId, `${userId}@test.invalid`])
  } finally {
    await auth.end()
  }
  const pool = new TenantPool({ url: urls.appUrl })
  try {
    await addMembership(pool, { ...member, userId })
    return userId
  } finally {
    await pool.end()
  }
}
