import {
  inviteMember,
  revokeInvitation,
  type InvitationOutcome,
  type InvitationWish,
} from '@outlay/db/members/invitations'
import type { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import type { Mailer } from '@outlay/workers/mail/mailer'
import type pg from 'pg'
import type { TenantInfo } from '../graphql/context.ts'
import { invitationLink } from './invitation-link.ts'
import { findPerson } from './people.ts'

export interface InviteDeps {
  pool: TenantPool
  authPool: pg.Pool
  mailer: Mailer
  publicUrl: string
  /** Hears of a mail that could not be sent. */
  onError: (error: unknown) => void
}

/**
 * Invites somebody by mail. The link goes to that address and to nobody else, also not to who invites: whoever holds it chooses the
 * password of the address. An invitation whose mail cannot be sent is withdrawn: MAIL_FAILED on `input.email`.
 */
export async function invite(
  { pool, authPool, mailer, publicUrl, onError }: InviteDeps,
  tenant: Pick<TenantInfo, 'id' | 'name'>,
  wish: InvitationWish,
): Promise<InvitationOutcome> {
  const personOf = (email: string) => findPerson(authPool, email)
  const outcome = await inviteMember({ pool, personOf }, tenant.id, wish)
  if (outcome.made === null) return outcome
  const { id, email, secret } = outcome.made
  const link = invitationLink(publicUrl, { tenantId: tenant.id, secret })
  try {
    await mailer.send(invitationMail({ to: email, tenant: tenant.name, by: wish.invitedBy, link }))
    return outcome
  } catch (error) {
    onError(error)
    await revokeInvitation({ pool }, tenant.id, { by: wish.by, revokedBy: wish.invitedBy, id })
    const message = 'The mail could not be sent, so nobody was invited; try again in a moment.'
    return { made: null, userErrors: [{ code: 'MAIL_FAILED', message, field: ['input', 'email'] }] }
  }
}

function invitationMail({ to, tenant, by, link }: { to: string; tenant: string; by: string; link: string }) {
  return {
    to,
    subject: `Join ${tenant} on Outlay`,
    text: `${by} invites you to ${tenant} on Outlay.\n\nOpen this link to join. It works once, for seven days:\n\n${link}\n\nIf you do not know them, there is nothing to do.\n`,
  }
}
