import type { Prepared, TenantSql } from '../sql/tenant-sql.ts'

/** What a paused channel has not sent so long after it was due is dropped: it is no news, and the portal has it. */
export const HELD_MAX = `interval '24 hours'`

/** A channel with something to send. */
export interface DueChannel {
  channelId: string
  /** Until the first of it is due, in milliseconds; 0: now. */
  inMs: number
}

const DUE: Prepared = {
  name: 'due_channels',
  text: `SELECT d.channel_id AS "channelId",
      greatest(0, ceil(extract(epoch FROM min(d.not_before) - clock_timestamp()) * 1000))::float8 AS "inMs"
    FROM alert_delivery d JOIN channel c ON c.tenant_id = d.tenant_id AND c.id = d.channel_id
    WHERE d.tenant_id = $1::uuid AND d.state = 'PENDING'
      AND (c.state <> 'PAUSED' OR c.ended_at IS NOT NULL OR d.purpose = 'TEST' OR d.not_before < clock_timestamp() - ${HELD_MAX})
    GROUP BY d.channel_id`,
}

/** The channels of a tenant that have something to send, now or later. */
export function dueChannels(db: TenantSql): Promise<DueChannel[]> {
  return db.query(DUE)
}
