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
