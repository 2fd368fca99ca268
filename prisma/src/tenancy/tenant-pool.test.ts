import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { createTestDatabase, type TestDatabase } from '../embedded/test-database.ts'
import { seedTenants } from './seed-tenants.ts'
import { currentTenant, withoutTenant, withTenant } from './tenant-context.ts'
import { TenantPool } from './tenant-pool.ts'

type Seeded = { tenantId: string; agentId: string }

let database: TestDatabase
let pool: TenantPool
let tenants: Seeded[]
let a: Seeded
let b: Seeded

const rowsOf = async (work: Promise<pg.QueryResult>): Promise<unknown[]> => (await work).rows

beforeAll(async () => {
  database = await createTestDatabase()
  tenants = await seedTenants(database.ownerUrl, 8)
  ;[a, b] = tenants as [Seeded, Seeded]
  pool = new TenantPool({ url: database.appUrl, max: 8 })
}, 120_000)

afterAll(async () => {
  await pool.end()
  await database.drop()
})

/** What every connection of the pool holds between transactions; anything but '' could be inherited. */
async function settingsLeftBehind(): Promise<string[]> {
  const clients = await Promise.all(Array.from({ length: 8 }, () => pool.connectUnscoped()))
  const settings = await Promise.all(
    clients.map(
      async (c) => (await c.query(`SELECT current_setting('app.tenant_id', true) AS s`)).rows[0].s as string | null,
    ),
  )
  clients.forEach((c) => c.release())
  return [...new Set(settings.map((s) => s ?? ''))]
}

