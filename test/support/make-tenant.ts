import { randomBytes } from 'node:crypto'
import { addMembership, createApiKey, createTenant } from '@outlay/db/admin/create-tenant'
import { createUser } from '@outlay/server/auth/create-user'
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

export type MemberRole = 'OWNER' | 'ADMIN' | 'FINANCE' | 'PROJECT_MANAGER' | 'VIEWER' | 'CLIENT'

export interface Person {
  email: string
  password: string
}

/** A person with a role in a tenant, who can sign in. A CLIENT belongs to the client of that key. */
export async function makeMember(
  urls: RoleUrls,
  member: { tenantId: string; role: MemberRole; clientKey?: string },
): Promise<Person> {
  const person = { email: `${randomBytes(8).toString('hex')}@test.invalid`, password: 'a-password-for-tests' }
  const auth = new pg.Pool({ connectionString: urls.authUrl, max: 1 })
  const app = new TenantPool({ url: urls.appUrl })
  try {
    const userId = await createUser(auth, { ...person, name: person.email })
    await addMembership(app, { ...member, userId })
    return person
  } finally {
    await auth.end()
    await app.end()
  }
}
