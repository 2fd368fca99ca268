import { setTimeout as sleep } from 'node:timers/promises'
import type { ChannelInput } from '@outlay/db/channels/channel-input'
import type { StoredScope } from '@outlay/db/channels/channel-scopes'
import type { ChannelOutcome } from '@outlay/db/channels/channel-writer'
import type { DeliveryOutcome } from '@outlay/db/channels/request-delivery'
import {
  DELIVERIES_MAX,
  readAttempts,
  readChannels,
  readChannelsByIds,
  readDeliveriesOfChannels,
  readDelivery,
  type AttemptRecord,
  type ChannelRecord,
  type DeliveryRecord,
} from '@outlay/db/sql/read-channels'
import { invariant } from '@outlay/domain/errors'
import { actorOf } from '../../graphql/actor.ts'
import { mayDo, type Context } from '../../graphql/context.ts'
import { badInput } from '../../graphql/errors.ts'
import { uuidOf } from '../../graphql/ids.ts'
import { groupBy } from '@outlay/domain/group-by'
import type { UserErrorSource } from '../user-error.schema.ts'

/** How long `testChannel` waits for what became of the test. */
const TEST_MS_MAX = 10_000
const LOOK_MS = 100

export interface ChannelPayloadSource {
  channel: ChannelRecord | null
  signingSecret: string | null
  userErrors: UserErrorSource[]
}

export interface DeliveryPayloadSource {
  delivery: DeliveryRecord | null
  userErrors: UserErrorSource[]
}

export function listChannels({ db }: Context): Promise<ChannelRecord[]> {
  return readChannels(db)
}

/** The channel of an id; null when there is none, or when it has ended. */
export async function findChannel(context: Context, id: string): Promise<ChannelRecord | null> {
  const channel = await loadChannel(context, uuidOf('Channel', id, 'id'))
  return channel?.hasEnded === false ? channel : null
}

/** The channel that a delivery names, which may have ended. */
export async function channelOf(context: Context, { channelId }: DeliveryRecord): Promise<ChannelRecord> {
  const channel = await loadChannel(context, channelId)
  invariant(channel !== null, `The channel ${channelId} is named and not there`)
  return channel
}

function loadChannel({ db, loaders }: Context, uuid: string): Promise<ChannelRecord | null> {
  const load = async (ids: readonly string[]) =>
    new Map((await readChannelsByIds(db, ids)).map((channel): [string, ChannelRecord | null] => [channel.id, channel]))
  return loaders.of<string, ChannelRecord | null>('channels', load, null).load(uuid)
}

/** Whoever knows the whole address of a webhook can write there: it is for who manages channels. */
export function shownTarget(context: Context, { kind, target }: ChannelRecord): string {
  return kind === 'WEBHOOK' && !mayDo(context, 'channel.manage') ? new URL(target).host : target
}

export function deliveriesOf(
  { db, loaders }: Context,
  { id }: ChannelRecord,
  first: number,
): Promise<DeliveryRecord[]> {
  if (first < 0 || first > DELIVERIES_MAX) {
    throw badInput('first', `first is ${first}; it must be from 0 to ${DELIVERIES_MAX}.`)
  }
  const load = async (ids: readonly string[]) =>
    groupBy(await readDeliveriesOfChannels(db, ids, first), ({ channelId }) => channelId)
  return loaders.of<string, DeliveryRecord[]>(`deliveries of channels ${first}`, load, []).load(id)
}

export function attemptsOf({ db, loaders }: Context, { id }: DeliveryRecord): Promise<AttemptRecord[]> {
  const load = async (ids: readonly string[]) => groupBy(await readAttempts(db, ids), ({ deliveryId }) => deliveryId)
  return loaders.of<string, AttemptRecord[]>('delivery attempts', load, []).load(id)
}

/** The agent, client or project of a scope; null for the fleet. */
export async function memberOf(
  { loaders }: Context,
  { scope, memberId }: StoredScope,
): Promise<{ key: string; name: string } | null> {
  switch (scope) {
    case 'FLEET':
      return null
    case 'AGENT':
      return loaders.agent.load(memberId)
    case 'CLIENT':
      return loaders.client.load(memberId)
    case 'PROJECT':
      return loaders.project.load(memberId)
    default:
      return scope satisfies never
  }
}

export async function createChannel(context: Context, input: ChannelInput): Promise<ChannelPayloadSource> {
  const { services, tenant } = context
  return payloadOf(context, await services.channels.create(tenant.id, { input, by: await actorOf(context) }))
}

export async function updateChannel(context: Context, id: string, input: ChannelInput): Promise<ChannelPayloadSource> {
  const { services, tenant } = context
  const channelId = uuidOf('Channel', id, 'id')
  return payloadOf(context, await services.channels.update(tenant.id, { channelId, input, by: await actorOf(context) }))
}

/** Pauses, resumes or ends a channel, or gives it a new secret. */
export async function changeChannel(
  context: Context,
  id: string,
  change: 'pause' | 'resume' | 'end' | 'rotateSecret',
): Promise<ChannelPayloadSource> {
  const { services, tenant } = context
  const wish = { channelId: uuidOf('Channel', id, 'id'), by: await actorOf(context) }
  return payloadOf(context, await services.channels[change](tenant.id, wish))
}

async function payloadOf({ db }: Context, outcome: ChannelOutcome): Promise<ChannelPayloadSource> {
  const { channelId, signingSecret, userErrors } = outcome
  // Past the loader: it may know the channel from before the change.
  const [channel = null] = channelId === null ? [] : await readChannelsByIds(db, [channelId])
  return { channel, signingSecret, userErrors }
}

/** Sends a test the way alerts are sent, and answers with what became of it; still PENDING when no worker took it in time. */
export async function testChannel(context: Context, id: string): Promise<DeliveryPayloadSource> {
  const { services, tenant, db } = context
  const outcome = await services.channels.requestTest(tenant.id, uuidOf('Channel', id, 'id'))
  const payload = await deliver(context, outcome)
  for (let waitedMs = 0; waitedMs < TEST_MS_MAX && payload.delivery?.state === 'PENDING'; waitedMs += LOOK_MS) {
    await sleep(LOOK_MS)
    payload.delivery = await readDelivery(db, payload.delivery.id)
  }
  return payload
}

/** Lets a delivery be sent again. */
export async function replayDelivery(context: Context, id: string): Promise<DeliveryPayloadSource> {
  const { services, tenant } = context
  return deliver(context, await services.channels.replay(tenant.id, uuidOf('Delivery', id, 'id')))
}

async function deliver(context: Context, { deliveryId, userErrors }: DeliveryOutcome): Promise<DeliveryPayloadSource> {
  if (deliveryId === null) return { delivery: null, userErrors }
  const { db, services, tenant } = context
  await services.enqueue('alert.deliver', { tenantId: tenant.id, deliveryId })
  return { delivery: await readDelivery(db, deliveryId), userErrors }
}
