import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { createTestDatabase, type TestDatabase } from '../embedded/test-database.ts'
import { seedTenants } from './seed-tenants.ts'
import { TenantPool } from './tenant-pool.ts'
import { tenantTransaction } from './tenant-transaction.ts'

let database: TestDatabase
const pools: Record<string, pg.Pool> = {}
let tenantId: string
let agentId: string

beforeAll(async () => {
  database = await createTestDatabase()
  ;({ tenantId, agentId } = (await seedTenants(database.ownerUrl, 2))[0] ?? { tenantId: '', agentId: '' })
  pools.tenant = new TenantPool({ url: database.appUrl, max: 4 })
  pools.plain = new pg.Pool({ connectionString: database.appUrl, max: 4 })
}, 120_000)

afterAll(async () => {
  await Promise.all(Object.values(pools).map((pool) => pool.end()))
  await database.drop()
})

const nameOf = async (pool: pg.Pool): Promise<string> =>
  tenantTransaction(pool, tenantId, async (c) => (await c.query('SELECT name FROM agent')).rows[0].name as string)

describe.each(['tenant', 'plain'])('tenantTransaction on a %s pool', (kind) => {
  const pool = () => pools[kind] as pg.Pool

  it('commits what work did and returns what it returned', async () => {
    const result = await tenantTransaction(pool(), tenantId, async (client) => {
      await client.query('UPDATE agent SET name = $1', [`renamed by ${kind}`])
      return 42
    })
    expect(result).toBe(42)
    expect(await nameOf(pool())).toBe(`renamed by ${kind}`)
  })

  it('rolls back and throws on what work threw', async () => {
    const before = await nameOf(pool())
    const bug = new Error('a bug in the caller')
    const attempt = tenantTransaction(pool(), tenantId, async (client) => {
      await client.query('UPDATE agent SET name = $1', ['lost'])
      throw bug
    })
    await expect(attempt).rejects.toBe(bug)
    expect(await nameOf(pool())).toBe(before)
  })

  it('does not pretend to have committed when work swallowed an error', async () => {
    const attempt = tenantTransaction(pool(), tenantId, async (client) => {
      await client.query('UPDATE agent SET name = $1', ['lost'])
      await client.query('SELECT 1/0').catch(() => {})
    })
    await expect(attempt).rejects.toThrow('was rolled back')
  })

  it('keeps the connection after an error of a statement, and drops it after a lost one', async () => {
    const pid = (c: pg.PoolClient) => c.query('SELECT pg_backend_pid() AS pid').then((r) => r.rows[0].pid as number)
    let first = 0
    const failed = tenantTransaction(pool(), tenantId, async (client) => {
      first = await pid(client)
      await client.query('SELECT 1/0')
    })
    await expect(failed).rejects.toMatchObject({ code: '22012' })
    expect(await tenantTransaction(pool(), tenantId, pid)).toBe(first)
    const lost = tenantTransaction(pool(), tenantId, (client) =>
      client.query('SELECT pg_terminate_backend(pg_backend_pid())'),
    )
    await expect(lost).rejects.toThrow()
    expect(await tenantTransaction(pool(), tenantId, pid)).not.toBe(first)
  })

  it('shows other tenants nothing', async () => {
    const rows = await tenantTransaction(pool(), tenantId, async (c) => (await c.query('SELECT id FROM agent')).rows)
    expect(rows).toEqual([{ id: agentId }])
  })
})

describe('tenantTransaction with several statements in flight', () => {
  it('answers each with its own result, also under one name', async () => {
    const results = await tenantTransaction(pools.tenant as pg.Pool, tenantId, (client) =>
      Promise.all([1, 2, 3, 4].map((n) => client.query({ name: 'echo', text: 'SELECT $1::int AS n', values: [n] }))),
    )
    expect(results.map((r) => r.rows[0].n)).toEqual([1, 2, 3, 4])
  })

  it('throws the first fault, not the ones that follow from it', async () => {
    const attempt = tenantTransaction(pools.tenant as pg.Pool, tenantId, async (client) => {
      await Promise.all([client.query('SELECT 1/0'), client.query('SELECT 1')])
    })
    await expect(attempt).rejects.toMatchObject({ code: '22012' })
  })
})
