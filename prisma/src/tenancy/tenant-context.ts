import { AsyncLocalStorage } from 'node:async_hooks'

const storage = new AsyncLocalStorage<string | null>()
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** A query was made for nobody. A bug: the caller forgot withTenant. */
export class NoTenantError extends Error {
  constructor() {
    super('This query runs for no tenant: call it inside withTenant(tenantId, …).')
    this.name = 'NoTenantError'
  }
}

/**
 * Runs work for one tenant: every query of a TenantPool inside it, also after awaits, sees that tenant's rows only.
 * What work returns is awaited inside, so that a Prisma query that was merely returned still runs in the context.
 */
export function withTenant<T>(tenantId: string, work: () => T | PromiseLike<T>): Promise<T> {
  const checked = checkTenantId(tenantId)
  return storage.run(checked, async () => await work())
}

/** Runs work outside any tenant: row-level security then refuses every tenant table, and only global ones answer. */
export function withoutTenant<T>(work: () => T | PromiseLike<T>): Promise<T> {
  return storage.run(null, async () => await work())
}

/** The tenant of the running work. Throws NoTenantError outside withTenant. */
export function currentTenant(): string {
  const tenantId = storage.getStore()
  if (!tenantId) throw new NoTenantError()
  return tenantId
}

/** Null only inside withoutTenant; throws NoTenantError where nobody said anything. */
export function declaredTenant(): string | null {
  const tenantId = storage.getStore()
  if (tenantId === undefined) throw new NoTenantError()
  return tenantId
}

/** The id is put into a statement as text (SET takes no parameters), so it must be a uuid and nothing else. */
export function checkTenantId(tenantId: string): string {
  const lower = tenantId.toLowerCase()
  if (!uuid.test(lower)) throw new TypeError(`Not a tenant id: ${JSON.stringify(tenantId).slice(0, 60)}`)
  return lower
}

export const setTenantStatement = (checkedTenantId: string): string => `SET LOCAL app.tenant_id = '${checkedTenantId}'`
