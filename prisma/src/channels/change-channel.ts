import { DomainError, quoted } from '@outlay/domain/errors'
import {
  lockChannel,
  writeChannels,
  type ChannelDeps,
  type ChannelHead,
  type ChannelOutcome,
} from './channel-writer.ts'
import { newSigningSecret } from './seal.ts'

/** Which channel, and who changes it. */
export interface ChannelWish {
  channelId: string
  by: string
}

const PAUSE = `state = 'PAUSED'`
const RESUME = `state = 'ACTIVE', failures = 0`
const END = `ended_by = $3, ended_at = clock_timestamp()`

/** Nothing is sent until it is resumed; what becomes due meanwhile waits for a day. */
export const pauseChannel = changing(PAUSE, ({ state }) => state !== 'PAUSED')

/** Sends again, what has waited first. */
export const resumeChannel = changing(RESUME, ({ state }) => state !== 'ACTIVE')

/** Ends a channel for good: what waits for it is dropped, and its log stays. */
export const endChannel = changing(END, () => true)

type Change = (deps: Pick<ChannelDeps, 'pool'>, tenantId: string, wish: ChannelWish) => Promise<ChannelOutcome>

/** A change of state: one that has been made already is a success that changes nothing. */
function changing(assignments: string, isNeeded: (channel: ChannelHead) => boolean): Change {
  const text = `UPDATE channel SET ${assignments}, updated_by = $3, updated_at = clock_timestamp() WHERE tenant_id = $1::uuid AND id = $2::uuid`
  return (deps, tenantId, { channelId, by }) =>
    writeChannels(deps, tenantId, async (writer) => {
      const channel = await lockChannel(writer, channelId)
      if (isNeeded(channel)) await writer.client.query(text, [tenantId, channelId, by])
      return { channelId }
    })
}

const SET_SECRET = `
UPDATE channel SET secret = $3, updated_by = $4, updated_at = clock_timestamp() WHERE tenant_id = $1::uuid AND id = $2::uuid`

/** Gives a WEBHOOK a new signing secret at once, which is answered here and never again. */
export function rotateSecret(
  { pool, sealer }: ChannelDeps,
  tenantId: string,
  { channelId, by }: ChannelWish,
): Promise<ChannelOutcome> {
  return writeChannels({ pool }, tenantId, async (writer) => {
    const { kind, name } = await lockChannel(writer, channelId)
    if (kind !== 'WEBHOOK') {
      const message = `The channel ${quoted(name)} is of kind ${kind}; only a WEBHOOK has a signing secret.`
      throw new DomainError('INVALID_FIELD', message, 'id')
    }
    const signingSecret = newSigningSecret()
    const sealed = sealer.seal(signingSecret, { tenantId, id: channelId })
    await writer.client.query(SET_SECRET, [tenantId, channelId, sealed, by])
    return { channelId, signingSecret }
  })
}