describe('TenantPool', () => {
  it('shows a tenant its own rows only', async () => {
    const own = await withTenant(a.tenantId, () => pool.query('SELECT id FROM agent'))
    expect(own.rows).toEqual([{ id: a.agentId }])
  })

  it('refuses a query for nobody before it reaches the server', async () => {
    await expect(pool.query('SELECT 1')).rejects.toThrow('for no tenant')
    await expect(pool.connect()).rejects.toThrow('for no tenant')
    expect(() => currentTenant()).toThrow('for no tenant')
  })

  it('refuses tenant tables to a query that declares itself outside any tenant', async () => {
    await withoutTenant(async () => {
      await expect(pool.query('SELECT id FROM agent')).rejects.toThrow(/app\.tenant_id|uuid/)
      expect(await rowsOf(pool.query('SELECT 1 AS one'))).toEqual([{ one: 1 }])
    })
  })

  it('refuses a tenant id that is not a uuid', () => {
    expect(() => withTenant("x'; SET ROLE postgres; --", () => 1)).toThrow('Not a tenant id')
  })

  it('refuses rows of another tenant, and finds none to change', async () => {
    await withTenant(a.tenantId, async () => {
      const insert = 'INSERT INTO agent (tenant_id, id, key, name) VALUES ($1, gen_random_uuid(), $2, $2)'
      await expect(pool.query(insert, [b.tenantId, 'x'])).rejects.toMatchObject({ code: '42501' })
      const update = await pool.query('UPDATE agent SET name = $1 WHERE id = $2', ['stolen', b.agentId])
      expect(update.rowCount).toBe(0)
    })
  })

  it('keeps a failed statement from leaving anything behind', async () => {
    await withTenant(a.tenantId, async () => {
      await expect(pool.query('SELECT 1/0')).rejects.toMatchObject({ code: '22012' })
      await expect(pool.query('no sql at all')).rejects.toMatchObject({ code: '42601' })
    })
    expect(await settingsLeftBehind()).toEqual([''])
    expect(pool.totalCount).toBeLessThanOrEqual(8)
  })

  it('takes transactions only, and throws away a client that comes back in the middle of one', async () => {
    const backend = await withTenant(a.tenantId, async () => {
      const client = await pool.connect()
      await expect(client.query('SELECT 1')).rejects.toThrow('begins with BEGIN')
      await client.query('BEGIN')
      expect((await client.query('SELECT id FROM agent')).rows).toEqual([{ id: a.agentId }])
      await client.query('COMMIT')
      await expect(client.query('SELECT 1')).rejects.toThrow('begins with BEGIN')
      await client.query('BEGIN')
      const { rows } = await client.query('SELECT pg_backend_pid() AS pid')
      client.release()
      return rows[0].pid as number
    })
    const pids = await Promise.all(
      Array.from({ length: 16 }, () =>
        withTenant(b.tenantId, () => pool.query('SELECT pg_backend_pid() AS pid, pg_sleep(0.01)')),
      ),
    )
    expect(pids.map((r) => r.rows[0].pid)).not.toContain(backend)
  })

  it('keeps its savepoints inside the transaction', async () => {
    await withTenant(a.tenantId, async () => {
      const client = await pool.connect()
      await client.query('BEGIN')
      await client.query('SAVEPOINT s')
      await expect(client.query('SELECT 1/0')).rejects.toThrow('division')
      await client.query('ROLLBACK TO SAVEPOINT s')
      expect((await client.query('SELECT id FROM agent')).rows).toEqual([{ id: a.agentId }])
      await client.query('ROLLBACK')
      client.release()
    })
  })

  it('ends a statement that works too long, and stays usable', async () => {
    const hasty = new TenantPool({ url: database.appUrl, max: 2, statementTimeoutMs: 50 })
    await withTenant(a.tenantId, async () => {
      await expect(hasty.query('SELECT pg_sleep(5)')).rejects.toMatchObject({ code: '57014' })
      expect(await rowsOf(hasty.query('SELECT id FROM agent'))).toEqual([{ id: a.agentId }])
    })
    await hasty.end()
  })

  it('survives the loss of its connections', async () => {
    const owner = new pg.Client({ connectionString: database.ownerUrl })
    await owner.connect()
    await owner.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'outlay_app' AND datname = $1`,
      [database.name],
    )
    await owner.end()
    const attempts = await Promise.allSettled(
      Array.from({ length: 20 }, () => withTenant(a.tenantId, () => pool.query('SELECT id FROM agent'))),
    )
    const answered = attempts.filter((r) => r.status === 'fulfilled')
    for (const r of answered) expect(r.value.rows).toEqual([{ id: a.agentId }])
    expect((await withTenant(a.tenantId, () => pool.query('SELECT id FROM agent'))).rows).toEqual([{ id: a.agentId }])
  })

  it('leaks no row under 64 callers of 8 tenants with errors, rollbacks, timeouts and transactions', async () => {
    let reads = 0
    const caller = async (n: number): Promise<void> => {
      for (let i = 0; i < 40; i++) {
        const me = tenants[(n + i) % tenants.length] as Seeded
        await withTenant(me.tenantId, async () => {
          const check = (rows: unknown[]) => {
            reads++
            expect(rows).toEqual([{ tenant_id: me.tenantId }])
          }
          const read = 'SELECT tenant_id FROM agent'
          switch ((n * 7 + i) % 5) {
            case 0:
              return check(await rowsOf(pool.query(read)))
            case 1:
              await expect(pool.query('SELECT 1/0')).rejects.toThrow()
              return check(await rowsOf(pool.query(read)))
            case 2: {
              const client = await pool.connect()
              await client.query('BEGIN')
              check((await client.query(read)).rows)
              await client.query(i % 2 ? 'ROLLBACK' : 'COMMIT')
              return client.release()
            }
            case 3: {
              // A caller that forgets its transaction.
              const client = await pool.connect()
              await client.query('BEGIN')
              check((await client.query(read)).rows)
              return client.release()
            }
            default:
              if (i % 10 === 4) {
                const slow = pool.query(`SELECT set_config('statement_timeout', '1', true), pg_sleep(0.2)`)
                await slow.catch(() => {})
              }
              return check(await rowsOf(pool.query({ text: read, name: 'read_agents' })))
          }
        })
      }
    }
    await Promise.all(Array.from({ length: 64 }, (_, n) => caller(n)))
    expect(reads).toBe(64 * 40)
    expect(await settingsLeftBehind()).toEqual([''])
  }, 180_000)
})
