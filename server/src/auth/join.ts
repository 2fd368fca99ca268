import { acceptInvitation, hashInvitation } from '@outlay/db/members/invitations'
import { insertAuditEvent } from '@outlay/db/sql/read-audit'
import { readInvitationByHash } from '@outlay/db/sql/read-members'
import { tenantSql } from '@outlay/db/sql/tenant-sql'
import type { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import type pg from 'pg'
import { encodeTextId } from '../graphql/ids.ts'
import { createUser } from './create-user.ts'
import { parseInvitationToken } from './invitation-link.ts'
import { findPerson } from './people.ts'

export interface JoinDeps {
  pool: TenantPool
  authPool: pg.Pool
}

/** What the holder of an open invitation is shown. */
export interface OpenInvitation {
  tenant: string
  email: string
  role: string
  invitedBy: string
  expiresAt: string
  /** Whether the address belongs to somebody who signs in already. */
  isKnown: boolean
}

const TENANT = { name: 'read_tenant_to_join', text: 'SELECT key, name FROM tenant WHERE id = $1::uuid' }

/** The open invitation of a link; null when it is unknown, accepted, withdrawn or too old: nobody is told which. */
export async function findInvitation(deps: JoinDeps, token: string): Promise<OpenInvitation | null> {
  const parsed = parseInvitationToken(token)
  if (parsed === null) return null
  const db = tenantSql(deps.pool, parsed.tenantId)
  const invitation = await readInvitationByHash(db, hashInvitation(parsed.secret))
  const [tenant] = await db.query<{ name: string }>(TENANT)
  if (invitation === null || tenant === undefined) return null
  const { email, role, invitedBy, expiresAt } = invitation
  return {
    tenant: tenant.name,
    email,
    role,
    invitedBy,
    expiresAt,
    isKnown: (await findPerson(deps.authPool, email)) !== null,
  }
}

/** What became of an attempt to join. */
export type Joined =
  | { kind: 'joined'; tenantKey: string; email: string; userId: string }
  /** The address belongs to somebody: they must be signed in to add this tenant to theirs. */
  | { kind: 'sign-in-first' }
  | { kind: 'gone' }

/**
 * Accepts an invitation. Who is new gets a name and a password; who has the address already must be signed in with it (`signedInAs` is
 * their id), for a link alone opens nobody's account.
 */
export async function join(
  deps: JoinDeps,
  {
    token,
    signedInAs,
    newcomer,
  }: { token: string; signedInAs: string | null; newcomer: { name: string; password: string } | null },
): Promise<Joined | { kind: 'needs-password' }> {
  const parsed = parseInvitationToken(token)
  const invitation = await findInvitation(deps, token)
  if (parsed === null || invitation === null) return { kind: 'gone' }
  const { email } = invitation
  const known = await findPerson(deps.authPool, email)
  if (known !== null && known !== signedInAs) return { kind: 'sign-in-first' }
  if (known === null && newcomer === null) return { kind: 'needs-password' }
  const userId =
    known ??
    (await createUser(deps.authPool, { email, name: newcomer?.name ?? '', password: newcomer?.password ?? '' }))
  const role = await acceptInvitation(deps, parsed.tenantId, { secret: parsed.secret, userId })
  if (role === null) return { kind: 'gone' }
  const db = tenantSql(deps.pool, parsed.tenantId)
  await insertAuditEvent(db, {
    actorKind: 'USER',
    actorId: encodeTextId('User', userId),
    actorLabel: email,
    action: 'acceptInvitation',
    subject: email,
    facts: { role, invitedBy: invitation.invitedBy },
  })
  const [tenant] = await db.query<{ key: string }>(TENANT)
  return { kind: 'joined', tenantKey: tenant?.key ?? '', email, userId }
}
