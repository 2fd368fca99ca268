import type { AuditRecord } from '@outlay/db/sql/read-audit'
import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { AFTER, connectionOf, FIRST } from '../../graphql/connection.ts'
import { encodeId } from '../../graphql/ids.ts'
import { auditFacets, listAudit } from './audit.service.ts'

const AuditActorKind = builder.enumType('AuditActorKind', {
  description: 'A person, or a machine by its key',
  values: ['USER', 'KEY'] as const,
})

const AuditEvent = builder.objectRef<AuditRecord>('AuditEvent').implement({
  description: 'A change that somebody made. Entries are never changed and never deleted.',
  fields: (t) => ({
    id: t.id({ resolve: ({ id }) => encodeId('AuditEvent', id) }),
    at: t.expose('at', { type: 'DateTime' }),
    actorKind: t.field({ type: AuditActorKind, resolve: ({ actorKind }) => actorKind }),
    actorId: t.exposeID('actorId', { description: 'Of the person or the API key' }),
    actor: t.exposeString('actorLabel', {
      description: 'E-mail address of a person, or the name of an API key, as it was then',
    }),
    action: t.exposeString('action', { description: 'The mutation, or what was done while joining' }),
    subject: t.exposeString('subject', { nullable: true, description: 'The id or key that its input named' }),
    facts: t.expose('facts', {
      type: 'JSONObject',
      description: 'Its input, without passwords, secrets, tokens and addresses of hooks; long texts and lists are cut',
    }),
  }),
})

const AuditConnection = connectionOf('AuditEvent', AuditEvent)

const AuditFacets = builder.objectRef<{ actions: string[]; actors: string[] }>('AuditFacets').implement({
  description: 'What is in the audit log, to filter it by; at most 200 of each.',
  fields: (t) => ({
    actions: t.exposeStringList('actions'),
    actors: t.exposeStringList('actors'),
  }),
})

builder.queryFields((t) => ({
  auditLog: t.field({
    description: 'Who changed what, the newest first. Recorded usage is not in it: events carry their own record',
    type: AuditConnection,
    args: {
      first: t.arg.int(FIRST),
      after: t.arg.string(AFTER),
      action: t.arg.string({ description: 'The name of the mutation' }),
      actor: t.arg.string({ description: 'As `actor` of the entries says it' }),
    },
    ...facts({ action: 'audit.read' }),
    resolve: (_root, args, context) => listAudit(context, args),
  }),
  auditFacets: t.field({
    type: AuditFacets,
    ...facts({ action: 'audit.read', cost: 10 }),
    resolve: (_root, _args, context) => auditFacets(context),
  }),
}))
