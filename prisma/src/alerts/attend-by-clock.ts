import type { PoolClient } from 'pg'
import { OUTLAY } from '@outlay/domain/alerts/alert'
import { escalate } from '@outlay/domain/alerts/by-itself'
import { readDetector } from '../anomalies/read-detector.ts'
import type { Prepared } from '../sql/tenant-sql.ts'
import { ALERT_COLUMNS, alertRow, type AlertRow, type StoredAlert } from './alert-row.ts'
import type { Watch, Watched } from './evaluate-limits.ts'
import { noteEvent } from './note-event.ts'
import { amountText } from './raise-alert.ts'
import { tellChannels } from './tell-channels.ts'

/** Alerts that one transaction attends to. */
const PORTION = 100

const ENDED_SNOOZES: Prepared = {
  name: 'read_ended_snoozes',
  text: `SELECT ${ALERT_COLUMNS} FROM alert a
    WHERE a.tenant_id = $1::uuid AND a.state IN ('OPEN', 'ACKNOWLEDGED') AND a.snoozed_until <= $2::timestamptz
    ORDER BY a.snoozed_until, a.id LIMIT ${PORTION}`,
}

const WAITING: Prepared = {
  name: 'read_waiting_alerts',
  text: `SELECT ${ALERT_COLUMNS} FROM alert a
    WHERE a.tenant_id = $1::uuid AND a.state = 'OPEN' AND a.raised_at <= $2::timestamptz AND a.escalated_at IS NULL
      AND a.suppressed_by IS NULL AND (a.snoozed_until IS NULL OR a.snoozed_until <= $3::timestamptz)
    ORDER BY a.raised_at, a.id LIMIT ${PORTION}`,
}

const MINUTE_MS = 60_000

/**
 * What the clock does to alerts, under the tenant's alert lock: a snooze that has ended is told again when the incident has grown in the
 * meantime, and an alert that nobody has attended to for as long as the tenant allows becomes one step more urgent, once.
 */
export async function attendByClock(watch: Watch): Promise<Watched> {
  const result: Watched = { alertIds: [], deliveryIds: [] }
  const nowText = new Date(watch.nowMs).toISOString()
  for (const alert of (await watch.db.query<StoredAlert>(ENDED_SNOOZES, [nowText])).map(alertRow)) {
    add(result, await wake(watch, alert))
  }
  const { escalateAfterMinutes: afterMinutes } = await readDetector(watch.db)
  if (afterMinutes === null) return result
  const before = new Date(watch.nowMs - afterMinutes * MINUTE_MS).toISOString()
  for (const alert of (await watch.db.query<StoredAlert>(WAITING, [before, nowText])).map(alertRow)) {
    const risen = escalate(alert, { nowMs: watch.nowMs, afterMinutes })
    if (risen === null) continue
    const told = { ...alert, ...risen }
    const revision = await change(watch.client, watch.tenantId, told)
    const note = `Nobody has attended to it for ${afterMinutes} minutes.`
    add(result, await tell(watch, told, { revision, action: 'ESCALATED', purpose: 'ESCALATED', note }))
  }
  return result
}

/** A snooze is over: its alert can be told again, and is when it has grown. */
async function wake(watch: Watch, alert: AlertRow): Promise<{ alertId: string; deliveryIds: string[] }> {
  const { impact, toldImpact, suppressedBy } = alert
  const hasGrown = suppressedBy === null && impact !== null && impact > (toldImpact ?? 0n)
  const awake = { ...alert, snoozedUntil: null, toldImpact: hasGrown ? impact : toldImpact }
  const revision = await change(watch.client, watch.tenantId, awake)
  if (!hasGrown) return { alertId: alert.id, deliveryIds: [] }
  const note = 'The snooze has ended, and it has grown in the meantime.'
  return tell(watch, awake, { revision, action: 'UPDATED', purpose: 'UPDATED', note })
}

function add(result: Watched, one: { alertId: string; deliveryIds: string[] }): void {
  result.alertIds.push(one.alertId)
  result.deliveryIds.push(...one.deliveryIds)
}

const CHANGE = `
UPDATE alert SET severity = $3, escalated_at = $4::timestamptz, snoozed_until = $5::timestamptz, told_impact = $6::numeric,
  revision = revision + 1, updated_at = clock_timestamp()
WHERE tenant_id = $1::uuid AND id = $2::uuid RETURNING revision`

async function change(client: PoolClient, tenantId: string, alert: AlertRow): Promise<number> {
  const { id, severity, escalatedAt, snoozedUntil, toldImpact } = alert
  const values = [tenantId, id, severity, escalatedAt, snoozedUntil, amountText(toldImpact)]
  const { rows } = await client.query<{ revision: number }>(CHANGE, values)
  return rows[0]?.revision ?? alert.revision
}

async function tell(
  { client, tenantId, nowMs }: Watch,
  alert: AlertRow,
  event: { revision: number; action: 'ESCALATED' | 'UPDATED'; purpose: 'ESCALATED' | 'UPDATED'; note: string },
): Promise<{ alertId: string; deliveryIds: string[] }> {
  const { revision, action, purpose, note } = event
  const eventId = await noteEvent(client, tenantId, { alertId: alert.id, revision, action, actor: OUTLAY, note })
  return { alertId: alert.id, deliveryIds: await tellChannels(client, tenantId, { eventId, alert, purpose, nowMs }) }
}
