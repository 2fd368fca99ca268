import type { Prepared, TenantSql } from './tenant-sql.ts'

export interface SettingsRecord {
  useReportedCost: boolean
}

const SETTINGS: Prepared = {
  name: 'read_settings',
  text: 'SELECT use_reported_cost AS "useReportedCost" FROM tenant WHERE id = $1::uuid',
}

/** The settings of the tenant. */
export async function readSettings(db: TenantSql): Promise<SettingsRecord> {
  const [row] = await db.query<SettingsRecord>(SETTINGS)
  if (row === undefined) throw new Error(`The tenant ${db.tenantId} does not exist.`)
  return row
}
