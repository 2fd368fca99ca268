import type { PoolClient } from 'pg'
import { v7 as uuidv7 } from 'uuid'

/** What happens to an alert, as its history has it. */
export type AlertAction =
  | 'RAISED'
  | 'UPDATED'
  | 'ACKNOWLEDGED'
  | 'RESOLVED'
  | 'DISMISSED'
  | 'SNOOZED'
  | 'ASSIGNED'
  | 'ESCALATED'
  | 'FEEDBACK'
  | 'SUPPRESSED'

const INSERT = `
INSERT INTO alert_event (tenant_id, id, alert_id, revision, action, actor, note, data, at)
VALUES ($1::uuid, $2::uuid, $3::uuid, $4, $5, $6, $7, $8::jsonb, clock_timestamp())`

/** Writes a line of an alert's history and answers its id. Under the tenant's alert lock. */
export async function noteEvent(
  client: PoolClient,
  tenantId: string,
  event: {
    alertId: string
    revision: number
    action: AlertAction
    actor: string
    note?: string | null
    data?: object | null
  },
): Promise<string> {
  const { alertId, revision, action, actor, note = null, data = null } = event
  const id = uuidv7()
  const values = [tenantId, id, alertId, revision, action, actor, note, data === null ? null : JSON.stringify(data)]
  await client.query(INSERT, values)
  return id
}
