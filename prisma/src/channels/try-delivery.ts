import type { Pool, PoolClient } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { instantText } from '../sql/cell-sums.ts'
import type { DeliveryPurpose, DeliveryState } from '../sql/read-channels.ts'
import { clientSql } from '../sql/tenant-sql.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import type { ChannelKind, ChannelState } from './channel-input.ts'
import { HELD_MAX } from './due-channels.ts'
import { delayAfter, FAILING_AFTER } from './retries.ts'
import { toldAlerts, type ToldAlert } from './told-alerts.ts'

/** All that a sender has to know of a delivery: rows of one tenant. */
export interface Outgoing {
  tenant: { id: string; name: string; currency: string; timeZone: string }
  delivery: { id: string; purpose: DeliveryPurpose; createdAt: string }
  channel: { id: string; name: string; kind: ChannelKind; target: string; secret: Buffer | null }
  /** One, those of a digest, or none for a test. */
  alerts: ToldAlert[]
}

/** What became of a try. */
export interface Attempt {
  /** How long it took. */
  ms: number
  /** What was answered over HTTP. */
  status: number | null
  /** Null: it was taken. */
  error: string | null
  /** The receiver said that it will never take anything again (410). */
  isFinal: boolean
}

export interface Tried {
  deliveryId: string
  state: DeliveryState
  error: string | null
}

interface ClaimRow {
  id: string
  purpose: DeliveryPurpose
  createdAt: string
  attempts: number
  tenantName: string
  currency: string
  timeZone: string
  channelName: string
  kind: ChannelKind
  target: string
  secret: Buffer | null
  channelState: ChannelState
  hasEnded: boolean
}

const CLAIM = {
  name: 'claim_delivery',
  text: `SELECT d.id, d.purpose, ${instantText('d.created_at')} AS "createdAt", d.attempts, t.name AS "tenantName", t.currency,
      t.time_zone AS "timeZone", c.name AS "channelName", c.kind, c.target, c.secret, c.state AS "channelState",
      c.ended_at IS NOT NULL AS "hasEnded"
    FROM alert_delivery d JOIN channel c ON c.tenant_id = d.tenant_id AND c.id = d.channel_id JOIN tenant t ON t.id = d.tenant_id
    WHERE d.tenant_id = $1::uuid AND d.channel_id = $2::uuid AND d.state = 'PENDING' AND d.not_before <= clock_timestamp()
      AND (c.state <> 'PAUSED' OR c.ended_at IS NOT NULL OR d.purpose = 'TEST' OR d.not_before < clock_timestamp() - ${HELD_MAX})
    ORDER BY d.not_before, d.id LIMIT 1 FOR NO KEY UPDATE OF d SKIP LOCKED`,
}

/**
 * Tries the next delivery of a channel that is due, and notes what became of it; null when none is due that nobody else works on. The row
 * is locked while it is being sent: two workers never send it at the same time, and it is free again at once when a worker dies. Dying
 * between sending and noting sends it again, under the same id.
 */
export async function tryDelivery(
  { pool }: { pool: Pool },
  { tenantId, channelId }: { tenantId: string; channelId: string },
  send: (outgoing: Outgoing) => Promise<Attempt>,
): Promise<Tried | null> {
  return tenantTransaction(pool, tenantId, async (client) => {
    const { rows } = await client.query<ClaimRow>({ ...CLAIM, values: [tenantId, channelId] })
    const [row] = rows
    if (row === undefined) return null
    const dropped = reasonToDrop(row)
    if (dropped !== null) return note(client, tenantId, { id: row.id, state: 'DROPPED', error: dropped })
    const alerts = await toldAlerts(clientSql(client, tenantId), row.id)
    const at = new Date()
    const attempt = await send(outgoingOf(row, { tenantId, channelId, alerts }))
    const attempts = row.attempts + 1
    await client.query(INSERT_ATTEMPT, [
      tenantId,
      uuidv7(),
      row.id,
      attempts,
      at.toISOString(),
      attempt.ms,
      attempt.status,
      attempt.error,
    ])
    // Whoever asks for a test waits for the answer, and can ask again.
    const delayS = attempt.isFinal || row.purpose === 'TEST' ? null : delayAfter(attempts)
    const state = attempt.error === null ? 'SENT' : delayS === null ? 'GIVEN_UP' : 'PENDING'
    const tried = await note(client, tenantId, { id: row.id, state, error: attempt.error, attempts, delayS })
    await noteOnChannel(client, { tenantId, channelId, purpose: row.purpose, ...tried })
    return tried
  })
}

