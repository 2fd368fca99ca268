import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { createTenant } from '../admin/create-tenant.ts'
import { createTestDatabase, type TestDatabase } from '../embedded/test-database.ts'
import { tenantSql, type TenantSql } from '../sql/tenant-sql.ts'
import { TenantPool } from '../tenancy/tenant-pool.ts'
import type { PolicyByKey } from './policy-by-key.ts'
import type { PoolInput } from './parse-pool.ts'
import type { Actor } from './pool-writer.ts'

/** A database and the means to look at and arrange what the application may not. */
export interface PoolWorld {
  database: TestDatabase
  pool: TenantPool
  owner: pg.Pool
  /** A new tenant in pounds with the agents `research`, `coding` and `support`. */
  tenant: () => Promise<{ tenantId: string; db: TenantSql; agents: Record<string, string> }>
  end: () => Promise<void>
}

export async function poolWorld(): Promise<PoolWorld> {
  const database = await createTestDatabase()
  const pool = new TenantPool({ url: database.appUrl })
  const owner = new pg.Pool({ connectionString: database.ownerUrl })
  return {
    database,
    pool,
    owner,
    tenant: async () => {
      const tenantId = await createTenant(pool, { key: uuidv7(), name: 'Test', currency: 'GBP', timeZone: 'UTC' })
      const agents: Record<string, string> = {}
      for (const key of ['research', 'coding', 'support']) {
        agents[key] = uuidv7()
        await owner.query('INSERT INTO agent (tenant_id, id, key, name) VALUES ($1, $2, $3, $3)', [
          tenantId,
          agents[key],
          key,
        ])
      }
      return { tenantId, db: tenantSql(pool, tenantId), agents }
    },
    end: async () => {
      await pool.end()
      await owner.end()
      await database.drop()
    },
  }
}

export function person(by: string, fields: Partial<Actor> = {}): Actor {
  return { by, isPerson: true, mayOverride: false, today: '2026-05-20', ...fields }
}

export const OWNER = person('owner@example.test', { mayOverride: true })

export function policyInput(fields: Partial<PolicyByKey> = {}): PolicyByKey {
  return {
    method: 'USAGE',
    basis: 'INVOCATIONS',
    rate: null,
    scope: [],
    fallback: null,
    idle: null,
    multipliers: [],
    exemptions: [],
    feeds: [],
    note: null,
    ...fields,
  }
}

export function poolInput(fields: Partial<PoolInput> = {}): PoolInput {
  return {
    name: 'Vector database',
    category: 'VECTOR_DATABASE',
    recurrence: 'MONTHLY',
    month: '2026-03-01',
    lastMonth: null,
    amount: { amount: '100', currency: 'GBP' },
    resource: null,
    capacity: null,
    note: null,
    policy: policyInput(),
    ...fields,
  }
}

/** Closes a month as its closing does, as far as pools look at it. */
export async function closeMonth(owner: pg.Pool, tenantId: string, month: string): Promise<void> {
  await owner.query(`INSERT INTO period (tenant_id, month, state, edition) VALUES ($1, $2, 'CLOSED', 1)`, [
    tenantId,
    month,
  ])
}
