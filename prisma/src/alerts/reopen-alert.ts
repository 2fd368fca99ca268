import type { PoolClient } from 'pg'
import { OUTLAY } from '@outlay/domain/alerts/alert'
import type { AlertDraft, AlertRow } from './alert-row.ts'
import { changeIncident } from './change-alert.ts'
import { noteEvent } from './note-event.ts'
import { amountText } from './raise-alert.ts'
import { tellChannels } from './tell-channels.ts'

const REOPEN = `
UPDATE alert SET state = 'OPEN', ended_by = NULL, ended_at = NULL, told_impact = $3::numeric, suppressed_by = $4::uuid,
  revision = revision + 1, updated_at = clock_timestamp()
WHERE tenant_id = $1::uuid AND id = $2::uuid AND state = 'RESOLVED' AND ended_by = '${OUTLAY}' RETURNING revision`

/**
 * An incident that had ended by itself goes on: its alert is open again and is told again, under the tenant's alert lock. Null when it is not
 * one that has ended by itself.
 */
export async function reopenAlert(
  client: PoolClient,
  tenantId: string,
  alert: AlertRow,
  draft: AlertDraft,
  { nowMs }: { nowMs: number },
): Promise<{ deliveryIds: string[] } | null> {
  const { suppressedBy } = draft
  const values = [tenantId, alert.id, suppressedBy === null ? amountText(draft.impact) : null, suppressedBy]
  const { rows } = await client.query<{ revision: number }>(REOPEN, values)
  const [row] = rows
  if (row === undefined) return null
  const changed = await changeIncident(client, tenantId, alert.id, draft, { nowMs })
  const eventId = await noteEvent(client, tenantId, {
    alertId: alert.id,
    revision: row.revision + (changed.isChanged ? 1 : 0),
    action: 'RAISED',
    actor: OUTLAY,
    note: draft.reason,
  })
  if (suppressedBy !== null) return { deliveryIds: changed.deliveryIds }
  const told = { ...draft, id: alert.id }
  const deliveryIds = await tellChannels(client, tenantId, { eventId, alert: told, purpose: 'RAISED', nowMs })
  return { deliveryIds: [...changed.deliveryIds, ...deliveryIds] }
}
