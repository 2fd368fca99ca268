import type { Prepared, TenantSql } from './tenant-sql.ts'

export interface SettingsRecord {
  useReportedCost: boolean
  /** Whether it holds example data. */
  isDemo: boolean
  /** Whether it is the example of another tenant. */
  isExample: boolean
}

const SETTINGS: Prepared = {
  name: 'read_settings',
  text: `SELECT use_reported_cost AS "useReportedCost", is_demo AS "isDemo", demo_of IS NOT NULL AS "isExample"
    FROM tenant WHERE id = $1::uuid`,
}

/** The settings of the tenant. */
export async function readSettings(db: TenantSql): Promise<SettingsRecord> {
  const [row] = await db.query<SettingsRecord>(SETTINGS)
  if (row === undefined) throw new Error(`The tenant ${db.tenantId} does not exist.`)
  return row
}
