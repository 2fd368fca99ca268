import type { PoolClient } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import type { AlertSeverity } from '@outlay/domain/alerts/alert'
import { isTold, type ChannelScope } from '@outlay/domain/alerts/channel-filter'
import { dueAt, type ChannelTimes } from '@outlay/domain/alerts/due-at'
import type { DeliveryPurpose } from '../sql/read-channels.ts'
import { plainArray, textArray } from '../sql/pg-array.ts'
import type { AlertDraft } from './alert-row.ts'

interface ChannelRow extends ChannelTimes {
  id: string
  kinds: string[]
  minSeverity: AlertSeverity
  scopes: ChannelScope[]
  timeZone: string
}

const CHANNELS = `
SELECT c.id, c.kinds, c.min_severity AS "minSeverity", c.scopes, c.digest, c.digest_hour AS "digestHour", c.quiet_from AS "quietFrom",
  c.quiet_to AS "quietTo", c.critical_breaks_quiet AS "criticalBreaksQuiet", t.time_zone AS "timeZone"
FROM channel c JOIN tenant t ON t.id = c.tenant_id WHERE c.tenant_id = $1::uuid AND c.ended_at IS NULL ORDER BY c.id`

const INSERT = `
INSERT INTO alert_delivery (tenant_id, id, channel_id, event_id, alert_id, purpose, state, not_before)
SELECT $1::uuid, d.id, d.channel_id, $2::uuid, $3::uuid, $4, 'PENDING', d.not_before
FROM unnest($5::uuid[], $6::uuid[], $7::timestamptz[]) AS d(id, channel_id, not_before)
ON CONFLICT (tenant_id, event_id, channel_id) DO NOTHING RETURNING id`

/**
 * Writes what the channels of the tenant are to be told of an event of an alert, in the event's transaction: nothing is lost between the
 * two, and each channel has each event once. Quiet hours and digests decide from when on; a paused channel holds what it is given.
 * Answers the ids of the deliveries.
 */
export async function tellChannels(
  client: PoolClient,
  tenantId: string,
  told: {
    eventId: string
    alert: Pick<AlertDraft, 'kind' | 'severity' | 'scope' | 'memberId'> & { id: string }
    purpose: Exclude<DeliveryPurpose, 'DIGEST' | 'TEST'>
    nowMs: number
  },
): Promise<string[]> {
  const { eventId, alert, purpose, nowMs } = told
  const { rows } = await client.query<ChannelRow>({ name: 'channels_to_tell', text: CHANNELS, values: [tenantId] })
  const reached = rows.filter((channel) => isTold(channel, alert))
  if (reached.length === 0) return []
  const notBefore = reached.map((channel) => {
    const { severity } = alert
    return new Date(dueAt(channel, { severity, nowMs, timeZone: channel.timeZone })).toISOString()
  })
  const inserted = await client.query<{ id: string }>(INSERT, [
    tenantId,
    eventId,
    alert.id,
    purpose,
    plainArray(reached.map(() => uuidv7())),
    plainArray(reached.map(({ id }) => id)),
    textArray(notBefore),
  ])
  return inserted.rows.map(({ id }) => id)
}
