import { isAllowed, isRole } from '@outlay/domain/audience/policy'
import { instantText } from './cell-sums.ts'
import type { Prepared, TenantSql } from './tenant-sql.ts'

/** Somebody's place in the tenant; who they are is known to outlay_auth only. */
export interface MemberRecord {
  userId: string
  role: string
  clientId: string | null
  /** What a project manager is limited to; null: to nothing. */
  clientIds: string[] | null
  since: string
}

/** The clients that a membership `m` is limited to, as an array in one order; NULL for one that is not limited. */
export const MEMBER_CLIENT_IDS = `CASE WHEN m.is_limited THEN ARRAY(SELECT l.client_id::text FROM membership_client l
    WHERE l.tenant_id = m.tenant_id AND l.user_id = m.user_id ORDER BY 1) END`

const MEMBERS: Prepared = {
  name: 'read_members',
  text: `SELECT m.user_id AS "userId", m.role, m.client_id AS "clientId", ${MEMBER_CLIENT_IDS} AS "clientIds",
      ${instantText('m.created_at')} AS since
    FROM membership m WHERE m.tenant_id = $1::uuid ORDER BY m.created_at, m.user_id LIMIT 1000`,
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
  /** What the member will be limited to; empty: to nothing. */
  clientIds: string[]
  invitedBy: string
  createdAt: string
  expiresAt: string
  isExpired: boolean
}

const COLUMNS = `id, email, role, client_id AS "clientId", client_ids::text[] AS "clientIds", invited_by AS "invitedBy", ${instantText('created_at')} AS "createdAt",
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

const OF_ALERT: Prepared = {
  name: 'read_alert_handlers',
  text: `SELECT m.user_id AS "userId", m.role, m.is_limited AS "isLimited"
    FROM alert a LEFT JOIN project p ON a.scope = 'PROJECT' AND p.tenant_id = a.tenant_id AND p.id = a.member_id
    JOIN membership m ON m.tenant_id = a.tenant_id AND (NOT m.is_limited OR EXISTS (SELECT 1 FROM membership_client l
      WHERE l.tenant_id = m.tenant_id AND l.user_id = m.user_id
        AND l.client_id = CASE a.scope WHEN 'CLIENT' THEN a.member_id WHEN 'PROJECT' THEN p.client_id END))
    WHERE a.tenant_id = $1::uuid AND a.id = $2::uuid ORDER BY m.created_at, m.user_id LIMIT 1000`,
}

/** Who may handle an alert: members with a role for it, and of those who are limited to clients the ones that see it. */
export async function readAlertHandlers(db: TenantSql, alertId: string): Promise<string[]> {
  const rows = await db.query<{ userId: string; role: string; isLimited: boolean }>(OF_ALERT, [alertId])
  return rows.flatMap(({ userId, role, isLimited }) =>
    isRole(role) && isAllowed({ kind: 'user', role, isLimited }, 'alert.handle') ? [userId] : [],
  )
}
