import type { ChannelDigest, ChannelKind, ChannelSeverity, ChannelState } from '../channels/channel-input.ts'
import type { StoredScope } from '../channels/channel-scopes.ts'
import { instantText } from './cell-sums.ts'
import { plainArray } from './pg-array.ts'
import type { Prepared, TenantSql } from './tenant-sql.ts'

/** A channel without its secret. Instants are RFC 3339. */
export interface ChannelRecord {
  id: string
  name: string
  kind: ChannelKind
  target: string
  /** Empty: all. */
  kinds: string[]
  minSeverity: ChannelSeverity
  /** Empty: all. */
  scopes: StoredScope[]
  digest: ChannelDigest
  digestHour: number | null
  quietFrom: string | null
  quietTo: string | null
  criticalBreaksQuiet: boolean
  state: ChannelState
  lastError: string | null
  lastSuccessAt: string | null
  lastFailureAt: string | null
  createdBy: string
  createdAt: string
  hasEnded: boolean
}

const CHANNELS = `SELECT c.id, c.name, c.kind, c.target, c.kinds, c.min_severity AS "minSeverity", c.scopes, c.digest,
    c.digest_hour AS "digestHour", c.quiet_from AS "quietFrom", c.quiet_to AS "quietTo",
    c.critical_breaks_quiet AS "criticalBreaksQuiet", c.state, c.last_error AS "lastError",
    ${instantText('c.last_success_at')} AS "lastSuccessAt", ${instantText('c.last_failure_at')} AS "lastFailureAt",
    c.created_by AS "createdBy", ${instantText('c.created_at')} AS "createdAt", c.ended_at IS NOT NULL AS "hasEnded"
  FROM channel c WHERE c.tenant_id = $1::uuid`

const LIVE: Prepared = { name: 'read_channels', text: `${CHANNELS} AND c.ended_at IS NULL ORDER BY c.name, c.id` }

/** The channels that have not ended, by name. */
export function readChannels(db: TenantSql): Promise<ChannelRecord[]> {
  return db.query(LIVE)
}

const BY_IDS: Prepared = { name: 'read_channels_ids', text: `${CHANNELS} AND c.id = ANY ($2::uuid[])` }

/** Channels by id, ended ones included, in no order. */
export function readChannelsByIds(db: TenantSql, ids: readonly string[]): Promise<ChannelRecord[]> {
  return db.query(BY_IDS, [plainArray(ids)])
}

export type DeliveryState = 'PENDING' | 'DIGESTED' | 'SENT' | 'GIVEN_UP' | 'DROPPED'
export type DeliveryPurpose = 'RAISED' | 'UPDATED' | 'RESOLVED' | 'ESCALATED' | 'DIGEST' | 'TEST'

/** Something that was or is to be told through a channel. */
export interface DeliveryRecord {
  id: string
  channelId: string
  /** Null for a digest and a test. */
  alertId: string | null
  purpose: DeliveryPurpose
  state: DeliveryState
  /** When it is tried next, while it is PENDING. */
  notBefore: string
  sentAt: string | null
  lastError: string | null
  createdAt: string
}

const DELIVERIES = `SELECT d.id, d.channel_id AS "channelId", d.alert_id AS "alertId", d.purpose, d.state,
    ${instantText('d.not_before')} AS "notBefore", ${instantText('d.sent_at')} AS "sentAt", d.last_error AS "lastError",
    ${instantText('d.created_at')} AS "createdAt"
  FROM alert_delivery d WHERE d.tenant_id = $1::uuid`

/** Most deliveries of one answer, by channel and by alert. */
export const DELIVERIES_MAX = 200

const OF_CHANNELS: Prepared = {
  name: 'read_channel_deliveries',
  text: `SELECT x.* FROM unnest($2::uuid[]) AS c(id)
    CROSS JOIN LATERAL (${DELIVERIES} AND d.channel_id = c.id ORDER BY d.created_at DESC, d.id DESC LIMIT $3::int) x`,
}

/** The latest deliveries of each channel, newest first. */
export function readDeliveriesOfChannels(
  db: TenantSql,
  channelIds: readonly string[],
  first: number,
): Promise<DeliveryRecord[]> {
  return db.query(OF_CHANNELS, [plainArray(channelIds), first])
}

const OF_ALERTS: Prepared = {
  name: 'read_alert_deliveries',
  text: `SELECT x.* FROM unnest($2::uuid[]) AS a(id)
    CROSS JOIN LATERAL (${DELIVERIES} AND d.alert_id = a.id ORDER BY d.created_at, d.id LIMIT ${DELIVERIES_MAX}) x`,
}

/** What was told of each alert, oldest first. */
export function readDeliveriesOfAlerts(db: TenantSql, alertIds: readonly string[]): Promise<DeliveryRecord[]> {
  return db.query(OF_ALERTS, [plainArray(alertIds)])
}

const DELIVERY: Prepared = { name: 'read_delivery', text: `${DELIVERIES} AND d.id = $2::uuid` }

export async function readDelivery(db: TenantSql, id: string): Promise<DeliveryRecord | null> {
  const rows = await db.query<DeliveryRecord>(DELIVERY, [id])
  return rows[0] ?? null
}

/** One try of a delivery. */
export interface AttemptRecord {
  deliveryId: string
  at: string
  ms: number
  /** What the receiver answered over HTTP; null: it is mail, or there was no answer. */
  status: number | null
  /** Null: it was taken. */
  error: string | null
}

const ATTEMPTS: Prepared = {
  name: 'read_delivery_attempts',
  text: `SELECT t.delivery_id AS "deliveryId", ${instantText('t.at')} AS at, t.ms, t.status, t.error FROM delivery_attempt t
    WHERE t.tenant_id = $1::uuid AND t.delivery_id = ANY ($2::uuid[]) ORDER BY t.at, t.id`,
}

/** All tries of deliveries, oldest first. */
export function readAttempts(db: TenantSql, deliveryIds: readonly string[]): Promise<AttemptRecord[]> {
  return db.query(ATTEMPTS, [plainArray(deliveryIds)])
}
