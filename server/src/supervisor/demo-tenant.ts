import { createHmac } from 'node:crypto'
import { addMembership, createApiKey, createTenant } from '@outlay/db/admin/create-tenant'
import { fillDemoTenant } from '@outlay/db/demo/fill-demo-tenant'
import { DEMO_TENANT } from '@outlay/db/demo/fleet'
import { Ingestor } from '@outlay/db/ingest/ingestor'
import { TenantConfigs } from '@outlay/db/ingest/tenant-config'
import { tenantSql } from '@outlay/db/sql/tenant-sql'
import type { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import type { Pool } from 'pg'
import { DEMO_PASSWORD, DEMO_PEOPLE } from '../demo/people.ts'
import type { DemoAccess } from './banner.ts'
import { ensurePerson } from './people.ts'

type Pools = { app: TenantPool; auth: Pool }

/** The demo tenant of this installation, whole or not. */
export async function findDemo({ auth }: Pools): Promise<string | null> {
  const found = await auth.query<{ id: string }>('SELECT id FROM tenant WHERE is_demo ORDER BY id LIMIT 1')
  return found.rows[0]?.id ?? null
}

/**
 * Makes the demo tenant with its fleet, its people and its key. The key comes last: when it is there, everything is. A
 * start that was interrupted is taken up by the next one, at the instant the first one began, so that no event doubles.
 */
export async function ensureDemo(
  pools: Pools,
  { secret, log }: { secret: string; log: (line: string) => void },
): Promise<DemoAccess> {
  const apiKey = demoApiKey(secret)
  const tenantId = (await findDemo(pools)) ?? (await createTenant(pools.app, { ...DEMO_TENANT, isDemo: true }))
  if (!(await isWhole(pools, tenantId))) {
    log('fills the demo with the events of a small fleet …')
    const configs = new TenantConfigs({ pool: pools.app, catalogue: null })
    const ingestor = new Ingestor({ pool: pools.app, configs })
    const nowMs = await createdAtMs(pools, tenantId)
    const { invocations, tasks } = await fillDemoTenant({ pool: pools.app, configs, ingestor }, { tenantId, nowMs })
    log(`recorded ${invocations.toLocaleString('en-GB')} invocations of ${tasks.toLocaleString('en-GB')} tasks`)
    for (const { email, name, role, clientKey } of DEMO_PEOPLE) {
      const userId = await ensurePerson(pools.auth, { email, name, password: DEMO_PASSWORD })
      await addMembership(pools.app, { tenantId, userId, role, clientKey })
    }
  }
  await createApiKey(pools.app, { tenantId, name: 'Demo', scopes: ['ingest', 'read', 'admin'], key: apiKey })
  return { password: DEMO_PASSWORD, logins: DEMO_PEOPLE.map(({ email, label }) => ({ email, role: label })), apiKey }
}

async function createdAtMs({ app }: Pools, tenantId: string): Promise<number> {
  const text = 'SELECT floor(extract(epoch FROM created_at) * 1000)::text AS ms FROM tenant WHERE id = $1::uuid'
  const [row] = await tenantSql(app, tenantId).query<{ ms: string }>({ name: 'tenant_created_at', text })
  if (row === undefined) throw new Error(`The tenant ${tenantId} is not there.`)
  return Number.parseInt(row.ms, 10)
}

async function isWhole({ auth }: Pools, tenantId: string): Promise<boolean> {
  const found = await auth.query('SELECT 1 FROM api_key WHERE tenant_id = $1 LIMIT 1', [tenantId])
  return found.rowCount !== 0
}

/**
 * The demo's key follows from the installation's secret, so that every start can print it although only its hash is
 * stored.
 */
export function demoApiKey(secret: string): string {
  const digits = createHmac('sha256', secret).update('outlay.demo.api-key').digest('hex')
  return `outl_test_${digits.slice(0, 8)}_${digits.slice(8, 51)}`
}
