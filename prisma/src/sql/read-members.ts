import { instantText } from './cell-sums.ts'
import type { Prepared, TenantSql } from './tenant-sql.ts'

/** Somebody's place in the tenant; who they are is known to outlay_auth only. */
export interface MemberRecord {
  userId: string
  role: string
  clientId: string | null
  since: string
}

const MEMBERS: Prepared = {
  name: 'read_members',
  text: `SELECT user_id AS "userId", role, client_id AS "clientId", ${instantText('created_at')} AS since
    FROM membership WHERE tenant_id = $1::uuid ORDER BY created_at, user_id LIMIT 1000`,
}

/** The members of the tenant, the first ones first. */
export function readMembers(db: TenantSql): Promise<MemberRecord[]> {
  return db.query(MEMBERS)
}

export interface InvitationRecord {
  id: string
  email: string
  role: string
  clientId: string | null
  invitedBy: string
  createdAt: string
  expiresAt: string
  isExpired: boolean
}

const COLUMNS = `id, email, role, client_id AS "clientId", invited_by AS "invitedBy", ${instantText('created_at')} AS "createdAt",
  ${instantText('expires_at')} AS "expiresAt", expires_at <= clock_timestamp() AS "isExpired"`

const WAITING = `tenant_id = $1::uuid AND accepted_at IS NULL AND revoked_at IS NULL`

const INVITATIONS: Prepared = {
  name: 'read_invitations',
  text: `SELECT ${COLUMNS} FROM invitation WHERE ${WAITING} ORDER BY created_at DESC, id DESC LIMIT 1000`,
}

/** Invitations that were neither accepted nor withdrawn, the newest first. */
export function readInvitations(db: TenantSql): Promise<InvitationRecord[]> {
  return db.query(INVITATIONS)
}

const BY_HASH: Prepared = {
  name: 'read_invitation_by_hash',
  text: `SELECT ${COLUMNS} FROM invitation WHERE ${WAITING} AND token_hash = $2::bytea AND expires_at > clock_timestamp()`,
}

/** The open invitation of a secret, by its hash; null when it is unknown, accepted, withdrawn or too old. */
export async function readInvitationByHash(db: TenantSql, hash: Buffer): Promise<InvitationRecord | null> {
  const rows = await db.query<InvitationRecord>(BY_HASH, [hash])
  return rows[0] ?? null
}