function reasonToDrop({ hasEnded, channelState, purpose }: ClaimRow): string | null {
  if (hasEnded) return 'The channel has ended.'
  return channelState === 'PAUSED' && purpose !== 'TEST' ? 'The channel was paused for more than a day.' : null
}

function outgoingOf(
  row: ClaimRow,
  { tenantId, channelId, alerts }: { tenantId: string; channelId: string; alerts: ToldAlert[] },
): Outgoing {
  const { id, purpose, createdAt, tenantName, currency, timeZone, channelName, kind, target, secret } = row
  return {
    tenant: { id: tenantId, name: tenantName, currency, timeZone },
    delivery: { id, purpose, createdAt },
    channel: { id: channelId, name: channelName, kind, target, secret },
    alerts,
  }
}

const INSERT_ATTEMPT = `
INSERT INTO delivery_attempt (tenant_id, id, delivery_id, attempt, at, ms, status, error)
VALUES ($1::uuid, $2::uuid, $3::uuid, $4, $5::timestamptz, $6, $7, $8)`

const NOTE = `
UPDATE alert_delivery SET state = $3, last_error = $4, attempts = coalesce($5::int, attempts),
  not_before = CASE WHEN $3 = 'PENDING' THEN clock_timestamp() + make_interval(secs => $6::int) ELSE not_before END,
  sent_at = CASE WHEN $3 = 'SENT' THEN clock_timestamp() ELSE sent_at END, updated_at = clock_timestamp()
WHERE tenant_id = $1::uuid AND id = $2::uuid`

async function note(
  client: PoolClient,
  tenantId: string,
  noted: { id: string; state: DeliveryState; error: string | null; attempts?: number; delayS?: number | null },
): Promise<Tried> {
  const { id, state, error, attempts = null, delayS = null } = noted
  await client.query(NOTE, [tenantId, id, state, error, attempts, delayS])
  return { deliveryId: id, state, error }
}

const NOTE_SUCCESS = `
UPDATE channel SET last_success_at = clock_timestamp(), last_error = NULL, failures = 0,
  state = CASE WHEN state = 'FAILING' THEN 'ACTIVE' ELSE state END
WHERE tenant_id = $1::uuid AND id = $2::uuid`

const NOTE_FAILURE = `
UPDATE channel SET last_failure_at = clock_timestamp(), last_error = $3, failures = failures + $4::int,
  state = CASE WHEN state = 'ACTIVE' AND failures + $4::int >= ${FAILING_AFTER} THEN 'FAILING' ELSE state END
WHERE tenant_id = $1::uuid AND id = $2::uuid`

/** A channel fails when what it was given is given up, several times in a row; anything that arrives ends that. */
async function noteOnChannel(
  client: PoolClient,
  noted: Tried & { tenantId: string; channelId: string; purpose: DeliveryPurpose },
): Promise<void> {
  const { tenantId, channelId, purpose, state, error } = noted
  if (error === null) {
    await client.query(NOTE_SUCCESS, [tenantId, channelId])
    return
  }
  const isLoss = state === 'GIVEN_UP' && purpose !== 'TEST'
  await client.query(NOTE_FAILURE, [tenantId, channelId, error, isLoss ? 1 : 0])
}
