import type { StoredScope } from '@outlay/db/channels/channel-scopes'
import type { AttemptRecord } from '@outlay/db/sql/read-channels'
import { facts } from '../../graphql/builder-type.ts'
import { builder } from '../../graphql/builder.ts'
import { encodeId } from '../../graphql/ids.ts'
import { AlertKind, AlertSeverity } from '../alert/alert.enums.ts'
import { Alert } from '../alert/alert.ref.ts'
import { findAlert } from '../alert/find-alert.ts'
import { BudgetScope } from '../budget/budget.schema.ts'
import { AlertDelivery, Channel } from './channel.ref.ts'
import { attemptsOf, channelOf, deliveriesOf, memberOf, shownTarget } from './channel.service.ts'

export const ChannelKind = builder.enumType('ChannelKind', { values: ['EMAIL', 'WEBHOOK', 'SLACK'] as const })

const ChannelState = builder.enumType('ChannelState', {
  description:
    'FAILING: several messages in a row were given up; it is still tried, and the next one that arrives ends it',
  values: ['ACTIVE', 'PAUSED', 'FAILING'] as const,
})

export const ChannelDigest = builder.enumType('ChannelDigest', {
  description: 'HOURLY and DAILY: one message with all that happened since the last one',
  values: ['NONE', 'HOURLY', 'DAILY'] as const,
})

const DeliveryState = builder.enumType('DeliveryState', {
  description:
    'PENDING: waits for its time, its digest or its next try. DIGESTED: told with others in a digest. GIVEN_UP: not taken in eight tries. DROPPED: the channel ended, or was paused for more than a day',
  values: ['PENDING', 'DIGESTED', 'SENT', 'GIVEN_UP', 'DROPPED'] as const,
})

const ChannelScope = builder.objectRef<StoredScope>('ChannelScope').implement({
  fields: (t) => ({
    scope: t.field({ type: BudgetScope, resolve: ({ scope }) => scope }),
    key: t.string({
      nullable: true,
      description: 'Of the agent, client or project; null for the fleet',
      resolve: async (scope, _args, context) => (await memberOf(context, scope))?.key ?? null,
    }),
    label: t.string({ resolve: async (scope, _args, context) => (await memberOf(context, scope))?.name ?? 'Fleet' }),
  }),
})

Channel.implement({
  description: 'A way to reach people, and which alerts it tells.',
  fields: (t) => ({
    id: t.id({ resolve: (channel) => encodeId('Channel', channel.id) }),
    name: t.exposeString('name'),
    kind: t.field({ type: ChannelKind, resolve: ({ kind }) => kind }),
    target: t.string({
      description:
        'Addresses, or the host of a hook whose address is a secret. The whole address of a webhook is shown to who may manage channels',
      resolve: (channel, _args, context) => shownTarget(context, channel),
    }),
    kinds: t.field({
      description: 'Kinds of alerts that it tells; empty: all',
      type: [AlertKind],
      // What is stored was checked by this very enum.
      resolve: ({ kinds }) => kinds as (typeof AlertKind.$inferType)[],
    }),
    minSeverity: t.field({ type: AlertSeverity, resolve: ({ minSeverity }) => minSeverity }),
    scopes: t.field({
      description: 'Whose alerts it tells; empty: all',
      type: [ChannelScope],
      ...facts({ size: 5 }),
      resolve: ({ scopes }) => scopes,
    }),
    digest: t.field({ type: ChannelDigest, resolve: ({ digest }) => digest }),
    digestHour: t.exposeInt('digestHour', { nullable: true, description: "Of the tenant's day" }),
    quietFrom: t.exposeString('quietFrom', { nullable: true, description: "HH:MM of the tenant's day" }),
    quietTo: t.exposeString('quietTo', { nullable: true }),
    criticalBreaksQuiet: t.exposeBoolean('criticalBreaksQuiet', {
      description: 'CRITICAL alerts are told in quiet hours too',
    }),
    state: t.field({ type: ChannelState, resolve: ({ state }) => state }),
    lastError: t.exposeString('lastError', { nullable: true, description: 'Of the last try; null: it arrived' }),
    lastSuccessAt: t.expose('lastSuccessAt', { type: 'DateTime', nullable: true }),
    lastFailureAt: t.expose('lastFailureAt', { type: 'DateTime', nullable: true }),
    deliveries: t.field({
      description: 'What was told through it and what waits, newest first; at most 200',
      type: [AlertDelivery],
      args: { first: t.arg.int({ required: true, defaultValue: 20 }) },
      ...facts({ cost: 2 }),
      resolve: (channel, { first }, context) => deliveriesOf(context, channel, first),
    }),
    createdBy: t.exposeString('createdBy', { description: 'E-mail address of a person, or the name of an API key' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
})

const DeliveryAttempt = builder.objectRef<AttemptRecord>('DeliveryAttempt').implement({
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime' }),
    ms: t.exposeInt('ms', { description: 'How long it took' }),
    status: t.exposeInt('status', { nullable: true, description: 'What was answered over HTTP' }),
    error: t.exposeString('error', { nullable: true, description: 'null: it was taken' }),
  }),
})

AlertDelivery.implement({
  description: 'Something that was or is to be told through a channel, and each try of it.',
  fields: (t) => ({
    id: t.id({ resolve: (delivery) => encodeId('Delivery', delivery.id) }),
    channel: t.field({ type: Channel, resolve: (delivery, _args, context) => channelOf(context, delivery) }),
    alert: t.field({
      description: 'null for a digest and a test',
      type: Alert,
      nullable: true,
      resolve: ({ alertId }, _args, context) => (alertId === null ? null : findAlert(context, alertId)),
    }),
    purpose: t.exposeString('purpose', { description: 'RAISED, UPDATED, ESCALATED, RESOLVED, DIGEST or TEST' }),
    state: t.field({ type: DeliveryState, resolve: ({ state }) => state }),
    attempts: t.field({
      description: 'Oldest first',
      type: [DeliveryAttempt],
      ...facts({ size: 8 }),
      resolve: (delivery, _args, context) => attemptsOf(context, delivery),
    }),
    notBefore: t.expose('notBefore', {
      type: 'DateTime',
      description: 'While it is PENDING: when it is tried next',
    }),
    sentAt: t.expose('sentAt', { type: 'DateTime', nullable: true }),
    lastError: t.exposeString('lastError', { nullable: true }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
})
