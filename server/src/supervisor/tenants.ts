import { adoptFirstCatalogues } from '@outlay/db/catalogue/adopt-catalogue'
import { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import { Pool } from 'pg'
import { provisionTenant } from '../auth/provision-tenant.ts'
import type { DemoAccess } from './banner.ts'
import type { DatabaseUrls } from './database.ts'
import { ensureDemo, hasDemo } from './demo-tenant.ts'
import type { Settings } from './env.ts'

/**
 * Gives the tenants of an earlier version the newest catalogue, and makes those that the settings ask for, each once; answers
 * how to sign in to the demo when there is one. It works under the same restricted roles as the server.
 */
export async function createTenants({
  settings,
  urls,
  secret,
  log,
}: {
  settings: Settings
  urls: DatabaseUrls
  secret: string
  log: (line: string) => void
}): Promise<DemoAccess | null> {
  const app = new TenantPool({ url: urls.appUrl, max: 2 })
  const auth = new Pool({ connectionString: urls.authUrl, max: 1 })
  auth.on('error', () => {})
  try {
    await adoptFirstCatalogues({ app, auth })
    const wantsDemo = await isDemoWanted({ app, auth }, settings)
    if (settings.init !== null) await provisionTenant({ app, auth }, settings.init)
    return wantsDemo ? await ensureDemo({ app, auth }, { secret, log }) : null
  } finally {
    await Promise.all([app.end(), auth.end()])
  }
}

/**
 * A demo that is there is kept and printed. A new one is made when asked for, or by default in an embedded database that
 * is empty and is not being set up for somebody (OUTLAY_INIT_TENANT): people with a published password have no place there.
 */
async function isDemoWanted(pools: { app: TenantPool; auth: Pool }, settings: Settings): Promise<boolean> {
  if (settings.demo === false) return false
  if (settings.demo === true || (await hasDemo(pools))) return true
  if (settings.databaseUrl !== null || settings.init !== null) return false
  const found = await pools.auth.query('SELECT 1 FROM tenant LIMIT 1')
  return found.rowCount === 0
}
