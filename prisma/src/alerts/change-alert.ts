import type { PoolClient } from 'pg'
import { OUTLAY } from '@outlay/domain/alerts/alert'
import { purposeOfUpdate } from '@outlay/domain/alerts/when-to-tell'
import { invariant } from '@outlay/domain/errors'
import type { AlertDraft, AlertRow } from './alert-row.ts'
import { loadAlerts } from './load-alert.ts'
import { noteEvent } from './note-event.ts'
import { amountText } from './raise-alert.ts'
import { tellChannels } from './tell-channels.ts'

/** What of an incident may be said anew while it lasts. */
export type IncidentChange = Partial<
  Omit<AlertDraft, 'scope' | 'memberId' | 'secondId' | 'series' | 'dedupeKey' | 'budgetId'>
>

const UPDATE = `
UPDATE alert SET kind = $3, severity = $4, threshold = $5::numeric, title = $6, reason = $7, expected = $8::numeric, band_low = $9::numeric,
  band_high = $10::numeric, actual = $11::numeric, impact = $12::numeric, impact_per_hour = $13::numeric, first_day = $14::date,
  last_day = $15::date, window_start = $16::timestamptz, window_end = $17::timestamptz, contributors = $18::jsonb,
  decomposition = $19::jsonb, evidence = $20::jsonb, suppressed_by = $21::uuid, told_impact = $22::numeric, revision = revision + 1,
  updated_at = clock_timestamp()
WHERE tenant_id = $1::uuid AND id = $2::uuid`

/**
 * Says an open incident anew: what it has come to by now, under the tenant's alert lock. People are told again when its impact has doubled
 * since they were told last, and for the first time when nothing explains it any more; else only who follows it live sees the change.
 * What says the same changes nothing.
 */
export async function changeIncident(
  client: PoolClient,
  tenantId: string,
  alertId: string,
  change: IncidentChange,
  { nowMs }: { nowMs: number },
): Promise<{ isChanged: boolean; deliveryIds: string[] }> {
  const before = (await loadAlerts(client, tenantId, [alertId])).get(alertId)
  invariant(before !== undefined, `The alert ${alertId} does not exist`)
  const after: AlertRow = { ...before, ...change }
  if (isSame(before, after)) return { isChanged: false, deliveryIds: [] }
  const purpose = purposeOfUpdate(before, after, { nowMs })
  const toldImpact = purpose === null ? before.toldImpact : (after.impact ?? before.toldImpact)
  await client.query(UPDATE, [
    tenantId,
    alertId,
    after.kind,
    after.severity,
    after.threshold,
    after.title,
    after.reason,
    amountText(after.expected),
    amountText(after.bandLow),
    amountText(after.bandHigh),
    amountText(after.actual),
    amountText(after.impact),
    amountText(after.impactPerHour),
    after.firstDay,
    after.lastDay,
    after.windowStart,
    after.windowEnd,
    JSON.stringify(after.contributors),
    after.decomposition === null ? null : JSON.stringify(after.decomposition),
    JSON.stringify(after.evidence),
    after.suppressedBy,
    amountText(toldImpact),
  ])
  if (purpose === null) return { isChanged: true, deliveryIds: [] }
  const action = purpose === 'ESCALATED' ? 'ESCALATED' : 'UPDATED'
  const eventId = await noteEvent(client, tenantId, {
    alertId,
    revision: before.revision + 1,
    action,
    actor: OUTLAY,
    note: after.reason,
  })
  const deliveryIds = await tellChannels(client, tenantId, { eventId, alert: after, purpose, nowMs })
  return { isChanged: true, deliveryIds }
}

const SAID = [
  'kind',
  'severity',
  'threshold',
  'title',
  'reason',
  'expected',
  'bandLow',
  'bandHigh',
  'actual',
  'impact',
  'impactPerHour',
  'firstDay',
  'lastDay',
  'suppressedBy',
] as const satisfies readonly (keyof AlertRow)[]

/** What is left out (contributors, window) follows from what is compared. */
function isSame(before: AlertRow, after: AlertRow): boolean {
  return SAID.every((name) => before[name] === after[name])
}

const RESOLVE = `
UPDATE alert SET state = 'RESOLVED', ended_by = $3, ended_at = clock_timestamp(), revision = revision + 1, updated_at = clock_timestamp()
WHERE tenant_id = $1::uuid AND id = $2::uuid AND state IN ('OPEN', 'ACKNOWLEDGED') RETURNING revision`

/** Ends an alert whose cause is gone, saying so; who was told of it is told that too. Answers null when it has ended already. */
export async function resolveByItself(
  client: PoolClient,
  tenantId: string,
  alertId: string,
  { note, nowMs }: { note: string; nowMs: number },
): Promise<{ deliveryIds: string[] } | null> {
  const before = (await loadAlerts(client, tenantId, [alertId])).get(alertId)
  invariant(before !== undefined, `The alert ${alertId} does not exist`)
  const resolved = await client.query<{ revision: number }>(RESOLVE, [tenantId, alertId, OUTLAY])
  const [row] = resolved.rows
  if (row === undefined) return null
  const { revision } = row
  const eventId = await noteEvent(client, tenantId, { alertId, revision, action: 'RESOLVED', actor: OUTLAY, note })
  if (before.suppressedBy !== null) return { deliveryIds: [] }
  return { deliveryIds: await tellChannels(client, tenantId, { eventId, alert: before, purpose: 'RESOLVED', nowMs }) }
}
