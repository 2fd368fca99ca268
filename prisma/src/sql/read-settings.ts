import type { Prepared, TenantSql } from './tenant-sql.ts'

/**
 * Whether amounts or days are stored in the currency and time zone of the tenant `t`, so that neither can change any more: they would have to be
 * counted again from what was sent, which closed months forbid. A condition of SQL.
 */
export const IS_SETTLED = `(
  EXISTS (SELECT 1 FROM invocation_key x WHERE x.tenant_id = t.id) OR EXISTS (SELECT 1 FROM client_revenue x WHERE x.tenant_id = t.id)
  OR EXISTS (SELECT 1 FROM budget x WHERE x.tenant_id = t.id) OR EXISTS (SELECT 1 FROM cost_pool x WHERE x.tenant_id = t.id)
  OR EXISTS (SELECT 1 FROM period x WHERE x.tenant_id = t.id))`

export interface SettingsRecord {
  /** Whether currency and time zone can no longer change. */
  isSettled: boolean
  useReportedCost: boolean
  /** Whether it holds example data. */
  isDemo: boolean
  /** Whether it is the example of another tenant. */
  isExample: boolean
}

const SETTINGS: Prepared = {
  name: 'read_settings',
  text: `SELECT ${IS_SETTLED} AS "isSettled", use_reported_cost AS "useReportedCost", is_demo AS "isDemo", demo_of IS NOT NULL AS "isExample"
    FROM tenant t WHERE id = $1::uuid`,
}

/** The settings of the tenant. */
export async function readSettings(db: TenantSql): Promise<SettingsRecord> {
  const [row] = await db.query<SettingsRecord>(SETTINGS)
  if (row === undefined) throw new Error(`The tenant ${db.tenantId} does not exist.`)
  return row
}
