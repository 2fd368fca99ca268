import type { Pool } from 'pg'
import { checkMemberChange } from '@outlay/domain/audience/member-change'
import type { Role } from '@outlay/domain/audience/policy'
import { DomainError } from '@outlay/domain/errors'
import type { UserError } from '../ingest/user-error.ts'
import { clientOf, limitsOf, storeLimits, writeMembers, type LockedMembers, type MemberActor } from './member-writer.ts'

export interface MemberOutcome {
  /** Null when it was refused. */
  userId: string | null
  userErrors: UserError[]
}

/**
 * Gives a member another role. The same role again changes nothing; another one ends a limit to clients.
 * userErrors: NOT_FOUND on `id`, OWNERS_ONLY and LAST_OWNER on `role`, and those of clientOf on `client`.
 */
export async function changeMemberRole(
  deps: { pool: Pool },
  tenantId: string,
  { by, userId, role, clientKey }: { by: MemberActor; userId: string; role: Role; clientKey: string | null },
): Promise<MemberOutcome> {
  const { done, userErrors } = await writeMembers(deps, { tenantId, by, path: (field) => [field] }, async (members) => {
    const from = roleOf(members, userId)
    checkMemberChange({ by: members.by ?? 'VIEWER', from, to: role, owners: members.owners }, 'role')
    const clientId = await clientOf(members, { role, clientKey })
    if (role !== 'PROJECT_MANAGER') await storeLimits(members, { userId, clientIds: [] })
    await members.client.query(
      'UPDATE membership SET role = $3, client_id = $4::uuid WHERE tenant_id = $1::uuid AND user_id = $2',
      [tenantId, userId, role, clientId],
    )
    return userId
  })
  return { userId: done, userErrors }
}

/**
 * Limits a project manager to some clients in place of those before; none: the limit is lifted. userErrors: NOT_FOUND and OWNERS_ONLY on `id`, and those of limitsOf on
 * `clients`.
 */
export async function setMemberClients(
  deps: { pool: Pool },
  tenantId: string,
  { by, userId, clientKeys }: { by: MemberActor; userId: string; clientKeys: readonly string[] },
): Promise<MemberOutcome> {
  const { done, userErrors } = await writeMembers(deps, { tenantId, by, path: (field) => [field] }, async (members) => {
    const role = roleOf(members, userId)
    checkMemberChange({ by: members.by ?? 'VIEWER', from: role, to: role, owners: members.owners }, 'id')
    await storeLimits(members, { userId, clientIds: await limitsOf(members, { role, clientKeys }) })
    return userId
  })
  return { userId: done, userErrors }
}

/** Ends a membership; the person, and what they did, stay known. userErrors: NOT_FOUND, OWNERS_ONLY and LAST_OWNER on `id`. */
export async function removeMember(
  deps: { pool: Pool },
  tenantId: string,
  { by, userId }: { by: MemberActor; userId: string },
): Promise<MemberOutcome> {
  const { done, userErrors } = await writeMembers(deps, { tenantId, by, path: (field) => [field] }, async (members) => {
    const from = roleOf(members, userId)
    checkMemberChange({ by: members.by ?? 'VIEWER', from, to: null, owners: members.owners }, 'id')
    await members.client.query('DELETE FROM membership WHERE tenant_id = $1::uuid AND user_id = $2', [tenantId, userId])
    return userId
  })
  return { userId: done, userErrors }
}

function roleOf({ roles }: LockedMembers, userId: string): Role {
  const role = roles.get(userId)
  if (role === undefined) throw new DomainError('NOT_FOUND', 'This member does not exist.', 'id')
  return role
}
