import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { encodeId, encodeTextId } from '../../graphql/ids.ts'
import { clientsOf } from '../client/client.service.ts'
import { Client } from '../client/client.type.ts'
import { RoleEnum } from '../tenant/tenant.schema.ts'
import { EndedPayload } from '../ended-payload.schema.ts'
import { UserError } from '../user-error.schema.ts'
import {
  changeMemberRole,
  inviteMember,
  listInvitations,
  listMembers,
  removeMember,
  revokeInvitation,
  setMemberClients,
  type InvitationPayloadSource,
  type InvitationSource,
  type MemberPayloadSource,
  type MemberSource,
} from './member.service.ts'

const Member = builder.objectRef<MemberSource>('Member').implement({
  description: 'A person with a role in the tenant.',
  fields: (t) => ({
    id: t.id({ resolve: ({ userId }) => encodeTextId('User', userId) }),
    name: t.string({ resolve: ({ person }) => person.name }),
    email: t.string({ resolve: ({ person }) => person.email }),
    role: t.field({ type: RoleEnum, resolve: ({ role }) => role }),
    client: t.field({
      description: 'The client a CLIENT belongs to',
      type: Client,
      nullable: true,
      resolve: ({ clientId }, _args, { loaders }) => (clientId === null ? null : loaders.client.load(clientId)),
    }),
    clients: t.field({
      description: 'The clients that a PROJECT_MANAGER is limited to; null for whoever sees all of them',
      type: [Client],
      nullable: true,
      ...facts({ size: 3 }),
      resolve: ({ clientIds }, _args, context) => (clientIds === null ? null : clientsOf(context, clientIds)),
    }),
    since: t.expose('since', { type: 'DateTime' }),
    lastSeenAt: t.field({
      description: 'To about a minute; null for somebody who is signed in nowhere',
      type: 'DateTime',
      nullable: true,
      resolve: ({ person }) => person.lastSeenAt,
    }),
    hasTwoFactor: t.boolean({
      description: 'Whether signing in takes a second factor',
      resolve: ({ person }) => person.hasTwoFactor,
    }),
    isViewer: t.boolean({
      description: 'Whether it is who asks',
      resolve: ({ userId }, _args, { principal }) => principal.kind === 'user' && principal.userId === userId,
    }),
  }),
})

const Invitation = builder.objectRef<InvitationSource>('Invitation').implement({
  description: 'Somebody who may join. The link is in the mail to them, and nowhere else.',
  fields: (t) => ({
    id: t.id({ resolve: ({ id }) => encodeId('Invitation', id) }),
    email: t.exposeString('email'),
    role: t.field({ type: RoleEnum, resolve: ({ role }) => role }),
    client: t.field({
      type: Client,
      nullable: true,
      resolve: ({ clientId }, _args, { loaders }) => (clientId === null ? null : loaders.client.load(clientId)),
    }),
    clients: t.field({
      description: 'The clients that the PROJECT_MANAGER will be limited to; null: not limited',
      type: [Client],
      nullable: true,
      ...facts({ size: 3 }),
      resolve: ({ clientIds }, _args, context) => (clientIds.length === 0 ? null : clientsOf(context, clientIds)),
    }),
    invitedBy: t.exposeString('invitedBy', { description: 'E-mail address of a person, or the name of an API key' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime' }),
    isExpired: t.exposeBoolean('isExpired'),
  }),
})

builder.queryFields((t) => ({
  members: t.field({
    description: 'The people of the tenant, by their names; at most 1,000',
    type: [Member],
    ...facts({ action: 'member.manage', cost: 5, size: 20 }),
    resolve: (_root, _args, context) => listMembers(context),
  }),
  invitations: t.field({
    description: 'Invitations that were neither accepted nor withdrawn, the newest first',
    type: [Invitation],
    ...facts({ action: 'member.manage', size: 20 }),
    resolve: (_root, _args, context) => listInvitations(context),
  }),
}))

const InviteMemberInput = builder.inputType('InviteMemberInput', {
  fields: (t) => ({
    email: t.string({ required: true }),
    role: t.field({ type: RoleEnum, required: true }),
    client: t.string({ description: 'The key of the client; for a CLIENT, and for nobody else' }),
    clients: t.stringList({
      description:
        'Keys of the clients that a PROJECT_MANAGER is limited to from the first moment on; none: not limited',
    }),
  }),
})

const InvitationPayload = builder.objectRef<InvitationPayloadSource>('InvitationPayload').implement({
  fields: (t) => ({
    invitation: t.field({ type: Invitation, nullable: true, resolve: (payload) => payload.invitation }),
    userErrors: t.field({ type: [UserError], resolve: (payload) => payload.userErrors }),
  }),
})

const MemberPayload = builder.objectRef<MemberPayloadSource>('MemberPayload').implement({
  fields: (t) => ({
    member: t.field({ type: Member, nullable: true, resolve: (payload) => payload.member }),
    userErrors: t.field({ type: [UserError], resolve: (payload) => payload.userErrors }),
  }),
})

builder.mutationFields((t) => ({
  inviteMember: t.field({
    description: 'Sends somebody a link to join, which works once, for seven days. Only an OWNER invites an OWNER',
    type: InvitationPayload,
    args: { input: t.arg({ type: InviteMemberInput, required: true }) },
    ...facts({ action: 'member.manage', cost: 20 }),
    resolve: (_root, { input }, context) => inviteMember(context, input),
  }),
  revokeInvitation: t.field({
    description: 'Withdraws an invitation: its link works no more',
    type: EndedPayload,
    args: { id: t.arg.id({ required: true }) },
    ...facts({ action: 'member.manage', cost: 10 }),
    resolve: (_root, { id }, context) => revokeInvitation(context, id),
  }),
  changeMemberRole: t.field({
    description: 'Gives a member another role. Only an OWNER makes or changes an OWNER, and the last OWNER stays one',
    type: MemberPayload,
    args: {
      id: t.arg.id({ required: true }),
      role: t.arg({ type: RoleEnum, required: true }),
      client: t.arg.string({ description: 'The key of the client; for a CLIENT, and for nobody else' }),
    },
    ...facts({ action: 'member.manage', cost: 10 }),
    resolve: (_root, args, context) => changeMemberRole(context, args),
  }),
  setMemberClients: t.field({
    description:
      'Limits a PROJECT_MANAGER to some clients: nothing of any other is there for them. Without any, they see all clients. Every process keeps to it within 5 seconds',
    type: MemberPayload,
    args: {
      id: t.arg.id({ required: true }),
      clients: t.arg.stringList({ required: true, description: 'Keys of the clients, at most 200; none: all clients' }),
    },
    ...facts({ action: 'member.manage', cost: 10 }),
    resolve: (_root, args, context) => setMemberClients(context, args),
  }),
  removeMember: t.field({
    description: 'Ends a membership; every process refuses that person within 5 seconds. The last OWNER stays',
    type: EndedPayload,
    args: { id: t.arg.id({ required: true }) },
    ...facts({ action: 'member.manage', cost: 10 }),
    resolve: (_root, { id }, context) => removeMember(context, id),
  }),
}))
