import type { Pool, PoolClient } from 'pg'
import type { AlertFeedback } from '@outlay/domain/alerts/alert'
import { shiftAfter } from '@outlay/domain/alerts/feedback'
import { act, type AlertActionInput } from '@outlay/domain/alerts/state-machine'
import { isEndTold } from '@outlay/domain/alerts/when-to-tell'
import { DomainError } from '@outlay/domain/errors'
import type { UserError } from '../ingest/user-error.ts'
import { asLimited } from '../tenancy/as-limited.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import type { AlertRow } from './alert-row.ts'
import { loadAlerts } from './load-alert.ts'
import { lockAlerts } from './lock-alerts.ts'
import { noteEvent, type AlertAction } from './note-event.ts'
import { tellChannels } from './tell-channels.ts'

export interface ActWish {
  alertId: string
  action: AlertActionInput
  by: string
  nowMs: number
  clientIds: readonly string[] | null
}

export interface ActOutcome {
  /** Null when nothing was done. */
  alertId: string | null
  deliveryIds: string[]
  userErrors: UserError[]
}

const NOTED: Record<AlertActionInput['do'], AlertAction> = {
  acknowledge: 'ACKNOWLEDGED',
  resolve: 'RESOLVED',
  dismiss: 'DISMISSED',
  snooze: 'SNOOZED',
  assign: 'ASSIGNED',
  feedback: 'FEEDBACK',
}

const UPDATE = `
UPDATE alert SET state = $3, assignee = $4, snoozed_until = $5::timestamptz, acknowledged_by = $6,
  acknowledged_at = CASE WHEN $6::text IS NULL THEN NULL ELSE coalesce(acknowledged_at, clock_timestamp()) END,
  ended_by = $7, ended_at = CASE WHEN $7::text IS NULL THEN NULL ELSE coalesce(ended_at, clock_timestamp()) END,
  dismiss_reason = $8, feedback = $9, revision = revision + 1, updated_at = clock_timestamp()
WHERE tenant_id = $1::uuid AND id = $2::uuid`

/**
 * What a person does to an alert: acknowledge, resolve, dismiss with a reason, snooze, assign, or say what it was worth. Doing it twice is
 * a success that changes nothing. `clientIds`: the clients that they are limited to. userErrors: NOT_FOUND, and what domain/src/alerts/state-machine.ts refuses.
 */
export async function actOnAlert({ pool }: { pool: Pool }, tenantId: string, wish: ActWish): Promise<ActOutcome> {
  try {
    return await tenantTransaction(pool, tenantId, (client) => actUnderLock(client, tenantId, wish))
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    const { code, message, field } = error
    return {
      alertId: null,
      deliveryIds: [],
      userErrors: [{ code, message, field: field === undefined ? null : [field] }],
    }
  }
}

async function actUnderLock(
  client: PoolClient,
  tenantId: string,
  { alertId, action, by, nowMs, clientIds }: ActWish,
): Promise<ActOutcome> {
  await lockAlerts(client, tenantId)
  const seen = await asLimited(client, { tenantId, clientIds }, () => loadAlerts(client, tenantId, [alertId]))
  const alert = seen.get(alertId)
  if (alert === undefined) throw new DomainError('NOT_FOUND', 'This alert does not exist.', 'id')
  const outcome = act(alert, action, { by, nowMs })
  if (outcome.kind === 'refused') throw new DomainError(outcome.code, outcome.message, outcome.field)
  if (outcome.kind === 'same') return { alertId, deliveryIds: [], userErrors: [] }
  const next = { ...alert, ...outcome.changes }
  await client.query(UPDATE, [
    tenantId,
    alertId,
    next.state,
    next.assignee,
    next.snoozedUntil,
    next.acknowledgedBy,
    next.endedBy,
    next.dismissReason,
    next.feedback,
  ])
  const eventId = await noteEvent(client, tenantId, {
    alertId,
    revision: alert.revision + 1,
    action: NOTED[action.do],
    actor: by,
    note: outcome.note,
  })
  if (action.do === 'feedback') await tune(client, tenantId, { alert, feedback: action.feedback, by })
  const deliveryIds =
    action.do === 'resolve' && isEndTold(alert, { nowMs })
      ? await tellChannels(client, tenantId, { eventId, alert: next, purpose: 'RESOLVED', nowMs })
      : []
  return { alertId, deliveryIds, userErrors: [] }
}

const SHIFT = `SELECT score_shift::float8 AS shift FROM series_tuning WHERE tenant_id = $1::uuid AND series = $2`

const TUNE = `
INSERT INTO series_tuning AS s (tenant_id, series, score_shift, updated_by) VALUES ($1::uuid, $2, $3::numeric, $4)
ON CONFLICT (tenant_id, series) DO UPDATE SET score_shift = EXCLUDED.score_shift, updated_by = EXCLUDED.updated_by,
  updated_at = clock_timestamp()`

/** Feedback moves how far the series must stray before it alerts again, within bounds. A limit that somebody set is not moved. */
async function tune(
  client: PoolClient,
  tenantId: string,
  { alert, feedback, by }: { alert: AlertRow; feedback: AlertFeedback; by: string },
): Promise<void> {
  if (alert.budgetId !== null) return
  const { rows } = await client.query<{ shift: number }>(SHIFT, [tenantId, alert.series])
  const shift = shiftAfter(rows[0]?.shift ?? 0, feedback)
  await client.query(TUNE, [tenantId, alert.series, String(shift), by])
}
