import type { Pool, PoolClient } from 'pg'
import { DomainError, quoted } from '@outlay/domain/errors'
import { isRole, type Role } from '@outlay/domain/audience/policy'
import type { UserError } from '../ingest/user-error.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'

/** Who changes members: a person, or a key that may. A key stands for an ADMIN, whoever made it. */
export type MemberActor = { kind: 'user'; userId: string } | { kind: 'key' }

/** The members of a tenant, locked until the transaction ends: nobody else changes them meanwhile. */
export interface LockedMembers {
  client: PoolClient
  tenantId: string
  roles: ReadonlyMap<string, Role>
  owners: number
  /** What the actor may do counts by the role now, not by the one the request began with; null: no member any more. */
  by: Role | null
}

/**
 * Runs a change of members, whole or not at all; what the domain refuses comes back as userErrors, its field by `path`. Changes of one
 * tenant's members wait for each other, so that two owners who remove each other do not both succeed.
 */
export async function writeMembers<T>(
  { pool }: { pool: Pool },
  { tenantId, by, path }: { tenantId: string; by: MemberActor; path: (field: string) => string[] },
  work: (members: LockedMembers) => Promise<T>,
): Promise<{ done: T | null; userErrors: UserError[] }> {
  try {
    const done = await tenantTransaction(pool, tenantId, async (client) =>
      work(await lockMembers(client, { tenantId, by })),
    )
    return { done, userErrors: [] }
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    const { code, message, field } = error
    return { done: null, userErrors: [{ code, message, field: field === undefined ? null : path(field) }] }
  }
}

async function lockMembers(
  client: PoolClient,
  { tenantId, by }: { tenantId: string; by: MemberActor },
): Promise<LockedMembers> {
  const { rows } = await client.query<{ userId: string; role: string }>(
    'SELECT user_id AS "userId", role FROM membership WHERE tenant_id = $1::uuid ORDER BY user_id FOR UPDATE',
    [tenantId],
  )
  const roles = new Map(rows.flatMap(({ userId, role }): [string, Role][] => (isRole(role) ? [[userId, role]] : [])))
  const owners = [...roles.values()].filter((role) => role === 'OWNER').length
  return { client, tenantId, roles, owners, by: by.kind === 'key' ? 'ADMIN' : (roles.get(by.userId) ?? null) }
}

/** Most clients that one member is limited to: they travel with every statement that answers them. */
const CLIENTS_MAX = 200

/**
 * The clients that somebody is limited to, by their keys; none: to nothing. Throws DomainError on `clients`: INVALID_FIELD for anybody but a
 * PROJECT_MANAGER, LIMIT_REACHED, and NOT_FOUND naming every key that no client has.
 */
export async function limitsOf(
  { client, tenantId }: Pick<LockedMembers, 'client' | 'tenantId'>,
  { role, clientKeys }: { role: Role; clientKeys: readonly string[] },
): Promise<string[]> {
  const keys = [...new Set(clientKeys)]
  if (keys.length === 0) return []
  if (role !== 'PROJECT_MANAGER')
    throw new DomainError('INVALID_FIELD', 'Only a PROJECT_MANAGER is limited to clients.', 'clients')
  if (keys.length > CLIENTS_MAX)
    throw new DomainError('LIMIT_REACHED', `A member is limited to at most ${CLIENTS_MAX} clients.`, 'clients')
  const { rows } = await client.query<{ id: string; key: string }>(
    'SELECT id, key FROM client WHERE tenant_id = $1::uuid AND key = ANY ($2::text[]) ORDER BY id',
    [tenantId, keys.filter((key) => !key.includes('\0'))],
  )
  const unknown = keys.filter((key) => rows.every((row) => row.key !== key))
  if (unknown.length > 0)
    throw new DomainError('NOT_FOUND', `There is no client ${unknown.map(quoted).join(', ')}.`, 'clients')
  return rows.map(({ id }) => id)
}

/** Limits a member to clients, in place of what the limit was; none: no limit. */
export async function storeLimits(
  { client, tenantId }: Pick<LockedMembers, 'client' | 'tenantId'>,
  { userId, clientIds }: { userId: string; clientIds: readonly string[] },
): Promise<void> {
  await client.query('DELETE FROM membership_client WHERE tenant_id = $1::uuid AND user_id = $2', [tenantId, userId])
  await client.query('UPDATE membership SET is_limited = $3 WHERE tenant_id = $1::uuid AND user_id = $2', [
    tenantId,
    userId,
    clientIds.length > 0,
  ])
  await client.query(
    'INSERT INTO membership_client (tenant_id, user_id, client_id) SELECT $1::uuid, $2, unnest($3::uuid[])',
    [tenantId, userId, clientIds],
  )
}

/**
 * The client that somebody of a role belongs to: a CLIENT to one, everybody else to none.
 * Throws DomainError MISSING_FIELD, INVALID_FIELD or NOT_FOUND on `client`.
 */
export async function clientOf(
  { client, tenantId }: Pick<LockedMembers, 'client' | 'tenantId'>,
  { role, clientKey }: { role: Role; clientKey: string | null },
): Promise<string | null> {
  if (role !== 'CLIENT') {
    if (clientKey === null) return null
    throw new DomainError('INVALID_FIELD', 'Only a CLIENT belongs to a client.', 'client')
  }
  if (clientKey === null) throw new DomainError('MISSING_FIELD', 'A CLIENT belongs to a client; say which.', 'client')
  // A text with a NUL names nothing, and is not asked for: Postgres does not take it.
  const keys = clientKey.includes('\0') ? [] : [clientKey]
  const { rows } = await client.query<{ id: string }>(
    'SELECT id FROM client WHERE tenant_id = $1::uuid AND key = ANY ($2::text[])',
    [tenantId, keys],
  )
  const [row] = rows
  if (row === undefined) throw new DomainError('NOT_FOUND', `There is no client ${quoted(clientKey)}.`, 'client')
  return row.id
}
