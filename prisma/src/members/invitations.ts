import { createHash, randomBytes } from 'node:crypto'
import type { Pool } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { checkMemberChange } from '@outlay/domain/audience/member-change'
import { isRole, type Role } from '@outlay/domain/audience/policy'
import { DomainError, quoted } from '@outlay/domain/errors'
import { parseMailAddresses } from '../channels/mail-addresses.ts'
import type { UserError } from '../ingest/user-error.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { clientOf, limitsOf, storeLimits, writeMembers, type LockedMembers, type MemberActor } from './member-writer.ts'

/** How long an invitation can be accepted. */
const DAYS_VALID = 7
/** Invitations of a tenant that are open or of the last day: whoever invites must not send mail without end. */
const LATELY_MAX = 100

export interface InvitationWish {
  by: MemberActor
  /** Who invites, as records remember it. */
  invitedBy: string
  email: string
  role: Role
  clientKey: string | null
  /** Clients that a PROJECT_MANAGER will be limited to; none: not limited. */
  clientKeys: readonly string[]
}

export interface InvitationOutcome {
  /** `secret`: 256 random bits that go out by mail and are stored nowhere. */
  made: { id: string; email: string; secret: string } | null
  userErrors: UserError[]
}

/**
 * The address somebody is invited at, in lower case. Throws DomainError MISSING_FIELD or INVALID_FIELD on `email`.
 *
 *     invitedAddress(' Ada@Example.com ') // 'ada@example.com'
 */
export function invitedAddress(text: string): string {
  if (text.trim() === '') throw new DomainError('MISSING_FIELD', 'Say whom to invite: an e-mail address.', 'email')
  const email = text.trim().toLowerCase()
  if (email.includes(',')) throw new DomainError('INVALID_FIELD', 'Invite one address at a time.', 'email')
  try {
    parseMailAddresses(email)
  } catch {
    throw new DomainError('INVALID_FIELD', `${quoted(email)} is no e-mail address such as ada@example.com.`, 'email')
  }
  return email
}

/** What is stored of the secret of an invitation, and what it is found by. */
export function hashInvitation(secret: string): Buffer {
  return createHash('sha256').update(secret, 'utf8').digest()
}

/**
 * Invites an address; an open invitation of the same address is withdrawn. `personOf` finds the id of who has the address already.
 * userErrors on fields of `input`: MISSING_FIELD, INVALID_FIELD and CONFLICT (a member) on `email`, OWNERS_ONLY on `role`, those of clientOf
 * on `client` and of limitsOf on `clients`, and LIMIT_REACHED.
 */
export async function inviteMember(
  { pool, personOf }: { pool: Pool; personOf: (email: string) => Promise<string | null> },
  tenantId: string,
  wish: InvitationWish,
): Promise<InvitationOutcome> {
  const { by } = wish
  const path = (field: string): string[] => ['input', field]
  const { done, userErrors } = await writeMembers({ pool }, { tenantId, by, path }, async (members) => {
    const email = invitedAddress(wish.email)
    checkMemberChange({ by: members.by ?? 'VIEWER', from: null, to: wish.role, owners: members.owners }, 'role')
    const userId = await personOf(email)
    if (userId !== null && members.roles.has(userId))
      throw new DomainError('CONFLICT', `${quoted(email)} is a member already; change the role instead.`, 'email')
    const clientId = await clientOf(members, wish)
    const clientIds = await limitsOf(members, wish)
    return store(members, { ...wish, email, clientId, clientIds })
  })
  return { made: done, userErrors }
}

