import { readInvitations, readMembers, type InvitationRecord, type MemberRecord } from '@outlay/db/sql/read-members'
import type { MemberActor } from '@outlay/db/members/member-writer'
import { isRole, type Role } from '@outlay/domain/audience/policy'
import type { PersonRecord } from '../../auth/people.ts'
import { actorOf } from '../../graphql/actor.ts'
import type { Context } from '../../graphql/context.ts'
import { textIdOf, uuidOf } from '../../graphql/ids.ts'
import type { UserErrorSource } from '../user-error.schema.ts'

export interface MemberSource extends MemberRecord {
  role: Role
  person: PersonRecord
}

export interface InvitationSource extends InvitationRecord {
  role: Role
}

export interface MemberPayloadSource {
  member: MemberSource | null
  userErrors: UserErrorSource[]
}

export interface InvitationPayloadSource {
  invitation: InvitationSource | null
  userErrors: UserErrorSource[]
}

/** The members of the tenant, by their names. */
export async function listMembers({ db, services }: Context): Promise<MemberSource[]> {
  const rows = await readMembers(db)
  const people = await services.people.read(rows.map(({ userId }) => userId))
  const members = rows.flatMap((row) => {
    const person = people.get(row.userId)
    return person === undefined || !isRole(row.role) ? [] : [{ ...row, role: row.role, person }]
  })
  return members.sort((a, b) => a.person.name.localeCompare(b.person.name, 'en') || (a.userId < b.userId ? -1 : 1))
}

export async function listInvitations({ db }: Context): Promise<InvitationSource[]> {
  return (await readInvitations(db)).flatMap((row) => (isRole(row.role) ? [{ ...row, role: row.role }] : []))
}

export async function inviteMember(
  context: Context,
  input: {
    email: string
    role: Role
    client?: string | null | undefined
    clients?: readonly string[] | null | undefined
  },
): Promise<InvitationPayloadSource> {
  const { made, userErrors } = await context.services.members.invite(context.tenant, {
    by: memberActorOf(context),
    invitedBy: await actorOf(context),
    email: input.email,
    role: input.role,
    clientKey: input.client ?? null,
    clientKeys: input.clients ?? [],
  })
  const invitation = (await listInvitations(context)).find(({ id }) => id === made?.id) ?? null
  return { invitation, userErrors }
}

export async function revokeInvitation(context: Context, id: string): Promise<{ userErrors: UserErrorSource[] }> {
  const uuid = uuidOf('Invitation', id, 'id')
  const { services, tenant } = context
  return services.members.revokeInvitation(tenant.id, {
    by: memberActorOf(context),
    revokedBy: await actorOf(context),
    id: uuid,
  })
}

export async function changeMemberRole(
  context: Context,
  { id, role, client }: { id: string; role: Role; client?: string | null | undefined },
): Promise<MemberPayloadSource> {
  const { services, tenant } = context
  const wish = { by: memberActorOf(context), userId: textIdOf('User', id, 'id'), role, clientKey: client ?? null }
  const { userId, userErrors } = await services.members.changeRole(tenant.id, wish)
  const member = (await listMembers(context)).find((one) => one.userId === userId) ?? null
  return { member, userErrors }
}

export async function setMemberClients(
  context: Context,
  { id, clients }: { id: string; clients: readonly string[] },
): Promise<MemberPayloadSource> {
  const { services, tenant } = context
  const wish = { by: memberActorOf(context), userId: textIdOf('User', id, 'id'), clientKeys: clients }
  const { userId, userErrors } = await services.members.setClients(tenant.id, wish)
  const member = (await listMembers(context)).find((one) => one.userId === userId) ?? null
  return { member, userErrors }
}

export async function removeMember(context: Context, id: string): Promise<{ userErrors: UserErrorSource[] }> {
  const { services, tenant } = context
  const wish = { by: memberActorOf(context), userId: textIdOf('User', id, 'id') }
  const { userErrors } = await services.members.remove(tenant.id, wish)
  return { userErrors }
}

function memberActorOf({ principal }: Context): MemberActor {
  return principal.kind === 'user' ? { kind: 'user', userId: principal.userId } : { kind: 'key' }
}
