import { v7 as uuidv7 } from 'uuid'
import { DomainError } from '@outlay/domain/errors'
import type { ChannelInput } from './channel-input.ts'
import { resolveScopes } from './channel-scopes.ts'
import {
  lockChannel,
  writeChannels,
  type ChannelDeps,
  type ChannelOutcome,
  type ChannelWriter,
} from './channel-writer.ts'
import { parseChannel, type ParsedChannel } from './parse-channel.ts'
import { newSigningSecret } from './seal.ts'

/** Most channels of a tenant that have not ended: every alert asks each of them. */
const CHANNELS_MAX = 100

const INSERT = `
INSERT INTO channel (tenant_id, id, name, kind, target, secret, kinds, min_severity, scopes, digest, digest_hour, quiet_from, quiet_to,
  critical_breaks_quiet, created_by, updated_by)
VALUES ($1::uuid, $2::uuid, $3, $4, $5, $6, $7::text[], $8, $9::jsonb, $10, $11, $12, $13, $14, $15, $15)`

/** Makes a channel. A WEBHOOK gets a secret to sign with, which is answered here and never again. */
export function createChannel(
  { pool, sealer, hooks }: ChannelDeps,
  tenantId: string,
  { input, by }: { input: ChannelInput; by: string },
): Promise<ChannelOutcome> {
  return writeChannels({ pool }, tenantId, async (writer) => {
    const channel = parseChannel(input, hooks)
    await refuseTooMany(writer)
    const channelId = uuidv7()
    const signingSecret = channel.kind === 'WEBHOOK' ? newSigningSecret() : null
    const secret = signingSecret ?? channel.target.address
    const sealed = secret === null ? null : sealer.seal(secret, { tenantId, id: channelId })
    await writer.client.query(INSERT, [tenantId, channelId, ...(await columns(writer, channel, sealed)), by])
    return { channelId, signingSecret }
  })
}

const UPDATE = `
UPDATE channel SET name = $3, kind = $4, target = $5, secret = coalesce($6, secret), kinds = $7::text[], min_severity = $8,
  scopes = $9::jsonb, digest = $10, digest_hour = $11, quiet_from = $12, quiet_to = $13, critical_breaks_quiet = $14, updated_by = $15,
  updated_at = clock_timestamp(),
  state = CASE WHEN target = $5 AND $6 IS NULL OR state = 'PAUSED' THEN state ELSE 'ACTIVE' END,
  failures = CASE WHEN target = $5 AND $6 IS NULL THEN failures ELSE 0 END
WHERE tenant_id = $1::uuid AND id = $2::uuid`

/** Changes all that a channel says; its kind stays. A Slack channel keeps its address when the target is what it shows: the host. */
export function updateChannel(
  { pool, sealer, hooks }: ChannelDeps,
  tenantId: string,
  { channelId, input, by }: { channelId: string; input: ChannelInput; by: string },
): Promise<ChannelOutcome> {
  return writeChannels({ pool }, tenantId, async (writer) => {
    const stored = await lockChannel(writer, channelId)
    if (stored.kind !== input.kind) {
      const message = `The channel is of kind ${stored.kind}, which stays; make another channel for ${input.kind}.`
      throw new DomainError('INVALID_FIELD', message, 'kind')
    }
    const channel = parseChannel(input, hooks, stored.kind === 'SLACK' ? stored.target : null)
    const { address } = channel.target
    const sealed = address === null ? null : sealer.seal(address, { tenantId, id: channelId })
    await writer.client.query(UPDATE, [tenantId, channelId, ...(await columns(writer, channel, sealed)), by])
    return { channelId }
  })
}

async function columns({ db }: ChannelWriter, channel: ParsedChannel, sealed: Buffer | null): Promise<unknown[]> {
  const scopes = await resolveScopes(db, channel.scopes)
  return [
    channel.name,
    channel.kind,
    channel.target.target,
    sealed,
    channel.kinds,
    channel.minSeverity,
    JSON.stringify(scopes),
    channel.digest,
    channel.digestHour,
    channel.quietFrom,
    channel.quietTo,
    channel.criticalBreaksQuiet,
  ]
}

async function refuseTooMany({ client, tenantId }: ChannelWriter): Promise<void> {
  const { rows } = await client.query<{ n: number }>(
    'SELECT count(*)::int AS n FROM channel WHERE tenant_id = $1::uuid AND ended_at IS NULL',
    [tenantId],
  )
  if ((rows[0]?.n ?? 0) < CHANNELS_MAX) return
  throw new DomainError('TOO_MANY', `There are ${CHANNELS_MAX} channels already; end one that is of no more use.`)
}
