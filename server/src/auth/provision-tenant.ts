import type pg from 'pg'
import { addMembership, createApiKey, createTenant } from '@outlay/db/admin/create-tenant'
import type { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import { SCOPES } from '@outlay/domain/audience/policy'
import { createUser } from './create-user.ts'

/** What an unattended installation asks for (OUTLAY_INIT_*). */
export interface TenantWish {
  key: string
  name?: string
  currency: string
  timeZone: string
  /** With a password: the owner. */
  email: string | null
  password: string | null
  /** A key with every scope, taken as given. */
  apiKey: string | null
}

/**
 * Makes the tenant with its owner and key, each once: what exists is left as it is, so it may run at every start. Answers the tenant's id.
 */
export async function provisionTenant(pools: { app: TenantPool; auth: pg.Pool }, wish: TenantWish): Promise<string> {
  const { app, auth } = pools
  const tenantId = (await findTenant(auth, wish.key)) ?? (await createOrFind(pools, wish))
  if (wish.email !== null && wish.password !== null) {
    const userId = await createUser(auth, {
      email: wish.email,
      password: wish.password,
      name: wish.email.split('@')[0] ?? wish.email,
    })
    await addMembership(app, { tenantId, userId, role: 'OWNER' })
  }
  if (wish.apiKey !== null)
    await createApiKey(app, { tenantId, name: 'Installation', scopes: SCOPES, key: wish.apiKey })
  return tenantId
}

async function createOrFind(pools: { app: TenantPool; auth: pg.Pool }, wish: TenantWish): Promise<string> {
  const { key, currency, timeZone } = wish
  try {
    return await createTenant(pools.app, { key, name: wish.name ?? key, currency, timeZone })
  } catch (error) {
    // Two processes that start at once both want it; one makes it.
    const made = isUniqueViolation(error) ? await findTenant(pools.auth, key) : null
    if (made !== null) return made
    throw error
  }
}

/** The id of the tenant of a key; null when there is none. `pool` is of outlay_auth. */
export async function findTenant(pool: pg.Pool, key: string): Promise<string | null> {
  const result = await pool.query<{ id: string }>('SELECT id FROM tenant WHERE key = $1', [key])
  return result.rows[0]?.id ?? null
}

function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '23505'
}
