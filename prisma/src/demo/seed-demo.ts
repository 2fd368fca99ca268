import type { Role } from '@outlay/domain/audience/policy'
import type { Catalogue } from '@outlay/domain/catalogue/catalogue'
import { invariant } from '@outlay/domain/errors'
import { addMembership, createApiKey, createTenant } from '../admin/create-tenant.ts'
import { Ingestor } from '../ingest/ingestor.ts'
import { TenantConfigs } from '../ingest/tenant-config.ts'
import { tenantSql } from '../sql/tenant-sql.ts'
import type { TenantPool } from '../tenancy/tenant-pool.ts'
import { setDemoBudgets } from './demo-budgets.ts'
import { setDemoPools } from './demo-pools.ts'
import { setDemoTerms } from './demo-terms.ts'
import { setDemoStatement } from './demo-statement.ts'
import { fillDemoTenant } from './fill-demo-tenant.ts'
import { DEMO_TENANT } from './fleet.ts'

/** The same in every installation, so that it is found again without a look across tenants. */
export const DEMO_TENANT_ID = '0192f000-0000-7000-8000-0000000000de'

export const DEMO_PASSWORD = 'outlay-demo-2026'

export interface DemoLogin {
  email: string
  name: string
  role: Role
  clientKey: string | null
}

/** One person for each audience; all share `DEMO_PASSWORD`. */
export const DEMO_LOGINS: readonly DemoLogin[] = [
  { email: 'leadership@demo.outlay.local', name: 'Leadership', role: 'OWNER', clientKey: null },
  { email: 'finance@demo.outlay.local', name: 'Finance', role: 'FINANCE', clientKey: null },
  { email: 'pm@demo.outlay.local', name: 'Project manager', role: 'PROJECT_MANAGER', clientKey: null },
  { email: 'client@demo.outlay.local', name: 'Client', role: 'CLIENT', clientKey: 'northwind' },
]

export interface SeedDemo {
  pool: TenantPool
  catalogue: Catalogue
  /** The installation's demo key, at least 32 characters: made and kept by the caller, so that it can be shown at every start. */
  apiKey: string
  /** Makes a person who signs in with a password, or finds the one with that e-mail; answers the id. */
  createUser: (person: { email: string; name: string; password: string }) => Promise<string>
  log: (line: string) => void
}

/**
 * Makes the demo tenant with its history, its terms, its budgets, its four logins and its API key, unless it is there. An interrupted seeding goes on: the history is
 * made as of the moment the tenant was made, and the key, which comes last, says that everything is there.
 */
export async function seedDemo({ pool, catalogue, apiKey, createUser, log }: SeedDemo): Promise<void> {
  await createTenant(pool, { ...DEMO_TENANT, id: DEMO_TENANT_ID, isDemo: true })
  const { createdMs, isComplete } = await findDemo(pool)
  if (!isComplete) {
    const configs = new TenantConfigs({ pool, catalogue })
    const ingestor = new Ingestor({ pool, configs })
    const { invocations } = await fillDemoTenant(
      { pool, configs, ingestor },
      { tenantId: DEMO_TENANT_ID, nowMs: createdMs },
    )
    await setDemoPools({ pool, nowMs: createdMs }, DEMO_TENANT_ID)
    await setDemoTerms({ pool, nowMs: createdMs }, DEMO_TENANT_ID)
    await setDemoBudgets({ pool, nowMs: createdMs }, DEMO_TENANT_ID)
    await setDemoStatement({ pool, nowMs: createdMs }, DEMO_TENANT_ID)
    for (const { email, name, role, clientKey } of DEMO_LOGINS) {
      const userId = await createUser({ email, name, password: DEMO_PASSWORD })
      await addMembership(pool, { tenantId: DEMO_TENANT_ID, userId, role, clientKey })
    }
    log(
      `${DEMO_TENANT.name} is here, with ${invocations.toLocaleString('en-GB')} invocations of four agents for eight clients`,
    )
  }
  await createApiKey(pool, { tenantId: DEMO_TENANT_ID, name: 'Demo', scopes: ['ingest', 'read', 'admin'], key: apiKey })
}

async function findDemo(pool: TenantPool): Promise<{ createdMs: number; isComplete: boolean }> {
  const text = `SELECT created_at, EXISTS (SELECT 1 FROM api_key k WHERE k.tenant_id = t.id) AS is_complete FROM tenant t WHERE id = $1::uuid`
  const rows = await tenantSql(pool, DEMO_TENANT_ID).query<{ created_at: Date; is_complete: boolean }>({
    name: 'find_demo',
    text,
  })
  const [row] = rows
  invariant(row !== undefined, 'The demo tenant was made a moment ago')
  return { createdMs: row.created_at.getTime(), isComplete: row.is_complete }
}
