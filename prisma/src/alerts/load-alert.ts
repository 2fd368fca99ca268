import type { PoolClient } from 'pg'
import { ALERT_COLUMNS, alertRow, type AlertRow, type StoredAlert } from './alert-row.ts'

const LOAD = `SELECT ${ALERT_COLUMNS} FROM alert a WHERE a.tenant_id = $1::uuid AND a.id = ANY ($2::uuid[])`

/** Alerts as they are stored, under the tenant's alert lock; those that do not exist are absent. */
export async function loadAlerts(
  client: PoolClient,
  tenantId: string,
  alertIds: readonly string[],
): Promise<Map<string, AlertRow>> {
  const { rows } = await client.query<StoredAlert>(LOAD, [tenantId, `{${alertIds.join(',')}}`])
  return new Map(rows.map((row) => [row.id, alertRow(row)]))
}
