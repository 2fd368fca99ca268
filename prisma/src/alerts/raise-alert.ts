import type { PoolClient } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { OUTLAY } from '@outlay/domain/alerts/alert'
import { formatFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import type { AlertDraft } from './alert-row.ts'
import { noteEvent } from './note-event.ts'
import { tellChannels } from './tell-channels.ts'

const INSERT = `
INSERT INTO alert (tenant_id, id, kind, severity, state, scope, member_id, second_id, series, dedupe_key, budget_id, threshold, title, reason,
  expected, band_low, band_high, actual, impact, impact_per_hour, first_day, last_day, window_start, window_end, contributors, decomposition,
  evidence, suppressed_by, told_impact, raised_at, updated_at)
VALUES ($1::uuid, $2::uuid, $3, $4, 'OPEN', $5, $6::uuid, $7::uuid, $8, $9, $10::uuid, $11::numeric, $12, $13, $14::numeric, $15::numeric,
  $16::numeric, $17::numeric, $18::numeric, $19::numeric, $20::date, $21::date, $22::timestamptz, $23::timestamptz, $24::jsonb, $25::jsonb,
  $26::jsonb, $27::uuid, $28::numeric, clock_timestamp(), clock_timestamp())
ON CONFLICT DO NOTHING`

/**
 * Raises an alert and writes what the channels are to be told of it, under the tenant's alert lock. Null when it has been raised before
 * (law L25), or when an incident of its series is open. One that another alert explains is stored and not told. People are told again when
 * its impact is twice what they were told; what is less than `toldAtLeast` counts as that.
 */
export async function raiseAlert(
  client: PoolClient,
  tenantId: string,
  draft: AlertDraft,
  { nowMs, toldAtLeast = 0n }: { nowMs: number; toldAtLeast?: Fixed18 },
): Promise<{ alertId: string; deliveryIds: string[] } | null> {
  const id = uuidv7()
  const isSuppressed = draft.suppressedBy !== null
  const { impact } = draft
  const toldImpact = impact !== null && impact < toldAtLeast ? toldAtLeast : impact
  const inserted = await client.query(INSERT, [
    tenantId,
    id,
    draft.kind,
    draft.severity,
    draft.scope,
    draft.memberId,
    draft.secondId,
    draft.series,
    draft.dedupeKey,
    draft.budgetId,
    draft.threshold,
    draft.title,
    draft.reason,
    amountText(draft.expected),
    amountText(draft.bandLow),
    amountText(draft.bandHigh),
    amountText(draft.actual),
    amountText(draft.impact),
    amountText(draft.impactPerHour),
    draft.firstDay,
    draft.lastDay,
    draft.windowStart,
    draft.windowEnd,
    JSON.stringify(draft.contributors),
    draft.decomposition === null ? null : JSON.stringify(draft.decomposition),
    JSON.stringify(draft.evidence),
    draft.suppressedBy,
    isSuppressed ? null : amountText(toldImpact),
  ])
  if (inserted.rowCount === 0) return null
  const eventId = await noteEvent(client, tenantId, {
    alertId: id,
    revision: 1,
    action: 'RAISED',
    actor: OUTLAY,
    note: draft.reason,
  })
  if (isSuppressed) return { alertId: id, deliveryIds: [] }
  const alert = { ...draft, id }
  return {
    alertId: id,
    deliveryIds: await tellChannels(client, tenantId, { eventId, alert, purpose: 'RAISED', nowMs }),
  }
}

export function amountText(amount: Fixed18 | null): string | null {
  return amount === null ? null : formatFixed18(amount)
}
