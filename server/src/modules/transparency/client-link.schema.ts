import {
  readClientLink,
  readLinkViews,
  type ClientLinkRow,
  type ClientQuestionRow,
  type LinkViewRow,
} from '@outlay/db/sql/read-client-links'
import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { badInput } from '../../graphql/errors.ts'
import { encodeId, uuidOf } from '../../graphql/ids.ts'
import { UserError, type UserErrorSource } from '../user-error.schema.ts'
import { linksOf, publish, questionsOf, revoke, type PublishedLinkSource } from './client-link.service.ts'

const VIEWS_MAX = 200

const LinkView = builder.objectRef<LinkViewRow>('ClientLinkView').implement({
  description: 'A use of a link: for what and when, and nothing about whom by.',
  fields: (t) => ({
    what: t.exposeString('what', { description: 'PAGE or STATEMENT' }),
    viewedAt: t.expose('viewedAt', { type: 'DateTime' }),
  }),
})

const Link = builder.objectRef<ClientLinkRow>('ClientLink').implement({
  description: 'A link by which a client sees its own work. Its secret is shown once, when it is published.',
  fields: (t) => ({
    id: t.id({ resolve: ({ id }) => encodeId('ClientLink', id) }),
    label: t.exposeString('label', { description: 'Who it is for; the client is not shown it' }),
    firstMonth: t.field({ type: 'Date', resolve: ({ firstMonth }) => firstMonth }),
    lastMonth: t.field({
      type: 'Date',
      nullable: true,
      description: 'null: it goes on with each month',
      resolve: ({ lastMonth }) => lastMonth,
    }),
    createdBy: t.exposeString('createdBy'),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime' }),
    revokedBy: t.exposeString('revokedBy', { nullable: true }),
    revokedAt: t.expose('revokedAt', { type: 'DateTime', nullable: true }),
    isWorking: t.exposeBoolean('isWorking', { description: 'Neither revoked nor expired' }),
    viewCount: t.int({ resolve: ({ views }) => views }),
    lastViewedAt: t.expose('lastViewedAt', { type: 'DateTime', nullable: true }),
    views: t.field({
      description: 'The latest uses',
      type: [LinkView],
      args: { first: t.arg.int({ required: true, defaultValue: 20, description: `1 to ${VIEWS_MAX}` }) },
      ...facts({ cost: 2, size: 20 }),
      resolve: ({ id }, { first }, { db }) => {
        if (first < 1 || first > VIEWS_MAX) throw badInput('first', `first is ${first}; it must be 1 to ${VIEWS_MAX}.`)
        return readLinkViews(db, id, first)
      },
    }),
  }),
})

const Question = builder.objectRef<ClientQuestionRow>('ClientQuestion').implement({
  description: 'What somebody at a client asked about a month.',
  fields: (t) => ({
    id: t.id({ resolve: ({ id }) => encodeId('ClientQuestion', id) }),
    month: t.field({ type: 'Date', resolve: ({ month }) => month }),
    body: t.exposeString('body'),
    askedBy: t.exposeString('askedBy', { nullable: true, description: 'Address of a login of the client' }),
    linkLabel: t.exposeString('linkLabel', { nullable: true, description: 'Of the link that it was asked by' }),
    askedAt: t.expose('askedAt', { type: 'DateTime' }),
  }),
})

builder.queryFields((t) => ({
  clientLinks: t.field({
    description: 'The links to the page of a client, the latest first; at most 200',
    type: [Link],
    args: { clientKey: t.arg.string({ required: true }) },
    ...facts({ action: 'transparency.read', cost: 3, size: 20 }),
    resolve: (_root, { clientKey }, context) => linksOf(context, clientKey),
  }),
  clientLink: t.field({
    type: Link,
    nullable: true,
    args: { id: t.arg.id({ required: true }) },
    ...facts({ action: 'transparency.read', cost: 2 }),
    resolve: (_root, { id }, { db }) => readClientLink(db, uuidOf('ClientLink', id, 'id')),
  }),
  clientQuestions: t.field({
    description: 'The latest 100 questions of a client',
    type: [Question],
    args: { clientKey: t.arg.string({ required: true }) },
    ...facts({ action: 'transparency.read', cost: 2, size: 20 }),
    resolve: (_root, { clientKey }, context) => questionsOf(context, clientKey),
  }),
}))

const PublishClientLinkInput = builder.inputType('PublishClientLinkInput', {
  fields: (t) => ({
    clientKey: t.string({ required: true }),
    label: t.string({ required: true, description: 'Who it is for: one line of at most 80 characters' }),
    firstMonth: t.field({ type: 'Date', required: true, description: 'First day of the first month that it shows' }),
    lastMonth: t.field({ type: 'Date', description: 'First day of the last one; absent: it goes on' }),
    days: t.int({ required: true, description: 'How many days it works for, 1 to 400' }),
  }),
})

const PublishPayload = builder.objectRef<PublishedLinkSource>('PublishClientLinkPayload').implement({
  fields: (t) => ({
    link: t.field({ type: Link, nullable: true, resolve: ({ link }) => link }),
    url: t.exposeString('url', { nullable: true, description: 'What to send to the client; it is shown this once' }),
    userErrors: t.field({ type: [UserError], resolve: ({ userErrors }) => userErrors }),
  }),
})

const RevokePayload = builder
  .objectRef<{ link: ClientLinkRow | null; userErrors: UserErrorSource[] }>('RevokeClientLinkPayload')
  .implement({
    fields: (t) => ({
      link: t.field({ type: Link, nullable: true, resolve: ({ link }) => link }),
      userErrors: t.field({ type: [UserError], resolve: ({ userErrors }) => userErrors }),
    }),
  })

builder.mutationFields((t) => ({
  publishClientLink: t.field({
    description: 'Makes a link by which a client sees its own work',
    type: PublishPayload,
    args: { input: t.arg({ type: PublishClientLinkInput, required: true }) },
    ...facts({ action: 'transparency.manage', cost: 10 }),
    resolve: (_root, { input }, context) => publish(context, input),
  }),
  revokeClientLink: t.field({
    description: 'Ends a link at once',
    type: RevokePayload,
    args: { id: t.arg.id({ required: true }) },
    ...facts({ action: 'transparency.manage', cost: 5 }),
    resolve: (_root, { id }, context) => revoke(context, uuidOf('ClientLink', id, 'id')),
  }),
}))
