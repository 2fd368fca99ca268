import type { ChannelInput as ChannelFields } from '@outlay/db/channels/channel-input'
import { facts } from '../../graphql/builder-type.ts'
import { builder } from '../../graphql/builder.ts'
import { AlertKind, AlertSeverity } from '../alert/alert.enums.ts'
import { BudgetScope } from '../budget/budget.schema.ts'
import { UserError } from '../user-error.schema.ts'
import { AlertDelivery, Channel } from './channel.ref.ts'
import {
  changeChannel,
  createChannel,
  findChannel,
  listChannels,
  replayDelivery,
  testChannel,
  updateChannel,
  type ChannelPayloadSource,
  type DeliveryPayloadSource,
} from './channel.service.ts'
import { ChannelDigest, ChannelKind } from './channel.type.ts'

builder.queryFields((t) => ({
  channels: t.field({
    description: 'The channels of the tenant that have not ended, by name',
    type: [Channel],
    ...facts({ action: 'channel.read', size: 20 }),
    resolve: (_root, _args, context) => listChannels(context),
  }),
  channel: t.field({
    type: Channel,
    nullable: true,
    args: { id: t.arg.id({ required: true }) },
    ...facts({ action: 'channel.read' }),
    resolve: (_root, { id }, context) => findChannel(context, id),
  }),
}))

const ChannelScopeInput = builder.inputType('ChannelScopeInput', {
  fields: (t) => ({
    scope: t.field({ type: BudgetScope, required: true }),
    key: t.string({ description: 'Of the agent, client or project' }),
  }),
})

const ChannelInput = builder.inputType('ChannelInput', {
  fields: (t) => ({
    name: t.string({ required: true, description: 'Tells it from the other channels' }),
    kind: t.field({ type: ChannelKind, required: true, description: 'Stays what it is' }),
    target: t.string({
      required: true,
      description:
        'E-mail addresses, comma separated; or the https address of a hook. A SLACK channel keeps its address when the target is the host that it shows',
    }),
    kinds: t.field({ type: [AlertKind], description: 'Kinds of alerts that it tells; all when none is given' }),
    minSeverity: t.field({ type: AlertSeverity, defaultValue: 'INFO' }),
    scopes: t.field({ type: [ChannelScopeInput], description: 'Whose alerts it tells; all when none is given' }),
    digest: t.field({ type: ChannelDigest, defaultValue: 'NONE' }),
    digestHour: t.int({ description: "Of a DAILY digest: the hour of the tenant's day, 0 to 23; 8 when absent" }),
    quietFrom: t.string({ description: "HH:MM of the tenant's day; nothing is told from then on until quietTo" }),
    quietTo: t.string(),
    criticalBreaksQuiet: t.boolean({ defaultValue: true }),
  }),
})

function fieldsOf(input: typeof ChannelInput.$inferInput): ChannelFields {
  return {
    name: input.name,
    kind: input.kind,
    target: input.target,
    kinds: input.kinds ?? [],
    minSeverity: input.minSeverity ?? 'INFO',
    scopes: (input.scopes ?? []).map(({ scope, key }) => ({ scope, key: key ?? null })),
    digest: input.digest ?? 'NONE',
    digestHour: input.digestHour ?? null,
    quietFrom: input.quietFrom ?? null,
    quietTo: input.quietTo ?? null,
    criticalBreaksQuiet: input.criticalBreaksQuiet ?? true,
  }
}

const ChannelPayload = builder.objectRef<ChannelPayloadSource>('ChannelPayload').implement({
  fields: (t) => ({
    channel: t.field({ type: Channel, nullable: true, resolve: (payload) => payload.channel }),
    signingSecret: t.exposeString('signingSecret', {
      nullable: true,
      description: 'Shown once: the secret that a WEBHOOK signs with',
    }),
    userErrors: t.field({ type: [UserError], resolve: (payload) => payload.userErrors }),
  }),
})

const DeliveryPayload = builder.objectRef<DeliveryPayloadSource>('DeliveryPayload').implement({
  fields: (t) => ({
    delivery: t.field({ type: AlertDelivery, nullable: true, resolve: (payload) => payload.delivery }),
    userErrors: t.field({ type: [UserError], resolve: (payload) => payload.userErrors }),
  }),
})

builder.mutationFields((t) => {
  const change = (name: Parameters<typeof changeChannel>[2], description: string) =>
    t.field({
      description,
      type: ChannelPayload,
      args: { id: t.arg.id({ required: true }) },
      ...facts({ action: 'channel.manage', cost: 10 }),
      resolve: (_root, { id }, context) => changeChannel(context, id, name),
    })
  return {
    createChannel: t.field({
      description: 'Makes a channel; of a WEBHOOK, shows the secret that it signs with once',
      type: ChannelPayload,
      args: { input: t.arg({ type: ChannelInput, required: true }) },
      ...facts({ action: 'channel.manage', cost: 10 }),
      resolve: (_root, { input }, context) => createChannel(context, fieldsOf(input)),
    }),
    updateChannel: t.field({
      description: 'Changes all that a channel says but its kind',
      type: ChannelPayload,
      args: { id: t.arg.id({ required: true }), input: t.arg({ type: ChannelInput, required: true }) },
      ...facts({ action: 'channel.manage', cost: 10 }),
      resolve: (_root, { id, input }, context) => updateChannel(context, id, fieldsOf(input)),
    }),
    pauseChannel: change('pause', 'Tells nothing until it is resumed; what becomes due meanwhile waits for a day'),
    resumeChannel: change('resume', 'Tells again, what has waited first'),
    endChannel: change('end', 'Ends a channel for good; what waits is dropped, what was told stays in the log'),
    rotateChannelSecret: change(
      'rotateSecret',
      'Gives a WEBHOOK a new signing secret at once and shows it once; what a receiver with the old one refuses is tried again',
    ),
    testChannel: t.field({
      description:
        'Sends a test the way alerts are sent, and answers with what became of it within 10 seconds; still PENDING when no worker took it',
      type: DeliveryPayload,
      args: { id: t.arg.id({ required: true }) },
      ...facts({ action: 'channel.manage', cost: 100 }),
      resolve: (_root, { id }, context) => testChannel(context, id),
    }),
    replayDelivery: t.field({
      description: 'Sends a delivery again, with the id that it had and all its tries; one that waits is left as it is',
      type: DeliveryPayload,
      args: { id: t.arg.id({ required: true }) },
      ...facts({ action: 'channel.manage', cost: 20 }),
      resolve: (_root, { id }, context) => replayDelivery(context, id),
    }),
  }
})
