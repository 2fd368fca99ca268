import type { PoolClient } from 'pg'
import { isAllowed, isRole, type Action, type Asker } from '@outlay/domain/audience/policy'
import { MEMBER_CLIENT_IDS } from '../sql/read-members.ts'
import type { TenantScope } from '../tenancy/tenant-context.ts'

/** Who asked for an export: a member by the id of the person, or an API key by its own. */
export interface ExportAsker {
  kind: 'USER' | 'KEY'
  id: string
}

interface Reader {
  asker: Asker
  clientIds: readonly string[] | null
}

/**
 * What of the tenant whoever asked may read of such rows now; null: nothing. A job may run, and its file be fetched, long after it was asked
 * for. This is the one place where the reader of an export meets who it is for.
 */
export async function readingScope(
  client: PoolClient,
  { tenantId, asker, action }: { tenantId: string; asker: ExportAsker; action: Action },
): Promise<TenantScope | null> {
  const found =
    asker.kind === 'USER' ? await memberOf(client, tenantId, asker.id) : await keyOf(client, tenantId, asker.id)
  return found !== null && isAllowed(found.asker, action) ? { tenantId, clientIds: found.clientIds } : null
}

async function memberOf(client: PoolClient, tenantId: string, userId: string): Promise<Reader | null> {
  const { rows } = await client.query<{ role: string; clientIds: string[] | null }>(
    `SELECT m.role, ${MEMBER_CLIENT_IDS} AS "clientIds" FROM membership m WHERE m.tenant_id = $1::uuid AND m.user_id = $2::text`,
    [tenantId, userId],
  )
  const [member] = rows
  if (member === undefined || !isRole(member.role)) return null
  const { role, clientIds } = member
  return { asker: { kind: 'user', role, isLimited: clientIds !== null }, clientIds }
}

async function keyOf(client: PoolClient, tenantId: string, keyId: string): Promise<Reader | null> {
  const { rows } = await client.query<{ scopes: string[] }>(
    'SELECT scopes FROM api_key WHERE tenant_id = $1::uuid AND id = $2::uuid AND revoked_at IS NULL',
    [tenantId, keyId],
  )
  const scopes = rows[0]?.scopes
  return scopes === undefined ? null : { asker: { kind: 'key', scopes }, clientIds: null }
}
