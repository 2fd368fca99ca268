import type { Pool } from 'pg'
import { quoted } from '@outlay/domain/errors'
import { bumpConfig, lockTenant } from '../ingest/tenant-lock.ts'
import type { UserError } from '../ingest/user-error.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { NEWEST_CATALOGUE } from './newest-catalogue.ts'

const ADOPT = `
UPDATE tenant SET catalogue_version = v.version FROM catalogue_version v
WHERE tenant.id = $1::uuid AND v.version = $2 AND v.content IS NOT NULL`

/**
 * Lets a tenant rate under another catalogue from now on, newer or older. What is rated already keeps its rates (law L12). Adopting
 * what is adopted already changes no price.
 */
export async function adoptCatalogue(
  deps: { pool: Pool },
  tenantId: string,
  version: string,
): Promise<{ userErrors: UserError[] }> {
  const isAdopted = VERSION.test(version) && (await adopt(deps.pool, tenantId, version))
  if (isAdopted) return { userErrors: [] }
  const message = `The catalogue ${quoted(version)} has not been imported.`
  return { userErrors: [{ code: 'NOT_FOUND', message, field: ['input', 'version'] }] }
}

// What else a text holds, Postgres might not take.
const VERSION = /^[\w.+-]{1,100}$/

function adopt(pool: Pool, tenantId: string, version: string): Promise<boolean> {
  return tenantTransaction(pool, tenantId, async (client) => {
    await lockTenant(client, tenantId)
    const { rowCount } = await client.query(ADOPT, [tenantId, version])
    if (rowCount !== 1) return false
    await bumpConfig(client, tenantId)
    return true
  })
}

const ADOPT_NEWEST = `UPDATE tenant SET catalogue_version = ${NEWEST_CATALOGUE} WHERE id = $1::uuid AND catalogue_version IS NULL`

/**
 * Gives every tenant that has none the newest catalogue, so that later imports change nothing for it. `auth` is of outlay_auth, which
 * finds the tenants; `app` of outlay_app, which changes them. Answers how many there were.
 */
export async function adoptFirstCatalogues({ app, auth }: { app: Pool; auth: Pool }): Promise<number> {
  const found = await auth.query<{ id: string }>('SELECT id FROM tenant WHERE catalogue_version IS NULL')
  for (const { id } of found.rows) {
    await tenantTransaction(app, id, async (client) => {
      await lockTenant(client, id)
      await client.query(ADOPT_NEWEST, [id])
      await bumpConfig(client, id)
    })
  }
  return found.rows.length
}
