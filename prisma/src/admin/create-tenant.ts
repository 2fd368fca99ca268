import { v7 as uuidv7 } from 'uuid'
import { DomainError, quoted } from '@outlay/domain/errors'
import type { Role, Scope } from '@outlay/domain/audience/policy'
import { checkKey } from '@outlay/domain/invocation/key'
import { isCurrencyCode } from '@outlay/domain/money/currency'
import { checkTimeZone } from '@outlay/domain/periods/time-zone'
import { NEWEST_CATALOGUE } from '../catalogue/newest-catalogue.ts'
import { insertApiKey } from '../sql/read-api-keys.ts'
import { tenantSql } from '../sql/tenant-sql.ts'
import type { TenantPool } from '../tenancy/tenant-pool.ts'
import { hashApiKey, newApiKey } from './api-key.ts'

export interface NewTenant {
  key: string
  name: string
  currency: string
  timeZone: string
  isDemo?: boolean
  /** The tenant whose example it is; that one has asked for it in `demo_data`. */
  demoOf?: string
}

/**
 * Makes a tenant, which rates under the newest catalogue until it adopts another, and answers its id. `id` may be chosen by the caller, who can then make the same tenant again without harm.
 * Throws DomainError for a key, currency or time zone that cannot be.
 */
export async function createTenant(pool: TenantPool, tenant: NewTenant & { id?: string }): Promise<string> {
  checkKey(tenant.key, 'key')
  checkKey(tenant.name, 'name')
  if (!isCurrencyCode(tenant.currency)) {
    throw new DomainError(
      'UNKNOWN_CURRENCY',
      `${quoted(tenant.currency)} is not an ISO 4217 currency code such as GBP.`,
      'currency',
    )
  }
  checkTimeZone(tenant.timeZone)
  const id = tenant.id ?? uuidv7()
  const text = `INSERT INTO tenant (id, key, name, currency, time_zone, is_demo, demo_of, catalogue_version)
    VALUES ($1::uuid, $2, $3, $4, $5, $6, $7::uuid, ${NEWEST_CATALOGUE}) ON CONFLICT (id) DO NOTHING`
  await tenantSql(pool, id).query({ name: 'insert_tenant', text }, [
    tenant.key,
    tenant.name,
    tenant.currency,
    tenant.timeZone,
    tenant.isDemo ?? false,
    tenant.demoOf ?? null,
  ])
  return id
}

/** Gives a person a role in a tenant, or another role than before. `clientKey` is needed for CLIENT and for nobody else. */
export async function addMembership(
  pool: TenantPool,
  membership: { tenantId: string; userId: string; role: Role; clientKey?: string | null },
): Promise<void> {
  const { tenantId, userId, role, clientKey = null } = membership
  if ((role === 'CLIENT') !== (clientKey !== null)) {
    throw new DomainError('INVALID_FIELD', 'A CLIENT belongs to a client, and nobody else does.', 'client')
  }
  const text = `INSERT INTO membership (tenant_id, user_id, role, client_id)
    SELECT $1::uuid, $2, $3, (SELECT c.id FROM client c WHERE c.tenant_id = $1::uuid AND c.key = $4)
    ON CONFLICT (tenant_id, user_id) DO UPDATE SET role = EXCLUDED.role, client_id = EXCLUDED.client_id,
      is_limited = membership.is_limited AND EXCLUDED.role = 'PROJECT_MANAGER'`
  await tenantSql(pool, tenantId).query({ name: 'upsert_membership', text }, [userId, role, clientKey])
}

/** Makes an API key and answers it; `key` is taken as given. A given key that the tenant has already is left as it is. */
export async function createApiKey(
  pool: TenantPool,
  input: { tenantId: string; name: string; scopes: readonly Scope[]; key?: string },
): Promise<{ id: string; key: string }> {
  const db = tenantSql(pool, input.tenantId)
  if (input.key !== undefined) {
    const text = 'SELECT id FROM api_key WHERE tenant_id = $1::uuid AND hash = $2::bytea'
    const [known] = await db.query<{ id: string }>({ name: 'find_api_key', text }, [hashApiKey(input.key)])
    if (known !== undefined) return { id: known.id, key: input.key }
  }
  const made = newApiKey(input.key === undefined ? {} : { given: input.key })
  await insertApiKey(db, { id: made.id, name: input.name, prefix: made.prefix, hash: made.hash, scopes: input.scopes })
  return { id: made.id, key: made.secret }
}
