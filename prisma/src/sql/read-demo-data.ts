import { instantText } from './cell-sums.ts'
import type { Prepared, TenantSql } from './tenant-sql.ts'

/** `FAILED`: it was given up in the middle; it can be asked for again, or removed. */
export type DemoState = 'QUEUED' | 'LOADING' | 'READY' | 'FAILED' | 'REMOVING'

/** The example data of a tenant. Instants are RFC 3339. */
export interface DemoDataRow {
  /** Of the tenant that is the example. */
  demoId: string
  state: DemoState
  /** How much of it is loaded, 0 to 100. */
  percent: number
  requestedBy: string
  requestedAt: string
}

const READ: Prepared = {
  name: 'read_demo_data',
  text: `SELECT demo_id AS "demoId", state, percent, requested_by AS "requestedBy", ${instantText('requested_at')} AS "requestedAt"
    FROM demo_data WHERE tenant_id = $1::uuid`,
}

/** The example data of the tenant; null when it has none. */
export async function readDemoData(db: TenantSql): Promise<DemoDataRow | null> {
  return (await db.query<DemoDataRow>(READ))[0] ?? null
}
