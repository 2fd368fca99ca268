import { randomUUID } from 'node:crypto'
import pg from 'pg'

/** Arranges tenants with one agent each for the tests of isolation; returns the tenants' ids and their agents'. */
export async function seedTenants(ownerUrl: string, count: number): Promise<{ tenantId: string; agentId: string }[]> {
  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  const tenants = Array.from({ length: count }, () => ({ tenantId: randomUUID(), agentId: randomUUID() }))
  for (const [i, { tenantId, agentId }] of tenants.entries()) {
    await owner.query(
      `INSERT INTO tenant (id, key, name, currency, time_zone) VALUES ($1, $2, $2, 'GBP', 'Europe/London')`,
      [tenantId, `tenant-${i}`],
    )
    await owner.query(`INSERT INTO agent (tenant_id, id, key, name) VALUES ($1, $2, 'agent', $3)`, [
      tenantId,
      agentId,
      `Agent of ${i}`,
    ])
  }
  await owner.end()
  return tenants
}
