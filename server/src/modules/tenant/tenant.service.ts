import { readApiKey } from '@outlay/db/sql/read-api-keys'
import { readLatestOccurrence } from '@outlay/db/sql/read-fleet'
import type { Role } from '@outlay/domain/audience/policy'
import { readSettings } from '@outlay/db/sql/read-settings'
import type { TenantSettings } from '@outlay/db/tenancy/update-settings'
import type { Context, TenantInfo } from '../../graphql/context.ts'
import type { TenantMembership } from '../../graphql/services.ts'
import { encodeId, encodeTextId } from '../../graphql/ids.ts'
import { isoText } from '../../reads/period.ts'
import type { UserErrorSource } from '../user-error.schema.ts'

export interface ViewerSource {
  id: string
  email: string | null
  name: string | null
  role: Role
  clientId: string | null
}

export async function readViewer({ principal, db }: Context): Promise<ViewerSource> {
  if (principal.kind === 'user') {
    const { userId, email, name, role, clientId } = principal
    return { id: encodeTextId('User', userId), email, name, role, clientId }
  }
  const key = await readApiKey(db, principal.keyId)
  const role = principal.scopes.includes('admin') ? 'ADMIN' : 'VIEWER'
  return { id: encodeId('ApiKey', principal.keyId), email: null, name: key?.name ?? null, role, clientId: null }
}

/** The tenants a person belongs to; a machine belongs to the one of its key. */
export async function readMemberships({ principal, tenant, services, db }: Context): Promise<TenantMembership[]> {
  if (principal.kind === 'user') return services.memberships(principal.userId)
  const role = principal.scopes.includes('admin') ? 'ADMIN' : 'VIEWER'
  const { isDemo, isExample } = await readSettings(db)
  return [{ tenantKey: tenant.key, tenantName: tenant.name, role, isDemo, isExample, exampleOf: null }]
}

/** When the latest billed consumption occurred, as far as it is known; null before the first event. */
export function readDataThrough({ db, now }: Context): Promise<string | null> {
  return readLatestOccurrence(db, isoText(now))
}

export async function updateSettings(
  { services, tenant }: Context,
  settings: TenantSettings,
): Promise<{ tenant: TenantInfo; userErrors: UserErrorSource[] }> {
  const { userErrors } = await services.updateSettings(tenant.id, settings)
  if (userErrors.length > 0) return { tenant, userErrors }
  const { name, currency, timeZone } = settings
  const changed = {
    name: name?.trim() ?? tenant.name,
    currency: currency ?? tenant.currency,
    timeZone: timeZone ?? tenant.timeZone,
  }
  return { tenant: { ...tenant, ...changed }, userErrors }
}
