import { createHmac } from 'node:crypto'
import { loadCatalogue } from '@outlay/db/catalogue/load-catalogue'
import { DEMO_LOGINS, DEMO_PASSWORD, DEMO_TENANT_ID, seedDemo } from '@outlay/db/demo/seed-demo'
import type { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import type { Pool } from 'pg'
import { createUser } from '../auth/create-user.ts'
import type { DemoAccess } from './banner.ts'

type Pools = { app: TenantPool; auth: Pool }

export async function hasDemo({ auth }: Pools): Promise<boolean> {
  const found = await auth.query('SELECT 1 FROM tenant WHERE id = $1', [DEMO_TENANT_ID])
  return found.rowCount !== 0
}

/** Makes the demo tenant unless it is there; what an earlier start could not finish is finished. */
export async function ensureDemo(
  { app, auth }: Pools,
  { secret, log }: { secret: string; log: (line: string) => void },
): Promise<DemoAccess> {
  const apiKey = demoApiKey(secret)
  await seedDemo({
    pool: app,
    catalogue: await loadCatalogue(),
    apiKey,
    createUser: (person) => createUser(auth, person),
    log,
  })
  return { password: DEMO_PASSWORD, logins: DEMO_LOGINS.map(({ email, role }) => ({ email, role })), apiKey }
}

/**
 * The demo's key follows from the installation's secret, so that every start can print it although only its hash is
 * stored.
 */
export function demoApiKey(secret: string): string {
  const digits = createHmac('sha256', secret).update('outlay.demo.api-key').digest('hex')
  return `outl_test_${digits.slice(0, 8)}_${digits.slice(8, 51)}`
}
