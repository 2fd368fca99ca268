import type { Principal, TenantInfo } from '../graphql/context.ts'
import { apiError, notFound } from '../graphql/errors.ts'
import type { ApiKeyAuth } from './api-key-auth.ts'
import type { PersonAuth } from './person-auth.ts'

/** What of a request tells who asks. */
export interface Credentials {
  authorization: string | undefined
  cookie: string | undefined
  /** Key of the tenant a member of several means (header `x-outlay-tenant`). */
  tenantKey: string | undefined
}

export interface Authenticated {
  principal: Principal
  tenant: TenantInfo
}

/**
 * Who asks, and for which tenant: the holder of an API key, else the person of the session cookie. A request with a key is never a
 * person's, whatever cookies come along. Throws UNAUTHENTICATED, or FORBIDDEN for a person who belongs to no tenant.
 */
export async function authenticate(
  deps: { keys: ApiKeyAuth; people: PersonAuth },
  credentials: Credentials,
): Promise<Authenticated> {
  if (credentials.authorization !== undefined) {
    const holder = await deps.keys.authenticate(credentials.authorization)
    if (holder === null) throw apiError('UNAUTHENTICATED', 'This API key is unknown or revoked.')
    return { principal: { kind: 'key', keyId: holder.keyId, scopes: holder.scopes }, tenant: holder.tenant }
  }
  const person = await deps.people.authenticate(credentials.cookie)
  if (person === null) {
    throw apiError('UNAUTHENTICATED', 'Sign in, or send an API key as "Authorization: Bearer outl_…".')
  }
  const { userId, sessionId, email, name, memberships } = person
  const wanted = credentials.tenantKey ?? chosenTenant(credentials.cookie)
  const membership = memberships.find(({ tenant }) => tenant.key === wanted) ?? memberships[0]
  if (membership === undefined)
    throw apiError('FORBIDDEN', 'You belong to no tenant yet; ask an administrator to add you.')
  if (credentials.tenantKey !== undefined && membership.tenant.key !== credentials.tenantKey)
    throw notFound('This tenant')
  const { tenant, role, clientId, clientIds } = membership
  return { principal: { kind: 'user', userId, sessionId, email, name, role, clientId, clientIds }, tenant }
}

/** The tenant that a member of several chose in the portal. */
function chosenTenant(cookieHeader: string | undefined): string | undefined {
  const value = /(?:^|;\s*)outlay_tenant=([^;]*)/.exec(cookieHeader ?? '')?.[1]
  if (value === undefined) return undefined
  try {
    return decodeURIComponent(value)
  } catch {
    return undefined
  }
}