async function store(
  { client, tenantId }: LockedMembers,
  { email, role, clientId, clientIds, invitedBy }: InvitationWish & { clientId: string | null; clientIds: string[] },
): Promise<{ id: string; email: string; secret: string }> {
  await client.query(
    `UPDATE invitation SET revoked_at = clock_timestamp(), revoked_by = $3
     WHERE tenant_id = $1::uuid AND email = $2 AND accepted_at IS NULL AND revoked_at IS NULL`,
    [tenantId, email, invitedBy],
  )
  const lately = await client.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM invitation WHERE tenant_id = $1::uuid AND (created_at > clock_timestamp() - interval '1 day'
       OR (accepted_at IS NULL AND revoked_at IS NULL AND expires_at > clock_timestamp()))`,
    [tenantId],
  )
  if ((lately.rows[0]?.count ?? 0) >= LATELY_MAX)
    throw new DomainError(
      'LIMIT_REACHED',
      `There are ${LATELY_MAX} invitations that are open or of the last day; withdraw some, or wait a day.`,
    )
  const [id, secret] = [uuidv7(), randomBytes(32).toString('base64url')]
  await client.query(
    `INSERT INTO invitation (tenant_id, id, email, role, client_id, client_ids, token_hash, invited_by, expires_at)
     VALUES ($1::uuid, $2::uuid, $3, $4, $5::uuid, $6::uuid[], $7::bytea, $8, clock_timestamp() + make_interval(days => $9))`,
    [tenantId, id, email, role, clientId, clientIds, hashInvitation(secret), invitedBy, DAYS_VALID],
  )
  return { id, email, secret }
}

/**
 * Withdraws an invitation; withdrawing it twice is a success. Of an OWNER's, only an OWNER may.
 * userErrors: NOT_FOUND (unknown, or accepted) and OWNERS_ONLY on `id`.
 */
export async function revokeInvitation(
  deps: { pool: Pool },
  tenantId: string,
  { by, revokedBy, id }: { by: MemberActor; revokedBy: string; id: string },
): Promise<{ userErrors: UserError[] }> {
  const { userErrors } = await writeMembers(deps, { tenantId, by, path: (field) => [field] }, async (members) => {
    const { rows } = await members.client.query<{ role: string }>(
      'SELECT role FROM invitation WHERE tenant_id = $1::uuid AND id = $2::uuid AND accepted_at IS NULL',
      [tenantId, id],
    )
    const role = rows[0]?.role
    if (role === undefined || !isRole(role))
      throw new DomainError('NOT_FOUND', 'This invitation does not exist, or was accepted.', 'id')
    checkMemberChange({ by: members.by ?? 'VIEWER', from: null, to: role, owners: members.owners }, 'id')
    await members.client.query(
      `UPDATE invitation SET revoked_at = clock_timestamp(), revoked_by = $3
       WHERE tenant_id = $1::uuid AND id = $2::uuid AND accepted_at IS NULL AND revoked_at IS NULL`,
      [tenantId, id, revokedBy],
    )
  })
  return { userErrors }
}

const CLAIM = `
UPDATE invitation SET accepted_at = clock_timestamp()
WHERE tenant_id = $1::uuid AND token_hash = $2::bytea AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > clock_timestamp()
RETURNING role, client_id AS "clientId", client_ids::text[] AS "clientIds"`

const JOIN = `
INSERT INTO membership (tenant_id, user_id, role, client_id) VALUES ($1::uuid, $2, $3, $4::uuid) ON CONFLICT (tenant_id, user_id) DO NOTHING`

/** Makes a person a member by an invitation, once; the role, or null where the invitation is not open any more. A member stays as they are. */
export async function acceptInvitation(
  { pool }: { pool: Pool },
  tenantId: string,
  { secret, userId }: { secret: string; userId: string },
): Promise<Role | null> {
  return tenantTransaction(pool, tenantId, async (client) => {
    const { rows } = await client.query<{ role: string; clientId: string | null; clientIds: string[] }>(CLAIM, [
      tenantId,
      hashInvitation(secret),
    ])
    const [claimed] = rows
    if (claimed === undefined || !isRole(claimed.role)) return null
    const { rowCount } = await client.query(JOIN, [tenantId, userId, claimed.role, claimed.clientId])
    if (rowCount === 1) await storeLimits({ client, tenantId }, { userId, clientIds: claimed.clientIds })
    return claimed.role
  })
}
