import type { PoolClient } from 'pg'
import { isAllowed, isRole, type Action, type Asker } from '@outlay/domain/audience/policy'

/** Who asked for an export: a member by the id of the person, or an API key by its own. */
export interface ExportAsker {
  kind: 'USER' | 'KEY'
  id: string
}

/**
 * Whether who asked may read such rows now: a job may run, and its file be fetched, long after it was asked for. This is the one place where
 * the reader of an export meets who it is for.
 */
export async function mayRead(
  client: PoolClient,
  { tenantId, asker, action }: { tenantId: string; asker: ExportAsker; action: Action },
): Promise<boolean> {
  const found =
    asker.kind === 'USER' ? await memberOf(client, tenantId, asker.id) : await keyOf(client, tenantId, asker.id)
  return found !== null && isAllowed(found, action)
}

async function memberOf(client: PoolClient, tenantId: string, userId: string): Promise<Asker | null> {
  const { rows } = await client.query<{ role: string }>(
    'SELECT role FROM membership WHERE tenant_id = $1::uuid AND user_id = $2::text',
    [tenantId, userId],
  )
  const role = rows[0]?.role
  return role !== undefined && isRole(role) ? { kind: 'user', role } : null
}

async function keyOf(client: PoolClient, tenantId: string, keyId: string): Promise<Asker | null> {
  const { rows } = await client.query<{ scopes: string[] }>(
    'SELECT scopes FROM api_key WHERE tenant_id = $1::uuid AND id = $2::uuid AND revoked_at IS NULL',
    [tenantId, keyId],
  )
  const scopes = rows[0]?.scopes
  return scopes === undefined ? null : { kind: 'key', scopes }
}
