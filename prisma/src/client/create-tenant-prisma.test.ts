import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createTestDatabase, type TestDatabase } from '../embedded/test-database.ts'
import { seedTenants } from '../tenancy/seed-tenants.ts'
import { withTenant } from '../tenancy/tenant-context.ts'
import { TenantPool } from '../tenancy/tenant-pool.ts'
import { createTenantPrisma, type TenantPrisma } from './create-tenant-prisma.ts'

type Seeded = { tenantId: string; agentId: string }

let database: TestDatabase
let pool: TenantPool
let prisma: TenantPrisma
let tenants: Seeded[]

beforeAll(async () => {
  database = await createTestDatabase()
  tenants = await seedTenants(database.ownerUrl, 40)
  pool = new TenantPool({ url: database.appUrl, max: 8 })
  prisma = createTenantPrisma(pool)
}, 120_000)

afterAll(async () => {
  await prisma.$disconnect()
  await pool.end()
  await database.drop()
})

const key = ({ tenantId, agentId }: Seeded) => ({ where: { tenantId_id: { tenantId, id: agentId } } })
const other = (n: number): Seeded => tenants[(n + 1) % tenants.length] as Seeded

describe('createTenantPrisma', () => {
  it('gives 40 tenants of one tick their own row each and nobody a foreign one', async () => {
    for (let round = 0; round < 5; round++) {
      const own = await Promise.all(tenants.map((t) => withTenant(t.tenantId, () => prisma.agent.findUnique(key(t)))))
      expect(own.map((agent) => agent?.id)).toEqual(tenants.map((t) => t.agentId))
      const foreign = await Promise.all(
        tenants.map((t, n) => withTenant(t.tenantId, () => prisma.agent.findUnique(key(other(n))))),
      )
      expect(foreign.filter(Boolean)).toEqual([])
      const thrown = await Promise.allSettled(
        tenants.map((t, n) => withTenant(t.tenantId, () => prisma.agent.findUniqueOrThrow(key(other(n))))),
      )
      expect(thrown.map((r) => r.status)).toEqual(tenants.map(() => 'rejected'))
    }
  }, 180_000)

  it('keeps the transactions of 40 tenants of one tick apart', async () => {
    const interactive = await Promise.all(
      tenants.map((t, n) =>
        withTenant(t.tenantId, () =>
          prisma.$transaction(
            async (tx) => [await tx.agent.findUnique(key(t)), await tx.agent.findUnique(key(other(n)))],
            { maxWait: 20_000, timeout: 20_000 },
          ),
        ),
      ),
    )
    expect(interactive.map(([own, foreign]) => [own?.id, foreign])).toEqual(tenants.map((t) => [t.agentId, null]))
  }, 180_000)

  it('refuses a list of queries as a transaction, which Prisma would send for another caller of the same tick', async () => {
    const me = tenants[0] as Seeded
    const list = [prisma.agent.findMany()] as never
    await expect(withTenant(me.tenantId, () => prisma.$transaction(list))).rejects.toThrow('use $transaction(async')
  })

  it('reads what the same transaction wrote, and undoes it with the transaction', async () => {
    const me = tenants[0] as Seeded
    await withTenant(me.tenantId, async () => {
      const attempt = prisma.$transaction(async (tx) => {
        await tx.agent.update({ ...key(me), data: { name: 'renamed' } })
        expect((await tx.agent.findUnique(key(me)))?.name).toBe('renamed')
        throw new Error('undo')
      })
      await expect(attempt).rejects.toThrow('undo')
      expect((await prisma.agent.findUnique(key(me)))?.name).toBe('Agent of 0')
    })
  })

  it('keeps select and include of a findUnique', async () => {
    const me = tenants[3] as Seeded
    const found = await withTenant(me.tenantId, () =>
      prisma.agent.findUnique({ ...key(me), select: { name: true, tenant: { select: { key: true } } } }),
    )
    expect(found).toEqual({ name: 'Agent of 3', tenant: { key: 'tenant-3' } })
    const byKey = await withTenant(me.tenantId, () =>
      prisma.agent.findUnique({ where: { tenantId_key: { key: 'agent', tenantId: me.tenantId } } }),
    )
    expect(byKey?.id).toBe(me.agentId)
  })

  it('refuses a query for nobody', async () => {
    await expect(prisma.agent.findMany()).rejects.toThrow('for no tenant')
  })

  it('runs a query that was returned without await in the tenant it was made for', async () => {
    const me = tenants[5] as Seeded
    const agents = await withTenant(me.tenantId, () => prisma.agent.findMany())
    expect(agents.map((agent) => agent.id)).toEqual([me.agentId])
  })
})
