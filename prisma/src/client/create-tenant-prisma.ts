import { PrismaPg } from '@prisma/adapter-pg'
import { Prisma, PrismaClient } from '../generated/client.ts'
import type { TenantPool } from '../tenancy/tenant-pool.ts'
import { plainWhere } from './plain-where.ts'

/**
 * Prisma on a TenantPool: queries run for the tenant of withTenant. The only Prisma client that application code may
 * use. Prisma collects some requests of one tick and sends them in the context of whichever caller came first, which
 * would be another tenant's: findUnique (here findFirst, which is never collected) and `$transaction([…])` (refused).
 * `$transaction(async (tx) => …)` is safe: its connection is bound to the tenant when it begins.
 */
export function createTenantPrisma(pool: TenantPool) {
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) })
  return prisma.$extends({
    name: 'nothing is sent in the context of another caller',
    client: {
      $transaction<R>(
        work: (tx: Prisma.TransactionClient) => Promise<R>,
        options?: { maxWait?: number; timeout?: number; isolationLevel?: Prisma.TransactionIsolationLevel },
      ): Promise<R> {
        if (typeof work !== 'function') {
          throw new TypeError('$transaction([…]) may run for another tenant: use $transaction(async (tx) => …)')
        }
        return begin(this, work, options)
      },
    },
    model: {
      $allModels: {
        findUnique<T, A>(
          this: T,
          args: Prisma.Exact<A, Prisma.Args<T, 'findUnique'>>,
        ): Promise<Prisma.Result<T, A, 'findUnique'>> {
          return Promise.resolve(
            delegate(this).findFirst(plainArgs(args)) as Promise<Prisma.Result<T, A, 'findUnique'>>,
          )
        },
        findUniqueOrThrow<T, A>(
          this: T,
          args: Prisma.Exact<A, Prisma.Args<T, 'findUniqueOrThrow'>>,
        ): Promise<Prisma.Result<T, A, 'findUniqueOrThrow'>> {
          return Promise.resolve(
            delegate(this).findFirstOrThrow(plainArgs(args)) as Promise<Prisma.Result<T, A, 'findUniqueOrThrow'>>,
          )
        },
      },
    },
  })
}

export type TenantPrisma = ReturnType<typeof createTenantPrisma>

interface Parent {
  $transaction<R>(work: (tx: Prisma.TransactionClient) => Promise<R>, options: unknown): Promise<R>
}

function begin<R>(extended: unknown, work: (tx: Prisma.TransactionClient) => Promise<R>, options: unknown): Promise<R> {
  const { $parent } = Prisma.getExtensionContext(extended) as unknown as { $parent: Parent }
  return $parent.$transaction(work, options)
}

interface Delegate {
  findFirst(args: unknown): Promise<unknown>
  findFirstOrThrow(args: unknown): Promise<unknown>
}

// Inside an interactive transaction the context is the transaction's own model, so the rewrite stays in it.
const delegate = (model: unknown): Delegate => Prisma.getExtensionContext(model) as unknown as Delegate

function plainArgs(args: unknown): unknown {
  const { where, ...rest } = args as { where: Record<string, unknown> }
  return { ...rest, where: plainWhere(where) }
}
