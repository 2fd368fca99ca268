import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { encodeTextId } from '../../graphql/ids.ts'
import { EndedPayload } from '../ended-payload.schema.ts'
import {
  readAccount,
  revokeOtherSessions,
  revokeSession,
  type AccountSource,
  type SessionSource,
} from './account.service.ts'

const Session = builder.objectRef<SessionSource>('Session').implement({
  description: 'A browser in which the viewer is signed in.',
  fields: (t) => ({
    id: t.id({ resolve: ({ id }) => encodeTextId('Session', id) }),
    userAgent: t.exposeString('userAgent', { nullable: true, description: 'What the browser says of itself' }),
    address: t.exposeString('address', { nullable: true, description: 'From where it signed in' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    lastUsedAt: t.expose('lastUsedAt', { type: 'DateTime', nullable: true, description: 'To about a minute' }),
    isCurrent: t.exposeBoolean('isCurrent', { description: 'Whether this request came with it' }),
  }),
})

const Account = builder.objectRef<AccountSource>('Account').implement({
  description: 'The signed-in person, the same in every tenant.',
  fields: (t) => ({
    id: t.id({ resolve: ({ person }) => encodeTextId('User', person.userId) }),
    email: t.string({ resolve: ({ person }) => person.email }),
    name: t.string({ resolve: ({ person }) => person.name }),
    hasTwoFactor: t.boolean({
      description: 'Whether signing in takes a second factor',
      resolve: ({ person }) => person.hasTwoFactor,
    }),
    sessions: t.field({
      description: 'The last used first; at most 100',
      type: [Session],
      ...facts({ size: 10, cost: 2 }),
      resolve: ({ sessions }) => sessions(),
    }),
  }),
})

builder.queryField('account', (t) =>
  t.field({
    description: 'The account of who is signed in; a machine has none',
    type: Account,
    ...facts({ action: 'account.manage', cost: 2 }),
    resolve: (_root, _args, context) => readAccount(context),
  }),
)

builder.mutationFields((t) => ({
  revokeSession: t.field({
    description: 'Signs the viewer out in one browser; every process refuses it within 5 seconds',
    type: EndedPayload,
    args: { id: t.arg.id({ required: true }) },
    ...facts({ action: 'account.manage', cost: 10 }),
    resolve: (_root, { id }, context) => revokeSession(context, id),
  }),
  revokeOtherSessions: t.field({
    description: 'Signs the viewer out everywhere but here',
    type: EndedPayload,
    ...facts({ action: 'account.manage', cost: 10 }),
    resolve: (_root, _args, context) => revokeOtherSessions(context),
  }),
}))
